from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from audit.errors import Forbidden, Refused
from catalog.actions import Price, change_price_list, change_product
from catalog.queries import reference_price, reference_prices
from documents.models import OutboxRow
from tests import people

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
ONE = Decimal(1)


def test_the_grades_own_price_comes_before_the_general_one() -> None:
    listed, product = people.price_list(), people.product()
    people.price(listed, product, "10")
    people.price(listed, product, "9", grade="A")
    assert reference_price(product, "A", ONE, TODAY) == 9
    assert reference_price(product, "B", ONE, TODAY) == 10


@pytest.mark.parametrize(("quantity", "price"), [("1", 10), ("99.999", 10), ("100", 9), ("499", 9), ("500", 8)])
def test_the_highest_break_reached_counts(quantity: str, price: int) -> None:
    listed, product = people.price_list(), people.product()
    for least, amount in ((0, "10"), (100, "9"), (500, "8")):
        people.price(listed, product, amount, min_quantity=Decimal(least))
    assert reference_price(product, "B", Decimal(quantity), TODAY) == price


def test_below_the_lowest_break_there_is_no_price() -> None:
    listed, product = people.price_list(), people.product()
    people.price(listed, product, "10", min_quantity=Decimal(50))
    assert reference_price(product, "B", Decimal(49), TODAY) is None


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (date(2026, 11, 23), None, True),
        (date(2026, 1, 1), date(2026, 11, 23), True),
        (date(2026, 11, 24), None, False),
        (date(2026, 1, 1), date(2026, 11, 22), False),
    ],
)
def test_a_list_counts_from_its_first_to_its_last_day(first: date, last: date | None, holds: bool) -> None:
    product = people.product()
    people.price(people.price_list(first, last), product, "10")
    assert (reference_price(product, "B", ONE, TODAY) == 10) is holds


def test_a_list_for_the_grade_comes_before_a_later_general_one() -> None:
    product = people.product()
    people.price(people.price_list(date(2026, 1, 1), grade="A"), product, "8")
    people.price(people.price_list(date(2026, 10, 1)), product, "11")
    assert reference_price(product, "A", ONE, TODAY) == 8
    assert reference_price(product, "C", ONE, TODAY) == 11


def test_of_two_general_lists_the_later_one_counts_then_the_newer() -> None:
    product = people.product()
    people.price(people.price_list(date(2026, 10, 1)), product, "11")
    people.price(people.price_list(date(2026, 1, 1)), product, "10")
    assert reference_price(product, "B", ONE, TODAY) == 11
    people.price(people.price_list(date(2026, 10, 1)), product, "12")
    assert reference_price(product, "B", ONE, TODAY) == 12


def test_an_older_list_fills_what_the_later_one_leaves_out() -> None:
    product = people.product()
    people.price(people.price_list(date(2026, 1, 1)), product, "10")
    people.price(people.price_list(date(2026, 10, 1)), people.product(), "99")
    assert reference_price(product, "B", ONE, TODAY) == 10


def test_a_list_that_was_switched_off_does_not_count() -> None:
    product = people.product()
    people.price(people.price_list(is_active=False), product, "10")
    assert reference_price(product, "B", ONE, TODAY) is None


def test_many_prices_are_read_in_one_query(django_assert_num_queries: object) -> None:
    listed = people.price_list()
    products = [people.product() for _ in range(10)]
    for product in products[:9]:
        people.price(listed, product, "10")
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = reference_prices([(product.pk, ONE) for product in products], "B", TODAY)
    assert found == [Decimal(10)] * 9 + [None]


def test_the_database_refuses_a_negative_price_and_two_in_one_place() -> None:
    listed, product = people.price_list(), people.product()
    people.price(listed, product, "10")
    with pytest.raises(IntegrityError):
        people.price(listed, product, "11")


def test_a_list_is_made_to_hold_exactly_the_given_prices() -> None:
    boss, kept, gone, new = people.person("marketing_director"), people.product(), people.product(), people.product()
    listed = people.price_list()
    people.price(listed, kept, "10")
    people.price(listed, gone, "20")
    change_price_list(listed, by=boss, prices=[Price(kept, Decimal(10)), Price(new, Decimal(30))])
    assert dict(listed.entries.values_list("product_id", "price")) == {kept.pk: 10, new.pk: 30}
    reread = {row.payload["product"] for row in OutboxRow.objects.filter(channel="owed_reread")}
    assert reread == {gone.pk, new.pk}


def test_two_prices_in_one_place_are_refused_before_the_database_does() -> None:
    product = people.product()
    twice = [Price(product, Decimal(10)), Price(product, Decimal(11))]
    with pytest.raises(Refused, match="两个价格"):
        change_price_list(people.price_list(), by=people.person("marketing_director"), prices=twice)


def test_a_list_cannot_end_before_it_begins() -> None:
    with pytest.raises(Refused) as refused:
        change_price_list(people.price_list(), by=people.person("admin"), valid_to=date(2025, 1, 1))
    assert refused.value.field == "valid_to"


def test_a_product_is_made_by_technical_and_found_by_its_initials() -> None:
    from catalog.queries import products

    made = change_product(None, by=people.person("technical"), code="RM-80", name="热敏标签纸", spec="80×50")
    assert made.initials == "rmbqz"
    assert list(products("rmbq")) == list(products("标签")) == list(products("rm-80")) == [made]


def test_a_changed_product_asks_for_a_reread() -> None:
    product = people.product()
    change_product(product, by=people.person("technical"), spec="90×50")
    assert OutboxRow.objects.get(channel="owed_reread").payload == {"product": product.pk}


def test_a_salesperson_may_not_change_prices() -> None:
    with pytest.raises(Forbidden):
        change_price_list(people.price_list(), by=people.person("sales"), prices=[])
