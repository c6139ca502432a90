"""Sealing: each night, what every growing table has more than at the last seal is put into a file outside the database
(B25, ADR 15). What is sealed is not read again."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from audit import heads, standing, verifying
from audit.errors import Refused
from audit.heads import Anew, Block
from audit.models import Seal
from audit.sealed import LOWEST, Table, read_plainly, tables, writers
from audit.standing import Standing

PAGE = 1_000
# Seconds to wait for those who are writing while the ids are looked up; what they write to is left for next time.
PATIENCE = 60.0
ONE_AT_A_TIME = 0x5EA1


@dataclass
class Sealed:
    """What a run did. `left` are the tables that somebody was still writing to."""

    number: int
    at: datetime
    head: str = ""
    rows: int = 0
    left: list[Table] = field(default_factory=list)

    @property
    def words(self) -> str:
        """The line to print and keep elsewhere."""
        return f"第 {self.number} 号 {timezone.localtime(self.at):%Y-%m-%d %H:%M} {self.head}"


@transaction.atomic
def seal(at: datetime, *, anew: Anew | None = None, patience: float = PATIENCE) -> Sealed:
    """Seal what is new. Raises Refused while another seal runs, and where the last one can't be built upon: its file is
    broken or gone, or the database is older than it; `anew` says after which number to begin again, and why."""
    one_at_a_time()
    found = standing.look()
    done = Sealed(found.newest + 1, at)
    if anew:
        found.anew.append((done.number, anew))
    take_up(found)
    read_plainly()
    blocks = new_blocks(found.tops(), done, patience)
    done.head = heads.write(done.number, at, found.last.head if found.last else "", blocks, anew)
    Seal.objects.create(number=done.number, head=done.head, at=at)
    return done


def one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            raise Refused("另一次封存正在进行，请稍后再试。")


def take_up(found: Standing) -> None:
    """Go on from the last seal. One that was interrupted after its file was written is listed now. Raises Refused."""
    last = found.newest
    if last and last not in found.files and not found.is_void(last):
        raise Refused(f"第 {last} 号封存的文件不见了或被改动，不能接着封存；请先 verify_audit 查明。")
    unlisted = found.unlisted
    if unlisted and any(True for _ in verifying.differing(found, since=unlisted[0].number)):
        raise Refused(verifying.older(found))
    Seal.objects.bulk_create(Seal(number=head.number, head=head.head, at=head.at) for head in unlisted)


def new_blocks(tops: dict[str, int], done: Sealed, patience: float) -> Iterator[Block]:
    """What each table has above its top. Ids that somebody drew and has not committed would come to lie below the next
    top, so those who are writing are waited for."""
    known = tables()
    now = {name: table.top() for name, table in known.items()}
    busy = still_written(list(known), patience)
    done.left = [known[name] for name in sorted(busy)]
    for name, table in known.items():
        if name in busy:
            continue
        after = tops.get(name, LOWEST)
        for rows in table.pages(after, now[name], PAGE):
            done.rows += len(rows)
            yield Block.of(name, table.columns, after, rows)
            after = rows[-1][0]


def still_written(names: list[str], patience: float) -> set[str]:
    """The tables that a transaction of this moment is still writing to after `patience` seconds."""
    before = writers(names)
    until = time.monotonic() + patience
    while (rest := before & writers(names) if before else set()) and time.monotonic() < until:
        time.sleep(0.2)
    return {name for name, _ in rest}
