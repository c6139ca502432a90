"""The 生产指令单, daily reports, finishing within tolerance, anomalies and stopped work (R18–R22)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from audit.errors import AlreadyDone, Blocked, Forbidden, Refused
from documents.models import Document
from documents.serving import standing_of
from orders.actions import amendment, approval, chain, entry, quantities
from orders.actions.approval import as_input
from orders.models import LineEntry, Order
from production.actions import anomalies, making, signing
from production.actions.making import Made
from production.models import Anomaly, Batch, DailyReport
from tests.production.works import Works, blocked, line_of, newest, owes, paper, unmet
from tests.shop import Shop, today

pytestmark = pytest.mark.django_db


# The 生产指令单


def test_the_first_report_waits_for_both_signatures() -> None:
    works = Works()
    order = works.released()
    with pytest.raises(Blocked, match="客服尚未签字") as error:
        works.report(order)
    assert blocked(error.value) == {"order_signed_for"}
    assert owes(order, "order_signed_for") == {"customer_service"}
    signing.hand_over_order(order, by=works.who["customer_service"])
    assert owes(order, "order_signed_for") == {"production"}
    with pytest.raises(Blocked, match="生产主管签收"):
        works.report(order)
    signing.sign_for_order(order, by=works.who["production"])
    assert works.report(order)


def test_only_a_head_of_production_signs_for_it() -> None:
    works = Works()
    order = works.released()
    signing.hand_over_order(order, by=works.who["customer_service"])
    works.who["production"].is_production_head = False
    with pytest.raises(Forbidden, match="生产主管"):
        signing.sign_for_order(order, by=works.who["production"])


def test_it_is_not_signed_for_before_it_is_handed_over_nor_twice() -> None:
    works = Works()
    order = works.released()
    with pytest.raises(Refused, match="客服尚未签字"):
        signing.sign_for_order(order, by=works.who["production"])
    signing.hand_over_order(order, by=works.who["customer_service"])
    with pytest.raises(Refused, match="已签字下达"):
        signing.hand_over_order(order, by=works.who["customer_service"])
    signing.sign_for_order(order, by=works.who["production"])
    with pytest.raises(Refused, match="已由 生产部 签收"):
        signing.sign_for_order(order, by=works.who["production"])


def test_its_paper_is_frozen_without_prices() -> None:
    works = Works()
    order = works.in_work(works.line(packaging="木托"))
    document = Document.objects.get(kind="production_order")
    assert document.data["lines"][0]["packaging"] == "木托"
    assert document.data["lines"][0]["quantity"] == "100.000"
    assert "price" not in document.data["lines"][0]
    assert document.subject_id == order.pk


def test_its_paper_says_whether_the_confirmation_of_its_terms_came_back() -> None:
    early, returned = Works(), Shop()
    early.in_work()
    returned.in_work()
    first, second = Document.objects.filter(kind="production_order").order_by("pk")
    assert [paper.data["returned"] for paper in (first, second)] == ["待补传", "已核验回传"]


def test_its_paper_names_the_confirmation_of_the_terms_in_force_though_an_amendment_has_its_own() -> None:
    works = Works()
    order = works.released()
    amended(works, order, packaging="木托")
    works.technical(order)
    works.dates(order)
    works.approve(order)
    assert Document.objects.filter(kind="confirmation").count() == 2
    signing.hand_over_order(order, by=works.who["customer_service"])
    assert Document.objects.get(kind="production_order").data["confirmation"]["version"] == 1


def amended(works: Works, order: Order, **changes: object) -> None:
    """A proposed amendment of the first line."""
    amendment.propose_amendment(order, by=works.who["customer_service"], reason="客户要求")
    revision = newest(order)
    lines = [replace(as_input(revision.lines.select_related("product").get()), **changes)]  # type: ignore[arg-type]
    entry.edit_revision(revision, by=works.who["sales"], header={}, lines=lines)
    approval.submit(newest(order), by=works.who["sales"])


def test_an_amendment_in_force_wants_its_own_signatures() -> None:
    works = Works()
    order = works.in_work()
    amended(works, order, packaging="木托")
    works.technical(order)
    works.dates(order)
    works.approve(order)
    works.send(order)
    chain.release(newest(order), by=works.who["customer_service"])
    assert "order_signed_for" in unmet("finish", works.fresh(order))
    signing.hand_over_order(order, by=works.who["customer_service"])
    signing.sign_for_order(order, by=works.who["production"])
    assert "order_signed_for" not in unmet("finish", works.fresh(order))
    assert Document.objects.filter(kind="production_order").count() == 2


def test_a_changed_date_voids_both_signatures_and_the_new_paper_names_it() -> None:
    works = Works()
    order = works.in_work()
    works.dates(order, days=9, text="提前")
    assert owes(order, "order_signed_for") == {"customer_service"}
    assert "书面日期已变" in unmet("report", works.fresh(order))["order_signed_for"]
    with pytest.raises(Blocked):
        works.report(order)
    signing.hand_over_order(order, by=works.who["customer_service"])
    assert owes(order, "order_signed_for") == {"production"}
    signing.sign_for_order(order, by=works.who["production"])
    assert unmet("report", works.fresh(order)) == {}
    old, new = Document.objects.filter(kind="production_order").order_by("version")
    was, now = (str(today() + timedelta(days=days)) for days in (10, 9))
    assert (old.data["lines"][0]["finish_on"], new.data["lines"][0]["finish_on"]) == (was, now)
    assert new.data["changes"] == [["日期", "第 1 行 完工日期", was, now]]
    assert (old.superseded_by, standing_of(old)) == (new, "已作废")


def test_the_copies_with_the_old_date_are_had_back_each_time() -> None:
    works = Works()
    order = works.in_work()
    clerk = works.who["customer_service"]
    for days in (9, 8):
        works.dates(order, days=days, text="提前")
        assert owes(order, "old_orders_recalled") == set()
        signing.hand_over_order(order, by=clerk)
        assert owes(order, "old_orders_recalled") == {"customer_service"}
        signing.recall_old_orders(order, by=clerk, text="2 份")
    assert owes(order, "old_orders_recalled") == set()


def test_the_same_dates_signed_again_leave_the_paper_as_it_is() -> None:
    works = Works()
    order = works.in_work()
    works.material(order)
    works.dates(order)
    works.dates(order)
    assert unmet("report", works.fresh(order)) == {}
    with pytest.raises(Refused, match="已签字下达"):
        signing.hand_over_order(order, by=works.who["customer_service"])


def test_a_date_changed_twice_is_compared_with_what_the_paper_prints() -> None:
    works = Works()
    order = works.in_work()
    works.dates(order, days=9, text="提前")
    works.dates(order, days=9, text="提前")
    assert "order_signed_for" in unmet("finish", works.fresh(order))
    works.dates(order, text="还是原定")
    assert "order_signed_for" not in unmet("finish", works.fresh(order))


def test_work_that_has_begun_goes_on_while_the_paper_with_another_date_is_on_its_way() -> None:
    works = Works()
    order = works.in_work()
    works.report(order, "40")
    works.dates(order, days=9, text="提前")
    works.report(order, "60")
    with pytest.raises(Blocked, match="书面日期已变"):
        making.finish(order, by=works.who["production"])


# Reports


def test_a_report_posts_output_and_scrap_and_makes_a_batch() -> None:
    works = Works()
    order = works.in_work()
    batch = works.report(order, "60", "5")
    line = line_of(order)
    assert (line.made, line.scrapped, line.good) == (65, 5, 60)
    assert batch is not None and (batch.quantity, batch.status) == (60, "waiting")
    assert batch.number.startswith("PC-")


def test_the_same_days_output_joins_the_same_batch_until_it_is_judged() -> None:
    works = Works()
    order = works.in_work()
    first = works.report(order, "40")
    assert works.report(order, "20") == first
    assert first is not None
    first.refresh_from_db()
    assert first.quantity == 60
    works.inspect(first)
    assert works.report(order, "40") != first


def test_a_report_is_kept_while_the_order_is_on_hold() -> None:
    works = Works()
    order = works.in_work()
    works.report(order, "10")
    chain.hold(works.fresh(order), by=works.who["quality"], reason="色差待查")
    works.report(order, "20")
    assert line_of(order).made == 30


def test_a_slip_of_the_decimal_point_is_refused() -> None:
    works = Works()
    order = works.in_work()
    with pytest.raises(Refused, match="10 倍"):
        works.report(order, "1000.001")
    works.report(order, "1000")


@pytest.mark.parametrize(("good", "scrap"), [("0", "0"), ("-1", "0"), ("1", "-1")])
def test_a_report_says_something_that_can_be(good: str, scrap: str) -> None:
    works = Works()
    order = works.in_work()
    with pytest.raises(Refused):
        works.report(order, good, scrap)


def test_only_production_reports() -> None:
    works = Works()
    order = works.in_work()
    rows = [Made(order.lines.get().pk, Decimal(1))]
    with pytest.raises(Forbidden):
        making.report_made(order, by=works.who["quality"], rows=rows)


def test_the_same_report_form_counts_once() -> None:
    works = Works()
    order = works.in_work()
    rows = [Made(order.lines.get().pk, Decimal(30))]
    making.report_made(order, by=works.who["production"], rows=rows, key="k")
    with pytest.raises(AlreadyDone):
        making.report_made(order, by=works.who["production"], rows=rows, key="k")
    assert line_of(order).made == 30


def test_a_wrong_report_is_taken_back_once() -> None:
    works = Works()
    order = works.in_work()
    batch = works.report(order, "60", "5")
    report = DailyReport.objects.get()
    making.take_back_report(report, by=works.who["production"], reason="单位写错")
    line = line_of(order)
    assert (line.made, line.scrapped) == (0, 0)
    assert Batch.objects.get(pk=batch.pk).quantity == 0  # type: ignore[union-attr]
    assert LineEntry.objects.filter(line=line).count() == 4
    with pytest.raises(Refused, match="已经撤回"):
        making.take_back_report(report, by=works.who["production"], reason="再来")


def test_a_report_whose_batch_is_judged_is_not_taken_back() -> None:
    works = Works()
    order = works.in_work()
    batch = works.report(order)
    works.inspect(batch)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="已检验"):
        making.take_back_report(DailyReport.objects.get(), by=works.who["production"], reason="错")


def test_work_on_a_line_that_is_being_amended_is_kept_and_asked_about() -> None:
    works = Works()
    order = works.in_work()
    works.report(order, "10")
    amended(works, order, quantity=Decimal(150))
    works.report(order, "10")
    works.report(order, "10")
    assert line_of(order).made == 30
    assert Anomaly.objects.get().kind == "amended"


def test_work_on_a_line_that_the_amendment_leaves_alone_raises_nothing() -> None:
    works = Works()
    order = works.in_work()
    works.report(order, "10")
    amended(works, order, price=Decimal("9.80"))
    works.report(order, "10")
    assert not Anomaly.objects.exists()


# finish: quantity_made


@pytest.mark.parametrize(
    ("good", "held"),
    [("94.999", True), ("95", False), ("100", False), ("110", False), ("110.001", True)],
)
def test_finishing_wants_the_quantity_within_its_tolerance(good: str, held: bool) -> None:
    works = Works()
    order = works.in_work(works.line(tolerance_minus=Decimal(5), tolerance_plus=Decimal(10)))
    works.report(order, good)
    assert ("quantity_made" in unmet("finish", works.fresh(order))) is held


def test_without_tolerance_the_quantity_is_exact() -> None:
    works = Works()
    order = works.in_work()
    works.report(order, "99.5")
    with pytest.raises(Blocked, match=r"还差 0\.5 卷"):
        making.finish(order, by=works.who["production"])
    works.report(order, "0.5")
    assert making.finish(order, by=works.who["production"]).state == "QUALITY"


def test_short_is_owed_by_production_and_customer_service_over_by_customer_service() -> None:
    works = Works()
    order = works.in_work()
    works.report(order, "90")
    assert owes(order, "quantity_made") == {"production", "customer_service"}
    works.report(order, "20")
    assert owes(order, "quantity_made") == {"customer_service"}
    assert "超出允差上限 10 卷" in unmet("finish", works.fresh(order))["quantity_made"]


def test_short_closing_in_the_customers_writing_opens_the_gate() -> None:
    works = Works()
    order = works.in_work()
    works.report(order, "90")
    quantities.short_close(
        works.fresh(order),
        by=works.who["customer_service"],
        reason="客户同意",
        line_id=order.lines.get().pk,
        quantity=Decimal(10),
        signer=works.contact,
        paper=paper(),
    )
    assert making.finish(order, by=works.who["production"]).state == "QUALITY"


def test_excess_accepted_by_the_customer_opens_the_gate() -> None:
    works = Works()
    order = works.in_work()
    works.report(order, "112")
    quantities.accept_excess(
        works.fresh(order),
        by=works.who["customer_service"],
        reason="客户同意",
        line_id=order.lines.get().pk,
        quantity=Decimal(12),
        signer=works.contact,
        paper=paper(),
    )
    assert making.finish(order, by=works.who["production"]).state == "QUALITY"


def test_scrap_does_not_count_as_made() -> None:
    works = Works()
    order = works.in_work()
    works.report(order, "95", "5")
    assert "quantity_made" in unmet("finish", works.fresh(order))


def test_the_slowest_line_holds_the_order() -> None:
    works = Works()
    order = works.in_work(works.line(), works.line("50"))
    works.report(order, "100", line=order.lines.get(number=1))
    assert "第 2 行" in unmet("finish", works.fresh(order))["quantity_made"]


def test_only_production_finishes() -> None:
    works = Works()
    order = works.in_work()
    works.report(order)
    with pytest.raises(Forbidden):
        making.finish(order, by=works.who["quality"])


def test_a_held_order_is_not_finished() -> None:
    works = Works()
    order = works.in_work()
    works.report(order)
    chain.hold(works.fresh(order), by=works.who["quality"], reason="待查")
    with pytest.raises(Blocked, match="暂停"):
        making.finish(order, by=works.who["production"])


# Anomalies


def test_an_anomaly_without_an_agreed_plan_holds_the_finish() -> None:
    works = Works()
    order = works.in_work()
    works.report(order)
    anomaly = anomalies.raise_anomaly(order, by=works.who["production"], kind="machine", text="分切机停机")
    with pytest.raises(Blocked, match="处理方案"):
        making.finish(order, by=works.who["production"])
    assert owes(order, "anomalies_planned") == {"cs_supervisor", "marketing_director"}
    anomalies.plan_anomaly(anomaly, by=works.who["cs_supervisor"], plan="改用二号机")
    assert "anomalies_planned" in unmet("finish", works.fresh(order))
    anomalies.agree_anomaly_plan(anomaly, by=works.who["marketing_director"])
    assert making.finish(order, by=works.who["production"]).state == "QUALITY"


def test_an_anomaly_is_closed_after_its_plan_and_once() -> None:
    works = Works()
    order = works.in_work()
    anomaly = anomalies.raise_anomaly(order, by=works.who["quality"], kind="quality", text="色差")
    with pytest.raises(Refused, match="尚未商定"):
        anomalies.close_anomaly(anomaly, by=works.who["cs_supervisor"], result="已换料")
    anomalies.plan_anomaly(anomaly, by=works.who["cs_supervisor"], plan="换料")
    with pytest.raises(Refused, match="尚未商定"):
        anomalies.close_anomaly(anomaly, by=works.who["cs_supervisor"], result="已换料")
    anomalies.agree_anomaly_plan(anomaly, by=works.who["marketing_director"])
    anomalies.close_anomaly(anomaly, by=works.who["cs_supervisor"], result="已换料")
    with pytest.raises(Refused, match="已经关闭"):
        anomalies.close_anomaly(anomaly, by=works.who["cs_supervisor"], result="已换料")


@pytest.mark.parametrize("given", [{"kind": "?", "text": "x"}, {"kind": "quality", "text": " "}])
def test_an_anomaly_says_what_is_wrong(given: dict[str, str]) -> None:
    works = Works()
    with pytest.raises(Refused):
        anomalies.raise_anomaly(works.in_work(), by=works.who["production"], **given)


def test_who_raises_and_who_plans() -> None:
    works = Works()
    order = works.in_work()
    with pytest.raises(Forbidden):
        anomalies.raise_anomaly(order, by=works.who["admin"], kind="quality", text="x")
    anomaly = anomalies.raise_anomaly(order, by=works.who["warehouse"], kind="quality", text="x")
    with pytest.raises(Forbidden):
        anomalies.plan_anomaly(anomaly, by=works.who["production"], plan="x")


# Stopped work


def test_cancelling_after_release_waits_for_productions_word_made_after_the_request() -> None:
    works = Works()
    order = works.in_work()
    given = {"good": "60 卷", "in_work": "无", "scrap": "5 卷", "material": "底纸 300 kg"}
    with pytest.raises(Refused, match="没有申请取消"):
        making.state_work_stopped(order, by=works.who["production"], **given)
    chain.request_cancel(order, by=works.who["customer_service"], reason="客户停产", paper=paper())
    assert owes(order, "work_stopped") == {"production"}
    with pytest.raises(Refused, match="在制品"):
        making.state_work_stopped(order, by=works.who["production"], **{**given, "in_work": ""})
    making.state_work_stopped(order, by=works.who["production"], **given)
    assert "work_stopped" not in unmet("cancel_released", works.fresh(order))


def test_an_earlier_word_does_not_answer_a_later_request() -> None:
    works = Works()
    order = works.in_work()
    given = {"good": "无", "in_work": "无", "scrap": "无", "material": "无"}
    chain.request_cancel(order, by=works.who["customer_service"], reason="停", paper=paper())
    making.state_work_stopped(order, by=works.who["production"], **given)
    chain.drop_cancel(works.fresh(order), by=works.who["customer_service"])
    chain.request_cancel(order, by=works.who["customer_service"], reason="还是停", paper=paper())
    assert "work_stopped" in unmet("cancel_released", works.fresh(order))


def test_nothing_is_reported_for_a_day_before_the_release() -> None:
    works = Works()
    order = works.in_work()
    rows = [Made(order.lines.get().pk, Decimal(5))]
    for back in (1, 400):
        with pytest.raises(Refused, match="才下达生产"):
            making.report_made(order, by=works.who["production"], rows=rows, day=today() - timedelta(back))
    assert not Batch.objects.exists()


def test_nothing_is_made_for_a_line_that_is_filled_wholly_from_stock() -> None:
    works = Works()
    order = works.in_work(works.line("50"), works.line("20", from_stock=Decimal(20)))
    filled = order.lines.get(number=2)
    with pytest.raises(Refused, match="第 2 行全部用现货"):
        making.report_made(order, by=works.who["production"], rows=[Made(filled.pk, Decimal(5))])
    assert not Batch.objects.exists()


def test_a_report_after_the_statement_of_stopped_work_voids_it() -> None:
    works = Works()
    order = works.in_work()
    works.report(order, "40")
    chain.request_cancel(works.fresh(order), by=works.who["customer_service"], reason="客户不要了", paper=paper())
    given = {"good": "40 卷", "in_work": "无", "scrap": "无", "material": "无"}
    making.state_work_stopped(works.fresh(order), by=works.who["production"], **given)
    assert owes(order, "work_stopped") == set()
    works.report(works.fresh(order), "20")
    assert owes(order, "work_stopped") == {"production"}
    assert "之后又有报工" in unmet("cancel_released", works.fresh(order))["work_stopped"]
    making.state_work_stopped(works.fresh(order), by=works.who["production"], **given)
    assert owes(order, "work_stopped") == set()


def test_the_statement_of_stopped_work_begins_with_what_the_books_say(client: Client) -> None:
    works = Works()
    order = works.in_work()
    batch = works.report(order, "40", "3")
    assert batch is not None
    chain.request_cancel(works.fresh(order), by=works.who["customer_service"], reason="客户不要了", paper=paper())
    client.force_login(works.who["production"])
    page = client.get(f"/production/{order.number}/stop/").content.decode()
    assert 'value="第 1 行 40 卷"' in page and 'value="第 1 行 3 卷"' in page
    assert f"批次 {batch.number} 待检 40" in page
