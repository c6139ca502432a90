"""B25: the application can add to history, not change it; what a superuser changes is found and named."""

from io import StringIO
from unittest import mock

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction

from audit.grants import append_only_tables
from audit.models import Event
from orders.actions import entry
from orders.models import Order
from tests.shop import Shop

pytestmark = pytest.mark.django_db


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_b25_the_application_cannot_change_or_remove_history(verb: str) -> None:
    for table in ("audit_event", "orders_historicalorder", "orders_signoff", "orders_lineentry", "documents_document"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            run(verb.format(table))


def test_every_historical_model_is_append_only() -> None:
    kept = set(append_only_tables())
    historical = {model._meta.db_table for model in apps.get_models() if model.__name__.startswith("Historical")}
    assert historical and historical <= kept


def test_b25_an_edit_past_the_application_is_found_and_named() -> None:
    shop = Shop()
    order = shop.draft()
    entry.edit_revision(order.revision, by=shop.who["sales"], header={}, lines=[shop.line("3")])
    call_command("verify_audit", stdout=StringIO())
    event = Event.objects.filter(subject_id=order.pk).earliest("seq")
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("UPDATE audit_event SET reason = '改过' WHERE id = %s", [event.pk])
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_audit", stdout=StringIO(), stderr=said)
    assert f"操作记录 {event.pk}" in said.getvalue()


def test_b25_a_removed_row_is_found() -> None:
    shop = Shop()
    order = shop.draft()
    entry.edit_revision(order.revision, by=shop.who["sales"], header={}, lines=[shop.line("3")])
    first = Event.objects.filter(subject_id=order.pk).earliest("seq")
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [first.pk])
    with pytest.raises(CommandError):
        call_command("verify_audit", stdout=StringIO(), stderr=StringIO())


def test_b25_a_failed_audit_insert_rolls_the_action_back() -> None:
    shop = Shop()
    with (
        mock.patch.object(Event.objects, "bulk_create", side_effect=DatabaseError("no room")),
        pytest.raises(DatabaseError),
    ):
        shop.draft()
    assert not Order.objects.exists()
