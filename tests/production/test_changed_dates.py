"""A committed date that changes: its reason, who hears of it, and the plan that a late one asks for (R10, R21)."""

import pytest

from audit.errors import Refused
from documents.models import OutboxRow
from flow.owed import differences
from orders.frame import OrderAct, order_action
from orders.models import Order, Signed, SignOff
from orders.signing import withdraw
from production import queries
from production.models import Anomaly, AnomalyKind
from tests.production.works import Works, owes

pytestmark = pytest.mark.django_db


def told_of_change() -> int:
    return OutboxRow.objects.filter(key__startswith="date_changed:").count()


def test_a_committed_date_changes_only_with_its_reason() -> None:
    works = Works()
    order = works.approved()
    with pytest.raises(Refused, match="写明原因"):
        works.dates(order, days=9, text=" ")
    works.dates(order, days=9, text="分切机提前空出")
    assert SignOff.objects.live().get(kind=Signed.DATE).text == "分切机提前空出"


def test_until_the_approval_a_date_is_written_anew_without_a_reason() -> None:
    works = Works()
    works.dates(works.signed(), days=9, text="")
    assert SignOff.objects.live().filter(kind=Signed.DATE).latest("pk").text == ""


def test_the_same_date_signed_again_needs_no_reason_and_tells_nobody() -> None:
    works = Works()
    order = works.approved()
    works.dates(order, text="")
    assert told_of_change() == 0


def test_sales_hears_of_a_changed_date() -> None:
    works = Works()
    order = works.approved()
    works.dates(order, days=9)
    assert told_of_change() >= 1


def test_a_finish_past_the_promise_asks_for_a_plan_once() -> None:
    works = Works()
    order = works.released()
    works.dates(order, days=20, text="涂布机停机")
    works.dates(order, days=21, text="涂布机仍停机")
    anomaly = Anomaly.objects.get(order=order, kind=AnomalyKind.DATE)
    assert "涂布机停机" in anomaly.text
    assert list(anomaly.lines.all()) == list(order.lines.all())


def test_two_lines_that_come_late_are_two_notices_though_one_action_says_both() -> None:
    works = Works()
    order = works.released(works.line(), works.line("30"))
    works.dates(order, days=20, text="涂布机停机")
    director = works.who["marketing_director"].pk
    told = OutboxRow.objects.filter(key__startswith="anomaly:", payload__recipient=director).order_by("pk")
    assert [row.payload["text"].split("生产异常：")[1][:5] for row in told] == ["第 1 行", "第 2 行"]


def test_a_statement_that_falls_after_the_release_is_owed_anew_and_then_the_date() -> None:
    works = Works()
    order = works.in_work()
    take_back_statement(works, order)
    assert (owes(order, "statement_anew"), owes(order, "date_anew")) == ({"technical"}, set())
    assert [found.pk for found in queries.orders_on("material", works.who["technical"])] == [order.pk]
    works.material(order, "已改用国产原纸")
    assert (owes(order, "statement_anew"), owes(order, "date_anew")) == (set(), {"production"})
    assert [found.pk for found in queries.orders_on("dates", works.who["production"])] == [order.pk]
    works.dates(order, days=9)
    assert owes(order, "date_anew") == set()
    assert list(differences()) == []


def test_what_is_made_already_is_not_dated_anew() -> None:
    works = Works()
    order = works.in_work()
    works.report(order)
    take_back_statement(works, order)
    assert owes(order, "statement_anew") == set()


def take_back_statement(works: Works, order: Order) -> None:
    """As when an arrival that it relied on falls through."""

    @order_action("outdate_statements")
    def take_back(act: OrderAct, order: Order) -> None:
        withdraw(act, SignOff.objects.live().get(kind=Signed.MATERIAL, order=order))

    take_back(order, by=works.who["technical"], reason="船期推迟")


def test_a_finish_within_the_promise_asks_for_none() -> None:
    works = Works()
    order = works.released()
    works.dates(order, days=9)
    assert not Anomaly.objects.exists()
