"""Entering an order: its number, its prices, its totals and what is owed then."""

from decimal import Decimal

import pytest

from audit.errors import AlreadyDone, Forbidden, KeyReused, Refused
from audit.models import Event
from flow.models import Owed
from orders.actions import entry
from orders.models import Order
from tests import people
from tests.shop import Shop, today

pytestmark = pytest.mark.django_db


def test_a_draft_has_a_number_of_its_day_and_its_total_with_tax() -> None:
    shop = Shop()
    order = shop.draft(shop.line("100"), shop.line("2.5", price=Decimal("3.33")))
    assert order.number == f"SO-{today():%Y%m%d}-0001"
    assert order.revision.total == Decimal("1008.33")
    assert order.revision.deposit_due == Decimal("302.50")


def test_a_price_off_the_list_is_marked_as_a_departure() -> None:
    shop = Shop()
    order = shop.draft(shop.line(price=Decimal("9.99")))
    assert order.revision.departs
    assert order.revision.lines.get().reference_price == Decimal("10.00")


def test_a_price_left_open_takes_the_list_price() -> None:
    shop = Shop()
    order = shop.draft(shop.line(price=None))
    assert order.revision.lines.get().price == Decimal("10.00")
    assert not order.revision.departs


def test_a_free_sample_is_no_departure_and_owes_no_deposit() -> None:
    shop = Shop()
    order = shop.draft(shop.line(price=Decimal(0)), kind="sample")
    assert not order.revision.departs
    assert order.revision.deposit_due == 0


def test_a_salesperson_cannot_order_for_anothers_customer() -> None:
    shop = Shop()
    with pytest.raises(Refused, match="自己负责"):
        shop.draft(by=people.person("sales"))


def test_a_role_that_enters_no_orders_is_refused() -> None:
    shop = Shop()
    with pytest.raises(Forbidden):
        shop.draft(by=shop.who["warehouse"])


def test_the_same_form_again_leads_to_the_first_order() -> None:
    shop = Shop()
    first = shop.draft(key="form-1")
    with pytest.raises(AlreadyDone) as done:
        shop.draft(key="form-1")
    assert done.value.url == first.get_absolute_url()
    assert Order.objects.count() == 1
    assert first.history.count() == 1


def test_the_same_key_with_other_contents_is_refused() -> None:
    shop = Shop()
    shop.draft(key="form-1")
    with pytest.raises(KeyReused):
        shop.draft(shop.line("7"), key="form-1")


def test_an_incomplete_draft_is_owed_by_the_salesperson_and_a_complete_one_may_be_submitted() -> None:
    shop = Shop()
    order = shop.draft(header={"requested_on": None})
    assert set(Owed.objects.open().filter(order=order).values_list("what", "role")) == {("lines_complete", "sales")}
    revision = entry.edit_revision(
        order.revision, by=shop.who["sales"], header=shop.header(), lines=[shop.line()]
    ).revision
    owed = Owed.objects.open().filter(order=revision.order).values_list("what", "role")
    assert set(owed) == {("submit", "sales"), ("submit", "customer_service")}


def test_editing_keeps_the_lines_identity_and_leaves_history() -> None:
    shop = Shop()
    order = shop.draft()
    row = order.revision.lines.get()
    changed = shop.line("120", line_id=row.line_id)
    entry.edit_revision(order.revision, by=shop.who["customer_service"], header={}, lines=[changed])
    after = order.revision.lines.get()
    assert (after.line_id, after.quantity) == (row.line_id, Decimal(120))
    assert after.history.count() == 2
    assert Event.objects.filter(subject_kind="order", subject_id=order.pk).count() == 2


def test_a_line_of_another_order_cannot_be_edited_in() -> None:
    shop = Shop()
    other = shop.draft().revision.lines.get()
    order = shop.draft()
    with pytest.raises(Refused, match="不属于此单"):
        entry.edit_revision(order.revision, by=shop.who["sales"], header={}, lines=[shop.line(line_id=other.line_id)])
