"""The to-do page as a browser lays it out."""

from typing import Any

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [390, 1440])
def test_there_is_one_search_box_on_the_home_page(admin_page: Any, live_server: Any, width: int) -> None:
    admin_page.set_viewport_size({"width": width, "height": 900})
    admin_page.goto(live_server.url)
    assert admin_page.locator("input[type=search]:visible").count() == 1
