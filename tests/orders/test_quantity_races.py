"""Twenty at once, on real threads: what the customer writes of a quantity counts once, and a report goes back once."""

from decimal import Decimal
from typing import Any

import pytest

from audit.errors import AlreadyDone, Refused
from flow.owed import differences
from orders.actions import quantities
from orders.models import EntryKind, LineEntry, Order, Signed, SignOff
from production.actions import making
from production.models import Batch, DailyReport
from tests.production.works import Works, line_of
from tests.races import at_once, of_kind
from tests.shop import paper

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_twenty_acceptances_of_the_excess_no_more_is_taken_on_than_there_is() -> None:
    works = Works()
    order = works.in_work()
    works.report(order, "110")
    line = line_of(order)

    def accept(_: int) -> Any:
        given = {"line_id": line.pk, "quantity": Decimal(4), "signer": works.contact, "paper": paper()}
        return quantities.accept_excess(order, by=works.who["customer_service"], reason="客户愿意多要", **given)

    outcomes = at_once(20, accept)
    assert len(of_kind(outcomes, Order)) == 2 and len(of_kind(outcomes, Refused)) == 18
    assert line_of(order).excess == 8
    assert SignOff.objects.live().get(kind=Signed.EXCESS).quantity == 8
    assert list(differences()) == []


def test_b1_the_same_short_close_twenty_times_is_one() -> None:
    works = Works()
    order = works.in_work()
    works.report(order, "60")
    line = line_of(order)

    def close(_: int) -> Any:
        given = {"line_id": line.pk, "quantity": Decimal(40), "signer": works.contact, "paper": paper()}
        clerk = works.who["customer_service"]
        return quantities.short_close(order, by=clerk, reason="客户不要余量", key="form", **given)

    outcomes = at_once(20, close)
    assert len(of_kind(outcomes, Order)) == 1 and len(of_kind(outcomes, AlreadyDone)) == 19
    assert line_of(order).closed_short == 40
    assert LineEntry.objects.filter(kind=EntryKind.CLOSED_SHORT).count() == 1


def test_b2_of_twenty_short_closes_no_more_is_closed_than_is_left() -> None:
    works = Works()
    order = works.in_work()
    line = line_of(order)

    def close(_: int) -> Any:
        given = {"line_id": line.pk, "quantity": Decimal(30), "signer": works.contact, "paper": paper()}
        return quantities.short_close(order, by=works.who["customer_service"], reason="客户不要余量", **given)

    outcomes = at_once(20, close)
    assert len(of_kind(outcomes, Order)) == 3 and len(of_kind(outcomes, Refused)) == 17
    assert line_of(order).closed_short == 90


def test_b2_a_report_is_taken_back_by_one_of_twenty() -> None:
    works = Works()
    order = works.in_work()
    works.report(order, "40", "3")
    report = DailyReport.objects.get()
    outcomes = at_once(20, lambda _: making.take_back_report(report, by=works.who["production"], reason="报错行"))
    assert len(of_kind(outcomes, Order)) == 1 and len(of_kind(outcomes, Refused)) == 19
    assert (line_of(order).made, line_of(order).scrapped, Batch.objects.get().quantity) == (0, 0, 0)
    assert DailyReport.objects.count() == 2
    assert list(differences()) == []
