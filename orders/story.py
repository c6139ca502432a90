"""What was said and done on an order, for its page: signatures, revisions with their differences, pushes, timeline."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import is_of_money, label_of, may, tone_of
from audit.models import Event
from audit.prepared import Prepared
from orders import changes
from orders.dates import shifted
from orders.models import (
    DatePush,
    HouseRules,
    Order,
    Revision,
    RevisionLine,
    ShipmentLine,
    ShipmentState,
    Signed,
    SignOff,
    State,
    Status,
)
from orders.models.revision import OPEN
from orders.signing import WITHDRAWN

MONEY = (
    Signed.PRICE_CS,
    Signed.PRICE_MD,
    Signed.CREDIT,
    Signed.CLEARANCE,
    Signed.SPECIAL_MD,
    Signed.SPECIAL_FIN,
    Signed.CANCEL_FIN,
    Signed.CANCEL_SETTLED,
)
MOST_EVENTS = 200
COUNTS = "有效"
VERDICTS = {
    "ok": "同意",
    "can": "可以生产",
    "changed": "配方有变",
    "insist": "坚持老工艺",
    "cannot": "不能生产",
    "email": "电子邮件",
    "fax": "传真",
    "wechat": "微信",
    "hand": "当面",
    "print": "打印寄送",
    "withdrawn": "撤回",
}


# -- signatures ---------------------------------------------------------------------------------------------------


def signatures(
    signoffs: list[SignOff], revisions: list[Revision], lines: dict[int, list[RevisionLine]], *, prices: bool, user: Any
) -> list[dict[str, Any]]:
    """The words of each kind on each thing that count, and the newest of those that don't: who, when, what."""
    now = digests_now(revisions, lines)
    places = {row.line_id: row.line.place for rows in lines.values() for row in rows}
    withdrawable = may(user, "withdraw_signoff")
    return [
        {
            "row": row,
            "what": row.get_kind_display(),
            "about": about(row, places),
            "verdict": VERDICTS.get(row.verdict, row.verdict),
            "standing": standing(row, now),
            "text": row.text if prices or row.kind not in MONEY else "",
            "withdraw": reverse("orders:withdraw_signoff", args=[row.order.number, row.pk])  # type: ignore[union-attr]
            if withdrawable and row.by_id == user.pk and row.verdict != WITHDRAWN and row.shipment_id is None
            else "",
        }
        for row in shown(signoffs, now)
    ]


def shown(signoffs: list[SignOff], now: set[str]) -> Iterable[SignOff]:
    """Newest first; a word that saw other contents is left out where a newer one of its kind is on the same thing."""
    said: set[tuple[Any, ...]] = set()
    for row in signoffs:
        thing = (row.kind, row.revision_id, row.line_id, row.shipment_id)
        if not hasattr(row, "superseded_by") and (thing not in said or standing(row, now) == COUNTS):
            said.add(thing)
            yield row


def digests_now(revisions: list[Revision], lines: dict[int, list[RevisionLine]]) -> set[str]:
    """Every digest that a signature may have to equal to count."""
    found = {""}
    for revision in revisions:
        if revision.status == Status.SUPERSEDED:
            continue
        found |= {revision.check_digest, revision.credit_digest, revision.print_digest}
        for row in lines.get(revision.pk, []):
            found |= {row.technical_digest, row.material_digest, row.date_digest, row.price_digest}
    return found


def standing(row: SignOff, now: set[str]) -> str:
    if row.verdict == WITHDRAWN:
        return "已撤回"
    return COUNTS if row.shipment_id or row.digest in now else "内容已改，失效"


def about(row: SignOff, places: dict[int, str]) -> str:
    if row.line:
        return places.get(row.line.pk, row.line.former)
    return "发货" if row.shipment_id else ""


# -- revisions ----------------------------------------------------------------------------------------------------


def differences(
    revisions: list[Revision], lines: dict[int, list[RevisionLine]], *, prices: bool
) -> list[dict[str, Any]]:
    """Newest first, each with what it changes of what it was proposed against."""
    found = []
    for revision in revisions:
        base = changes.base_of(revision, revisions)
        made = changes.between(base, revision, lines.get(base.pk, []), lines.get(revision.pk, [])) if base else []
        found.append({"revision": revision, "base": base, "changes": changes.seen_by(made, prices=prices)})
    return found


def open_amendment(revisions: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Of these, the one on its way: drawn up, proposed, or approved and not in force."""
    return next((each for each in revisions if each["base"] and each["revision"].status in OPEN), None)


# -- the promised date --------------------------------------------------------------------------------------------


def pushes(order: Order, revisions: list[Revision]) -> list[dict[str, Any]]:
    """Each day the promised date was moved by, with its reason; no query where nothing was."""
    moved = [revision for revision in revisions if revision.pushes and revision.promised_on]
    if not moved:
        return []
    working = HouseRules.current().push_working_days
    found: dict[int, int] = {}
    rows = []
    for push in DatePush.objects.filter(revision__in=moved, live=True).order_by("day").select_related("by"):
        found[push.revision_id] = found.get(push.revision_id, 0) + 1
        promised = next(revision.promised_on for revision in moved if revision.pk == push.revision_id)
        assert promised is not None  # noqa: S101 (chosen so)
        to = shifted(promised, found[push.revision_id], working_days=working)
        rows.append({"day": push.day, "reason": push.reason, "by": push.by, "to": to})
    return rows


# -- the timeline -------------------------------------------------------------------------------------------------

# What finance alone does is about money, and so are the words on a price and on what leaves unpaid.
# A customer's own words may speak of prices.
HIDDEN_WORDS = {"customer_confirm", "customer_ask", "customer_received", "customer_trouble"}
SHIPMENT_STATES = dict(ShipmentState.choices)


def events_of(order_id: int) -> QuerySet[Event]:
    """Two searches joined, since an OR of both would read the events of all orders."""
    shipments = ShipmentLine.objects.filter(line__order=order_id).order_by().values("shipment_id")
    events = Event.objects.select_related("by").order_by()
    own = events.filter(subject_kind="order", subject_id=order_id)
    theirs = events.filter(subject_kind="shipment", subject_id__in=shipments).exclude(to_state="")
    return own.union(theirs, all=True).order_by("-at", "-id")[:MOST_EVENTS]


EVENTS = Prepared(events_of, int)


def timeline(order: Order, *, prices: bool) -> list[dict[str, Any]]:
    """Everything done to the order, and what moved its shipments on, newest first, in one query.

    A shipment's event without a change of state stands on the order as well.
    """
    return [told(event, prices=prices) for event in EVENTS(order.pk)]


def told(event: Event, *, prices: bool) -> dict[str, Any]:
    states = SHIPMENT_STATES if event.subject_kind == "shipment" else dict(State.choices)
    what = label_of(event.action)
    return {
        "at": event.at,
        "who": event.by,
        "what": f"发货单 {what}" if event.subject_kind == "shipment" else what,
        "from": states.get(event.from_state, ""),
        "to": states.get(event.to_state, ""),
        "from_code": event.from_state,
        "to_code": event.to_state,
        "why": why(event, prices=prices),
        "tone": tone_of(event.action),
    }


def why(event: Event, *, prices: bool) -> str:
    if is_of_money(event.action) and not prices:
        return ""
    return "；".join(filter(None, [event.reason, *particulars(event.action, event.data, prices=prices)]))


def particulars(action: str, data: dict[str, Any], *, prices: bool) -> Iterable[str]:
    """What the event keeps beside its reason, in words; a price only for those who see prices."""
    if days := data.get("days"):
        yield f"{'、'.join(str(day)[5:] for day in days)} 共 {len(days)} 天，预交日 {data.get('promised_on', '')}"
    if (number := data.get("revision")) and number != 1:
        yield f"第 {number} 版"
    for _, label, before, after in [*data.get("changes", ()), *(data.get("priced", ()) if prices else ())]:
        yield f"{label} {f'{before} → ' if before else ''}{after}"
    for key, label in LABELS.items():
        if (value := data.get(key)) and (prices or key != "words" or action not in HIDDEN_WORDS):
            yield f"{label} {moment(value)}"


# Of orders and of shipments alike: whatever an action keeps for its story has its name here.
LABELS = {
    "words": "说明",
    "receiver": "对方",
    "heard": "接听",
    "told": "告知",
    "signer": "签署人",
    "received_at": "收到",
    "agreed": "销售员同意",
    "to": "发至",
    "quantity": "数量",
    "note": "说明",
    "remark": "情况",
    "pallet": "托盘",
}


def moment(value: Any) -> str:
    """A time kept as text, as the page shows it."""
    text = str(value)
    if "T" not in text:
        return text
    try:
        return timezone.localtime(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return text
