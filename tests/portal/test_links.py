"""The way to a customer's page: who gets one, and that a wrong one tells nothing (B9)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.signing import Signer
from django.test import Client, override_settings
from django.utils import timezone

from accounts.addresses import networks
from audit.errors import Blocked, Forbidden, Refused
from documents.models import OutboxRow
from orders import customer_page
from orders.actions import amendment, approval, chain, confirmation, entry
from orders.models import Order
from orders.tasks import tell_of_push
from portal import tokens
from portal.actions import links
from portal.models import CustomerLink
from tests.portal.visitor import confirming, link_of, page_of, says, words_in
from tests.shop import Shop

pytestmark = pytest.mark.django_db


def test_the_mail_with_the_confirmation_leads_to_the_page() -> None:
    shop = Shop()
    order = shop.approved()
    confirmation.check_print(order.revision, by=shop.who["customer_service"])
    confirmation.send_confirmation(order.revision, by=shop.who["customer_service"], way="email")
    mail = OutboxRow.objects.get(channel="email", payload__to=["buyer@example.com"])
    assert tokens.url_of(link_of(order)) in mail.payload["body"]


def test_the_mail_about_a_push_leads_to_the_page_unless_it_was_revoked() -> None:
    shop = Shop()
    order = shop.sent()
    link = link_of(order)
    tell_of_push({"order": order.pk})
    assert tokens.url_of(link) in OutboxRow.objects.get(payload__subject__icontains="顺延通知").payload["body"]
    links.revoke_link(link, by=shop.who["customer_service"])
    assert customer_page.line_of(order.revision) == ""


def test_sending_again_leads_to_the_same_page() -> None:
    shop = Shop()
    order = shop.sent()
    link = link_of(order)
    confirmation.send_confirmation(order.revision, by=shop.who["customer_service"], way="email")
    assert link_of(order) == link


def test_the_database_alone_opens_no_page() -> None:
    link = link_of(Shop().sent())
    for kept in (link.key, f"{link.key}.", f"{link.key}.{link.key}"):
        assert Client().get(f"/p/{kept}/").status_code == 404


def wrong_ones(order: Order, shop: Shop) -> dict[str, str]:
    """Addresses that lead nowhere, each for a reason of its own."""
    other = shop.sent()
    link = link_of(other)
    past = tokens.path_of(link)
    CustomerLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    revoked = link_of(order)
    links.revoke_link(revoked, by=shop.who["customer_service"])
    right = tokens.token_of(revoked)
    return {
        "altered": f"/p/{right[:-1]}{'A' if right[-1] != 'A' else 'B'}/",
        "another purpose": f"/p/{Signer(salt='password-reset', sep='.').sign(revoked.key)}/",
        "never made": f"/p/{tokens.signer().sign('0' * 32)}/",
        "expired": past,
        "revoked": tokens.path_of(revoked),
        "endless": f"/p/{'a' * 500}/",
        "not ascii": "/p/订单/",
    }


def test_b9_every_wrong_token_answers_with_the_same_page_and_says_nothing() -> None:
    shop = Shop()
    order = shop.sent()
    answers = {why: Client().get(url) for why, url in wrong_ones(order, shop).items()}
    assert {answer.status_code for answer in answers.values()} == {404}
    (body,) = {answer.content for answer in answers.values()}
    assert order.number not in body.decode() and shop.customer.name not in body.decode()


def test_b9_a_revoked_link_takes_nothing_either() -> None:
    shop = Shop()
    order = shop.sent()
    url = page_of(order)
    links.revoke_link(link_of(order), by=shop.who["customer_service"])
    assert Client().post(f"{url}confirm/", confirming()).status_code == 404
    assert not order.revision.returns.exists()


def test_b9_who_tries_many_wrong_tokens_waits_and_a_right_one_is_always_answered() -> None:
    order = Shop().sent()
    client = Client(REMOTE_ADDR="203.0.113.5")
    answers = [client.get("/p/guess.guess/") for _ in range(30)]
    assert [answer.status_code for answer in answers] == [404] * 21 + [429] * 9
    assert 0 < int(answers[-1]["Retry-After"]) <= 30
    assert answers[0].content == answers[-1].content
    assert client.get(page_of(order)).status_code == 200
    assert Client(REMOTE_ADDR="203.0.113.6").get("/p/guess.guess/").status_code == 404


def test_an_address_of_ipv6_next_door_is_the_same_visitor() -> None:
    for at in range(25):
        answer = Client(REMOTE_ADDR=f"2001:db8:1:2::{at:x}").get("/p/guess.guess/")
    assert answer.status_code == 429
    assert Client(REMOTE_ADDR="2001:db8:1:3::1").get("/p/guess.guess/").status_code == 404


@override_settings(TRUSTED_PROXIES=networks(["127.0.0.1"]))
def test_behind_a_proxy_each_visitor_is_counted_for_themselves_and_cannot_pose_as_another() -> None:
    def knock(visitor: str, forged: str = "198.51.100.7") -> int:
        return Client().get("/p/guess.guess/", HTTP_X_FORWARDED_FOR=f"{forged}, {visitor}").status_code

    assert {knock("203.0.113.5", f"10.0.0.{at}") for at in range(30)} == {404, 429}
    assert knock("203.0.113.5") == 429
    assert knock("203.0.113.6", "203.0.113.5") == 404


def test_the_page_is_kept_by_no_cache_and_told_to_nobody() -> None:
    answer = Client().get(page_of(Shop().sent()))
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_the_page_has_no_session_and_nothing_of_the_staffs() -> None:
    client = Client()
    answer = client.get(page_of(Shop().sent()))
    assert "sessionid" not in client.cookies
    assert "/logout/" not in answer.content.decode() and 'class="nav"' not in answer.content.decode()


@pytest.mark.parametrize("when", ["unreleased", "in force"])
def test_b9_an_amended_orders_old_link_says_so_and_confirms_nothing(when: str) -> None:
    shop = Shop()
    order = shop.sent() if when == "unreleased" else shop.released()
    old = page_of(order)
    amend(shop, order)
    for answer in (Client().get(old), Client().post(f"{old}confirm/", confirming())):
        assert answer.status_code == 410
        assert "已由新版取代" in words_in(answer) and order.number not in words_in(answer)
    assert not order.revisions.latest("number").returns.exists()
    shop.send(order.revisions.latest("number"))
    assert "请核对并确认此订单" in says(page_of(order))


def test_b30_what_the_customer_confirmed_does_not_count_for_the_amendment() -> None:
    shop = Shop()
    order = shop.released()
    amend(shop, order)
    revision = order.revisions.latest("number")
    shop.send(revision)
    with pytest.raises(Blocked) as blocked:
        chain.release(revision, by=shop.who["customer_service"])
    assert "confirmation_returned" in {gate.code for gate in blocked.value.unmet}
    Client().post(f"{page_of(order)}confirm/", confirming())
    back = order.revisions.latest("number").returns.get()
    confirmation.verify_return(back, by=shop.who["customer_service"])
    shop.pay(order, Decimal(60), "deposit")
    assert chain.release(revision, by=shop.who["customer_service"]).revision == revision


def amend(shop: Shop, order: Order) -> None:
    """A second version, approved."""
    clerk = shop.who["customer_service"]
    amendment.propose_amendment(order, by=clerk, reason="改数量")
    revision = order.revisions.latest("number")
    lines = [shop.line("120", line_id=row.line_id) for row in revision.lines.all()]
    entry.edit_revision(revision, by=clerk, header={}, lines=lines)
    approval.submit(revision, by=clerk)
    revision = order.revisions.latest("number")
    shop.sign(revision)
    approval.approve(revision, by=shop.who["supervisor"])


def test_a_dropped_amendment_gives_the_old_link_back() -> None:
    shop = Shop()
    order = shop.released()
    url = page_of(order)
    amend(shop, order)
    amendment.drop_amendment(order.revisions.latest("number"), by=shop.who["customer_service"], reason="不改了")
    assert "生产" in says(url)


def test_a_cancelled_orders_link_says_so() -> None:
    shop = Shop()
    order = shop.sent()
    url = page_of(order)
    chain.cancel(order, by=shop.who["customer_service"], reason="不要了")
    answer = Client().get(url)
    assert answer.status_code == 410 and "此订单已取消" in words_in(answer)


# -- by hand ------------------------------------------------------------------------------------------------------


def desk(order: Order, more: str = "") -> str:
    return f"/orders/{order.number}/customer-page/{more}"


def logged_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_customer_service_copies_revokes_and_makes_a_link_anew() -> None:
    shop = Shop()
    order = shop.sent()
    clerk = logged_in(shop.who["customer_service"])
    first = link_of(order)
    assert tokens.url_of(first) in clerk.get(desk(order)).content.decode()
    clerk.post(desk(order, f"links/{first.pk}/revoke/"))
    assert tokens.url_of(first) not in clerk.get(desk(order)).content.decode()
    clerk.post(desk(order, "make/"))
    assert link_of(order) != first
    assert says(page_of(order))


def test_only_those_who_send_the_link_see_its_address() -> None:
    shop = Shop()
    order = shop.sent()
    answer = logged_in(shop.who["sales"]).get(desk(order))
    assert answer.status_code == 200
    assert tokens.token_of(link_of(order)) not in answer.content.decode()


def test_a_second_link_beside_a_standing_one_is_not_made() -> None:
    shop = Shop()
    order = shop.sent()
    with pytest.raises(Refused, match="已有有效的客户链接"):
        links.make_link(order.revision, by=shop.who["customer_service"])
    with pytest.raises(Forbidden):
        links.make_link(order.revision, by=shop.who["sales"])
    with pytest.raises(Forbidden):
        links.revoke_link(link_of(order), by=None)


def test_before_the_confirmation_was_sent_there_is_no_link() -> None:
    shop = Shop()
    order = shop.approved()
    with pytest.raises(Refused, match="尚未发出"):
        links.make_link(order.revision, by=shop.who["customer_service"])


def test_a_link_that_ran_out_is_made_anew_when_the_confirmation_is_sent_again() -> None:
    shop = Shop()
    order = shop.sent()
    old = link_of(order)
    CustomerLink.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    confirmation.send_confirmation(order.revision, by=shop.who["customer_service"], way="fax")
    assert link_of(order) != old
    assert CustomerLink.objects.get(pk=old.pk).revoked_at
