import threading
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from accounts.records import Invalid
from audit.errors import AlreadyDone, Forbidden, KeyReused, Refused, Stale
from audit.models import Event
from customers import actions
from customers.models import Contract, Customer, GradePolicy
from customers.terms import terms_for
from documents.models import OutboxRow
from tests import people

pytestmark = pytest.mark.django_db


def facts(**more: Any) -> dict[str, Any]:
    seller = User.objects.filter(groups__name="sales").first() or people.person("sales")
    return {"code": "K1", "name": "苏州华印包装有限公司", "salesperson": seller, **more}


def test_a_new_customer_starts_in_c_without_credit() -> None:
    made = actions.add_customer(None, by=people.person("customer_service"), **facts())
    assert (made.grade, made.credit_limit) == ("C", 0)
    assert (made.initials, made.pinyin) == ("szhybzyxgs", "su zhou hua yin bao zhuang you xian gong si")


def test_a_salesperson_cannot_make_an_a_customer() -> None:
    with pytest.raises(Forbidden):
        actions.add_customer(None, by=people.person("sales"), grade="A", **facts())


def test_a_second_customer_of_the_same_code_is_refused_beside_the_code() -> None:
    people.customer(code="K1")
    with pytest.raises(Invalid) as refused:
        actions.add_customer(None, by=people.person("customer_service"), **facts())
    assert list(refused.value.errors) == ["code"]


def test_b1_the_same_form_sent_twice_makes_one_customer() -> None:
    clerk, given = people.person("customer_service"), facts()
    made = actions.add_customer(None, by=clerk, key="k", **given)
    with pytest.raises(AlreadyDone) as again:
        actions.add_customer(None, by=clerk, key="k", **given)
    assert again.value.url == made.get_absolute_url()
    assert Customer.objects.count() == 1
    assert made.history.count() == 1


def test_b1_the_same_key_with_other_words_is_refused() -> None:
    clerk = people.person("customer_service")
    actions.add_customer(None, by=clerk, key="k", **facts())
    with pytest.raises(KeyReused):
        actions.add_customer(None, by=clerk, key="k", **facts(name="另一家"))


@pytest.mark.django_db(transaction=True)
def test_b1_twenty_posts_at_once_make_one_customer() -> None:
    clerk, given = people.person("customer_service"), facts()
    outcomes: list[str] = []

    def send() -> None:
        try:
            actions.add_customer(None, by=clerk, key="k", **given)
            outcomes.append("made")
        except AlreadyDone:
            outcomes.append("again")
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(20)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == ["again"] * 19 + ["made"]
    assert Customer.history.count() == 1
    assert Event.objects.filter(action="add_customer").count() == 1


def test_another_grade_needs_a_reason() -> None:
    with pytest.raises(Refused) as refused:
        actions.change_grade(people.customer(), by=people.person("cs_supervisor"), grade="A")
    assert refused.value.field == "reason"


def test_another_grade_is_kept_in_history_events_and_asks_for_a_reread() -> None:
    customer, boss = people.customer(grade="B"), people.person("cs_supervisor")
    actions.change_grade(customer, by=boss, reason="连续三年无逾期", grade="A")
    event = Event.objects.get(subject_kind="customer", subject_id=customer.pk)
    assert (event.from_state, event.to_state, event.by, event.reason) == ("B", "A", boss, "连续三年无逾期")
    row = customer.history.first()
    assert (row.grade, row.history_user, row.history_change_reason) == ("A", boss, "连续三年无逾期")
    assert OutboxRow.objects.get(channel="owed_reread").payload == {"customer": customer.pk}


def test_two_changes_of_grade_ask_twice_for_a_reread() -> None:
    customer, boss = people.customer(grade="B"), people.person("cs_supervisor")
    actions.change_grade(customer, by=boss, reason="升", grade="A")
    actions.change_grade(customer, by=boss, reason="降", grade="C")
    assert OutboxRow.objects.filter(channel="owed_reread").count() == 2


@pytest.mark.parametrize("role", ["sales", "customer_service", "finance", "supervisor", "warehouse"])
def test_others_may_not_change_a_grade(role: str) -> None:
    customer = people.customer(grade="C")
    with pytest.raises(Forbidden):
        actions.change_grade(customer, by=people.person(role), reason="试", grade="A")
    customer.refresh_from_db()
    assert customer.grade == "C"


def test_b3_a_stale_page_overwrites_nothing() -> None:
    customer, clerk = people.customer(), people.person("customer_service")
    actions.change_customer(customer, by=clerk, seen=customer.version, phone="1")
    with pytest.raises(Stale):
        actions.change_customer(customer, by=clerk, seen=customer.version, phone="2")
    customer.refresh_from_db()
    assert customer.phone == "1"


def test_under_a_new_name_the_pinyin_is_made_anew_unless_it_was_corrected() -> None:
    customer, clerk = people.customer("重庆印刷"), people.person("customer_service")
    changed = actions.change_customer(customer, by=clerk, name="上海印刷")
    assert changed.pinyin == "shang hai yin shua"
    actions.change_customer(customer, by=clerk, pinyin="chong qing yin shua")
    assert actions.change_customer(customer, by=clerk, name="重庆彩印").pinyin == "chong qing yin shua"


def test_finance_sets_a_limit_and_it_is_never_below_zero() -> None:
    customer, finance = people.customer(), people.person("finance")
    assert actions.set_credit_limit(customer, by=finance, credit_limit=Decimal(50_000)).credit_limit == 50_000
    with pytest.raises(Invalid) as refused:
        actions.set_credit_limit(customer, by=finance, credit_limit=Decimal(-1))
    assert refused.value.errors == {"credit_limit": ["信用额度不能为负。"]}


def test_a_policy_beyond_a_hundred_percent_is_refused_in_chinese() -> None:
    policy = GradePolicy.objects.get(pk="B")
    with pytest.raises(Invalid) as refused:
        actions.change_policy(policy, by=people.person("admin"), deposit_percent=Decimal(101))
    assert refused.value.errors == {"deposit_percent": ["定金比例应在 0 到 100 之间。"]}


def test_a_changed_policy_holds_for_terms_from_then_on_and_asks_for_a_reread() -> None:
    policy = GradePolicy.objects.get(pk="B")
    actions.change_policy(policy, by=people.person("admin"), deposit_percent=Decimal(40))
    assert terms_for(people.customer(grade="B"), date(2026, 11, 23)).deposit_percent == 40
    assert OutboxRow.objects.get(channel="owed_reread").payload == {"grade": "B"}
    assert Event.objects.filter(subject_kind="gradepolicy", subject_id=2).count() == 1


def test_a_salesperson_acts_for_own_customers_and_those_stood_in_for() -> None:
    mine, other = people.person("sales"), people.customer()
    contact = {"name": "赵经理", "mobile": "13900000000"}
    with pytest.raises(Forbidden):
        actions.add_contact(other, by=mine, **contact)
    other.stand_ins.add(mine)
    assert actions.add_contact(other, by=mine, **contact).customer == other


def test_a_contact_needs_a_way_to_be_reached() -> None:
    with pytest.raises(Invalid) as refused:
        actions.add_contact(people.customer(), by=people.person("customer_service"), name="赵经理")
    assert refused.value.errors == {"mobile": ["手机、电话、电子邮箱至少填一项。"]}


def test_a_contact_of_another_customer_is_not_changed() -> None:
    contact = people.contact(people.customer())
    with pytest.raises(Refused):
        actions.change_contact(people.customer(), by=people.person("customer_service"), part=contact, name="假")


def test_the_first_address_is_the_default_and_a_new_default_takes_its_place() -> None:
    customer, clerk = people.customer(), people.person("customer_service")
    place = {"receiver": "李", "phone": "1", "address": "甲"}
    first = actions.add_address(customer, by=clerk, **place)
    second = actions.add_address(customer, by=clerk, **{**place, "address": "乙"}, is_default=True)
    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)


def test_a_contract_with_its_prices_is_made_and_changed() -> None:
    customer, clerk, product = people.customer(), people.person("customer_service"), people.product()
    made = actions.change_contract(
        customer,
        by=clerk,
        number="HT-1",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        prices=[actions.Agreed(product, Decimal("12.5"))],
    )
    changed = actions.change_contract(
        customer, by=clerk, part=made, seen=made.version, prices=[actions.Agreed(product, Decimal(13))]
    )
    assert [price.price for price in changed.prices.all()] == [13]
    assert not OutboxRow.objects.filter(payload={"customer": customer.pk}).exists(), "a draft changes no order"
    people.in_force(changed, clerk)
    assert OutboxRow.objects.filter(payload={"customer": customer.pk}).count() == 1


def test_two_customers_have_contracts_over_the_same_days() -> None:
    for number in ("HT-1", "HT-2"):
        agreed = {"number": number, "valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31)}
        actions.change_contract(people.customer(), by=people.person("customer_service"), **agreed)
    assert Contract.objects.count() == 2


def test_a_contract_taken_out_of_force_makes_room_for_another() -> None:
    customer, clerk = people.customer(), people.person("customer_service")
    actions.end_contract(customer, by=clerk, part=people.contract(customer), reason="换新合同")
    next_one = {"number": "HT-9", "valid_from": date(2026, 2, 1), "valid_to": date(2026, 3, 1)}
    people.in_force(actions.change_contract(customer, by=clerk, **next_one), clerk)
    assert Contract.objects.filter(customer=customer, is_active=True).count() == 1


def test_an_unknown_fact_is_a_mistake_and_never_set() -> None:
    with pytest.raises(TypeError):
        actions.change_customer(people.customer(), by=people.person("customer_service"), credit_limit=Decimal(9))
