"""What is suggested while a customer is typed."""

import pytest
from django.test import Client

from tests import people

pytestmark = pytest.mark.django_db


def test_the_very_code_is_suggested_first(client: Client) -> None:
    """Enter takes the first row: it must not be a neighbour whose name happens to fit."""
    seller = people.person("sales")
    people.customer("阿宝包装", code="K-A", salesperson=seller)
    people.customer("振华印务", code="K-B", salesperson=seller)
    client.force_login(seller)
    found = client.get("/customers/options/", {"customer": "K-B"}).content.decode()
    assert "振华印务" in found
    assert found.find("振华印务") < (found.find("阿宝包装") if "阿宝包装" in found else len(found))
