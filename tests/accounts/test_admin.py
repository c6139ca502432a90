from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.calendar import is_working_day
from accounts.models import Holiday, User
from audit.models import Event
from catalog.models import PriceList, Product
from customers.models import Customer, GradePolicy
from documents.models import OutboxRow
from orders.actions.house import FIELDS
from orders.models import HouseRules
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(people.person("admin", name="管理员", is_staff=True))
    return client


def change(client: Client, record: Any, **data: Any) -> Any:
    url = reverse(f"admin:{record._meta.label_lower.replace('.', '_')}_change", args=[record.pk])
    return client.post(url, data)


POLICY = {"deposit_percent": "30", "share_before_shipping": "100", "share_on_contract": "100"}


def test_a_policy_is_changed_by_its_action(admin: Client) -> None:
    answer = change(admin, GradePolicy.objects.get(pk="B"), **{**POLICY, "deposit_percent": "35"})
    assert answer.status_code == 302
    policy = GradePolicy.objects.get(pk="B")
    assert (policy.deposit_percent, policy.version) == (35, 2)
    assert Event.objects.get(action="change_policy").by.name == "管理员"
    assert OutboxRow.objects.filter(channel="owed_reread").exists()


def test_a_refusal_stands_beside_its_field_with_what_was_typed(admin: Client) -> None:
    answer = change(admin, GradePolicy.objects.get(pk="B"), **{**POLICY, "deposit_percent": "135"})
    assert answer.status_code == 422
    assert "定金比例应在 0 到 100 之间。" in answer.content.decode()
    assert 'value="135"' in answer.content.decode()
    assert GradePolicy.objects.get(pk="B").deposit_percent == 30


def test_b3_a_stale_admin_page_overwrites_nothing(admin: Client) -> None:
    policy = GradePolicy.objects.get(pk="B")
    change(admin, policy, **{**POLICY, "deposit_percent": "35"})
    answer = change(admin, policy, **{**POLICY, "deposit_percent": "40"}, seen="1")
    assert answer.status_code == 409
    assert "已由 管理员 于" in answer.content.decode()
    assert GradePolicy.objects.get(pk="B").deposit_percent == 35


def test_a_rule_of_the_house_is_changed_by_its_action_with_a_reason_B3(admin: Client) -> None:
    rules = HouseRules.current()
    given = {name: getattr(rules, name) for name in FIELDS} | {"push_limit": 4, "push_cutoff": "18:00", "seen": "1"}
    typed = {name: value for name, value in given.items() if value is not False}
    assert "reason" in change(admin, rules, **typed).context["adminform"].form.errors
    assert change(admin, rules, **typed, reason="旺季").status_code == 302
    event, row = Event.objects.get(action="change_house_rules"), HouseRules.history.first()
    assert (event.reason, event.data["changed"]["push_limit"]) == ("旺季", ["5", "4"])
    assert (row.push_limit, row.history_change_reason, row.history_user.name) == (4, "旺季", "管理员")
    assert change(admin, rules, **typed, reason="再改").status_code == 409


def test_policies_are_neither_added_nor_deleted(admin: Client) -> None:
    assert admin.get(reverse("admin:customers_gradepolicy_add")).status_code == 403
    assert admin.post(reverse("admin:customers_gradepolicy_delete", args=["B"]), {"post": "yes"}).status_code == 403


def test_a_grade_is_changed_with_a_reason_and_nothing_else(admin: Client) -> None:
    customer = people.customer(grade="C")
    assert change(admin, customer, grade="B").status_code == 200
    change(admin, customer, grade="B", reason="年度评定", name="改名", credit_limit="999999")
    customer.refresh_from_db()
    assert (customer.grade, customer.credit_limit) == ("B", 0)
    assert customer.name != "改名"
    assert Event.objects.get(action="change_grade").reason == "年度评定"


PRODUCT = {
    "code": "RM-1",
    "name": "热敏纸",
    "kind": "reel",
    "unit": "卷",
    "spec": "80×50",
    "tax_rate": "13",
    "is_active": "on",
}


def test_a_product_is_added_by_its_action(admin: Client) -> None:
    assert admin.post(reverse("admin:catalog_product_add"), PRODUCT).status_code == 302
    assert Product.objects.get().initials == "rmz"
    assert Event.objects.filter(action="change_product").count() == 1


def test_a_second_product_of_a_code_is_refused_beside_the_code(admin: Client) -> None:
    people.product(code="RM-1")
    answer = admin.post(reverse("admin:catalog_product_add"), PRODUCT)
    assert answer.status_code == 422
    assert Product.objects.count() == 1


def test_the_same_admin_form_sent_twice_is_done_once(admin: Client) -> None:
    for _ in range(2):
        assert admin.post(reverse("admin:catalog_product_add"), {**PRODUCT, "key": "k"}).status_code == 302
    assert Event.objects.filter(action="change_product").count() == 1


def rows(*prices: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    data = {"entries-TOTAL_FORMS": len(prices), "entries-INITIAL_FORMS": initial}
    for number, row in enumerate(prices):
        data |= {f"entries-{number}-{name}": value for name, value in row.items()}
    return data


def test_a_price_list_is_made_with_its_prices(admin: Client) -> None:
    product = people.product()
    facts = {"name": "下半年", "currency": "CNY", "valid_from": "2026-07-01", "is_active": "on"}
    price = {"product": product.pk, "min_quantity": "0", "price": "12.5"}
    answer = admin.post(reverse("admin:catalog_pricelist_add"), {**facts, **rows(price)})
    assert answer.status_code == 302
    assert PriceList.objects.get().entries.get().price == 12.5
    assert OutboxRow.objects.get(channel="owed_reread").payload == {"product": product.pk}


def test_two_prices_in_one_place_are_refused_in_the_form(admin: Client) -> None:
    product = people.product()
    facts = {"name": "下半年", "currency": "CNY", "valid_from": "2026-07-01", "is_active": "on"}
    price = {"product": product.pk, "min_quantity": "0", "price": "12.5"}
    answer = admin.post(reverse("admin:catalog_pricelist_add"), {**facts, **rows(price, {**price, "price": "13"})})
    assert answer.status_code in (200, 409)
    assert not PriceList.objects.exists()


def person_data(**more: Any) -> dict[str, Any]:
    from django.contrib.auth.models import Group

    group = Group.objects.get(name="sales").pk
    return {
        "username": "zhou",
        "name": "周销售",
        "groups": [group],
        "password": "correct horse 9",
        "is_active": "on",
        **more,
    }


def test_a_person_is_made_with_roles_and_can_log_in(admin: Client) -> None:
    assert admin.post(reverse("admin:accounts_user_add"), person_data()).status_code == 302
    made = User.objects.get(username="zhou")
    assert (made.name, made.is_staff, [group.name for group in made.groups.all()]) == ("周销售", False, ["sales"])
    assert made.check_password("correct horse 9")


def test_a_weak_password_is_refused_beside_the_field(admin: Client) -> None:
    answer = admin.post(reverse("admin:accounts_user_add"), person_data(password="1234"))
    assert answer.status_code == 409
    assert not User.objects.filter(username="zhou").exists()


def test_nobody_takes_the_admin_role_from_themselves(admin: Client) -> None:
    me = User.objects.get(name="管理员")
    answer = change(admin, me, **person_data(username=me.username, name="管理员"))
    assert answer.status_code == 409
    assert me.groups.get().name == "admin"


def test_a_supervisor_below_oneself_is_refused(admin: Client) -> None:
    top = people.person("supervisor")
    below = people.person("supervisor", supervisor=top)
    answer = change(admin, top, **person_data(username=top.username, supervisor=below.pk, password=""))
    assert answer.status_code == 409
    assert "主管关系成环" in answer.content.decode()


def test_b8_a_person_who_was_switched_off_is_out_at_the_next_request(admin: Client) -> None:
    person = people.person("sales")
    client = Client()
    client.force_login(person)
    assert client.get("/customers/").status_code == 200
    data = person_data(username=person.username, password="")
    data.pop("is_active")
    assert change(admin, person, **data).status_code == 302
    assert client.get("/customers/").status_code == 302


def test_the_houses_own_holiday_is_added_and_dropped(admin: Client) -> None:
    day = date(2026, 11, 25)
    admin.post(reverse("admin:accounts_holiday_add"), {"day": day, "name": "厂庆"})
    assert not is_working_day(day)
    holiday = Holiday.objects.get()
    admin.post(reverse("admin:accounts_holiday_delete", args=[holiday.pk]), {"post": "yes"})
    assert is_working_day(day)
    assert Event.objects.filter(action="drop_holiday").count() == 1


@pytest.mark.parametrize(
    "page",
    [
        "index",
        "accounts_user_changelist",
        "accounts_user_add",
        "auth_group_changelist",
        "accounts_holiday_changelist",
        "catalog_product_changelist",
        "catalog_product_add",
        "catalog_pricelist_changelist",
        "catalog_pricelist_add",
        "customers_gradepolicy_changelist",
        "customers_customer_changelist",
    ],
)
def test_every_settings_page_opens_for_the_admin_and_for_nobody_else(admin: Client, page: str) -> None:
    people.customer()
    assert admin.get(reverse(f"admin:{page}")).status_code == 200
    other = Client()
    other.force_login(people.person("cs_supervisor", "finance"))
    assert other.get(reverse(f"admin:{page}")).status_code == 302


def test_the_admin_lists_do_not_grow_their_queries(admin: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(12):
        people.customer(salesperson=people.person("sales", supervisor=people.person("supervisor")))
    for page in ("accounts_user", "customers_customer", "auth_group"):
        with django_assert_max_num_queries(12):
            admin.get(reverse(f"admin:{page}_changelist"))


def test_the_admin_role_edits_settings_only(admin: Client) -> None:
    assert Customer.objects.visible_to(User.objects.get(name="管理员")).count() == 0
    assert admin.get("/customers/").status_code == 403


@pytest.mark.parametrize("tampered", ["abc", "9" * 30, "1", "\x00"])
def test_a_tampered_number_of_a_price_is_refused_or_left_aside(admin: Client, tampered: str) -> None:
    facts = {"name": "下半年", "currency": "CNY", "valid_from": "2026-07-01", "is_active": "on"}
    price = {"product": people.product().pk, "min_quantity": "0", "price": "12.5", "id": tampered}
    answer = admin.post(reverse("admin:catalog_pricelist_add"), {**facts, **rows(price, initial=1)})
    assert answer.status_code in (200, 302)
    assert PriceList.objects.count() == (answer.status_code == 302)


def test_the_prices_of_a_list_that_stands_are_changed_at_its_own_address(admin: Client) -> None:
    listed = people.price_list()
    people.price(listed, people.product(), "10")
    page = admin.get(reverse("admin:catalog_pricelist_change", args=[listed.pk])).content.decode()
    assert f"/catalog/prices/{listed.pk}/edit/" in page
    facts = {"name": "改名", "currency": "CNY", "valid_from": "2026-07-01", "is_active": "on"}
    assert admin.post(reverse("admin:catalog_pricelist_change", args=[listed.pk]), facts).status_code == 302
    assert (PriceList.objects.get().name, listed.entries.count()) == ("改名", 1)
