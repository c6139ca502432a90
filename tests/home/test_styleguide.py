"""The parts that every page is made of."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.template import Context, RequestContext, Template
from django.test import Client, RequestFactory
from django.utils import timezone

from documents import figures
from home.errors import csrf_failed, server_error
from home.navigation import NAVIGATION, entries_for
from home.templatetags import ui
from tests.people import person

COMPONENTS = Path("templates/components")


def labels(user, path="/"):
    return [link.label for group in entries_for(user, path, {}) for link in group]


@pytest.mark.django_db
def test_the_style_guide_is_for_the_admin_role(client: Client):
    client.force_login(person("admin"))
    assert client.get("/styleguide/").status_code == 200
    client.force_login(person("sales"))
    assert client.get("/styleguide/").status_code == 403


@pytest.mark.django_db
def test_a_page_carries_no_inline_script_or_style(client: Client):
    client.force_login(person("admin"))
    page = client.get("/styleguide/").content.decode()
    assert " style=" not in page and "<style" not in page and " onclick" not in page
    assert page.count("<script") == page.count('<script type="module" src=') + page.count("<script src=")


@pytest.mark.django_db
def test_people_see_the_entries_of_their_roles_only():
    assert "管理" not in labels(person("sales"))
    assert "管理" in labels(person("admin"))
    assert labels(person()) == []


@pytest.mark.django_db
def test_the_present_entry_is_the_one_with_the_longest_address():
    links = [link for group in entries_for(person("admin"), "/styleguide/", {}) for link in group]
    assert [link.label for link in links if link.is_here] == ["设计规范"]


@pytest.mark.django_db
def test_a_count_stands_at_its_entry():
    links = [link for group in entries_for(person("admin"), "/", {"admin:index": 7}) for link in group]
    assert {link.label: link.count for link in links}["管理"] == 7


def test_every_icon_of_the_navigation_is_drawn():
    drawn = Path("static/img/icons.svg").read_text()
    assert all(f'id="{entry.icon}"' in drawn for group in NAVIGATION for entry in group)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1234.5"), "¥1,234.50"),
        (Decimal("-320.405"), "-¥320.41"),
        ("0.005", "¥0.01"),
        (0, "¥0.00"),
        (None, "—"),
        ("", "—"),
    ],
)
def test_money_has_two_places_and_separators(value, shown):
    assert figures.money(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [("8.6500", "¥8.65"), ("0.0123", "¥0.0123"), ("1265", "¥1,265.00"), ("1.205", "¥1.205")]
)
def test_a_price_keeps_its_third_and_fourth_place(value, shown):
    assert figures.price(value) == shown


@pytest.mark.parametrize(("value", "shown"), [("1200.000", "1,200 卷"), ("12.50", "12.5 卷"), (None, "—")])
def test_a_quantity_has_no_idle_zeros(value, shown):
    assert figures.qty(value, "卷") == shown


def test_a_day_is_a_shanghai_day():
    late = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
    assert figures.cn_date(late) == "2026-11-23"


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "刚刚"),
        (timedelta(minutes=5, seconds=1), "5 分钟前"),
        (timedelta(hours=3, seconds=1), "3 小时前"),
        (timedelta(days=-2, seconds=-5), "2 天后"),
    ],
)
def test_moments_are_told_in_words(ago, words):
    assert ui.relative(timezone.now() - ago) == words


def test_what_is_overdue_says_so_and_is_red():
    past = timezone.now() - timedelta(hours=3, seconds=1)
    assert (ui.due_words(past), ui.due_tone(past)) == ("已逾期 3 小时", "danger")


def test_a_word_has_the_same_tone_everywhere():
    shown = Template('{% include "components/badge.html" with label="待回传" only %}').render(Context())
    assert "tone-warn" in shown


def test_the_chain_tells_what_is_behind_present_and_ahead():
    statuses = [step["status"] for step in ui.chain_steps("QUALITY")]
    assert statuses == ["done", "done", "done", "done", "current", "ahead", "ahead"]


def test_a_cancelled_order_shows_where_it_stopped():
    steps = ui.chain_steps("CANCELLED", "APPROVED")
    assert [step["label"] for step in steps if step["status"] == "stopped"] == ["已审批"]


def test_what_people_type_is_escaped_in_components():
    source = '{% load ui %}{% component "section" title=bad %}{{ bad }}{% endcomponent %}'
    assert "<b>" not in Template(source).render(Context({"bad": "<b>x</b>"}))


def test_a_button_form_carries_csrf_key_and_version_in_a_closed_context():
    context = RequestContext(RequestFactory().get("/"))
    source = '{% include "components/button_form.html" with url="/x/" label="批准" version=3 only %}'
    shown = Template(source).render(context)
    assert all(f'name="{name}"' in shown for name in ("csrfmiddlewaretoken", "key", "version"))


def test_an_error_is_tied_to_its_field_and_told_above():
    class Sample(forms.Form):
        contact = forms.CharField(label="联系人")

    shown = Template('{% include "components/form.html" with form=form only %}').render(Context({"form": Sample({})}))
    assert 'aria-describedby="id_contact_error"' in shown and 'id="id_contact_error"' in shown
    assert '<a href="#id_contact">联系人' in shown


def test_error_pages_need_neither_session_nor_database():
    request = RequestFactory().post("/orders/new/", headers={"referer": "http://testserver/orders/new/"})
    assert server_error(request).status_code == 500
    expired = csrf_failed(request)
    assert expired.status_code == 403 and "/orders/new/" in expired.content.decode()


def test_an_expired_page_leads_back_to_our_own_pages_only():
    request = RequestFactory().post("/", headers={"referer": "https://elsewhere.example/"})
    assert "elsewhere" not in csrf_failed(request).content.decode()


@pytest.mark.django_db
def test_an_unknown_page_is_not_found_in_chinese(client: Client):
    client.force_login(person("sales"))
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404 and "没有这个页面" in answer.content.decode()


def test_every_component_is_named_in_the_documentation():
    told = Path("docs/design-system.md").read_text()
    inside = {"assets", "nav", "me", "page_head", "messages", "formset_row", "field", "file_field"}
    assert [
        one.stem for one in COMPONENTS.glob("*.html") if one.stem not in inside and f"`{one.stem}`" not in told
    ] == []
