from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.models import Contract, Customer, Memo
from tests import people

pytestmark = pytest.mark.django_db


def as_(*roles: str, **facts: Any) -> Client:
    client = Client()
    client.force_login(people.person(*roles, **facts))
    return client


def text(answer: Any) -> str:
    return answer.content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        *((role, 200) for role in ["sales", "supervisor", "customer_service", "cs_supervisor", "finance", "legal"]),
        *((role, 403) for role in ["technical", "production", "quality", "warehouse", "logistics", "admin"]),
    ],
)
def test_customers_and_memos_are_for_those_who_see_prices(role: str, status: int) -> None:
    client = as_(role)
    for url in ("/customers/", "/memos/", "/customers/options/"):
        assert client.get(url).status_code == status


def test_b7_anothers_customer_looks_like_one_that_is_not_there() -> None:
    customer, client = people.customer(code="K9"), as_("sales")
    theirs, nobodys = client.get("/customers/K9/"), client.get("/customers/K8/")
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert theirs.content == nobodys.content
    for path in ("contacts/new/", f"contacts/{people.contact(customer).pk}/", "addresses/new/"):
        assert client.get(f"/customers/K9/{path}").status_code == 404


def test_b7_a_contact_of_another_customer_is_not_found_under_this_one() -> None:
    people.customer(code="K1")
    contact = people.contact(people.customer(code="K2"))
    assert as_("customer_service").get(f"/customers/K1/contacts/{contact.pk}/").status_code == 404


PAGES = {
    "edit/": "change_customer",
    "grade/": "change_grade",
    "limit/": "set_credit_limit",
    "contracts/new/": "change_contract",
    "contacts/new/": "change_contact",
    "addresses/new/": "change_address",
}
ALLOWED = {
    "edit/": {"customer_service", "cs_supervisor"},
    "grade/": {"cs_supervisor", "marketing_director"},
    "limit/": {"finance"},
    "contracts/new/": {"customer_service", "cs_supervisor"},
    "contacts/new/": {"customer_service", "cs_supervisor"},
    "addresses/new/": {"customer_service", "cs_supervisor"},
}


@pytest.mark.parametrize("page", ALLOWED)
@pytest.mark.parametrize("role", ["customer_service", "cs_supervisor", "marketing_director", "finance", "supervisor"])
def test_each_form_opens_for_those_who_may(page: str, role: str) -> None:
    people.customer(code="K1")
    answer = as_(role).get(f"/customers/K1/{page}")
    assert answer.status_code == (200 if role in ALLOWED[page] else 403)


def test_a_grade_without_a_reason_is_not_changed_and_the_page_says_so() -> None:
    customer = people.customer(grade="C")
    answer = as_("cs_supervisor").post(f"/customers/{customer.code}/grade/", {"grade": "A"})
    assert answer.status_code == 422
    assert "调整原因" in text(answer)
    customer.refresh_from_db()
    assert customer.grade == "C"


def test_a_changed_grade_stands_on_the_page_with_who_and_why() -> None:
    customer, client = people.customer(grade="C"), as_("cs_supervisor", name="林主管")
    answer = client.post(f"/customers/{customer.code}/grade/", {"grade": "A", "reason": "连续三年无逾期"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/customers/{customer.code}/"
    assert all(words in text(answer) for words in ("A 级", "林主管", "连续三年无逾期", "等级已调整"))


def test_b6_extra_fields_of_a_post_change_nothing() -> None:
    customer = people.customer(grade="C")
    extra = {"grade": "A", "credit_limit": "1000000", "version": "", "is_active": "", "by": "1"}
    as_("customer_service").post(
        f"/customers/{customer.code}/contacts/new/", {"name": "赵", "mobile": "1", "is_active": "on", **extra}
    )
    customer.refresh_from_db()
    assert (customer.grade, customer.credit_limit, customer.is_active) == ("C", 0, True)
    assert customer.contacts.get().name == "赵"


def test_b3_a_stale_form_shows_what_differs_and_what_was_typed() -> None:
    customer, client = people.customer(), as_("finance")
    Customer.objects.filter(pk=customer.pk).update(version=5, credit_limit=700)
    answer = client.post(f"/customers/{customer.code}/limit/", {"credit_limit": "900", "version": "1", "key": "k"})
    assert answer.status_code == 409
    assert "900" in text(answer)
    assert "700" in text(answer)
    customer.refresh_from_db()
    assert customer.credit_limit == 700


def test_b1_the_same_form_again_leads_to_what_it_made() -> None:
    client = as_("customer_service")
    seller = people.person("sales")
    data = {"code": "K1", "name": "甲", "salesperson": seller.pk, "invoice_kind": "special", "key": "k"}
    for _ in range(2):
        assert client.post("/customers/new/", data).headers["Location"] == "/customers/K1/"
    answer = client.post("/customers/new/", {**data, "name": "乙"})
    assert answer.status_code == 409
    assert "/customers/K1/" in text(answer)
    assert Customer.objects.count() == 1


def test_a_salesperson_takes_up_a_customer_for_nobody_else() -> None:
    other = people.person("sales")
    data = {"code": "K1", "name": "甲", "salesperson": other.pk, "invoice_kind": "special"}
    assert as_("sales").post("/customers/new/", data).status_code == 422
    assert not Customer.objects.exists()


LINES = {f"{name}-{count}": "0" for name in ("prices", "stages") for count in ("TOTAL_FORMS", "INITIAL_FORMS")}


def contract_data(**more: Any) -> dict[str, Any]:
    given = {"number": "HT-1", "valid_from": "2026-01-01", "valid_to": "2026-12-31"}
    return {**given, "tolerance_plus": "5", "tolerance_minus": "5", **LINES, **more}


def test_a_contract_is_drafted_with_stages_and_prices() -> None:
    customer, product = people.customer(), people.product()
    price = {"prices-TOTAL_FORMS": "1", "prices-0-product": product.pk, "prices-0-price": "11.2"}
    stages = {"stages-TOTAL_FORMS": "2", "stages-0-kind": "deposit", "stages-0-percent": "30"}
    rest = {"stages-1-kind": "arrival", "stages-1-percent": "70", "stages-1-days": "30"}
    url = f"/customers/{customer.code}/contracts/new/"
    wrong = as_("customer_service").post(url, contract_data(**price, **stages, **rest | {"stages-1-percent": "60"}))
    assert wrong.status_code == 422
    assert "之和应为 100%" in text(wrong)
    assert not Contract.objects.exists()
    assert as_("customer_service").post(url, contract_data(**price, **stages, **rest)).status_code == 302
    contract = Contract.objects.get()
    assert str(contract.prices.get().price) == "11.2000"
    assert (contract.deposit_percent, contract.share_before_shipping, contract.days_for_rest) == (30, 30, 30)
    assert "货到后" in text(as_("legal").get(f"/contracts/{contract.pk}/"))


@pytest.mark.parametrize("broken", [b"", b"<html>", b"%PDF-"])
def test_b13_a_file_that_is_no_pdf_is_refused_and_puts_nothing_in_force(broken: bytes) -> None:
    customer = people.customer()
    assert (
        as_("customer_service").post(f"/customers/{customer.code}/contracts/new/", contract_data()).status_code == 302
    )
    contract = Contract.objects.get()
    for role, side in (("finance", "finance"), ("legal", "legal")):
        said = {"agreed": "yes", "text": "同意"}
        assert as_(role).post(f"/contracts/{contract.pk}/{side}/", said).status_code == 302
    signed = {"scan": SimpleUploadedFile("合同.pdf", broken)}
    assert as_("customer_service").post(f"/contracts/{contract.pk}/in-force/", signed).status_code == 422
    contract.refresh_from_db()
    assert not contract.is_active


MEMO = {"channel": "phone", "caller": "王经理", "words": "要 200 卷"}


def test_a_memo_is_written_for_a_customer_typed_by_its_initials() -> None:
    customer, client = people.customer("苏州华印包装有限公司"), as_("customer_service")
    answer = client.post("/memos/new/", {**MEMO, "customer": "szhy"}, follow=True)
    assert Memo.objects.get().customer == customer
    assert "要 200 卷" in text(answer)
    assert "未告知" in text(answer)


def test_a_name_that_fits_two_customers_is_asked_again() -> None:
    people.customer("苏州华印包装")
    people.customer("苏州华印彩印")
    answer = as_("customer_service").post("/memos/new/", {**MEMO, "customer": "华印"})
    assert answer.status_code == 422
    assert "不止一个" in text(answer)


def test_a_salesperson_cannot_pick_anothers_customer() -> None:
    people.customer("苏州华印包装", code="K1")
    client = as_("sales")
    assert client.post("/memos/new/", {**MEMO, "customer": "K1"}).status_code == 422
    assert "华印" not in text(client.get("/customers/options/", {"customer": "华印"}))


def test_telling_is_recorded_on_the_memos_page() -> None:
    client = as_("customer_service")
    client.post("/memos/new/", {**MEMO, "customer_name": "新客户"})
    url = f"/memos/{Memo.objects.get().number}/"
    assert client.post(f"{url}told/", {"told_words": "两小时内"}).status_code == 422
    told = {"told_words": "两小时内", "reply_promised_by": "2099-01-01T10:00"}
    assert "已告知" in text(client.post(f"{url}told/", told, follow=True))
    assert client.get(f"{url}told/").status_code == 405


@pytest.mark.parametrize(
    "query", ["?after=x", "?after=[1]", '?after=["a\\u0000","1"]', "?grade=Z", "?q=%00", "?before={}"]
)
def test_b16_a_list_ignores_what_makes_no_sense(query: str) -> None:
    people.customer()
    client = as_("customer_service")
    for url in ("/customers/", "/memos/"):
        assert client.get(url + query).status_code == 200


def test_pages_of_a_list_hold_every_row_once() -> None:
    for number in range(120):
        people.customer(f"客户{number:03d}", salesperson=None if number == 0 else Customer.objects.all()[0].salesperson)
    client, url, seen = as_("customer_service"), "/customers/", []
    while url:
        page = client.get(url).context["page"]
        seen += [row.name for row in page.rows]
        url = page.next_url and f"/customers/{page.next_url}"
    assert len(seen) == len(set(seen)) == 120


def test_lists_and_pages_do_not_grow_their_queries(django_assert_max_num_queries: Any) -> None:
    client = as_("customer_service")
    customer = people.customer()
    for _ in range(30):
        people.customer()
        people.contact(customer)
        client.post("/memos/new/", {**MEMO, "customer": customer.code})
    for url, most in (("/customers/", 6), ("/memos/", 6), (f"/customers/{customer.code}/", 14)):
        with django_assert_max_num_queries(most):
            client.get(url)
