"""Many at once, on real threads: one succeeds, nothing is doubled (B1, B2, B4, B26, B27, numbers).

Negative control, tried by hand: with `select_for_update` taken out of `orders.frame.lock_orders`,
`test_b2_…` fails with several approvals of one order.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from audit.errors import AlreadyDone, Blocked, Refused
from audit.models import Event
from customers.actions import change_grade
from customers.models import Customer
from documents.models import Document, OutboxRow
from documents.numbering import business_day
from flow.owed import differences
from orders import nightly
from orders.actions import amendment, approval, chain, confirmation, entry
from orders.models import DatePush, Order, Revision, SignOff, State
from orders.models.returned import ConfirmationReturn
from tests import people
from tests.races import at_once, of_kind
from tests.shop import Shop

pytestmark = pytest.mark.django_db(transaction=True)


def test_b1_the_same_form_twenty_times_makes_one_order() -> None:
    shop = Shop()
    lines, header = [shop.line()], shop.header()
    outcomes = at_once(
        20,
        lambda _: entry.create_order(
            None, by=shop.who["sales"], customer=shop.customer, header=header, lines=lines, key="one form"
        ),
    )
    (order,) = Order.objects.all()
    assert len(of_kind(outcomes, Order)) == 1
    assert {done.url for done in of_kind(outcomes, AlreadyDone)} == {order.get_absolute_url()}
    assert order.history.count() == 1


def test_twenty_orders_at_once_get_twenty_numbers_without_a_gap() -> None:
    shop = Shop()
    orders = at_once(20, lambda _: shop.draft())
    assert sorted(int(order.number[-4:]) for order in orders) == list(range(1, 21))


def test_b2_of_twenty_approvals_one_succeeds_and_the_rest_are_told_by_whom() -> None:
    shop = Shop()
    order = shop.signed()
    outcomes = at_once(20, lambda _: approval.approve(order.revision, by=shop.who["supervisor"]))
    assert len(of_kind(outcomes, Order)) == 1
    refused = of_kind(outcomes, Refused)
    assert len(refused) == 19
    assert all("已由 上级主管 于" in refusal.message for refusal in refused)
    assert Document.objects.filter(kind="confirmation").count() == 1
    assert Event.objects.filter(action="approve").count() == 1
    assert OutboxRow.objects.filter(channel="render").count() == 2  # the confirmation and its inside copy


@pytest.mark.parametrize("step", ["submit", "release", "send_back", "hold", "cancel", "check", "amend", "receipt"])
def test_each_step_taken_by_twenty_at_once_happens_once(step: str) -> None:
    shop = Shop()
    clerk, supervisor = shop.who["customer_service"], shop.who["supervisor"]
    order = {
        "submit": shop.draft,
        "release": shop.confirmed,
        "send_back": shop.submitted,
        "hold": shop.submitted,
        "cancel": shop.submitted,
        "check": shop.submitted,
        "amend": shop.approved,
        "receipt": shop.sent,
    }[step]()
    seen = order.version
    act = {
        "submit": lambda _: approval.submit(order.revision, by=shop.who["sales"], seen=seen),
        "release": lambda _: chain.release(order.revision, by=clerk, seen=seen),
        "send_back": lambda _: approval.send_back(order.revision, by=supervisor, reason="数量不对", seen=seen),
        "hold": lambda _: chain.hold(order, by=clerk, reason="等客户", seen=seen),
        "cancel": lambda _: chain.cancel(order, by=clerk, reason="不要了", seen=seen),
        "check": lambda _: approval.sign_check(order.revision, by=clerk, seen=seen),
        "amend": lambda _: amendment.propose_amendment(order, by=clerk, reason="改数量", seen=seen),
        "receipt": lambda _: confirmation.record_return(
            order.revision, by=clerk, received_at=timezone.now(), signer=shop.contact
        ),
    }[step]
    before = Event.objects.filter(subject_id=order.pk, subject_kind="order").count()
    outcomes = at_once(20, act)
    assert len(of_kind(outcomes, Refused)) == 19
    made = Event.objects.filter(subject_id=order.pk, subject_kind="order").count() - before
    assert made == 1
    assert not list(differences())


def test_b4_a_grade_lowered_while_approving_never_passes_with_old_terms() -> None:
    shop = Shop("A")
    order = shop.signed()

    def do(index: int) -> object:
        if index:
            return change_grade(shop.customer, by=shop.who["cs_supervisor"], reason="付款变慢", grade="C")
        return approval.approve(order.revision, by=shop.who["supervisor"])

    approved, _ = at_once(2, do)
    grade_first = isinstance(approved, Blocked)
    events = list(Event.objects.filter(action__in=["approve", "change_grade"]).order_by("pk"))
    assert grade_first == (events[0].action == "change_grade")
    with pytest.raises(Refused):
        chain.release(order.revision, by=shop.who["customer_service"])


def test_b26_two_orders_within_the_limit_but_together_over_it_pass_only_once() -> None:
    shop = Shop("A")
    people.contract(shop.customer)
    Customer.objects.filter(pk=shop.customer.pk).update(credit_limit=Decimal(1500))
    orders = [shop.signed(), shop.signed()]
    outcomes = at_once(2, lambda i: approval.approve(orders[i].revision, by=shop.who["supervisor"]))
    (blocked,) = of_kind(outcomes, Blocked)
    assert [gate.code for gate in blocked.unmet] == ["credit_ok"]
    assert Order.objects.filter(state=State.APPROVED).count() == 1


def long_sent(shop: Shop, days: int = 3) -> Order:
    """An order whose confirmation went out `days` ago and is not back."""
    order = shop.sent()
    ago = timezone.now() - timedelta(days=days)
    Revision.objects.filter(order=order).update(sent_at=ago, approved_at=ago)
    return order


def test_b21_two_nightly_runs_at_once_push_each_day_once() -> None:
    shop = Shop()
    orders = [long_sent(shop) for _ in range(3)]
    yesterday = business_day(timezone.now()) - timedelta(days=1)
    at_once(4, lambda _: nightly.run(yesterday))
    assert DatePush.objects.filter(live=True).count() == 9
    for order in orders:
        fresh = shop.fresh(order)
        assert fresh.promised_on == order.promised_on + timedelta(days=3)
        assert fresh.revision.pushes == 3
    assert OutboxRow.objects.filter(channel="date_pushed").count() == 3
    assert not list(differences())


def test_b27_a_return_recorded_while_the_nightly_job_runs_gives_the_same_pushes() -> None:
    shop = Shop()
    order = long_sent(shop)
    received = timezone.now() - timedelta(days=2)
    yesterday = business_day(timezone.now()) - timedelta(days=1)

    def do(index: int) -> object:
        if index:
            return nightly.run(yesterday)
        return confirmation.record_return(
            order.revision, by=shop.who["customer_service"], received_at=received, signer=shop.contact
        )

    at_once(2, do)
    assert ConfirmationReturn.objects.count() == 1
    assert [push.day for push in DatePush.objects.filter(live=True)] == [yesterday - timedelta(days=2)]


def test_twenty_signatures_at_once_leave_one_that_counts() -> None:
    shop = Shop()
    order = shop.submitted()
    at_once(20, lambda _: approval.sign_check(order.revision, by=shop.who["customer_service"]))
    assert SignOff.objects.live().filter(kind="check", revision=order.revision).count() == 1
