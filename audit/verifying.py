"""Finding what was changed past the application: sealed rows against their heads, events against their chain (B25)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from audit import standing
from audit.chain import broken_rows
from audit.heads import Block, Head, digest_of, runs
from audit.sealed import LOWEST, read_plainly, tables
from audit.standing import Standing

# So many rows of a table are named, the others counted.
MOST_NAMED = 20


@dataclass
class Report:
    """`faults` is what is wrong, in words; `notes` what one should know all the same."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Change:
    """A row that is not as it was sealed; `row` is None where the whole block can only be named."""

    head: Head
    table: str
    what: str
    row: int | None = None


@transaction.atomic
def verify(*, since: datetime | None = None, head: str = "") -> Report:
    """Compare what was sealed since that moment, or ever, and the chain of the events from there on. `head` is one that
    was kept elsewhere."""
    found = standing.look()
    first = first_since(found, since)
    changes = list(differing(found, since=first))
    report = Report(list(found.faults))
    if head and all(each.head != head.strip().lower() for each in found.files.values()):
        report.faults.append(f"封存文件中没有这个头：{head}")
    if found.unlisted:
        lost = any(change.head.number >= found.unlisted[0].number for change in changes)
        (report.faults if lost else report.notes).append(older(found) if lost else interrupted(found))
    report.faults += named(changes)
    for pk, kind, subject, seq in broken_rows(last_event_before(found, first)):
        report.faults.append(f"操作记录 {pk}（{kind} {subject} 第 {seq} 条）与哈希链不符")
    report.notes += summary(found)
    return report


def first_since(found: Standing, since: datetime | None) -> int:
    return min((n for n, head in found.files.items() if since is None or head.at >= since), default=found.newest + 1)


def last_event_before(found: Standing, number: int) -> int:
    sealed = (block.to for head, block in found.blocks() if head.number < number and block.table == "audit_event")
    return max(sealed, default=LOWEST)


def differing(found: Standing, *, since: int = 0) -> Iterator[Change]:
    """Every row of these blocks, read again, that is not as it was."""
    known = tables()
    read_plainly()
    for head, block in found.blocks(since):
        table = known.get(block.table)
        if table is None or not set(block.columns) <= table.all_columns:
            yield Change(head, block.table, "的结构与封存时不同（升级之后请以 seal_audit --anew 重新封存此表）")
            continue
        rows = table.digests(block.after, block.to, block.columns)
        if digest_of(rows) != block.digest:
            yield from changes_of(head, block, table.words, block.differing(rows))


def changes_of(head: Head, block: Block, words: str, ids: tuple[list[int], list[int], list[int]]) -> Iterator[Change]:
    found = [
        Change(head, words, what, pk)
        for what, rows in zip(("被改动", "被删除", "是后来插入的"), ids, strict=True)
        for pk in rows
    ]
    yield from found or [Change(head, words, f"第 {block.ids} 行之中有改动")]


def named(changes: Iterable[Change]) -> Iterator[str]:
    """Each in words; where many rows of one table differ, the first of them and how many there are."""
    of: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in changes:
        of[change.table, change.what].append(change)
    for (table, what), rows in of.items():
        for change in rows[:MOST_NAMED]:
            row = f"第 {change.row} 行" if change.row is not None else ""
            yield f"{table}{row}{what}（{change.head.called}）"
        if len(rows) > MOST_NAMED:
            every = runs(change.row for change in rows if change.row is not None).replace(":", "–")
            yield f"{table}共有 {len(rows)} 行{what}：{every}"


def older(found: Standing) -> str:
    """The database knows less than the files."""
    last, next_one, newest = max(found.listed, default=0), found.unlisted[0], found.unlisted[-1]
    known = f"库中的封存只登记到第 {last} 号" if last else "库中没有任何封存的登记"
    return (
        f"数据库比封存文件旧：{known}，文件已到{newest.called}。数据库恢复自{next_one.called} 之前的备份，"
        f"或其后的行与登记被删除。确属恢复备份的，请执行 seal_audit --anew --after {last} --reason 原因。"
    )


def interrupted(found: Standing) -> str:
    return "、".join(head.called for head in found.unlisted) + " 没有登记到库中，数据完好；下次封存时补登"


def summary(found: Standing) -> Iterator[str]:
    for number, anew in found.anew:
        only = f"（{'、'.join(anew.tables)}）" if anew.tables else ""
        yield f"第 {number} 号封存由第 {anew.after} 号之后重新开始{only}：{anew.reason}"
    tops = found.tops()
    waiting = sum(table.count(tops.get(name, LOWEST)) for name, table in tables().items())
    last = f"已封存至{found.last.called}，头 {found.last.head}" if found.last else "尚未封存（seal_audit）"
    yield f"{last}；其后 {waiting} 行尚未封存"
