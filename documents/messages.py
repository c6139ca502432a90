"""The outbox as people see it: who may look at which rows, finding them, and telling whoever minds one in trouble."""

from collections.abc import Iterable, Mapping

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.permissions import roles_of
from documents import access, notices
from documents.models import OutboxRow, Sending

# What each channel is called; one that is not named here shows its code.
LABELS = {
    "email": "电子邮件",
    "notice": "站内通知",
    "render": "单据生成",
    "bundle": "合并与导出",
    "owed_reread": "待办重算",
    "due_again": "时限重算",
    "material_changed": "到料变化",
    "card_changed": "工艺卡换版",
    "date_pushed": "顺延通知",
    "import_orders": "订单导入",
}
State = OutboxRow.State


def rows_of(user: User) -> QuerySet[OutboxRow]:
    """All for admins; for others the mails about orders and shipments that they see."""
    if "admin" in roles_of(user):
        return OutboxRow.objects.all()
    seen = Sending.objects.filter(access.subjects_seen_by(user), outbox=OuterRef("pk"))
    return OutboxRow.objects.filter(Exists(seen))


def found(*, state: str = "", channel: str = "", words: str = "") -> QuerySet[OutboxRow]:
    """For the list; `words` is the beginning of an order's or paper's number, or of a key."""
    rows = OutboxRow.objects.select_related("sending")
    if state:
        rows = rows.filter(state=state)
    if channel:
        rows = rows.filter(channel=channel)
    if words:
        rows = rows.filter(Q(about__startswith=words) | Q(key__startswith=words))
    return rows


def in_trouble() -> dict[str, int]:
    """How many wait for a person, by state."""
    rows = OutboxRow.objects.filter(state__in=[State.FAILED, State.DOUBTFUL])
    return dict(rows.values_list("state").annotate(Count("pk")))


def receiver_of(row: OutboxRow, names: Mapping[int, str]) -> str:
    """To whom it goes, where it goes to somebody: a mail's addresses, a notice's person."""
    to = row.payload.get("to") or names.get(row.payload.get("recipient"), "")
    return "、".join(map(str, to)) if isinstance(to, list) else str(to)


def names_of(rows: Iterable[OutboxRow]) -> dict[int, str]:
    """The people that notices go to, in one query."""
    ids = {row.payload["recipient"] for row in rows if "recipient" in row.payload}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))


def title_of(row: OutboxRow) -> str:
    """What it is about, without what it says: a notice may name an amount, and admins see no prices."""
    kind = notices.find(row.payload.get("kind", ""))
    return str(row.payload.get("subject") or (kind and kind.label) or row.key)[:120]


def minders(rows: Iterable[OutboxRow]) -> dict[int, list[int]]:
    """Row → the people to tell that it failed or is in doubt: whoever sent it or asked for it, else the admins."""
    admins: list[int] | None = None
    found: dict[int, list[int]] = {}
    for row in rows:
        sending = getattr(row, "sending", None)
        minder = sending.minder_id if sending is not None else row.payload.get("minder")
        if minder:
            found[row.pk] = [minder]
        else:
            if admins is None:
                admins = list(User.objects.filter(groups__name="admin", is_active=True).values_list("pk", flat=True))
            found[row.pk] = admins
    return found
