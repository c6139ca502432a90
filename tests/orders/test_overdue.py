"""What is overdue is told to the one who owes it, then to their supervisor: once each (domain.md, the last row)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from documents.models import OutboxRow
from flow import overdue
from flow.models import Owed
from orders.models import Order
from tests import people
from tests.races import at_once
from tests.shop import Shop

pytestmark = pytest.mark.django_db
LONG = timedelta(days=10)


def owed(shop: Shop, role: str, *, ago: timedelta = timedelta(minutes=1)) -> Owed:
    order = shop.submitted()
    now = timezone.now()
    return Owed.objects.create(
        subject_kind="order",
        subject_id=order.pk,
        order=order,
        customer=order.customer,
        what="reply_due",
        role=role,
        since=now - ago - timedelta(hours=1),
        due=now - ago,
        escalate_at=now - ago + timedelta(days=2),
    )


def told(row: Owed, step: str) -> set[int]:
    keys = OutboxRow.objects.filter(key__startswith=f"overdue:{row.pk}:{step}:")
    return {payload["recipient"] for payload in keys.values_list("payload", flat=True)}


def run(row: Owed) -> None:
    Owed.objects.exclude(pk=row.pk).update(due=None)
    overdue.tell(timezone.now())


def test_the_orders_own_salesperson_and_clerk_hear_of_theirs_and_a_department_all_of_it() -> None:
    shop = Shop()
    for role in ("sales", "customer_service", "technical"):
        row = owed(shop, role)
        run(row)
        assert told(row, "told_at") == {shop.who[role].pk}, role


def test_what_is_not_due_or_done_is_told_to_nobody() -> None:
    shop = Shop()
    early, done = owed(shop, "sales", ago=-timedelta(hours=1)), owed(shop, "technical")
    Owed.objects.filter(pk=done.pk).update(until=timezone.now())
    Owed.objects.exclude(pk__in=[early.pk, done.pk]).update(due=None)
    assert overdue.tell(timezone.now()) == 0


@pytest.mark.parametrize(
    ("role", "chief"),
    [
        ("sales", "supervisor"),
        ("customer_service", "cs_supervisor"),
        ("cs_supervisor", "marketing_director"),
        ("production", "marketing_director"),
        ("warehouse", "marketing_director"),
    ],
)
def test_the_supervisor_hears_of_it_when_it_stays_undone(role: str, chief: str) -> None:
    shop = Shop()
    fresh, old = owed(shop, role), owed(shop, role, ago=LONG)
    Owed.objects.exclude(pk__in=[fresh.pk, old.pk]).update(due=None)
    overdue.tell(timezone.now())
    assert told(old, "escalated_at") == {shop.who[chief].pk}
    assert told(fresh, "escalated_at") == set()


def test_nobody_stands_above_the_director() -> None:
    shop = Shop()
    row = owed(shop, "marketing_director", ago=LONG)
    run(row)
    assert told(row, "told_at") == {shop.who["marketing_director"].pk} and told(row, "escalated_at") == set()


def test_a_person_who_left_is_not_told_but_the_others_of_the_role_are() -> None:
    shop = Shop()
    row = owed(shop, "customer_service")
    shop.who["customer_service"].is_active = False
    shop.who["customer_service"].save()
    other = people.person("customer_service")
    run(row)
    assert told(row, "told_at") == {other.pk}


def test_run_twice_nobody_hears_of_it_twice() -> None:
    shop = Shop()
    row = owed(shop, "sales", ago=LONG)
    run(row)
    before = OutboxRow.objects.count()
    assert overdue.tell(timezone.now() + timedelta(days=1)) == 0
    assert OutboxRow.objects.count() == before


def test_what_is_owed_anew_is_told_anew() -> None:
    shop = Shop()
    row = owed(shop, "sales")
    run(row)
    Owed.objects.filter(pk=row.pk).update(until=timezone.now())
    again = owed(shop, "sales")
    run(again)
    assert told(again, "told_at") == {shop.who["sales"].pk}


def test_many_rows_take_as_many_statements_as_few() -> None:
    shop, asked = Shop(), []
    for count in (1, 1, 5):  # the first time some statements are prepared
        rows = [owed(shop, "sales", ago=LONG) for _ in range(count)]
        Owed.objects.exclude(pk__in=[row.pk for row in rows]).update(due=None)
        with CaptureQueriesContext(connection) as seen:
            assert overdue.tell(timezone.now()) == 2 * count
        asked.append(len(seen))
    assert asked[1] == asked[2]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_tell_each_row_once() -> None:
    shop = Shop()
    rows = [owed(shop, role, ago=LONG) for role in ("sales", "production", "technical", "customer_service")]
    Owed.objects.exclude(pk__in=[row.pk for row in rows]).update(due=None)
    counts = at_once(4, lambda _: overdue.tell(timezone.now()))
    assert sum(counts) == 8
    assert OutboxRow.objects.filter(key__startswith="overdue:").count() == 8
    assert Order.objects.count() == 4
