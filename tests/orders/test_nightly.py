"""What a night writes beside the pushes themselves, and which to-dos it has to look at again."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.chain import broken_rows
from audit.models import Event
from documents.models import OutboxRow
from flow import subjects
from flow.gates import Bolt, registry, truth
from flow.models import Owed
from flow.owed import differences
from orders import nightly
from orders.models import HouseRules
from tests.shop import Shop, today

pytestmark = pytest.mark.django_db
# What a push writes of what a gate might read.
WRITTEN = (
    '"orders_datepush"',
    '"pushes"',
    '"orders_order"."promised_on"',
    'U0."promised_on"',
    '"orders_order"."version"',
)


def conditions() -> list[tuple[str, str, Any]]:
    steps = [*registry.gates.values(), *registry.duties.values(), *registry.bolts.values()]
    own = [(step.subject, step.code, step.when if isinstance(step, Bolt) else step.blocked) for step in steps]
    return own + [(step.subject, step.code, owing.when) for step in steps for owing in step.owed]


def asked_of_pushes() -> set[tuple[str, str, bool]]:
    """(subject, step, whether it compares with the limit) of every condition that reads what a push writes."""
    found = set()
    for subject, code, condition in conditions():
        rows = subjects.get(subject).rows
        chosen = rows.order_by().annotate(asked=truth(condition)).values_list("asked")
        sql = str(chosen.query)
        if any(name in sql for name in WRITTEN):
            found.add((subject, code, "push_limit" in sql))
    return found


def test_the_only_gate_that_asks_for_pushes_asks_from_the_limit_on() -> None:
    # delay_told compares a finish with the promise of an order in work: nothing is pushed any more by then.
    assert registry.duties["order", "delay_told"].states == {"PRODUCTION", "QUALITY"}
    assert asked_of_pushes() == {("revision", "date_current", True), ("order", "delay_told", False)}


def test_a_push_below_the_limit_leaves_what_is_owed_and_one_at_the_limit_wants_a_new_date() -> None:
    shop = Shop()
    order = shop.sent()
    limit = HouseRules.current().push_limit
    before = set(Owed.objects.open().values_list("pk", flat=True))
    nightly.run(today() + timedelta(days=limit - 2))
    assert shop.fresh(order).revision.pushes == limit - 1
    assert set(Owed.objects.open().values_list("pk", flat=True)) == before
    assert not list(differences())
    nightly.run(today() + timedelta(days=limit - 1))
    assert Owed.objects.open().filter(what="date_current", order=order).exists()
    assert not list(differences())


def test_a_night_tells_of_each_order_once_with_its_days_and_the_date_now_shown() -> None:
    shop = Shop()
    orders = [shop.sent(), shop.sent()]
    through = today() + timedelta(days=1)
    nightly.run(through)
    nightly.run(through)
    for order in orders:
        fresh = shop.fresh(order)
        (event,) = Event.objects.filter(subject_kind="order", subject_id=order.pk, action="push_date")
        assert event.data == {"days": [str(today()), str(through)], "promised_on": str(fresh.promised_on)}
        assert (event.by, event.reason, event.from_state, event.to_state) == (None, nightly.WHY, "", "")
        assert fresh.version == order.version + 1
        assert order.history.first().history_change_reason == nightly.WHY
        row = OutboxRow.objects.get(channel="date_pushed", key=f"pushed:{order.pk}:{through}")
        assert row.payload == {"order": order.pk, "days": 2}
        assert (row.state, row.handed, row.attempts, row.error, row.done_at) == ("waiting", 0, 0, "", None)
    assert broken_rows() == []


def test_a_night_takes_as_many_statements_for_three_orders_as_for_one() -> None:
    shop = Shop()
    counts: list[int] = []
    for more in (1, 2):
        for _ in range(more):
            shop.sent()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            nightly.run(today() + timedelta(days=len(counts)))
        counts.append(len(asked))
    assert counts[0] == counts[1]
