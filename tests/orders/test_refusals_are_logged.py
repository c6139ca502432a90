"""B5: what nobody may do now, sent all the same, changes nothing and is logged."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.errors import Forbidden, Refused
from audit.models import Event
from orders.actions import approval, chain
from tests.shop import Shop

pytestmark = pytest.mark.django_db


def test_b5_approving_ones_own_order_is_refused_and_logged(caplog: Any) -> None:
    shop = Shop()
    order = shop.draft(by=shop.who["customer_service"])
    approver = shop.who["supervisor"]
    order.revision.editor_ids = [approver.pk]
    order.revision.save()
    approval.submit(order.revision, by=shop.who["customer_service"])
    shop.sign(order.revision)
    with pytest.raises(Forbidden):
        approval.approve(order.revision, by=approver)
    assert shop.fresh(order).state == "PENDING"
    assert f"approve refused to {approver.pk}" in caplog.text


def test_b5_a_step_that_the_state_does_not_have_is_refused_and_logged(caplog: Any) -> None:
    shop = Shop()
    order = shop.submitted()
    events = Event.objects.count()
    with pytest.raises(Refused):
        chain.complete(order, by=shop.who["customer_service"])
    assert (shop.fresh(order).state, Event.objects.count()) == ("PENDING", events)
    assert "complete refused to" in caplog.text


def test_b5_the_same_by_a_post_is_answered_403_or_409(caplog: Any) -> None:
    shop = Shop()
    order = shop.draft()
    client = Client()
    client.force_login(shop.who["customer_service"])
    answer = client.post(reverse("orders:complete", args=[order.number]), {"version": order.version})
    assert answer.status_code == 409
    assert shop.fresh(order).state == "DRAFT"
    assert "complete refused to" in caplog.text
