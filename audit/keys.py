"""Idempotency keys: a form sent twice is carried out once (B1)."""

import hashlib
import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.core.files.base import File
from django.db import connection, models

from audit.errors import AlreadyDone, KeyReused
from audit.models import ActionKey, ActionResult


def plain(value: Any) -> Any:
    """`value` as JSON types, the same for the same contents: rows by id, files by their hash."""
    if isinstance(value, models.Model):
        return [value._meta.label, value.pk]
    if isinstance(value, File):
        digest = hashlib.sha256(b"".join(value.chunks())).hexdigest()
        value.seek(0)
        return digest
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in sorted(value.items(), key=lambda pair: str(pair[0]))}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"no stable form of {type(value).__name__}")


def digest_of(value: Any) -> str:
    """A sha256 that is equal exactly for equal contents."""
    return hashlib.sha256(json.dumps(plain(value), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def claim(user_id: int | None, action: str, key: str, digest: str, at: datetime) -> int:
    """Take `key` for this transaction and return its row's id; waits for a twin still at work.

    Raises AlreadyDone for the same contents, KeyReused for others.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_actionkey (user_id, action, key, digest, at) VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT DO NOTHING RETURNING id",
            [user_id, action, key, digest, at],
        )
        row = cursor.fetchone()
    if row:
        return row[0]
    earlier = ActionKey.objects.select_related("result").get(user=user_id, action=action, key=key)
    if earlier.digest == digest:
        raise AlreadyDone(earlier.result.url)
    raise KeyReused(earlier.result.url)


def settle(key_id: int, url: str) -> None:
    ActionResult.objects.create(key_id=key_id, url=url)
