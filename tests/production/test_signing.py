"""The written words before approval: who says what, what each one saw, and what voids it (R8–R11, B30)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from audit.errors import Blocked, Forbidden, Refused
from orders.actions import amendment, approval, entry
from orders.actions.approval import as_input
from orders.models import DatePush, Order, Signed, SignOff
from production.actions import signing
from production.actions.signing import DateWord, LineWord, MaterialWord
from tests.production.works import Works, blocked, newest, owes, paper, unmet
from tests.shop import today

pytestmark = pytest.mark.django_db


def edit(works: Works, order: Order, **changes: object) -> None:
    """Sales changes the first line in place."""
    revision = newest(order)
    lines = [as_input(row) for row in revision.lines.select_related("product").order_by("position")]
    entry.edit_revision(
        revision,
        by=works.who["sales"],
        header={},
        lines=[replace(lines[0], **changes), *lines[1:]],  # type: ignore[arg-type]
    )


def test_approval_waits_for_technical_material_and_dates() -> None:
    works = Works()
    order = works.submitted()
    with pytest.raises(Blocked) as error:
        works.approve(order)
    assert {"technical_signed", "material_stated", "date_committed"} <= blocked(error.value)
    assert "第 1 行技术部尚未书面确认可否生产" in error.value.message
    assert owes(order, "technical_signed") == {"technical"}
    assert owes(order, "material_stated") == {"technical"}
    assert owes(order, "date_committed") == {"production"}


def test_an_order_with_every_word_is_approved() -> None:
    works = Works()
    assert works.approved().state == "APPROVED"


def test_what_comes_from_stock_needs_no_word() -> None:
    works = Works()
    order = works.submitted(works.line("100", from_stock=Decimal(100)))
    assert not {"technical_signed", "material_stated", "date_committed"} & unmet("approve", newest(order)).keys()
    with pytest.raises(Refused, match="现货"):
        signing.sign_technical(newest(order), by=works.who["technical"], words=[LineWord(order.lines.get().pk, "can")])


def test_cannot_be_made_is_owed_by_sales_and_never_opens_the_gate() -> None:
    works = Works()
    order = works.submitted()
    works.technical(order, "cannot", text="改用 70 克底纸")
    assert "不能生产" in unmet("approve", newest(order))["technical_signed"]
    assert owes(order, "technical_signed") == {"sales"}


def test_cannot_be_made_needs_advice() -> None:
    works = Works()
    with pytest.raises(Refused, match="建议"):
        works.technical(works.submitted(), "cannot")


@pytest.mark.parametrize("verdict", ["changed", "insist"])
def test_a_changed_or_old_formula_needs_the_paper_that_the_customer_signed(verdict: str) -> None:
    works = Works()
    order = works.submitted()
    with pytest.raises(Refused, match="签字"):
        works.technical(order, verdict)
    works.technical(order, verdict, paper=paper())
    assert "technical_signed" not in unmet("approve", newest(order))
    assert SignOff.objects.get(kind=Signed.TECHNICAL).paper.name == "formula.pdf"


def test_an_unknown_verdict_is_refused() -> None:
    works = Works()
    with pytest.raises(Refused, match="结论"):
        works.technical(works.submitted(), "maybe")


def test_several_lines_are_signed_at_once_and_one_left_out_still_blocks() -> None:
    works = Works()
    order = works.submitted(works.line(), works.line("50"), works.line("20"))
    first, second, third = order.lines.order_by("number")
    words = [LineWord(first.pk, "can"), LineWord(second.pk, "can")]
    signing.sign_technical(newest(order), by=works.who["technical"], words=words)
    assert unmet("approve", newest(order))["technical_signed"].startswith("第 3 行")
    signing.sign_technical(newest(order), by=works.who["technical"], words=[LineWord(third.pk, "can")])
    assert "technical_signed" not in unmet("approve", newest(order))


def test_a_line_of_another_order_cannot_be_signed_here() -> None:
    works = Works()
    order, other = works.submitted(), works.submitted()
    with pytest.raises(Refused, match="不在此版本"):
        signing.sign_technical(newest(order), by=works.who["technical"], words=[LineWord(other.lines.get().pk, "can")])


@pytest.mark.parametrize("role", ["sales", "production", "customer_service", "supervisor"])
def test_only_technical_speaks_for_technical(role: str) -> None:
    works = Works()
    order = works.submitted()
    with pytest.raises(Forbidden):
        signing.sign_technical(newest(order), by=works.who[role], words=works.words(newest(order)))
    with pytest.raises(Forbidden):
        signing.state_material(newest(order), by=works.who[role], words=[])


def test_the_material_statement_is_written() -> None:
    works = Works()
    order = works.submitted()
    with pytest.raises(Refused, match="口头无效"):
        works.material(order, " ")
    word = MaterialWord(order.lines.get().pk, "A 纸", Decimal("800"), Decimal("200"))
    with pytest.raises(Refused, match="预计到料"):
        signing.state_material(newest(order), by=works.who["technical"], words=[word])
    word = replace(word, arrives_on=today() + timedelta(days=2))
    signing.state_material(newest(order), by=works.who["technical"], words=[word])
    assert SignOff.objects.get().text == f"可用 800；缺 200；预计到料 {word.arrives_on}；A 纸"


def test_a_date_needs_a_standing_material_statement() -> None:
    works = Works()
    order = works.submitted()
    with pytest.raises(Refused, match="原材料说明"):
        works.dates(order)


def test_a_date_counts_only_while_its_material_statement_stands() -> None:
    works = Works()
    order = works.signed()
    assert "date_committed" not in unmet("approve", newest(order))
    works.material(order, "到料推迟两天")
    assert "date_committed" in unmet("approve", newest(order))
    works.dates(order, days=12)
    assert "date_committed" not in unmet("approve", newest(order))


def test_a_withdrawn_material_statement_takes_the_date_with_it() -> None:
    works = Works()
    order = works.signed()
    statement = SignOff.objects.live().get(kind=Signed.MATERIAL)
    approval.withdraw_signoff(statement, by=works.who["technical"], reason="写错了")
    assert {"material_stated", "date_committed"} <= unmet("approve", newest(order)).keys()


def date_word(order: Order, finish: int = 5, start: int = 2, quantity: str = "100") -> DateWord:
    return DateWord(
        order.lines.get().pk, today() + timedelta(days=finish), today() + timedelta(days=start), Decimal(quantity)
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"finish": 2, "start": 3}, "完成日不能早于生产日"),
        ({"finish": -1, "start": -2}, "完成日不能早于今天"),
        ({"finish": 2, "start": -1}, "生产日不能早于今天"),
        ({"quantity": "99.999"}, "数量不能少于待生产的 100"),
    ],
)
def test_dates_that_cannot_be_are_refused(given: dict[str, object], words: str) -> None:
    works = Works()
    order = works.submitted()
    works.material(order)
    with pytest.raises(Refused, match=words):
        signing.sign_dates(newest(order), by=works.who["production"], words=[date_word(order, **given)])  # type: ignore[arg-type]


def test_only_production_dates() -> None:
    works = Works()
    order = works.submitted()
    works.material(order)
    with pytest.raises(Forbidden):
        signing.sign_dates(newest(order), by=works.who["technical"], words=[date_word(order)])


def test_after_approval_a_later_date_wants_an_amendment() -> None:
    works = Works()
    order = works.approved()
    with pytest.raises(Refused, match="改单"):
        works.dates(order, days=11)
    works.dates(order, days=10)


def test_an_amendment_takes_the_later_date() -> None:
    works = Works()
    order = works.approved()
    amendment.propose_amendment(order, by=works.who["customer_service"], reason="设备检修")
    approval.submit(newest(order), by=works.who["sales"])
    works.dates(order, days=15)
    assert SignOff.objects.live().get(kind=Signed.DATE).finish_on == today() + timedelta(days=15)


def test_b30_a_change_of_packaging_voids_technical_and_dates_but_neither_material_nor_price() -> None:
    works = Works()
    order = works.signed(works.line(price=Decimal("9.00")))
    approval.clear_price_cs(newest(order), by=works.who["cs_supervisor"], text="老客户")
    approval.clear_price_md(newest(order), by=works.who["marketing_director"], text="老客户")
    edit(works, order, packaging="木托缠膜")
    held = unmet("approve", newest(order)).keys()
    assert {"technical_signed", "date_committed"} <= held
    assert not {"material_stated", "price_cleared"} & held


def test_b30_a_change_of_price_voids_none_of_these_words() -> None:
    works = Works()
    order = works.signed()
    edit(works, order, price=Decimal("9.50"))
    held = unmet("approve", newest(order)).keys()
    assert not {"technical_signed", "material_stated", "date_committed"} & held


def test_b30_a_change_of_quantity_voids_material_and_dates_but_not_technical() -> None:
    works = Works()
    order = works.signed()
    edit(works, order, quantity=Decimal(120))
    held = unmet("approve", newest(order)).keys()
    assert {"material_stated", "date_committed"} <= held
    assert "technical_signed" not in held


def test_b30_what_was_changed_back_is_signed_again() -> None:
    works = Works()
    order = works.signed()
    edit(works, order, packaging="木托")
    edit(works, order, packaging="")
    assert not {"technical_signed", "date_committed"} & unmet("approve", newest(order)).keys()


# date_current


def push(order: Order, days: int, *, first: int = 0) -> None:
    """`days` live pushes, beginning `first` days from today."""
    DatePush.objects.bulk_create(
        DatePush(
            order=order,
            revision=newest(order),
            day=today() + timedelta(days=first + n),
            reason="未回传",
            at=order.created_at,
        )
        for n in range(days)
    )


def test_release_waits_for_a_new_date_once_pushed_five_times() -> None:
    works = Works()
    order = works.approved()
    push(order, 4)
    assert "date_current" not in unmet("release", newest(order))
    push(order, 1, first=4)
    assert "上限" in unmet("release", newest(order))["date_current"]
    works.dates(order)


def test_pushes_before_the_signature_do_not_count() -> None:
    works = Works()
    order = works.approved()
    push(order, 6, first=-6)
    assert "date_current" not in unmet("release", newest(order))


def test_release_waits_where_the_planned_start_is_gone_by() -> None:
    works = Works()
    order = works.approved()
    older(works, order)
    assert "计划生产日已过" in unmet("release", newest(order))["date_current"]
    works.dates(order)
    assert "date_current" not in unmet("release", newest(order))


def older(works: Works, order: Order) -> None:
    """Production's date, signed three days ago for a start the day before yesterday."""
    from django.utils import timezone

    before = timezone.now() - timedelta(days=3)
    day = today()
    word = DateWord(order.lines.get().pk, day + timedelta(days=5), day - timedelta(days=1), Decimal(100), "提前排产")
    signing.sign_dates(newest(order), by=works.who["production"], at=before, words=[word])


def test_release_waits_where_the_material_statement_changed() -> None:
    works = Works()
    order = works.approved()
    works.material(order, "换了供应商")
    assert "原材料说明或条款已变更" in unmet("release", newest(order))["date_current"]
    assert owes(order, "date_current") == {"production"}
    works.dates(order)
    assert "date_current" not in unmet("release", newest(order))
