from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from documents.models import Counter
from documents.numbering import business_day, next_number

DAY = date(2026, 11, 23)


@pytest.mark.django_db
def test_numbers_count_up_per_prefix_and_day() -> None:
    assert [next_number("SO", DAY), next_number("SO", DAY)] == ["SO-20261123-0001", "SO-20261123-0002"]
    assert next_number("QR", DAY) == "QR-20261123-0001"
    assert next_number("SO", date(2026, 11, 24)) == "SO-20261124-0001"


@pytest.mark.django_db
def test_width_grows_past_9999() -> None:
    Counter.objects.create(prefix="SO", day=DAY, last=9999)
    assert next_number("SO", DAY) == "SO-20261123-10000"


@pytest.mark.django_db
def test_a_rollback_leaves_no_gap() -> None:
    with transaction.atomic():
        next_number("SO", DAY)
        transaction.set_rollback(True)
    assert next_number("SO", DAY) == "SO-20261123-0001"


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 23, 15, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2028, 2, 28, 16, 0, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_b22_the_day_is_shanghais(moment: datetime, day: date) -> None:
    assert business_day(moment) == day


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_no_number_is_given() -> None:
    with pytest.raises(TransactionManagementError):
        next_number("SO", DAY)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_get_no_gap_and_no_double() -> None:
    def take(index: int) -> str | None:
        try:
            with transaction.atomic():
                number = next_number("SO", DAY)
                # Every fourth is rolled back: its number must come to someone else.
                transaction.set_rollback(index % 4 == 0)
            return None if index % 4 == 0 else number
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        numbers = [number for number in threads.map(take, range(200)) if number]
    assert sorted(numbers) == [f"SO-20261123-{n:04d}" for n in range(1, 151)]
