"""What no browser sends is refused in words before any page; what a person mistypes, beside its field."""

from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from accounts.forms_base import Bounded, ReasonField
from accounts.paging import page_of
from catalog.models import Product
from tests import people

pytestmark = pytest.mark.django_db


def as_(role: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(people.person(role))
    return client


@pytest.mark.parametrize(
    "url",
    ["/quality/trace/?q=%00", "/production/daily/sheet/?q=a%00", "/catalog/?q=%ff%fe", "/?%00=1", "/search/?q=%00"],
)
def test_what_is_looked_for_without_sense_is_ignored(url: str) -> None:
    assert as_("production").get(url).status_code == 200


def test_an_address_with_what_nobody_types_is_a_bad_request_in_words() -> None:
    answer = as_("production").get("/orders/a%00b/")
    assert answer.status_code == 400
    assert "没有做任何更改" in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "url"),
    [
        ("finance", "/finance/statements/?month=9999-12"),
        ("finance", "/finance/statements/?month=0000-00"),
        ("production", "/production/schedule/?from=9999-12-31"),
        ("production", "/production/schedule/?from=0001-01-01"),
    ],
)
def test_a_day_far_away_is_ignored(role: str, url: str) -> None:
    assert as_(role).get(url).status_code == 200


def test_a_nul_in_a_cookie_is_one_too_and_in_a_form_a_mistake() -> None:
    assert as_("finance").post("/finance/payments/new/", {"payer": "a\x00", "customer": "\x00"}).status_code == 422
    assert as_("production").post("/production/schedule/drop/", {"number": "\x00"}).status_code in (400, 404)
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "abcdefgh\x00"
    assert client.get("/login/").status_code == 400


def test_a_page_that_is_only_read_says_so_to_what_is_sent() -> None:
    answer = as_("sales").post("/catalog/")
    assert (answer.status_code, int(answer["Content-Length"])) == (405, len(answer.content))
    assert "没有做任何更改" in answer.content.decode()


def test_a_name_longer_than_any_is_no_name_and_no_fault() -> None:
    answer = Client(raise_request_exception=False).post("/login/", {"username": "a" * 300, "password": "b" * 5000})
    assert answer.status_code == 200
    assert "150" in answer.content.decode()


@pytest.mark.parametrize(
    "after", ["[1e400]", '["1e400"]', '["9999999999999999999999"]', "[NaN]", '["\\ud800"]', "[" * 9]
)
def test_a_cursor_that_nobody_gave_out_is_ignored(after: str) -> None:
    made = people.product()
    assert page_of(Product.objects.all(), {"after": after}, ("id",)).rows in ([made], [])
    assert as_("sales").get("/memos/", {"after": after}).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [("quantity", "1e999999"), ("quantity", "NaN"), ("quantity", "1" * 400), ("received_on", "0001-01-01")],
)
def test_a_number_or_day_that_cannot_be_stands_beside_its_field(name: str, value: str) -> None:
    from tests.stock.test_materials import paper

    typed = {"number": "L1", "quantity": "5", "received_on": "2026-11-20", name: value}
    answer = as_("warehouse").post(f"/stock/materials/{paper().pk}/receive/", typed)
    assert answer.status_code == 422
    assert f"id_{name}_error" in answer.content.decode()


def test_an_empty_row_costs_nothing_until_it_is_sent() -> None:
    from customers.forms.quotes import OfferFormSet

    told = {"lines-TOTAL_FORMS": "501", "lines-INITIAL_FORMS": "0", "lines-0-quantity": "1"}
    formset = OfferFormSet(told, prefix="lines")
    assert len(formset.forms) == 1
    assert "最多 200 行，请分成几次填写。" in str(formset.non_form_errors())


def all_below(form: type[Any]) -> set[type[Any]]:
    return {form}.union(*(all_below(each) for each in form.__subclasses__()))


def test_every_form_of_ours_is_a_bounded_one() -> None:
    from django import forms

    kept = ("home.samples", "accounts.forms", "accounts.forms_base")
    ours = [each for each in all_below(forms.BaseForm) if each.__module__.split(".")[0] in APPS]
    assert [each for each in ours if not issubclass(each, Bounded) and each.__module__ not in kept] == []


APPS = {
    "accounts",
    "catalog",
    "customers",
    "documents",
    "finance",
    "home",
    "orders",
    "portal",
    "production",
    "shipping",
    "stock",
}


def test_every_column_for_a_reason_holds_what_its_field_admits() -> None:
    most = ReasonField().max_length
    columns = [
        field for model in apps.get_models() for field in model._meta.local_fields if field.name.endswith("reason")
    ]
    ours = [field for field in columns if field.name != "history_change_reason"]
    assert len(ours) > 15
    assert [str(field) for field in ours if field.max_length is not None and field.max_length < most] == []


def test_of_a_text_without_end_its_beginning_stands_in_its_field_again() -> None:
    answer = as_("finance").post("/finance/payments/new/", {"payer": "0" * 3_000_000})
    assert answer.status_code == 422
    assert 50_000 <= answer.content.decode().count("0") < 60_000
