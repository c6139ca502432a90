"""The pages of finance: who gets them, what they carry out, how many queries they take."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import roles_of
from accounts.roles import PRICE_ROLES, ROLES
from finance import panels
from finance.models import Payment
from orders.actions import chain
from orders.models import Order, SignOff
from tests import people
from tests.finance.desk import fresh, on_credit, receive
from tests.shop import Shop, today

pytestmark = pytest.mark.django_db


def login(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form_of(client: Client, url: str, name: str = "form") -> dict[str, Any]:
    """Key and version as the page gives them."""
    form = client.get(url).context[name]
    return {"key": form.initial.get("key") or form.fields["key"].initial(), "version": form.now or ""}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_money_is_for_those_who_see_prices(role: str) -> None:
    shop = Shop()
    order = shop.sent()
    client = login(shop.who[role])
    expected = 200 if role in PRICE_ROLES else 403
    for url in (reverse("finance:index"), reverse("finance:payments"), reverse("finance:order", args=[order.number])):
        assert client.get(url).status_code == expected, url
    finance_only = {reverse("finance:add_payment"), reverse("finance:settlement", args=[order.number])}
    for url in finance_only:
        assert client.get(url).status_code == (200 if role == "finance" else 403), url


def test_another_salespersons_money_is_as_if_it_were_not_there() -> None:
    shop = Shop()
    order = shop.passed()
    payment, shipment = receive(shop, "5"), shop.shipment(order)
    client = login(people.person("sales"))
    for name, number in (
        ("order", order.number),
        ("credit", order.number),
        ("letter", order.number),
        ("payment", payment.number),
        ("clear", shipment.number),
    ):
        missing = client.get(reverse(f"finance:{name}", args=["NONE"]))
        hidden = client.get(reverse(f"finance:{name}", args=[number]))
        assert (hidden.status_code, hidden.content) == (404, missing.content), name


def test_money_is_written_down_for_an_order_from_its_page() -> None:
    shop = Shop()
    order = shop.sent()
    client = login(shop.who["finance"])
    url = reverse("finance:add_payment") + f"?order={order.number}"
    answer = client.post(
        url,
        {
            **form_of(client, url),
            "amount": "300.00",
            "received_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
            "method": "transfer",
            "bank_ref": "B-77",
            "payer": "客户",
            "kind": "deposit",
        },
    )
    assert answer.status_code == 302, answer.context and answer.context["form"].errors
    assert answer.url == reverse("finance:order", args=[order.number])
    assert fresh(order).deposit_at is not None


def test_the_order_and_amount_of_a_payment_are_not_taken_from_other_fields() -> None:
    shop = Shop()
    order = shop.sent()
    client = login(shop.who["finance"])
    url = reverse("finance:add_payment")
    client.post(
        url,
        {
            "amount": "5",
            "customer": shop.customer.code,
            "received_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
            "method": "cash",
            "bank_ref": "C1",
            "payer": "x",
            "order": order.pk,
            "shares": "1",
            "allocated": "5",
            "by": shop.who["sales"].pk,
        },
    )
    assert Payment.objects.get().by == shop.who["finance"]
    assert fresh(order).received == 0


def test_a_payment_is_allocated_and_reversed_on_its_page() -> None:
    shop = Shop()
    order = shop.sent()
    payment = receive(shop, "100")
    client = login(shop.who["finance"])
    page = client.get(payment.get_absolute_url())
    assert "分配给订单" in page.content.decode()
    client.post(
        reverse("finance:allocate", args=[payment.number]), {"order": order.pk, "amount": "100", "kind": "balance"}
    )
    assert fresh(order).received == Decimal("100.00")
    too_much = client.post(
        reverse("finance:allocate", args=[payment.number]), {"order": order.pk, "amount": "1", "kind": "balance"}
    )
    assert too_much.status_code == 409
    assert "未分配的只有 0.00 元" in too_much.content.decode()
    unexplained = client.post(reverse("finance:reverse", args=[payment.number]), {"reason": ""})
    assert unexplained.status_code == 422
    client.post(reverse("finance:reverse", args=[payment.number]), {"reason": "重复登记"})
    assert fresh(order).received == 0
    assert "此笔收款已冲销" in client.get(payment.get_absolute_url()).content.decode()


def test_clearance_is_signed_on_one_screen_with_its_figures() -> None:
    shop = Shop()
    order = shop.passed()
    shipment = shop.shipment(order)
    client = login(shop.who["finance"])
    url = reverse("finance:clear", args=[shipment.number])
    assert "¥700.00" in client.get(url).content.decode()
    sign = reverse("finance:sign_clearance", args=[shipment.number])
    refused = client.post(sign, {"version": shipment.version})
    assert refused.status_code == 409
    assert "尚缺 700.00 元" in refused.content.decode()
    shop.pay_rest(order)
    assert client.post(sign, {"version": shipment.version}).url == url
    assert SignOff.objects.filter(shipment=shipment, kind="clearance", verdict="ok").exists()
    assert "已落实" in client.get(url).content.decode()


def test_a_stale_clearance_page_signs_nothing() -> None:
    shop = Shop()
    order = shop.passed()
    shop.pay_rest(order)
    shipment = shop.shipment(order)
    client = login(shop.who["finance"])
    answer = client.post(reverse("finance:sign_clearance", args=[shipment.number]), {"version": shipment.version - 1})
    assert answer.status_code == 409
    assert not SignOff.objects.filter(shipment=shipment).exists()


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("sign_clearance", "customer_service"),
        ("refuse_clearance", "sales"),
        ("withdraw_clearance", "warehouse"),
        ("check_terms", "finance"),
        ("special_md", "finance"),
        ("special_fin", "marketing_director"),
    ],
)
def test_a_signature_is_its_roles_alone(name: str, role: str) -> None:
    shop = Shop()
    shipment = shop.shipment(shop.passed())
    client = login(shop.who[role])
    assert client.post(reverse(f"finance:{name}", args=[shipment.number]), {}).status_code == 403


def test_customer_service_checks_terms_where_nothing_is_due() -> None:
    shop = on_credit()
    shipment = shop.shipment(shop.passed())
    client = login(shop.who["customer_service"])
    assert "核对无误，签字" in client.get(reverse("finance:clear", args=[shipment.number])).content.decode()
    client.post(reverse("finance:check_terms", args=[shipment.number]), {"version": shipment.version, "text": ""})
    assert SignOff.objects.filter(shipment=shipment, kind="terms_check").exists()


def test_the_credit_page_shows_what_the_exposure_is_made_of_and_takes_the_override() -> None:
    shop = on_credit("1500")
    first, second = shop.approved(), shop.signed()
    client = login(shop.who["finance"])
    url = reverse("finance:credit", args=[second.number])
    page = client.get(url).content.decode()
    assert first.number in page
    assert "¥1,500.00" in page
    client.post(url, {"text": "同意", "version": fresh(second).version})
    assert SignOff.objects.filter(kind="credit", by=shop.who["finance"]).exists()
    seen = login(shop.who["sales"]).get(url)
    assert "签署信用特批" not in seen.content.decode()


def test_a_cancellation_is_settled_on_its_page() -> None:
    shop = Shop()
    order = shop.sent()
    shop.pay(order, Decimal("300"), "deposit")
    chain.request_cancel(order, by=shop.who["customer_service"], reason="不要了")
    client = login(shop.who["finance"])
    url = reverse("finance:settlement", args=[order.number])
    given = {"kept": "200", "loss": "0", "goods": "none", "note": "按合同", "method": "transfer", "bank_ref": "T"}
    assert client.post(url, {**given, "kept": "250"}).status_code == 409
    assert client.post(url, given).status_code == 302
    assert fresh(order).received == Decimal("200.00")


def test_a_letter_goes_out_from_its_page() -> None:
    shop = Shop()
    order = shop.passed()
    client = login(shop.who["customer_service"])
    url = reverse("finance:letter", args=[order.number])
    assert "¥700.00" in client.get(url).content.decode()
    pay_by = {"pay_by": today().isoformat()}
    assert client.post(url, {**pay_by, "way": ""}).status_code == 422
    assert not order.balance_letters.exists()
    assert client.post(url, {**pay_by, "way": "fax", "to": "0755-88880000"}).status_code == 302
    assert order.balance_letters.count() == 1


def test_refund_carry_and_write_off_lie_on_the_orders_money_page() -> None:
    shop = Shop()
    order, other = shop.sent(), shop.sent()
    shop.pay(order, Decimal("350"))
    client = login(shop.who["finance"])
    page = reverse("finance:order", args=[order.number])
    assert "退款" in client.get(page).content.decode()
    carry = {"to": other.pk, "amount": "50", "reason": "客户来函", "version": fresh(order).version}
    assert client.post(reverse("finance:carry", args=[order.number]), carry).url == page
    refund = {"amount": "400", "method": "cash", "bank_ref": "x", "reason": "多付", "version": fresh(order).version}
    assert client.post(reverse("finance:refund", args=[order.number]), refund).status_code == 409
    assert fresh(other).received == Decimal("50.00")


@pytest.mark.parametrize("tab", ["deposits", "allocate", "clear", "credit", "settle", "letters", "cancel", "'--"])
def test_each_heap_of_the_desk_opens(tab: str) -> None:
    shop = Shop()
    shop.shipment(shop.passed())
    receive(shop, "5")
    page = login(shop.who["finance"]).get(reverse("finance:index"), {"tab": tab})
    assert page.status_code == 200


def test_the_desk_and_the_payments_take_the_same_queries_for_many(django_assert_max_num_queries: Any) -> None:
    shop = Shop()
    client = login(shop.who["finance"])
    for _ in range(3):
        shop.sent()
        receive(shop, "5")
    for url in (reverse("finance:index") + "?tab=deposits", reverse("finance:payments")):
        client.get(url)
        with django_assert_max_num_queries(12) as few:
            client.get(url)
        shop.sent()
        receive(shop, "6")
        with django_assert_max_num_queries(len(few.captured_queries)):
            client.get(url)


def test_the_orders_page_shows_money_only_to_those_who_see_prices(django_assert_num_queries: Any) -> None:
    shop = Shop()
    order = Order.objects.select_related("revision").get(pk=shop.sent().pk)
    roles_of(shop.who["finance"])
    with django_assert_num_queries(1):
        context = panels.read(order, shop.who["finance"])
    assert context is not None
    assert context["money"].deposit.missing == Decimal("300.00")
    assert panels.read(order, shop.who["warehouse"]) is None


def test_the_panel_and_the_links_are_on_the_orders_page() -> None:
    shop = Shop()
    order = shop.passed()
    seen = login(shop.who["finance"]).get(order.get_absolute_url()).content.decode()
    assert reverse("finance:order", args=[order.number]) in seen
    assert "¥1,000.00" in seen
    plain = login(shop.who["warehouse"]).get(order.get_absolute_url()).content.decode()
    assert "款项结清" in plain
    assert all(figure not in plain for figure in ("¥", "1,000.00", "700.00", "300.00", "款项明细"))
