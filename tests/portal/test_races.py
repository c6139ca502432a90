"""Many at once on one link: one answer, and none after it was revoked (B1, B2, B9).

Negative control, tried by hand: with `select_for_update` taken out of `orders.frame.lock_orders`, the first two are
stopped by the database alone, without the words of the page, and one confirms with a link that was revoked.
"""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from audit.errors import AlreadyDone, Refused
from audit.models import Event
from documents.models import OutboxRow
from flow.owed import differences
from orders.actions import confirmation
from orders.models import LineEntry
from orders.models.returned import ConfirmationReturn, Verdict
from portal.actions import links, words
from portal.models import CustomerLink, Word
from shipping.actions import arriving
from tests.portal.visitor import link_of, page_of, visitor
from tests.races import at_once, of_kind
from tests.shop import Shop

pytestmark = pytest.mark.django_db(transaction=True)


def confirm(link: CustomerLink, **who: Any) -> Word:
    return words.confirm(link, by=None, visitor=visitor(**who), agreed=True, signature="王经理")


def test_twenty_confirm_with_one_link_and_one_is_taken() -> None:
    link = link_of(Shop().sent())
    outcomes = at_once(20, lambda _: confirm(link))
    assert len(of_kind(outcomes, Word)) == 1
    refused = of_kind(outcomes, Refused)
    assert len(refused) == 19 and all("无须再次确认" in each.message for each in refused)
    assert ConfirmationReturn.objects.count() == Word.objects.count() == 1
    assert Event.objects.filter(action="customer_confirm").count() == 1
    notices = OutboxRow.objects.filter(channel="notice", payload__text__icontains="已在网上确认")
    assert notices.count() == 2
    assert not list(differences())


def test_b1_the_same_form_twenty_times_is_one_confirmation() -> None:
    link = link_of(Shop().sent())
    outcomes = at_once(20, lambda _: confirm(link, key="one form"))
    assert len(of_kind(outcomes, Word)) == 1
    assert len(of_kind(outcomes, AlreadyDone)) == 19


def test_b1_the_same_question_twenty_times_is_one() -> None:
    link = link_of(Shop().sent())
    asked = {"by": None, "text": "改数量"}
    outcomes = at_once(20, lambda _: words.ask_change(link, visitor=visitor(key="one form"), **asked))
    assert len(of_kind(outcomes, Word)) == 1 and Word.objects.count() == 1


def test_b9_after_revoking_nothing_is_confirmed() -> None:
    shop = Shop()
    link = link_of(shop.sent())

    def do(index: int) -> Any:
        if index == 0:
            return links.revoke_link(link, by=shop.who["customer_service"])
        return confirm(link)

    at_once(20, do)
    revoked = CustomerLink.objects.get(pk=link.pk).revoked_at
    events = list(Event.objects.filter(action__in=["revoke_customer_link", "customer_confirm"]).order_by("seq"))
    assert revoked and events[-1].action == "revoke_customer_link"
    assert ConfirmationReturn.objects.count() == len(events) - 1 <= 1


def test_the_page_and_the_desk_record_one_return() -> None:
    shop = Shop()
    order = shop.sent()
    link = link_of(order)

    def do(index: int) -> Any:
        if index % 2:
            return confirm(link)
        clerk = shop.who["customer_service"]
        return confirmation.record_return(order.revision, by=clerk, received_at=timezone.now(), signer=shop.contact)

    outcomes = at_once(20, do)
    assert len(of_kind(outcomes, Refused)) == 19
    assert ConfirmationReturn.objects.exclude(verdict=Verdict.REFUSED).count() == 1
    assert not list(differences())


def test_goods_received_by_the_page_and_by_the_desk_are_counted_once() -> None:
    shop = Shop()
    order = shop.passed()
    shop.pay_rest(order)
    shipment = shop.dispatched(shop.shipment(order))
    link, now = link_of(order), timezone.now()
    rows = [(row, row.quantity, Decimal(0)) for row in shipment.lines.all()]

    def do(index: int) -> Any:
        if index % 2:
            return words.confirm_receipt(shipment, by=None, link=link, visitor=visitor())
        return arriving.record_arrival(shipment, by=shop.who["logistics"], arrived_at=now, rows=rows)

    outcomes = at_once(20, do)
    assert len(of_kind(outcomes, Refused)) == 19
    assert [entry.quantity for entry in LineEntry.objects.filter(kind="arrived")] == [Decimal(100)]


def test_twenty_links_made_at_once_are_one() -> None:
    shop = Shop()
    order = shop.sent()
    links.revoke_link(link_of(order), by=shop.who["customer_service"])
    outcomes = at_once(20, lambda _: links.make_link(order.revision, by=shop.who["customer_service"]))
    assert len(of_kind(outcomes, CustomerLink)) == 1
    assert CustomerLink.objects.filter(revoked_at=None).count() == 1


def test_a_question_is_answered_once() -> None:
    shop = Shop()
    word = words.ask_change(link_of(shop.sent()), by=None, visitor=visitor(), text="改数量")
    outcomes = at_once(20, lambda i: words.answer(word, by=shop.who["customer_service"], text=f"答复 {i}"))
    assert len(of_kind(outcomes, Refused)) == 19


def test_b9_wrong_tries_at_once_are_all_counted_and_close_no_right_page() -> None:
    order = Shop().sent()
    client = Client(REMOTE_ADDR="203.0.113.5")

    def knock(_: int) -> int:
        with connection.cursor():
            return client.get("/p/guess.guess/").status_code

    assert sorted(at_once(30, knock)) == [404] * 21 + [429] * 9
    assert client.get(page_of(order)).status_code == 200
