"""Where log-ins are kept: Django's sessions in a table that knows whose each is, when it began and was last used.

`expire_date` is the earlier of two ends, idle and absolute, so that reading a session stays the one statement it was.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.http import HttpRequest
from django.utils import timezone

from accounts.addresses import address_of
from accounts.models import Session
from accounts.signins import agent_of

# How often a session in use is written down: pages pay no write each, and the idle time is right to this much.
NOTED = timedelta(minutes=1)
# Between the password and the second factor.
WAITING = timedelta(minutes=10)
BEGUN = "begun"


class SessionStore(db.SessionStore):
    """SESSION_ENGINE."""

    # When the session was last noted as used; None while it is not read from the table.
    seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        row: Session | None = super()._get_session_from_db()  # type: ignore[misc]
        self.seen_at = row.seen_at if row else None
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now = timezone.now()
        begun = data.get(BEGUN, {})
        return Session(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=ends(data, now),
            user_id=data.get(SESSION_KEY),
            began_at=began(data, now),
            seen_at=now,
            address=begun.get("address"),
            agent=begun.get("agent", ""),
        )

    def note_use(self, now: datetime) -> None:
        """Move the idle end on, once a minute at most."""
        if self.session_key and self.seen_at and now - self.seen_at >= NOTED:
            Session.objects.filter(pk=self.session_key).update(seen_at=now, expire_date=ends(dict(self.items()), now))


def began(data: dict[str, Any], now: datetime) -> datetime:
    at = data.get(BEGUN, {}).get("at")
    return datetime.fromtimestamp(at, UTC) if at else now


def ends(data: dict[str, Any], now: datetime) -> datetime:
    """When a session last used `now` is over: after the idle time, and in any case so many hours after it began."""
    if SESSION_KEY not in data:
        return now + WAITING
    absolute = began(data, now) + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return min(now + timedelta(minutes=settings.SESSION_IDLE_MINUTES), absolute)


def note_beginning(request: HttpRequest, **kwargs: Any) -> None:
    """At log-in, whichever page it was made on: what the list of one's sessions tells of it."""
    begun = {"at": timezone.now().timestamp(), "address": address_of(request), "agent": agent_of(request)}
    request.session[BEGUN] = begun
