"""A prepared statement answers as its queryset would."""

from typing import Any

import pytest
from django.db import connection
from django.http import Http404

from accounts.models import User
from audit.models import Event
from audit.prepared import Prepared, outright
from orders import queries
from orders.models import Order
from tests.shop import Shop

pytestmark = pytest.mark.django_db

OF_SUBJECT = Prepared(
    lambda kind, pk: Event.objects.filter(subject_kind=kind, subject_id=pk).select_related("by").order_by("-seq"),
    str,
    int,
)


def test_it_gives_the_rows_of_its_queryset_for_each_argument() -> None:
    shop = Shop()
    orders = [shop.submitted(), shop.signed()]
    for order in orders:
        found = Event.objects.filter(subject_kind="order", subject_id=order.pk).order_by("-seq")
        assert OF_SUBJECT("order", order.pk) == list(found) != []
        assert [event.by for event in OF_SUBJECT("order", order.pk)] == [event.by for event in found]
    assert OF_SUBJECT("order", 0) == []
    assert OF_SUBJECT("'; DROP TABLE audit_event; --", orders[0].pk) == []


def test_unprepared_it_gives_the_same(settings: Any) -> None:
    """As through a pooler; what stands within quotes is no place for an argument."""
    shop = Shop()
    order = shop.submitted()
    of_word = Prepared(lambda pk: Event.objects.filter(subject_id=pk).exclude(reason__in=["100% '$1'", "%s"]), int)
    prepared = [OF_SUBJECT("order", order.pk), of_word(order.pk)]
    settings.DATABASE_POOLED = True
    assert [OF_SUBJECT("order", order.pk), of_word(order.pk)] == prepared != [[], []]
    assert OF_SUBJECT("'; DROP TABLE audit_event; --", order.pk) == []
    assert outright("SELECT $2, '$1 5%', $1, $2") == "SELECT %(p2)s, '$1 5%%', %(p1)s, %(p2)s"


def test_it_asks_one_statement_once_the_connection_knows_it(django_assert_num_queries: object) -> None:
    OF_SUBJECT("order", 1)
    with django_assert_num_queries(1):  # type: ignore[operator]
        OF_SUBJECT("order", 2)


def test_a_queryset_that_can_find_nothing_finds_nothing() -> None:
    assert Prepared(lambda pk: Order.objects.filter(pk=pk, pk__in=[]), int)(1) == []


def test_an_argument_that_is_changed_on_its_way_is_refused() -> None:
    with pytest.raises(TypeError):
        Prepared(lambda pk: Order.objects.filter(number=f"SO-{pk}"), int)(1)


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_prepares_again() -> None:
    OF_SUBJECT("order", 1)
    connection.close()
    assert OF_SUBJECT("order", 1) == []


def test_an_orders_page_is_found_by_those_who_see_the_order_and_by_no_other() -> None:
    shop = Shop()
    order = shop.draft()
    for user in User.objects.filter(is_active=True):
        seen = queries.one(user).filter(number=order.number).exists()
        try:
            assert queries.shown(user, order.number) == order
            assert seen
        except Http404:
            assert not seen
