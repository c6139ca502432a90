"""What is read of papers, files and notices."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from documents import access, finding
from documents.models import Attachment, Document, Letterhead, Notice
from documents.numbering import BUSINESS_ZONE

if TYPE_CHECKING:
    from accounts.models import User

LETTERHEAD_FIELDS = [field.name for field in Letterhead._meta.concrete_fields if field.name != "id"]


def letterhead() -> dict[str, Any]:
    """The firm as it is now; a named gap where no one has filled it in yet."""
    row = Letterhead.objects.filter(pk=1).values(*LETTERHEAD_FIELDS).first()
    return row or dict.fromkeys(LETTERHEAD_FIELDS, "") | {"name": "（请在管理后台填写公司抬头）"}


def current_document(kind: str, subject_kind: str, subject_id: int) -> Document | None:
    """The latest version of that paper, whether or not it is rendered yet."""
    return documents_of(subject_kind, subject_id).filter(kind=kind).order_by("-version").first()


def documents_of(subject_kind: str, subject_id: int) -> QuerySet[Document]:
    """Every version of every paper of one subject, newest first, with what a list of them shows."""
    return (
        Document.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
        .select_related("rendering", "continuous", "superseded_by", "withdrawal", "made_by")
        .defer("data", "letterhead")
        .order_by("-made_at", "-pk")
    )


MOST_COUNTED = 1_000


def archive(user: "User", *, words: str = "", kind: str = "", month: date | None = None) -> QuerySet[Document]:
    """The papers that `user` sees and that fit, with what a row of the archive shows."""
    found = access.documents_seen_by(user).select_related("rendering", "superseded_by", "withdrawal")
    found = found.defer("data", "letterhead", "layout", "superseded_by__data", "superseded_by__letterhead")
    if words.strip():
        found = found.filter(search__matches=finding.asked_for(words))
    if kind:
        found = found.filter(kind=kind)
    if month:
        found = found.filter(made_at__gte=start_of(month), made_at__lt=start_of(next_month(month)))
    return found


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), BUSINESS_ZONE)


def next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def count_up_to(found: QuerySet[Any], most: int) -> str:
    """How many there are, without counting past `most`."""
    count = found.order_by().values("pk")[: most + 1].count()
    return f"{count:,}" if count <= most else f"{most:,}+"


def attachments_of(subject_kind: str, subject_id: int) -> QuerySet[Attachment]:
    return Attachment.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("pk")


def notices_of(user: "User") -> QuerySet[Notice]:
    return Notice.objects.filter(recipient=user).order_by("-pk")


def unread_count(user: "User") -> int:
    return Notice.objects.filter(recipient=user, read_at=None).count()
