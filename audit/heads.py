"""The heads: what was sealed, in files outside the database, each signed and naming the one before it (ADR 15).

A file is lines of JSON: who it follows, one line for each block of rows, and its own head. It is written whole or not
at all, and never again. The key is of `SECRET_KEY`, so that who can write the folder, or the database, still cannot
sign.
"""

import hashlib
import hmac
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from audit.sealed import Rows

MARK = 4


class Broken(Exception):
    """A file of heads is not what was written; the message says which and how."""


@dataclass(frozen=True)
class Block:
    """The rows of one table with after < id ≤ to, as they were: their ids, their digest, and a mark of each that leads
    to the one that was changed."""

    table: str
    columns: list[str]
    after: int
    to: int
    ids: str
    marks: str
    digest: str

    @classmethod
    def of(cls, table: str, columns: list[str], after: int, rows: Rows) -> "Block":
        ids = [pk for pk, _ in rows]
        marks = b64encode(b"".join(digest[:MARK] for _, digest in rows)).decode()
        return cls(table, columns, after, ids[-1], runs(ids), marks, digest_of(rows))

    @property
    def rows(self) -> int:
        return len(b64decode(self.marks)) // MARK

    def differing(self, rows: Rows) -> tuple[list[int], list[int], list[int]]:
        """The ids that were changed, that are gone, and that were put in."""
        marks = b64decode(self.marks)
        then = {pk: marks[place * MARK : (place + 1) * MARK] for place, pk in enumerate(spread(self.ids))}
        now = {pk: digest[:MARK] for pk, digest in rows}
        changed = [pk for pk, mark in now.items() if pk in then and then[pk] != mark]
        return changed, sorted(then.keys() - now.keys()), sorted(now.keys() - then.keys())


def digest_of(rows: Rows) -> str:
    return hashlib.sha256(b"".join(digest for _, digest in rows)).hexdigest()


def runs(ids: Iterable[int]) -> str:
    """«1:16,18»: ascending ids in few characters."""
    found: list[list[int]] = []
    for pk in ids:
        if found and pk == found[-1][1] + 1:
            found[-1][1] = pk
        else:
            found.append([pk, pk])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in found)


def spread(text: str) -> Iterator[int]:
    for run in filter(None, text.split(",")):
        first, _, last = run.partition(":")
        yield from range(int(first), int(last or first) + 1)


@dataclass(frozen=True)
class Anew:
    """What of the earlier seals counts no more and why: those after number `after`, of these tables or of all."""

    after: int
    reason: str
    tables: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Head:
    """One file, as read. `head` is what a person prints."""

    number: int
    at: datetime
    previous: str
    head: str
    path: Path
    anew: Anew | None

    def blocks(self) -> Iterator[Block]:
        with self.path.open(encoding="utf-8") as lines:
            next(lines)
            for line in lines:
                told = json.loads(line)
                if "table" in told:
                    yield Block(**told)

    @property
    def called(self) -> str:
        return f"第 {self.number} 号封存 {timezone.localtime(self.at):%Y-%m-%d %H:%M}"


def folder() -> Path:
    return Path(settings.HEADS_ROOT)


def path_of(number: int) -> Path:
    return folder() / f"{number:06d}.jsonl"


def numbers() -> list[int]:
    """Of the files there are."""
    return sorted(int(path.stem) for path in folder().glob("*.jsonl") if path.stem.isdecimal())


def keys() -> Iterator[bytes]:
    """The key of today, then those of earlier `SECRET_KEY`s."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield salted_hmac("audit.heads", "key", secret=secret, algorithm="sha256").digest()


def write(number: int, at: datetime, previous: str, blocks: Iterable[Block], anew: Anew | None) -> str:
    """Write the file of this number, all of it and on the disk, and return its head."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path_of(number).with_suffix(".part")
    beside.unlink(missing_ok=True)
    mac = hmac.new(next(keys()), digestmod="sha256")
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as target:
        first = {"seal": number, "at": at.isoformat(), "previous": previous, "anew": anew and asdict(anew)}
        for each in chain([first], map(asdict, blocks)):
            line = json.dumps(each, ensure_ascii=False).encode() + b"\n"
            mac.update(line)
            target.write(line)
        head = mac.hexdigest()
        target.write(json.dumps({"head": head}).encode() + b"\n")
        target.flush()
        os.fsync(target.fileno())
    beside.rename(path_of(number))
    sync(folder())
    return head


def sync(directory: Path) -> None:
    """Have the name of a new file on the disk as well."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(number: int) -> Head:
    """The file of this number, its signature checked. Raises Broken."""
    path = path_of(number)
    macs = [hmac.new(key, digestmod="sha256") for key in keys()]
    first, last = b"", b""
    try:
        with path.open("rb") as lines:
            for line in lines:
                first = first or line
                for mac in macs if last else ():
                    mac.update(last)
                last = line
        told, head = json.loads(first), str(json.loads(last)["head"])
        made = Head(number, datetime.fromisoformat(told["at"]), told["previous"], head, path, as_anew(told.get("anew")))
        is_own = told["seal"] == number
    except FileNotFoundError:
        raise Broken(f"封存文件 {path.name} 不见了") from None
    except (ValueError, KeyError, TypeError, OSError):
        raise Broken(f"封存文件 {path.name} 被截断或改动，读不出来") from None
    if not is_own or not any(hmac.compare_digest(mac.hexdigest(), head) for mac in macs):
        raise Broken(f"封存文件 {path.name} 被改动，签名不符（或 SECRET_KEY 已更换而未列入 OLD_SECRET_KEYS）")
    return made


def as_anew(told: dict[str, Any] | None) -> Anew | None:
    return Anew(**told) if told else None
