"""What the tests' own database is like."""

import pytest
from django.db import connection


def _ask(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_marked_test_runs_as_the_application() -> None:
    assert _ask("SELECT current_user") == "oms_app"


def test_a_test_that_asks_for_db_runs_as_the_application(db: None) -> None:
    assert _ask("SELECT current_user") == "oms_app"


@pytest.mark.django_db(transaction=True)
def test_a_test_with_real_transactions_runs_as_the_owner() -> None:
    assert _ask("SELECT current_user") == "oms_owner"


def test_the_application_may_not_make_tables(db: None) -> None:
    from django.db.utils import ProgrammingError

    with pytest.raises(ProgrammingError, match="permission denied"):
        _ask("CREATE TABLE mine (id int); SELECT 1")


def test_text_is_ordered_the_same_on_every_machine(db: None) -> None:
    place = _ask("SELECT concat(datlocprovider, ' ', datlocale) FROM pg_database WHERE datname = current_database()")
    assert place == "b C.UTF-8"
