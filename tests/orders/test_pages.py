"""The order's pages, as each role sees and uses them."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Event
from orders import story
from orders.models import Order, Status
from tests.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return Shop()


def as_(user: object) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.PeopleBackend")
    return client


def page(shop: Shop, role: str, name: str, *args: object, status: int = 200) -> str:
    answer = as_(shop.who[role]).get(reverse(name, args=args))
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


MAKERS = ("draft", "submitted", "signed", "approved", "sent", "confirmed", "released", "in_work", "passed", "completed")


@pytest.mark.parametrize("made", MAKERS)
def test_the_order_page_stands_in_every_state_for_every_role(shop: Shop, made: str) -> None:
    order: Order = getattr(shop, made)()
    for role in shop.who:
        if role in ("admin", "second_supervisor"):
            continue
        hidden = made == "draft" and role not in ("sales", "supervisor", "customer_service", "cs_supervisor")
        body = page(shop, role, "orders:detail", order.number, status=404 if hidden else 200)
        assert hidden or order.number in body


def test_a_submitted_order_names_each_unmet_gate_with_its_owner_and_link(shop: Shop) -> None:
    order = shop.submitted()
    body = page(shop, "customer_service", "orders:detail", order.number)
    assert "客服尚未核对产品编号" in body
    assert "待客服员办理" in body
    assert reverse("orders:check", args=[order.number]) in body


@pytest.mark.parametrize("made", ["submitted", "sent", "released", "in_work", "passed", "shipment"])
def test_no_link_of_an_orders_or_shipments_page_leads_its_reader_to_a_refusal(shop: Shop, made: str) -> None:
    shown = shop.shipment(shop.passed()) if made == "shipment" else getattr(shop, made)()
    for role in (
        "sales",
        "supervisor",
        "customer_service",
        "technical",
        "production",
        "quality",
        "finance",
        "warehouse",
    ):
        client = as_(shop.who[role])
        body = client.get(shown.get_absolute_url()).content.decode()
        for url in sorted(set(re.findall(r'<a [^>]*href="(/[^"#]*)"', body))):
            assert client.get(url, follow=True).status_code == 200, f"{role}: {url}"


@pytest.mark.parametrize("role", ["technical", "production", "quality", "warehouse", "logistics"])
def test_prices_are_not_on_the_pages_of_those_who_may_not_see_them(shop: Shop, role: str) -> None:
    order = shop.passed(shop.line("123", price=Decimal("7.77")))
    client = as_(shop.who[role])
    for url in (order.get_absolute_url(), reverse("orders:list"), reverse("home")):
        body = client.get(url).content.decode()
        assert "955.71" not in body
        assert not re.search(r"(?<!\d)7\.77", body)  # a time of day may end in 57.77


@pytest.mark.parametrize("name", ["confirmation", "cancellation", "memo", "price", "approval"])
def test_the_pages_of_a_matter_stand_in_every_state(shop: Shop, name: str) -> None:
    for made in ("draft", "submitted", "signed", "approved", "sent", "released", "completed"):
        order = getattr(shop, made)()
        page(shop, "customer_service", f"orders:{name}", order.number)


def test_every_action_has_a_page_for_those_who_may_do_it(shop: Shop) -> None:
    from accounts.permissions import MAY
    from orders.deeds import ALL

    for made in ("draft", "signed", "sent", "released"):
        order = getattr(shop, made)()
        for deed in ALL:
            for role in MAY[deed.may]:
                answer = as_(shop.who[role]).get(reverse(f"orders:{deed.code}", args=[order.number]))
                assert answer.status_code in (200, 302, 404), (deed.code, role, answer.content.decode()[:500])


def test_the_list_shows_the_three_statuses_and_finds_by_number_name_and_initials(shop: Shop) -> None:
    order = shop.completed()
    client = as_(shop.who["customer_service"])
    for words in ("", order.number, order.number[3:], shop.customer.name, shop.product.code):
        body = client.get(reverse("orders:list"), {"q": words}).content.decode()
        assert order.number in body, words
    assert "已到货" in body
    assert "已付清" in body
    assert order.number not in client.get(reverse("orders:list"), {"q": "没有这家"}).content.decode()


def test_the_list_is_narrowed_by_each_filter(shop: Shop) -> None:
    order = shop.sent()
    client = as_(shop.who["sales"])
    fitting = {
        "state": "APPROVED",
        "grade": "B",
        "mine": "1",
        "confirmed": "待回传",
        "paid": "未付",
        "delivered": "未发",
    }
    others = {
        "state": "DRAFT",
        "grade": "A",
        "mark": "held",
        "confirmed": "已回传",
        "paid": "多付",
        "delivered": "已发",
    }
    for name, value in fitting.items():
        assert order.number in client.get(reverse("orders:list"), {name: value}).content.decode(), name
    for name, value in others.items():
        assert order.number not in client.get(reverse("orders:list"), {name: value}).content.decode(), name


def test_an_unknown_filter_or_key_is_ignored(shop: Shop) -> None:
    order = shop.draft()
    client = as_(shop.who["sales"])
    for query in ({"state": "x"}, {"o": "password"}, {"after": "['x"}, {"after": '["\\u0000", "1"]'}, {"mark": "\x00"}):
        answer = client.get(reverse("orders:list"), query)
        assert answer.status_code == 200
        assert order.number in answer.content.decode()


def test_submit_approve_and_send_back_go_through_their_buttons(shop: Shop) -> None:
    order = shop.draft()
    answer = as_(shop.who["sales"]).post(reverse("orders:submit", args=[order.number]), {"version": order.version})
    assert answer.status_code == 302
    shop.sign(order.revision)
    boss = as_(shop.who["supervisor"])
    body = boss.get(reverse("orders:approvals")).content.decode()
    assert order.number in body
    answer = boss.post(reverse("orders:approve", args=[order.number]), {"version": shop.fresh(order).version})
    assert answer.status_code == 302
    assert shop.fresh(order).state == "APPROVED"


def test_a_blocked_step_answers_with_its_gates_and_changes_nothing(shop: Shop) -> None:
    order = shop.submitted()
    answer = as_(shop.who["supervisor"]).post(reverse("orders:approve", args=[order.number]))
    assert answer.status_code == 409
    assert "客服尚未核对" in answer.content.decode()
    assert shop.fresh(order).state == "PENDING"


def test_a_stale_page_is_answered_with_409_and_who_was_there(shop: Shop) -> None:
    order = shop.signed()
    answer = as_(shop.who["supervisor"]).post(reverse("orders:approve", args=[order.number]), {"version": 1})
    assert answer.status_code == 409
    assert "处理" in answer.content.decode()


def test_the_queue_separates_the_ready_from_those_that_wait_and_approves_in_a_batch(shop: Shop) -> None:
    ready, departing, waiting = shop.signed(), shop.signed(shop.line(price=Decimal("9.00"))), shop.submitted()
    boss = as_(shop.who["supervisor"])
    body = boss.get(reverse("orders:approvals")).content.decode()
    assert "客服核对" in body
    ids = [order.revision_id for order in (ready, departing, waiting)]
    body = boss.post(reverse("orders:approvals"), {"revision": [*ids, "x", "999999999999999999999"]}).content.decode()
    assert "请单独审批" in body
    states = [shop.fresh(order).state for order in (ready, departing, waiting)]
    assert states == ["APPROVED", "PENDING", "PENDING"]


def test_the_queue_does_not_offer_what_one_entered_oneself(shop: Shop) -> None:
    boss = shop.who["second_supervisor"]
    shop.who["sales"].supervisor = boss
    shop.who["sales"].save()
    order = shop.signed()
    revision = order.revision
    revision.editor_ids = [*revision.editor_ids, boss.pk]
    revision.save()
    assert order.number not in as_(boss).get(reverse("orders:approvals")).content.decode()


def test_a_signature_is_withdrawn_by_its_signer_from_the_page(shop: Shop) -> None:
    order = shop.signed()
    signoff = order.signoffs.get(kind="check")
    url = reverse("orders:withdraw_signoff", args=[order.number, signoff.pk])
    clerk = as_(shop.who["customer_service"])
    assert url in clerk.get(order.get_absolute_url()).content.decode()
    assert clerk.post(url, {"reason": "看错一行", "version": order.version}).status_code == 302
    assert "客服尚未核对" in clerk.get(order.get_absolute_url()).content.decode()


def test_a_foreign_order_answers_like_one_that_does_not_exist(shop: Shop) -> None:
    order = shop.draft()
    stranger = as_(Shop(grade="C").who["sales"])
    missing = stranger.get(reverse("orders:detail", args=["SO-20200101-0001"]))
    for name in ("detail", "edit", "copy", "memo", "confirmation", "check"):
        foreign = stranger.get(reverse(f"orders:{name}", args=[order.number]))
        if foreign.status_code != 403:
            assert (foreign.status_code, foreign.content) == (404, missing.content), name


def test_an_amendment_is_shown_with_what_it_changes(shop: Shop) -> None:
    from orders.actions import amendment, entry

    order = shop.released()
    amendment.propose_amendment(order, by=shop.who["sales"], reason="客户加量")
    revision = order.revisions.get(status=Status.DRAFT)
    row = revision.lines.get()
    entry.edit_revision(revision, by=shop.who["sales"], header={}, lines=[shop.line("120", line_id=row.line_id)])
    body = page(shop, "sales", "orders:detail", order.number)
    assert "客户加量" in body
    assert "第 1 行 数量" in body


def test_words_on_a_price_stand_on_the_page_of_those_who_see_prices_alone(shop: Shop) -> None:
    order = shop.signed(shop.line(price=Decimal("9.99")))
    assert "老客户" in page(shop, "finance", "orders:detail", order.number)
    assert "老客户" not in page(shop, "production", "orders:detail", order.number)


@pytest.mark.parametrize("action", ["clear_price_md", "carry_over", "correct_loss", "refuse_clearance", "refund"])
def test_words_on_money_are_left_out_of_the_story_that_others_read(action: str) -> None:
    event = Event(action=action, reason="按 7,654.32 元结清", data={"note": "另减 654.32"})
    assert "7,654.32" in story.why(event, prices=True) and "654.32" in story.why(event, prices=True)
    assert story.why(event, prices=False) == ""
