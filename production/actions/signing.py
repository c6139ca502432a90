"""The written words that an approval stands on, and the 生产指令单 (R8–R10, R18)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from audit.errors import Forbidden, Refused
from documents.attachments import store
from documents.audience import Audience
from documents.numbering import business_day
from orders import dates
from orders.frame import OrderAct, order_action
from orders.models import Order, Revision, RevisionLine, Signed, SignOff, Status
from orders.models.order import RELEASED
from orders.notices import tell
from orders.signing import sign
from production import cards, materials, papers, statements
from production.actions import changed_dates
from production.gates.making import OLD_COPIES, on_paper
from production.models import JudgedBy

SIGNABLE = (Status.DRAFT, Status.PROPOSED, Status.APPROVED)
DATABLE = (*SIGNABLE, Status.IN_FORCE)
WITH_FORMULA = ("changed", "insist")
VERDICTS = {
    "can": "可以生产",
    "changed": "配方有变（附客户签字配方）",
    "insist": "坚持老工艺（附客户签字配方）",
    "cannot": "不能生产",
}


@dataclass(frozen=True)
class LineWord:
    """Technical's word on one line. `paper` is the uploaded formula with the customer's signature."""

    line_id: int
    verdict: str
    text: str = ""
    paper: Any = None


@dataclass(frozen=True)
class MaterialWord:
    """The state of raw materials for one line."""

    line_id: int
    text: str
    free: Decimal | None = None
    short: Decimal | None = None
    arrives_on: date | None = None


@dataclass(frozen=True)
class DateWord:
    """Production's own written date for one line."""

    line_id: int
    finish_on: date
    start_on: date
    quantity: Decimal
    text: str = ""


class OnLine(Protocol):
    @property
    def line_id(self) -> int: ...


def pick(act: OrderAct, revision: Revision, words: Iterable[OnLine]) -> dict[int, RevisionLine]:
    """The terms rows that are spoken of, by line; only those of which something is to be made."""
    ids = [word.line_id for word in words]
    if not ids:
        raise Refused("请至少填写一行。")
    if len(set(ids)) != len(ids):
        raise Refused("同一行填写了两次，请核对。")
    rows = {row.line_id: row for row in revision.lines.filter(line_id__in=ids).select_related("line")}
    for line_id in ids:
        if line_id not in rows:
            raise Refused("有一行已不在此版本中，请刷新后重填。")
        if rows[line_id].to_make <= 0:
            raise Refused(f"第 {rows[line_id].position} 行全部由现货供应，无需签署。")
        rows[line_id].line.order = act.order
    return rows


@order_action("sign_technical", statuses=SIGNABLE)
def sign_technical(act: OrderAct, revision: Revision, *, words: list[LineWord]) -> Order:
    """Whether each line can be made, in writing (R8).

    Raises Refused for an unknown verdict, «不能生产» without advice, a changed or old formula without the paper that
    the customer signed, and for a plain «可以生产» where this customer's goods were last made by another version of
    the 工艺卡 than the one in force: the customer knows of no change yet.
    """
    rows = pick(act, revision, words)
    made_by = cards.choices((row, act.order) for row in rows.values())
    for word in words:
        row = rows[word.line_id]
        check_word(word, row.position, made_by[word.line_id])
        paper = store(word.paper, act.by, "order", act.order.pk, Audience.PLAIN) if word.paper else None
        signed_now = sign(
            act,
            Signed.TECHNICAL,
            word.verdict,
            line=row.line,
            digest=row.technical_digest,
            text=word.text.strip(),
            paper=paper,
        )
        if card := made_by[word.line_id].by(word.verdict):
            JudgedBy.objects.create(signoff=signed_now, card=card)
        if word.verdict == "cannot":
            tell(act, act.order, "cannot_make", f"第 {row.position} 行，{word.text.strip()}")
    said = {str(rows[word.line_id].line.number): word.verdict for word in words}
    act.record(act.order, revision=revision.number, lines=said)
    return act.order


def check_word(word: LineWord, position: int, made_by: cards.Choice) -> None:
    if word.verdict not in VERDICTS:
        raise Refused(f"第 {position} 行：请选择结论。", field="verdict")
    if word.verdict == "cannot" and not word.text.strip():
        raise Refused(f"第 {position} 行：不能生产时，请写明给客户的建议。", field="text")
    if word.verdict == "can" and made_by.last and made_by.standing:
        raise Refused(
            f"第 {position} 行：此客户上次按工艺卡第 {made_by.last.number} 版生产，"
            f"现行第 {made_by.standing.number} 版。请选「配方有变」或「坚持老工艺」，并附客户签字的配方书面确认。",
            field="verdict",
        )
    if word.verdict in WITH_FORMULA and not word.paper:
        raise Refused(f"第 {position} 行：请附上客户签字的配方书面确认。", field="paper")


@order_action("state_material", statuses=DATABLE)
def state_material(act: OrderAct, revision: Revision, *, words: list[MaterialWord]) -> Order:
    """The 原材料储备书面说明 of each line, signed (R9). A new one voids the dates that stood on the old one (R10)."""
    rows = pick(act, revision, words)
    computed = materials.stated(revision, list(revision.lines.select_related("line")), business_day(act.at))
    for word in words:
        row = rows[word.line_id]
        if not word.text.strip():
            raise Refused(f"第 {row.position} 行：请写明原材料状况；口头无效。", field="text")
        if word.short and not word.arrives_on:
            raise Refused(f"第 {row.position} 行：原材料有缺口，请写明预计到料日期。", field="arrives_on")
        statement = sign(act, Signed.MATERIAL, line=row.line, digest=row.material_digest, text=material_text(word))
        statements.keep(statement, word, computed.get(row.line_id, ()))
    act.record(act.order, revision=revision.number, lines=[rows[word.line_id].line.number for word in words])
    return act.order


def material_text(word: MaterialWord) -> str:
    said = [f"可用 {word.free.normalize():f}"] if word.free is not None else []
    said += [f"缺 {word.short.normalize():f}"] if word.short else []
    said += [f"预计到料 {word.arrives_on}"] if word.arrives_on else []
    return "；".join([*said, word.text.strip()])


@order_action("sign_dates", statuses=DATABLE)
def sign_dates(act: OrderAct, revision: Revision, *, words: list[DateWord]) -> Order:
    """Production's written finish, start and quantity of each line, after the material statement (R10, R19).

    Raises Refused without a standing statement, for dates that cannot be, for less than is to be made, and for a
    finish later than what is promised while an approved revision waits for its release: that wants an amendment;
    for a changed finish without its reason; and for a start before the stated arrival of the material without words
    on how. Sales hears of the change, and a finish past the promise of an order
    in work asks for a plan as an anomaly.
    """
    rows = pick(act, revision, words)
    standing = statements.standing(rows.values())
    arrivals = statements.arrivals(standing.values())
    before = changed_dates.standing(rows.values())
    for word in words:
        row = rows[word.line_id]
        statement = standing.get(row.line_id)
        if statement is None:
            raise Refused(f"第 {row.position} 行尚无有效的原材料说明，请技术部先签署。")
        check_date(act, revision, word, row)
        check_start(word, row, arrivals.get(row.line_id))
        changed_dates.check(revision, word, row, before.get(row.line_id))
        sign(
            act,
            Signed.DATE,
            line=row.line,
            digest=row.date_digest,
            text=word.text.strip(),
            finish_on=word.finish_on,
            start_on=word.start_on,
            quantity=word.quantity,
            based_on=statement,
        )
    said = {str(rows[word.line_id].line.number): word.finish_on for word in words}
    act.record(act.order, revision=revision.number, finish=said)
    changed_dates.tell_sales(act, words, rows, before)
    for word in words:
        changed_dates.ask_plan_if_late(act, revision, word, rows[word.line_id])
    return act.order


def check_date(act: OrderAct, revision: Revision, word: DateWord, row: RevisionLine) -> None:
    today = business_day(act.at)
    at = f"第 {row.position} 行："
    if word.finish_on < word.start_on:
        raise Refused(f"{at}完成日不能早于生产日。", field="finish_on")
    if word.finish_on < today:
        raise Refused(f"{at}完成日不能早于今天。", field="finish_on")
    if word.start_on < today and not row.line.made:
        raise Refused(f"{at}尚未开工，生产日不能早于今天。", field="start_on")
    if word.quantity < row.to_make:
        raise Refused(f"{at}数量不能少于待生产的 {row.to_make.normalize():f} {row.unit}。", field="quantity")
    if revision.status == Status.APPROVED and word.finish_on > (latest := dates.shown_promise(revision)):
        raise Refused(
            f"{at}完成日晚于已批准的预交日 {latest}。请客服办理改单，批准后的新日期才能生效。", field="finish_on"
        )


def check_start(word: DateWord, row: RevisionLine, arrives_on: date | None) -> None:
    if arrives_on and word.start_on < arrives_on and not word.text.strip():
        raise Refused(
            f"第 {row.position} 行：原材料书面说明 {arrives_on} 到料，生产日早于到料的，请写明如何先行生产。",
            field="text",
        )


@order_action("hand_over_order", states=RELEASED)
def hand_over_order(act: OrderAct, order: Order) -> Order:
    """Customer service signs the 生产指令单 of the terms in force and hands it to production; technical gets a copy.

    Handed over anew, with the copies of the one before to be had back, where production has written other dates
    since (R19). Raises Refused where nothing is to be made, or it is handed over already (R18).
    """
    order = act.order
    revision = in_force(order)
    if signed(revision, Signed.HANDED_OVER):
        raise Refused("现行生产指令单客服已签字下达，请生产主管签收。")
    papers.freeze_work_order(act, revision)
    sign(act, Signed.HANDED_OVER, revision=revision, digest=revision.print_digest)
    act.record(order, revision=revision.number)
    tell(act, order, "handed_over")
    return order


@order_action("sign_for_order", states=RELEASED)
def sign_for_order(act: OrderAct, order: Order) -> Order:
    """The head of production signs for the 生产指令单 (R18).

    Raises Forbidden for others, Refused before customer service has handed it over or when it is signed for.
    """
    order = act.order
    if not act.by.is_production_head:
        raise Forbidden("生产指令单由生产主管签收。")
    revision = in_force(order)
    if not signed(revision, Signed.HANDED_OVER):
        raise Refused("现行生产指令单客服尚未签字下达，请客服先签字。")
    if earlier := signed(revision, Signed.SIGNED_FOR):
        raise Refused(f"现行生产指令单已由 {earlier.by} 签收。")
    sign(act, Signed.SIGNED_FOR, revision=revision, digest=revision.print_digest)
    act.record(order, revision=revision.number)
    return order


@order_action("recall_old_orders", states=RELEASED)
def recall_old_orders(act: OrderAct, order: Order, *, text: str) -> Order:
    """收回作废: the copies of the 生产指令单 that an amendment or other dates overtook are back, and by whom."""
    order = act.order
    if not text.strip():
        raise Refused("请写明收回的份数和交回人。", field="text")
    if not Order.objects.filter(OLD_COPIES, pk=order.pk).exists():
        raise Refused("此单没有待收回的旧版生产指令单。")
    revision = order.revisions.get(status=Status.IN_FORCE)
    revision.order = order
    sign(act, Signed.RECALLED, revision=revision, digest=revision.print_digest, text=text.strip())
    act.record(order, revision=revision.number, note=text.strip())
    return order


def in_force(order: Order) -> Revision:
    """The revision that the house makes by. Raises Refused where none is, or nothing is to be made."""
    revision = order.revisions.filter(status=Status.IN_FORCE).first()
    if revision is None:
        raise Refused("订单尚未下达生产。")
    if not any(row.to_make > 0 for row in revision.lines.all()):
        raise Refused("此单全部由现货供应，无需生产指令单。")
    revision.order = order
    return revision


def signed(revision: Revision, kind: Signed) -> SignOff | None:
    """The signature of `kind` under what its 生产指令单 prints now."""
    return on_paper(kind, revision=revision, digest=revision.print_digest).select_related("by").first()
