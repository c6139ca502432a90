"""The number of statements of a page does not grow with what it shows."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.shop import Shop

pytestmark = pytest.mark.django_db


def statements(user: Any, url: str) -> int:
    client = Client()
    client.force_login(user)
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


@pytest.mark.parametrize("made", ["submitted", "approved", "in_work", "completed"])
@pytest.mark.parametrize("role", ["customer_service", "production"])
def test_the_order_page_asks_as_much_for_ten_lines_as_for_one(made: str, role: str) -> None:
    shop = Shop()
    one = getattr(shop, made)(shop.line())
    ten = getattr(shop, made)(*(shop.line(str(10 + at)) for at in range(10)))
    few, many = (statements(shop.who[role], order.get_absolute_url()) for order in (one, ten))
    assert many == few


@pytest.mark.parametrize(
    ("role", "url", "most"),
    [
        ("sales", "/orders/", 6),
        ("customer_service", "/orders/?last=1", 6),
        ("customer_service", "/orders/?q=%E5%AE%A2%E6%88%B7&paid=%E6%9C%AA%E4%BB%98&delivered=%E6%9C%AA%E5%8F%91", 6),
        ("supervisor", "/approvals/", 12),
        ("customer_service", "/", 6),
        ("supervisor", "/", 6),
        ("production", "/", 6),
        ("warehouse", "/", 6),
    ],
)
def test_lists_ask_as_much_for_thirty_orders_as_for_three(role: str, url: str, most: int) -> None:
    shop = Shop()
    for _ in range(2):
        shop.signed()
    shop.submitted()
    few = statements(shop.who[role], url)
    for _ in range(14):
        shop.signed()
    for _ in range(13):
        shop.submitted()
    many = statements(shop.who[role], url)
    assert many == few <= most


def test_the_list_of_sixty_has_a_first_and_a_last_page_and_what_lies_between() -> None:
    shop = Shop()
    numbers = [shop.draft().number for _ in range(60)]
    client = Client()
    client.force_login(shop.who["sales"])

    def shown(query: str) -> tuple[Any, list[str]]:
        context = client.get("/orders/" + query).context
        return context["page"], [row["number"] for row in context["rows"]]

    first, rows = shown("")
    assert rows == numbers[:9:-1]
    second, rows = shown(first.next_url)
    assert rows == numbers[9::-1]
    assert shown(first.last_url)[1] == numbers[49::-1]
    assert shown(second.prev_url)[1] == numbers[:9:-1]
