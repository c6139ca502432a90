"""What is scrapped is to be made again: a line stays on the sheet and on the plan until it is good (R10, R22)."""

from datetime import timedelta

import pytest

from orders.models import Line, RevisionLine
from production import daily
from production.remaining import is_left, left_of
from tests.production.works import Works, line_of
from tests.shop import today

pytestmark = pytest.mark.django_db


def on_the_sheet() -> list[RevisionLine]:
    return daily.open_lines()


def test_a_line_stays_on_the_sheet_while_scrapped_goods_are_to_be_made_again() -> None:
    works = Works()
    order = works.in_work()
    works.report(order, "60", "40")
    assert [left_of(row) for row in on_the_sheet()] == [40]
    works.report(order, "40")
    assert on_the_sheet() == []


def test_the_day_is_planned_while_scrapped_goods_are_to_be_made_again() -> None:
    works = Works()
    order = works.in_work()
    day = today() + timedelta(days=5)
    works.report(order, "60", "40")
    assert daily.planned(order.pk, day).exists() and daily.orders_of(day) == [order.pk]
    works.report(order, "40")
    assert not daily.planned(order.pk, day).exists() and daily.orders_of(day) == []


@pytest.mark.parametrize(
    ("from_stock", "reserved", "made", "scrapped", "closed_short", "left"),
    [
        (0, 0, 0, 0, 0, 100),
        (0, 0, 100, 40, 0, 40),
        (0, 0, 60, 0, 40, 0),
        (0, 0, 110, 0, 0, 0),
        (30, 0, 0, 0, 0, 70),
        (30, 30, 70, 0, 0, 0),
        (30, 30, 70, 10, 0, 10),
        (30, 30, 0, 0, 80, 0),
        (100, 100, 0, 0, 0, 0),
    ],
)
def test_the_database_and_the_row_in_hand_say_the_same_is_left(
    from_stock: int, reserved: int, made: int, scrapped: int, closed_short: int, left: int
) -> None:
    row = Works().draft().revision.lines.get()  # type: ignore[union-attr]
    RevisionLine.objects.filter(pk=row.pk).update(from_stock=from_stock)
    facts = {"reserved": reserved, "made": made, "scrapped": scrapped, "closed_short": closed_short}
    Line.objects.filter(pk=row.line_id).update(**facts)
    assert left_of(RevisionLine.objects.select_related("line").get(pk=row.pk)) == left
    assert RevisionLine.objects.filter(is_left(), pk=row.pk).exists() == (left > 0)


def test_what_the_customer_let_go_is_not_left() -> None:
    works = Works()
    order = works.in_work()
    works.report(order, "60")
    Line.objects.filter(pk=line_of(order).pk).update(closed_short=40)
    assert on_the_sheet() == []
