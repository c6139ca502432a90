"""Whatever something can be owed on, of any department: remembered as its gates say, listed to those who may see it."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from audit.errors import Forbidden
from catalog.models import Product
from customers import actions
from customers.models import Customer, Memo, Quote
from finance.actions.grading import decide_grade
from finance.models import GradeSuggestion
from flow import subjects
from flow.frame import FlowAct
from flow.gates import registry
from flow.models import Owed
from flow.owed import differences, sweep
from home import todo
from orders.actions import approval, chain
from production.actions import samples
from production.models import SampleRequest
from tests.catalog.test_costing import costed
from tests.finance.test_grading import FIRST
from tests.shop import Shop

pytestmark = pytest.mark.django_db
HEARD = {"channel": "phone", "caller": "王经理", "words": "要 80 宽热敏纸 200 卷"}


def labels(user: User) -> dict[str, int]:
    found = todo.groups(User.objects.get(pk=user.pk), timezone.now())
    return {group.label: group.count for group in found}


def quoted(shop: Shop, product: Product, price: str) -> Quote:
    line = actions.Offered(product, Decimal(100), Decimal(price), lead_days=7)
    until = timezone.localdate() + timedelta(days=30)
    return actions.write_quote(None, by=shop.who["sales"], customer=shop.customer, valid_until=until, lines=[line])


def sampled(shop: Shop) -> SampleRequest:
    given = {"name": "白色标签", "spec": "50×30 mm", "quantity": "2 卷", "words": "照样", "customer": shop.customer}
    return samples.ask_sample(None, by=shop.who["sales"], **given)


def suggested(customer: Customer) -> GradeSuggestion:
    figures = {"turnover": Decimal(0), "average_late": Decimal(0), "worst_late": 0, "broken": 0}
    return GradeSuggestion.objects.create(
        customer=customer, quarter=FIRST, current="B", suggested="C", at=timezone.now(), **figures
    )


def heard(shop: Shop, role: str = "customer_service") -> Memo:
    return actions.write_memo(None, by=shop.who[role], customer=shop.customer, **HEARD)


def of_every_kind(shop: Shop) -> None:
    product = costed()
    quoted(shop, product, "10.2")
    sampled(shop)
    heard(shop, "sales")
    suggested(shop.customer)
    actions.draft_contract(shop.customer, by=shop.who["customer_service"])
    shop.shipment(shop.passed())


def steps(shop: Shop) -> Iterator[Any]:
    """A walk over what stands on no order."""
    who, product = shop.who, costed()
    contract = actions.draft_contract(shop.customer, by=who["customer_service"])
    for agreed in (False, True):
        review = {"part": contract, "agreed": agreed, "text": "已看"}
        yield actions.review_contract_fin(shop.customer, by=who["finance"], **review)
        yield actions.review_contract_legal(shop.customer, by=who["legal"], **review)
    yield actions.change_contract(shop.customer, by=who["customer_service"], part=contract, clauses="一、违约金。")
    yield actions.end_contract(shop.customer, by=who["customer_service"], part=contract, reason="客户不签了")
    yield (quote := quoted(shop, product, "10.2"))
    yield actions.agree_quote(quote, by=who["supervisor"], reason="新客户开拓")
    yield actions.send_quote(quote, by=who["sales"])
    yield actions.lose_quote(quote, by=who["sales"], answer="客户选了别家")
    yield (sample := sampled(shop))
    yield samples.make_sample(sample, by=who["technical"], text="已做")
    yield samples.send_sample(sample, by=who["sales"], text="顺丰")
    yield samples.drop_sample(sample, by=who["sales"], text="客户不要了")
    yield (memo := heard(shop))
    soon = timezone.now() + timedelta(hours=2)
    yield actions.tell_reply(memo, by=who["customer_service"], told_words="两小时内答复", reply_promised_by=soon)
    suggestion = suggested(shop.customer)
    sweep()
    yield decide_grade(suggestion, by=who["cs_supervisor"], accept=False, reason="老客户")


def test_what_is_remembered_is_what_the_gates_say_after_each_step_of_any_kind() -> None:
    for done in steps(Shop()):
        assert list(differences()) == [], done
    assert not Owed.objects.open().exists()


def test_what_stands_on_no_order_is_on_the_list_of_nobody_who_does_not_see_its_customer() -> None:
    shop, other = Shop(), Shop()
    quote = quoted(shop, costed(), "12.5")
    actions.send_quote(quote, by=shop.who["sales"])
    Quote.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    samples.make_sample(sampled(shop), by=shop.who["technical"], text="已做")
    sweep()
    assert labels(shop.who["sales"]) == {"报价过期未答复": 1, "寄出样品": 1}
    assert labels(other.who["sales"]) == {}
    assert labels(other.who["customer_service"]) == {"寄出样品": 1}, "customer service sees every customer"


def test_each_kind_is_listed_to_those_to_whom_its_model_shows_it() -> None:
    shop, other = Shop(), Shop()
    of_every_kind(shop)
    for kind in subjects.kinds():
        subject = subjects.get(kind)
        if not hasattr(subject.rows, "visible_to"):
            continue
        ids = set(subject.rows.values_list("pk", flat=True))
        columns = [subject.order or "pk", subject.customer or "pk"]
        assert ids, kind
        for pk, order, customer in subject.rows.values_list("pk", *columns):
            at = {"order_id": order if subject.order else None, "customer_id": customer if subject.customer else None}
            Owed.objects.create(subject_kind=kind, subject_id=pk, what="probe", since=timezone.now(), **at)
        for user in (*shop.who.values(), *other.who.values()):
            listed = Owed.objects.filter(subject.seen(user), subject_kind=kind, what="probe")
            shown = set(subject.rows.visible_to(user).values_list("pk", flat=True))
            assert set(listed.values_list("subject_id", flat=True)) == shown, (kind, user)


def test_a_call_is_owed_by_who_took_it_until_the_caller_is_told_or_an_order_is_made_of_it() -> None:
    shop = Shop()
    memo = heard(shop, "sales")
    assert labels(shop.who["sales"]) == {"告知来电人已收到及答复时间": 1}
    assert labels(shop.who["customer_service"]) == {}
    shop.draft(memo=memo, channel="phone")
    assert "告知来电人已收到及答复时间" not in labels(shop.who["sales"])
    assert "告知客户订单已收到及答复时间" in labels(shop.who["customer_service"])
    assert list(differences()) == []


def test_what_time_alone_changes_is_found_by_the_sweep() -> None:
    shop = Shop()
    quote = actions.send_quote(quoted(shop, costed(), "12.5"), by=shop.who["sales"])
    Quote.objects.filter(pk=quote.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    assert [what for what, _ in differences()] == ["missing"]
    sweep()
    assert list(differences()) == []


def test_an_action_reads_again_what_it_touched_though_no_event_names_it() -> None:
    shop = Shop()
    contract = actions.draft_contract(shop.customer, by=shop.who["customer_service"])
    assert Owed.objects.open().filter(subject_kind="contract", subject_id=contract.pk).count() == 2


@pytest.mark.parametrize("role", ["sales", "finance"])
def test_nobody_acts_on_an_order_that_they_may_not_know_of(role: str) -> None:
    """Another's for a salesperson, and one that is still a draft for finance."""
    shop, other = Shop(), Shop()
    order = shop.draft()
    do, subject = (approval.submit, order.revision) if role == "sales" else (chain.hold, order)
    with pytest.raises(Forbidden, match="不在您负责的范围内"):
        do(subject, by=other.who[role], reason="改期")
    assert shop.fresh(order).version == order.version


def test_nor_on_any_other_thing_of_somebody_elses_customer() -> None:
    shop, other = Shop(), Shop()
    memo, quote, sample = heard(shop), quoted(shop, costed(), "12.5"), sampled(shop)
    soon = timezone.now() + timedelta(hours=2)
    for do, subject, given in (
        (actions.send_quote, quote, {}),
        (samples.drop_sample, sample, {"text": "不要了"}),
        (actions.tell_reply, memo, {"told_words": "两小时内", "reply_promised_by": soon}),
    ):
        with pytest.raises(Forbidden, match="不是您负责的客户的"):
            do(subject, by=other.who["sales"], **given)


def test_a_gate_names_amounts_to_those_alone_who_see_prices_on_a_page_and_in_a_refusal() -> None:
    shop = Shop()
    revision = shop.sent().revision
    (deposit,) = [gate for gate in registry.unmet("release", revision) if gate.code == "deposit_received"]
    for role, told in (("finance", True), ("customer_service", True), ("production", False), ("warehouse", False)):
        act = FlowAct("release", shop.who[role], timezone.now())
        for words in (deposit.said_to(shop.who[role]).message, act.blocked([deposit]).message):
            assert any(each.isdigit() for each in words) == told, role
