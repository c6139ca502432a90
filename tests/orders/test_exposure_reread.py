"""What changes a customer's exposure has that customer's other orders read again after the commit (B28)."""

from decimal import Decimal

import pytest
from django.utils import timezone

from documents.models import OutboxRow
from flow.models import Owed
from flow.owed import differences
from orders.actions import approval, chain
from orders.tasks import reread_owed
from tests.shop import Shop

pytestmark = pytest.mark.django_db


def asked() -> list[dict[str, int]]:
    return list(OutboxRow.objects.filter(channel="owed_reread").order_by("pk").values_list("payload", flat=True))


def test_a_to_do_written_from_what_was_read_before_an_approval_is_put_right_after_it_B28() -> None:
    shop = Shop()
    first, second = shop.signed(), shop.signed()
    approval.approve(first.revision, by=shop.who["supervisor"])
    # As someone leaves it who acts on the second order meanwhile, having read its gates before the approval.
    Owed.objects.filter(order=second, until=None).update(until=timezone.now())
    assert list(differences())
    for payload in asked():
        reread_owed(payload)
    assert list(differences()) == []


def test_approving_and_paying_ask_for_it_and_what_leaves_exposure_alone_does_not_B28() -> None:
    shop = Shop()
    order = shop.signed()
    assert asked() == []
    approval.approve(order.revision, by=shop.who["supervisor"])
    shop.pay(order, Decimal("1.00"))
    assert asked() == [{"customer": shop.customer.pk}] * 2
    chain.hold(shop.fresh(order), by=shop.who["finance"], reason="核对")
    assert len(asked()) == 2
