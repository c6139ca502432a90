"""Production writes another finish than it had committed to: its reason, who hears of it, and the plan it asks for
(R10, R19, R21)."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from audit.errors import Refused
from orders.frame import OrderAct
from orders.models import Revision, RevisionLine, Signed, SignOff, Status
from orders.notices import tell
from production.actions.anomalies import raise_by_itself
from production.models import AnomalyKind

if TYPE_CHECKING:
    from production.actions.signing import DateWord


def standing(rows: Iterable[RevisionLine]) -> dict[int, date]:
    """The finish that production signed last for each line on the same terms; read before the new one is written."""
    digests = {row.line_id: row.date_digest for row in rows}
    live = SignOff.objects.live().filter(kind=Signed.DATE, verdict="ok", line_id__in=digests).order_by("pk")
    return {
        row.line_id: row.finish_on
        for row in live
        if row.line_id and row.finish_on and row.digest == digests[row.line_id]
    }


def check(revision: Revision, word: "DateWord", row: RevisionLine, before: date | None) -> None:
    """From the approval on the date is committed; until then it may still be written anew."""
    committed = revision.status in (Status.APPROVED, Status.IN_FORCE)
    if committed and before and before != word.finish_on and not word.text.strip():
        raise Refused(
            f"第 {row.position} 行：完成日由 {before} 改为 {word.finish_on}，请在说明中写明原因。", field="text"
        )


def tell_sales(
    act: OrderAct, words: Iterable["DateWord"], rows: dict[int, RevisionLine], before: dict[int, date]
) -> None:
    """All lines in one notice: an action says one thing once."""
    changed = [word for word in words if before.get(word.line_id, word.finish_on) != word.finish_on]
    said = [
        f"第 {rows[word.line_id].position} 行由 {before[word.line_id]} 改为 {word.finish_on}"
        + (f"，{word.text.strip()[:80]}" if word.text.strip() else "")
        for word in changed
    ]
    if said:
        tell(act, act.order, "date_changed", "；".join(said))


def ask_plan_if_late(act: OrderAct, revision: Revision, word: "DateWord", row: RevisionLine) -> None:
    """Before release a later date wants an amendment; in work it is a delay that the customer gets a plan for."""
    promised = act.order.promised_on
    if revision.status != Status.IN_FORCE or promised is None or word.finish_on <= promised:
        return
    said = f"第 {row.position} 行预计 {word.finish_on} 完成，晚于预交日 {promised}"
    why = word.text.strip()
    raise_by_itself(act, act.order, row.line, AnomalyKind.DATE, f"{said}：{why}" if why else f"{said}。")
