"""Who may see a file or paper: asked of the department whose subject it hangs on. Unregistered = nobody (B7)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from accounts.permissions import sees_prices
from documents import kinds

if TYPE_CHECKING:
    from accounts.models import User
    from documents.models import Document

Sees = Callable[["User", int], bool]
_subjects: dict[str, Sees] = {}


def register(subject_kind: str, sees: Sees) -> None:
    _subjects[subject_kind] = sees


def sees_subject(user: "User", subject_kind: str, subject_id: int) -> bool:
    sees = _subjects.get(subject_kind)
    return sees is not None and sees(user, subject_id)


def sees_document(user: "User", document: "Document") -> bool:
    """The kind's own rule, else the subject's; and a paper with prices only for those who may see prices."""
    kind = kinds.find(document.kind)
    if kind is None or (kind.audience == "prices" and not sees_prices(user)):
        return False
    if kind.visible is not None:
        return kind.visible(user, document)
    return sees_subject(user, document.subject_kind, document.subject_id)
