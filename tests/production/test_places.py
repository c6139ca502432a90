"""第 N 行 is a line's place in the terms in force, whatever number it was entered under."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from flow.gates import registry
from orders import changes
from orders.actions import amendment, entry
from orders.actions.approval import as_input
from orders.models import Line, Order, places
from production.actions import anomalies
from production.models import Batch
from tests.production.works import Works, newest

pytestmark = pytest.mark.django_db


def page(works: Works, role: str, url: str) -> str:
    client = Client()
    client.force_login(works.who[role])
    return client.get(url).content.decode()  # type: ignore[no-any-return]


def moved_up(works: Works) -> tuple[Order, Line, Batch]:
    """An order whose first line an amendment dropped: its second line is the first now."""
    order = works.in_work(works.line(), works.line("50"))
    first, second = order.lines.order_by("number")
    batch = works.report(order, "50", line=second)
    given = {"kind": "material", "text": "纸面有皱", "lines": [first.pk, second.pk]}
    anomalies.raise_anomaly(order, by=works.who["production"], **given)
    assert batch is not None
    return works.without(order, first), second, batch


def test_anomalies_name_the_line_by_its_place_and_the_dropped_one_as_former() -> None:
    works = Works()
    order, _, _ = moved_up(works)
    for url in (
        reverse("production:anomaly_list"),
        reverse("production:anomalies", args=[order.number]),
        reverse("production:anomaly", args=[order.number, order.anomalies.get().pk]),
    ):
        shown = page(works, "production", url)
        assert shown.count("原第 1 行") == 1 and shown.count("第 1 行") >= 2 and "第 2 行" not in shown


def test_a_trace_names_the_line_by_its_place() -> None:
    works = Works()
    _, _, batch = moved_up(works)
    shown = page(works, "quality", f"{reverse('quality:trace')}?q={batch.number}")
    assert "第 1 行" in shown and "第 2 行" not in shown


def test_what_still_holds_an_order_names_the_line_by_its_place() -> None:
    works = Works()
    order, _, _ = moved_up(works)
    held = {gate.code: gate.message for gate in registry.explain(["complete"], order)}
    assert held["all_shipped"].startswith("第 1 行尚有 50 未发")


def test_an_amendment_says_its_changes_by_the_places_of_the_terms_that_it_changes() -> None:
    works = Works()
    order, second, _ = moved_up(works)
    amendment.propose_amendment(order, by=works.who["sales"], reason="客户改数量")
    revision = newest(order)
    (kept,) = (as_input(row) for row in revision.lines.select_related("product"))
    lines = [works.line("60", line_id=second.pk), works.line("7")]
    assert kept.line_id == second.pk
    entry.edit_revision(revision, by=works.who["sales"], header={}, lines=lines)
    found = [(change.kind, change.label) for change in changes.of_amendment(newest(order))]
    assert (changes.QUANTITY, "第 1 行 数量") in found and (changes.ADDED, "第 2 行") in found
    assert sorted(line.place for line in order.lines.all()) == ["原第 1 行", "改单第 2 行", "第 1 行"]


def test_a_place_is_that_in_force_then_of_what_comes_then_of_what_was() -> None:
    assert places([(7, 2, 1, 1), (7, 2, 2, 3), (7, 2, 4, 5)]) == {7: "第 3 行"}
    assert places([(7, 2, 1, 1), (7, 2, 4, 5)]) == {7: "改单第 5 行"}
    assert places([(7, 4, 1, 1), (7, 4, 2, 3)]) == {7: "原第 3 行"}


def test_the_pages_take_as_many_statements_for_many_lines_as_for_one() -> None:
    works = Works()
    counted: dict[int, list[int]] = {}
    for many in (1, 5):
        order = works.in_work(*(works.line() for _ in range(many)))
        lines = [line.pk for line in order.lines.all()]
        anomaly: Any = anomalies.raise_anomaly(
            order, by=works.who["production"], kind="material", text="皱", lines=lines
        )
        client = Client()
        client.force_login(works.who["production"])
        counted[many] = []
        for url in (
            reverse("production:anomalies", args=[order.number]),
            reverse("production:anomaly", args=[order.number, anomaly.pk]),
            order.get_absolute_url(),
        ):
            client.get(url)
            with CaptureQueriesContext(connection) as seen:
                client.get(url)
            counted[many].append(len(seen))
    assert counted[1] == counted[5]
