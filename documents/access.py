"""Who may see a file or paper: those who see the subject it hangs on, and of them its audience (B7).

The first is asked of the department whose subject it is: unregistered = nobody. The second stands on the row. One rule
for a page and for a list of a hundred thousand: a condition on the row, judged by the database.
"""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.permissions import sees_prices
from documents.audience import Audience
from documents.models import Attachment, Bundle, Document

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


def audiences_of(user: "User") -> frozenset[Audience]:
    return frozenset(Audience) if sees_prices(user) else frozenset({Audience.PLAIN})


def is_for(user: "User", kept: Attachment | Document) -> bool:
    """Of what hangs on a page that `user` has open: whether it may be shown and named to them."""
    return kept.audience in audiences_of(user)


def documents_seen_by(user: "User", rows: QuerySet[Document] | None = None) -> QuerySet[Document]:
    """The papers of subjects that `user` sees, as far as they are for them."""
    found = Document.objects.all() if rows is None else rows
    return found.filter(subjects_seen_by(user), of_audience(audiences_of(user)))


def attachments_seen_by(user: "User", rows: QuerySet[Attachment] | None = None) -> QuerySet[Attachment]:
    """The same of files."""
    found = Attachment.objects.all() if rows is None else rows
    return found.filter(subjects_seen_by(user), of_audience(audiences_of(user)))


def of_audience(audiences: frozenset[Audience]) -> Q:
    """Nothing to compare for those whom everything is for: the lists of most people stay as quick as they were."""
    return Q() if audiences == frozenset(Audience) else Q(audience__in=audiences)


def is_seen(user: "User", bundle: Bundle) -> bool:
    """A bundle is its maker's alone, and only while every paper in it is still theirs to see (B8)."""
    papers = {document for document, _ in bundle.items}
    seen = documents_seen_by(user, Document.objects.filter(pk__in=papers))
    return bundle.by_id == user.pk and seen.count() == len(papers)
