"""How a carrier's own system reports from the road: one adapter for each way of doing it.

An adapter proves that a call is the carrier's and puts its body into `Reported`. To add one, write a class with the
two methods of `Adapter` and enter it in `ADAPTERS`; `docs/carriers.md` tells what a carrier must send to `signed`.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from django.utils.dateparse import parse_datetime

from shipping.models import Checkpoint

FRESH = timedelta(minutes=5)
MOST = 200
# No carrier saw our goods earlier; a clock that runs ahead is a day off at most.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)


class Forged(Exception):
    """The call is not proved to be the carrier's, or is too old to be told from one that is sent again."""


class Unreadable(Exception):
    """The body is not as agreed; the message says where."""


@dataclass(frozen=True)
class Reported:
    """One report: the carrier's own id of it, the waybill, and what was seen where and when."""

    report_id: str
    waybill: str
    kind: str
    seen_at: datetime
    place: str = ""
    words: str = ""


class Adapter(Protocol):
    label: str

    def verify(self, key: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raises Forged."""

    def read(self, body: bytes, now: datetime) -> list[Reported]:
        """Raises Unreadable."""


class Signed:
    """JSON signed with the shared key: HMAC-SHA256 over «time stamp, full stop, body», both in headers."""

    label = "签名 JSON（HMAC-SHA256）"

    def verify(self, key: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        stamp, given = headers.get("X-Timestamp", ""), headers.get("X-Signature", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
            raise Forged
        meant = hmac.new(key.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(meant.encode(), given.encode("utf-8", "replace")):
            raise Forged
        if abs(now.timestamp() - int(stamp)) > FRESH.total_seconds():
            raise Forged

    def read(self, body: bytes, now: datetime) -> list[Reported]:
        try:
            rows = json.loads(body)["reports"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Unreadable("reports: a list is missing") from error
        if not isinstance(rows, list) or not 0 < len(rows) <= MOST:
            raise Unreadable(f"reports: 1 to {MOST} at a time")
        return [self.one(place, row, now) for place, row in enumerate(rows)]

    def one(self, place: int, row: Any, now: datetime) -> Reported:
        if not isinstance(row, dict):
            raise Unreadable(f"reports[{place}]: not an object")
        texts = {name: row.get(name, "") for name in ("id", "waybill", "kind", "place", "words", "at")}
        if wrong := [name for name, text in texts.items() if not isinstance(text, str) or "\x00" in text]:
            raise Unreadable(f"reports[{place}].{wrong[0]}: not a text")
        try:
            seen_at = parse_datetime(texts["at"])
        except ValueError:
            seen_at = None
        if seen_at is None or seen_at.tzinfo is None:
            raise Unreadable(f"reports[{place}].at: a time with its zone, as 2026-11-24T09:30:00+08:00")
        if not EARLIEST <= seen_at <= now + AHEAD:
            raise Unreadable(f"reports[{place}].at: a time between the year 2000 and tomorrow")
        if texts["kind"] not in Checkpoint.Kind.values:
            raise Unreadable(f"reports[{place}].kind: one of {', '.join(Checkpoint.Kind.values)}")
        if not 0 < len(texts["id"]) <= 80 or not 0 < len(texts["waybill"]) <= 60:
            raise Unreadable(f"reports[{place}]: id and waybill are required")
        return Reported(
            texts["id"], texts["waybill"], texts["kind"], seen_at, texts["place"][:80], texts["words"][:500]
        )


ADAPTERS: dict[str, Adapter] = {"signed": Signed()}
