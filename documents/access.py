"""Who may see a file or paper: asked of the department whose subject it hangs on. Unregistered = nobody (B7).

One rule for a page and for a list of a hundred thousand: a condition on the row, judged by the database.
"""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.permissions import sees_prices
from documents import kinds
from documents.models import Attachment, Document

if TYPE_CHECKING:
    from accounts.models import User

# Given the person: the condition on a row's `subject_id` under which they see it.
Scope = Callable[["User"], Q]
_subjects: dict[str, Scope] = {}


def register(subject_kind: str, scope: Scope) -> None:
    _subjects[subject_kind] = scope


def among(rows: Callable[["User"], QuerySet[Any]]) -> Scope:
    """Seen by those who see the subject's own row.

    A scalar subquery, because PostgreSQL would read every subject there is into a hash table for an EXISTS under OR.
    """
    return lambda user: Q(subject_id=Subquery(rows(user).filter(pk=OuterRef("subject_id")).order_by().values("pk")[:1]))


def subjects_seen_by(user: "User") -> Q:
    seen = (Q(subject_kind=kind) & scope(user) for kind, scope in _subjects.items())
    return reduce(or_, seen, Q(pk__in=[]))


def documents_seen_by(user: "User", rows: QuerySet[Document] | None = None) -> QuerySet[Document]:
    """The papers of subjects that `user` sees; those with prices only for those who may see prices."""
    found = Document.objects.all() if rows is None else rows
    return found.filter(subjects_seen_by(user), kind__in=kinds.codes(prices=sees_prices(user)))


def attachments_seen_by(user: "User") -> QuerySet[Attachment]:
    return Attachment.objects.filter(subjects_seen_by(user))
