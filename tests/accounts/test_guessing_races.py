"""Guesses at once are no free guesses."""

import pytest
from django.db import connection
from django.test import Client

from accounts.models import SignIn
from tests.people import person
from tests.races import at_once


@pytest.mark.django_db(transaction=True)
def test_twenty_guesses_at_once_are_six() -> None:
    person("customer_service", username="limin")

    def guess(at: int) -> int:
        with connection.cursor():
            return Client().post("/login/", {"username": "limin", "password": f"guess{at}"}).status_code

    assert sorted(at_once(20, guess)) == [200] * 6 + [429] * 14
    assert SignIn.objects.filter(kind="failed").count() == 6
