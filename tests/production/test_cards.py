"""工艺卡: written, put in force, and what technical's word on a line stands on (R8)."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.errors import Blocked, Forbidden, Refused
from documents.models import Document, OutboxRow
from documents.outbox import work_off
from orders.actions import approval, chain
from orders.models import Order, SignOff
from production import cards as reading
from production import queries, tasks
from production.actions import cards, making
from production.actions.cards import StepInput
from production.actions.making import Made
from production.actions.sheets import SheetRow, report_sheet
from production.models import DailyReport, JudgedBy, ProcessCard
from tests.production.works import Works, line_of, newest, owes, paper
from tests.remembered import remembered
from tests.shop import today

pytestmark = pytest.mark.django_db

STEPS = (
    StepInput("printing", Decimal(40), Decimal("0.5"), "张力 12 N，60 m/min"),
    StepInput("slitting", Decimal(80)),
)


def draft(works: Works, **more: Any) -> ProcessCard:
    given = {"product": works.product, "title": "GY-012 标签工艺卡", "formula": "面材 A，胶 B", "steps": STEPS, **more}
    return cards.write_card(None, by=works.who["technical"], **given)


@remembered
def in_force(works: Works, **more: Any) -> ProcessCard:
    return cards.put_in_force(draft(works, **more), by=works.who["technical"])


def carry() -> None:
    assert tasks.look_at_words.__name__  # the handler, as the worker knows it
    for row in OutboxRow.objects.filter(channel="card_changed", state="waiting"):
        work_off(row.pk)
        row.refresh_from_db()
        assert row.state == "done", row.error


def test_one_version_is_in_force_and_it_is_changed_no_more() -> None:
    works = Works()
    first = in_force(works)
    second = in_force(works, formula="面材 A，胶 C")
    first.refresh_from_db()
    assert (first.number, first.status, second.number, second.status) == (1, "replaced", 2, "in_force")
    with pytest.raises(Refused, match="已生效"):
        cards.write_card(second, by=works.who["technical"], title="x", formula="y", steps=STEPS)
    with pytest.raises(Refused, match="不能再生效"):
        cards.put_in_force(first, by=works.who["technical"])
    draft(works)
    with pytest.raises(Refused, match="已有一份草稿"):
        draft(works)


@pytest.mark.parametrize(
    ("steps", "said"),
    [((), "至少填写一道"), ((STEPS[0], STEPS[0]), "同一工序"), ((StepInput("printing", Decimal(0)),), "大于 0")],
)
def test_steps_that_cannot_be(steps: tuple[StepInput, ...], said: str) -> None:
    with pytest.raises(Refused, match=said):
        draft(Works(), steps=steps)
    assert not ProcessCard.objects.exists()


def test_only_technical_writes_cards() -> None:
    works = Works()
    card = draft(works)
    with pytest.raises(Forbidden):
        cards.put_in_force(card, by=works.who["production"])


def test_technicals_word_keeps_the_version_it_was_given_by_and_the_work_order_prints_it() -> None:
    works = Works()
    card = in_force(works, tooling="D-88")
    order = works.in_work()
    assert JudgedBy.objects.get(signoff__order=order).card == card
    (line,) = Document.objects.get(kind="production_order").data["lines"]
    assert line["card"]["title"] == "GY-012 标签工艺卡 第 1 版"
    assert line["card"]["steps"] == "印刷（张力 12 N，60 m/min） → 分切复卷"
    assert line["card"]["tooling"] == "D-88"


def test_a_new_version_takes_back_the_words_of_orders_not_released() -> None:
    works = Works()
    in_force(works)
    signed, released = works.signed(), works.released()
    in_force(works, formula="改胶")
    carry()
    assert owes(signed, "technical_signed") == {"technical"}
    assert (
        SignOff.objects.filter(order=signed, kind="technical", verdict="withdrawn").get().text.endswith("第 2 版生效")
    )
    assert not SignOff.objects.filter(order=released, verdict="withdrawn").exists()
    with pytest.raises(Blocked, match="技术部"):
        works.approve(signed)
    carry()
    assert SignOff.objects.filter(order=signed, verdict="withdrawn").count() == 1


def test_an_approved_order_is_not_released_by_a_card_that_is_in_force_no_more() -> None:
    works = Works()
    in_force(works)
    order = works.approved()
    works.send(order)
    in_force(works, formula="改胶")
    carry()
    assert owes(order, "technical_signed") == {"technical"}
    assert [row.line.order for row in queries.lines_unsaid(works.who["technical"])] == [order]
    with pytest.raises(Blocked, match="技术部"):
        chain.release(newest(order), by=works.who["customer_service"])
    works.technical(order)
    assert owes(order, "technical_signed") == set()
    assert chain.release(newest(order), by=works.who["customer_service"])


def test_a_word_given_without_a_card_stays_when_the_first_one_comes() -> None:
    works = Works()
    order = works.signed()
    in_force(works)
    carry()
    approval.sign_check(newest(order), by=works.who["customer_service"])
    assert approval.approve(newest(order), by=works.who["supervisor"])


def with_another_version(works: Works) -> Order:
    """The customer had an order by the first version; the second is in force; a new order waits for the word."""
    in_force(works)
    works.released()
    in_force(works, formula="改胶")
    carry()
    return works.submitted()


def test_a_changed_formula_is_not_passed_as_if_nothing_were() -> None:
    works = Works()
    order = with_another_version(works)
    with pytest.raises(Refused, match="上次按工艺卡第 1 版生产，现行第 2 版"):
        works.technical(order)
    with pytest.raises(Refused, match="客户签字"):
        works.technical(order, "insist")
    works.technical(order, "insist", paper=paper())
    assert JudgedBy.objects.get(signoff__order=order).card.number == 1
    works.technical(order, "changed", paper=paper())
    assert JudgedBy.objects.get(signoff__order=order, signoff__superseded_by=None).card.number == 2


def test_another_customer_of_the_product_is_not_asked() -> None:
    works = Works()
    order = with_another_version(works)
    (choice,) = reading.choices((row, order) for row in newest(order).lines.all()).values()
    assert choice.last and choice.last.number == 1
    stranger = Works()
    other = stranger.submitted(stranger.line(product=works.product))
    stranger.technical(other)
    assert JudgedBy.objects.get(signoff__order=other).card.number == 2


def test_insisting_keeps_its_card_when_a_newer_one_comes() -> None:
    works = Works()
    order = with_another_version(works)
    works.technical(order, "insist", paper=paper())
    in_force(works, formula="再改")
    carry()
    assert owes(order, "technical_signed") == set()


def test_the_queue_lists_each_line_until_its_word_in_fixed_statements() -> None:
    works = Works()
    in_force(works)
    client = Client()
    client.force_login(works.who["technical"])
    first = works.submitted()
    client.get(reverse("production:technical_lines"))
    counts = []
    for more in (0, 6):
        for _ in range(more):
            works.submitted()
        with CaptureQueriesContext(connection) as seen:
            page = client.get(reverse("production:technical_lines")).content.decode()
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert first.number in page
    works.technical(first)
    assert first.number not in client.get(reverse("production:technical_lines")).content.decode()


def test_a_card_is_written_on_its_page_and_mistakes_stand_beside_their_fields() -> None:
    works = Works()
    client = Client()
    client.force_login(works.who["technical"])
    typed = {
        "product": works.product.code,
        "title": "GY-1",
        "formula": "面材",
        "steps-TOTAL_FORMS": "2",
        "steps-INITIAL_FORMS": "0",
        "steps-0-step": "printing",
        "steps-0-rate": "0",
        "steps-1-step": "packing",
        "steps-1-rate": "30",
    }
    refused = client.post(reverse("production:write_card"), typed)
    assert refused.status_code == 422
    assert "请核对工序" in refused.content.decode() and "GY-1" in refused.content.decode()
    done = client.post(reverse("production:write_card"), {**typed, "steps-0-rate": "25.5", "steps-0-setup": "1"})
    card = ProcessCard.objects.get()
    assert done.status_code == 302
    assert [(step.step, step.rate, step.setup) for step in card.steps.all()] == [
        ("printing", Decimal("25.50"), Decimal(1)),
        ("packing", Decimal("30.00"), Decimal(0)),
    ]
    assert client.post(reverse("production:put_card", args=[card.pk])).status_code == 302
    shown = client.get(reverse("production:card", args=[card.pk])).content.decode()
    assert "25.5 卷" in shown and "据此写新版" in shown
    copied = client.get(reverse("production:write_card") + f"?from={card.pk}").content.decode()
    assert "GY-1" in copied and "25.5" in copied


def test_the_page_of_the_word_shows_the_versions_to_those_who_may_read_them() -> None:
    works = Works()
    order = with_another_version(works)
    client = Client()
    client.force_login(works.who["technical"])
    path = reverse("production:technical", args=[order.number])
    assert "此客户上次所用" in client.get(path).content.decode()
    client.force_login(works.who["sales"])
    assert "此客户上次所用" not in client.get(path).content.decode()


# What the steps of the card bring.


def test_of_a_line_with_a_card_only_its_last_step_brings_finished_goods() -> None:
    works = Works()
    in_force(works)
    order = works.in_work()
    line = order.lines.get()
    given = {"by": works.who["production"], "rows": [Made(line.pk, Decimal(100))]}
    making.report_made(order, step="印刷", **given)
    assert line_of(order).made == 0
    making.report_made(order, step="分切复卷", counted=False, **given)
    assert (line_of(order).made, line_of(order).good) == (100, 100)
    assert list(DailyReport.objects.order_by("pk").values_list("counted", flat=True)) == [False, True]


def test_only_a_step_of_the_card_is_reported() -> None:
    works = Works()
    in_force(works)
    order = works.in_work()
    rows = [SheetRow(order.lines.get().pk, Decimal(100))]
    for step in ("模切", ""):
        with pytest.raises(Refused, match="印刷 → 分切复卷"):
            making.report_made(order, by=works.who["production"], rows=[Made(rows[0].line_id, Decimal(100))], step=step)
        with pytest.raises(Refused, match=f"{order.number} 第 1 行按工艺卡"):
            report_sheet(None, by=works.who["production"], day=today(), shift="day", rows=rows, step=step)


def test_on_one_sheet_each_line_goes_by_its_own_card_and_one_without_by_hand() -> None:
    works = Works()
    plain = works.in_work()
    in_force(works)
    order = works.in_work()
    rows = [SheetRow(each.lines.get().pk, Decimal(20)) for each in (order, plain)]
    report_sheet(None, by=works.who["production"], day=today(), shift="day", rows=rows, step="印刷")
    assert (line_of(order).made, line_of(plain).made) == (0, 20)


def test_of_a_line_without_a_card_whoever_reports_says_which_step_it_is(client: Client) -> None:
    works = Works()
    order = works.in_work()
    line = order.lines.get()
    client.force_login(works.who["production"])
    typed = {"day": str(today()), "shift": "day", "step": "印刷", "counted": "no", f"{line.pk}-good": "100", "key": "a"}
    assert client.post(f"/production/{order.number}/report/", typed).status_code == 302
    assert (DailyReport.objects.get().good, line_of(order).made) == (100, 0)
