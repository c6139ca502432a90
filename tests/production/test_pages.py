"""The pages: who sees and signs what, what a refusal looks like, and how many statements a page takes."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from orders.actions import chain
from orders.models import Order, Signed, SignOff
from production.models import Anomaly, DailyReport
from tests import people
from tests.production.works import Works, line_of, paper
from tests.shop import today

pytestmark = pytest.mark.django_db

ORDER_PAGES = ("technical", "material", "dates", "order", "report", "anomalies", "stop", "quality:batches")
SEEING = ("sales", "supervisor", "customer_service", "technical", "production", "quality", "finance", "warehouse")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, *args: Any) -> str:
    return reverse(name if ":" in name else f"production:{name}", args=args)


def test_everyone_who_sees_the_order_sees_its_pages_in_every_state() -> None:
    works = Works()
    orders = [works.submitted(), works.released(), works.in_work(), works.passed()[0]]
    for role in SEEING:
        client = signed_in(works.who[role])
        for order in orders:
            answers = {slug: client.get(url(slug, order.number)).status_code for slug in ORDER_PAGES}
            assert set(answers.values()) == {200}, (role, order.state, answers)


def test_b7_an_order_that_one_may_not_see_is_not_there() -> None:
    works = Works()
    order = works.submitted()
    stranger, admin = signed_in(people.person("sales")), signed_in(works.who["admin"])
    for slug in ORDER_PAGES:
        address = url(slug, order.number)
        assert stranger.get(address).status_code == 404
        assert admin.get(address).status_code == 403
        assert Client().get(address).status_code == 302


@pytest.mark.parametrize("slug", ["index", "quality:index"])
def test_the_lists_open_for_every_working_role_and_every_tab(slug: str) -> None:
    works = Works()
    works.passed()
    works.finished()
    for role in SEEING:
        client = signed_in(works.who[role])
        assert client.get(url(slug)).status_code == 200
    for shelf in ("technical", "dates", "making", "all", "inspect", "receive", "outgoing", "pass", "??"):
        assert client.get(url(slug), {"shelf": shelf}).status_code == 200
    assert signed_in(works.who["admin"]).get(url(slug)).status_code == 403


def test_no_page_shows_a_price_to_production() -> None:
    works = Works()
    order, _ = works.passed()
    for role in ("technical", "production", "quality", "warehouse"):
        client = signed_in(works.who[role])
        for slug in ORDER_PAGES:
            text = client.get(url(slug, order.number)).content.decode()
            assert "¥" not in text and "1,000.00" not in text


def post_lines(client: Client, slug: str, order: Order, **fields: str) -> Any:
    line = order.lines.get().pk
    order = Order.objects.get(pk=order.pk)
    data = {f"{line}-{name}": value for name, value in fields.items()}
    return client.post(url(slug, order.number), {**data, "version": order.version})


def test_technical_material_and_dates_are_signed_through_their_pages() -> None:
    works = Works()
    order = works.submitted()
    technical, production = signed_in(works.who["technical"]), signed_in(works.who["production"])
    assert post_lines(technical, "technical", order, verdict="can").status_code == 302
    assert post_lines(technical, "material", order, text="库存充足", free="500").status_code == 302
    day = today().isoformat()
    answer = post_lines(production, "dates", order, start_on=day, finish_on=day, quantity="100")
    assert answer.status_code == 302
    assert SignOff.objects.live().filter(kind__in=[Signed.TECHNICAL, Signed.MATERIAL, Signed.DATE]).count() == 3
    page = production.get(url("dates", order.number)).content.decode()
    assert "已签" in page and "可用 500；库存充足" in page


def test_a_refused_word_keeps_what_was_typed_and_says_why() -> None:
    works = Works()
    order = works.submitted()
    answer = post_lines(signed_in(works.who["technical"]), "technical", order, verdict="cannot")
    assert answer.status_code == 409
    assert "请写明给客户的建议" in answer.content.decode()
    half = post_lines(signed_in(works.who["technical"]), "material", order, free="5")
    assert half.status_code == 422
    assert "请写明原材料状况" in half.content.decode()
    assert not SignOff.objects.filter(kind=Signed.TECHNICAL).exists()


def test_b3_a_word_on_a_stale_page_is_refused() -> None:
    works = Works()
    order = works.submitted()
    line = order.lines.get().pk
    old = Order.objects.get(pk=order.pk).version
    works.material(order)
    data = {f"{line}-verdict": "can", "version": old}
    answer = signed_in(works.who["technical"]).post(url("technical", order.number), data)
    assert answer.status_code == 409
    assert "已由 技术部 于" in answer.content.decode()


def test_b6_fields_of_another_line_or_kind_change_nothing() -> None:
    works = Works()
    order, other = works.submitted(), works.submitted()
    foreign = other.lines.get().pk
    data = {f"{foreign}-verdict": "can", "state": "SHIPPING", "price": "0"}
    answer = signed_in(works.who["technical"]).post(url("technical", order.number), data)
    assert answer.status_code == 422
    assert not SignOff.objects.filter(kind=Signed.TECHNICAL).exists()


def test_who_may_not_sign_finds_no_form_and_their_post_does_nothing() -> None:
    works = Works()
    order = works.submitted()
    client = signed_in(works.who["sales"])
    assert "签署" not in client.get(url("technical", order.number)).content.decode().split("逐行签字")[-1]
    post_lines(client, "technical", order, verdict="can")
    assert not SignOff.objects.filter(kind=Signed.TECHNICAL).exists()


def test_the_work_order_is_handed_over_and_signed_for_by_buttons() -> None:
    works = Works()
    order = works.released()
    clerk, head = signed_in(works.who["customer_service"]), signed_in(works.who["production"])
    assert "签字下达" in clerk.get(url("order", order.number)).content.decode()
    assert clerk.post(url("hand_over", order.number)).status_code == 302
    assert "待生产主管签收" in clerk.get(url("order", order.number)).content.decode()
    assert head.post(url("sign_for", order.number)).status_code == 302
    assert SignOff.objects.filter(kind=Signed.SIGNED_FOR).count() == 1


def test_a_blocked_report_shows_what_is_missing_with_its_owner() -> None:
    works = Works()
    order = works.released()
    line = order.lines.get().pk
    data = {f"{line}-good": "10", "day": today().isoformat(), "shift": "day"}
    answer = signed_in(works.who["production"]).post(url("report", order.number), data)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "客服尚未签字下达" in text and 'value="10"' in text


def test_output_is_reported_taken_back_and_the_order_finished() -> None:
    works = Works()
    order = works.in_work()
    client, line = signed_in(works.who["production"]), order.lines.get().pk
    data = {f"{line}-good": "100", f"{line}-scrap": "2", "day": today().isoformat(), "shift": "night", "machine": "2#"}
    assert client.post(url("report", order.number), data).status_code == 302
    first = DailyReport.objects.get()
    assert (first.shift, first.machine) == ("night", "2#")
    answer = client.post(url("take_back", order.number, first.pk), {"reason": "单位错"})
    assert answer.status_code == 302
    assert client.post(url("report", order.number), data).status_code == 302
    assert "完工报检" in client.get(url("report", order.number)).content.decode()
    assert client.post(url("finish", order.number)).status_code == 302
    assert works.fresh(order).state == "QUALITY"


def test_a_report_in_the_future_is_refused() -> None:
    works = Works()
    order = works.in_work()
    data = {f"{order.lines.get().pk}-good": "1", "day": "2099-01-01", "shift": "day"}
    assert signed_in(works.who["production"]).post(url("report", order.number), data).status_code == 409


def test_excess_is_freed_from_the_report_page() -> None:
    works = Works()
    order = works.in_work()
    works.stock(works.judge(works.report(order, "120")))  # type: ignore[arg-type]
    client = signed_in(works.who["customer_service"])
    assert "多出的转库存" in client.get(url("report", order.number)).content.decode()
    data = {"line_id": order.lines.get().pk, "quantity": "25", "reason": "客户不要"}
    assert client.post(url("excess", order.number), data).status_code == 409
    assert client.post(url("excess", order.number), {**data, "quantity": "20"}).status_code == 302
    assert line_of(order).freed == 20


def test_an_anomaly_is_raised_planned_and_closed_through_its_pages() -> None:
    works = Works()
    order = works.in_work()
    maker, chief = signed_in(works.who["production"]), signed_in(works.who["cs_supervisor"])
    assert maker.post(url("anomalies", order.number), {"kind": "machine", "text": "停机"}).status_code == 302
    pk = Anomaly.objects.get().pk
    assert maker.get(url("plan", order.number, pk)).status_code == 403
    assert chief.get(url("plan", order.number, pk)).status_code == 200
    assert chief.post(url("plan", order.number, pk), {"plan": "换机"}).status_code == 302
    director = signed_in(works.who["marketing_director"])
    assert director.post(url("agree", order.number, pk)).status_code == 302
    assert chief.post(url("close", order.number, pk), {"result": "已恢复"}).status_code == 302
    assert "已解决" in maker.get(url("anomalies", order.number)).content.decode()


def test_stopped_work_is_stated_on_its_page() -> None:
    works = Works()
    order = works.in_work()
    chain.request_cancel(order, by=works.who["customer_service"], reason="停", paper=paper())
    data = {"good": "无", "in_work": "无", "scrap": "无", "material": "无"}
    assert signed_in(works.who["production"]).post(url("stop", order.number), data).status_code == 302
    assert SignOff.objects.filter(kind=Signed.WORK_STOPPED).exists()


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_a_page_takes_no_more_statements_for_more_lines() -> None:
    works = Works()
    one = works.in_work()
    many = works.in_work(*(works.line() for _ in range(6)))
    client = signed_in(works.who["production"])
    works.report(one, "5")
    for line in many.lines.all():
        works.report(many, "5", line=line)
    for slug in ("technical", "material", "dates", "order", "report", "quality:batches"):
        assert statements(client, url(slug, many.number)) == statements(client, url(slug, one.number)), slug


def test_a_list_takes_no_more_statements_for_more_orders() -> None:
    works = Works()
    works.report(works.in_work(), "5")
    client = signed_in(works.who["customer_service"])
    shelves = [("index", "making"), ("index", "all"), ("quality:index", "inspect")]
    few = [statements(client, f"{url(slug)}?shelf={shelf}") for slug, shelf in shelves]
    for _ in range(3):
        works.report(works.in_work(), "5")
    assert [statements(client, f"{url(slug)}?shelf={shelf}") for slug, shelf in shelves] == few
    assert max(few) <= 14
