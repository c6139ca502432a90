"""Reading a bank's statement: each bank names and orders its columns its own way, with lines of its own on top."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from documents import cells, tables

HEADS_WITHIN = 30
MOST_NAMED = 10
ZERO = Decimal(0)

# What the usual exports call each column; the first that stands in the heads counts.
NAMES = {
    "day": ("交易日期", "交易时间", "记账日期", "入账日期", "日期"),
    "credit": ("贷方金额", "贷方发生额", "收入金额", "收入", "转入金额", "贷方"),
    "debit": ("借方金额", "借方发生额", "支出金额", "支出", "转出金额", "借方"),
    "amount": ("交易金额", "发生额", "金额"),
    "payer": ("对方户名", "对方名称", "对方单位名称", "对方单位", "付款人名称", "付款人"),
    "account": ("对方账号", "对方帐号", "付款人账号", "付款账号"),
    "note": ("摘要", "附言", "用途", "交易附言", "备注"),
    "ref": ("交易流水号", "流水号", "交易参考号"),
    # Begins anew now and then, so it tells two lines of one day apart but names none for good.
    "voucher": ("凭证号", "凭证号码"),
    "direction": ("借贷标志", "借贷方向", "收支标志", "收/支", "收支", "收支类型"),
}
IN, OUT = (
    frozenset({"贷", "贷方", "收", "收入", "转入", "C", "CR"}),
    frozenset({"借", "借方", "支", "支出", "转出", "付", "D", "DR"}),
)
UNSIGNED = "只有交易金额一列，看不出是收是支。请导出带借贷标志的流水，或贷方金额、借方金额分列的流水。"


class Wrong(Exception):
    """The statement cannot be taken; the message names the rows, in Chinese."""


@dataclass(frozen=True)
class Incoming:
    """One line of money that came in, on a row of the file. `key` is the same whenever the same line is handed in."""

    row: int
    key: str
    has_ref: bool
    day: date
    amount: Decimal
    payer: str
    account: str
    note: str


@dataclass(frozen=True)
class Statement:
    lines: list[Incoming]
    outgoing: int


def read(lines: Sequence[tables.Line]) -> Statement:
    """Raises Wrong for lines that are no statement, or with rows that cannot be read."""
    at = next((at for at, (_, line) in enumerate(lines[:HEADS_WITHIN]) if is_heads(line)), None)
    if at is None:
        raise Wrong("没有找到表头：须有交易日期和贷方金额（或收入金额、交易金额）两列。")
    return judged(lines[at + 1 :], places_of(lines[at][1]))


def is_heads(line: list[Any]) -> bool:
    found = places_of(line)
    return "day" in found and bool(found.keys() & {"credit", "amount"})


def places_of(line: list[Any]) -> dict[str, int]:
    heads = {str(cell).strip().split("（")[0].split("(")[0].strip(): at for at, cell in enumerate(line) if cell}
    found = {}
    for name, known in NAMES.items():
        place = next((heads[head] for head in known if head in heads), None)
        if place is not None:
            found[name] = place
    return found


def judged(rows: Sequence[tables.Line], places: dict[str, int]) -> Statement:
    check_direction(rows, places)
    found: list[Incoming] = []
    wrong: list[str] = []
    outgoing = 0
    seen: Counter[str] = Counter()
    for number, row in rows:
        if is_foot(row, places):
            continue
        try:
            amount = amount_in(row, places)
            if amount <= 0:
                outgoing += 1
                continue
            found.append(line_of(number, row, places, amount, seen))
        except ValueError as error:
            wrong.append(f"第 {number} 行：{error}。")
    if wrong:
        more = [f"另有 {len(wrong) - MOST_NAMED} 行有误。"] if len(wrong) > MOST_NAMED else []
        raise Wrong("".join([*wrong[:MOST_NAMED], *more]))
    doubled = [key for key, times in Counter(line.key for line in found).items() if times > 1]
    if doubled:
        raise Wrong(f"文件中流水号重复：{'、'.join(doubled[:MOST_NAMED])}。")
    if not found:
        raise Wrong("文件中没有收入的流水。")
    return Statement(found, outgoing)


def check_direction(rows: Sequence[tables.Line], places: dict[str, int]) -> None:
    """One column of amounts tells income from expense by a mark beside it, or by the sign of at least one line."""
    if {"credit", "direction", "debit"} & places.keys():
        return
    if not any(str(cell(row, places, "amount") or "").strip().startswith(("-", "－", "(")) for _, row in rows):
        raise Wrong(UNSIGNED)


def is_foot(row: list[Any], places: dict[str, int]) -> bool:
    """A sum below the lines: it has no day."""
    return cells.empty(cell(row, places, "day")) and any("合计" in str(value) or "总计" in str(value) for value in row)


def cell(row: list[Any], places: dict[str, int], name: str) -> Any:
    place = places.get(name)
    return row[place] if place is not None and place < len(row) else None


def value(row: list[Any], places: dict[str, int], name: str, of: Callable[[Any], Any], otherwise: Any) -> Any:
    found = cell(row, places, name)
    return otherwise if cells.empty(found) or str(found).strip() in ("-", "--") else of(found)


def amount_in(row: list[Any], places: dict[str, int]) -> Decimal:
    """What came in; nothing or less where the line went out. Raises ValueError."""
    credit = value(row, places, "credit" if "credit" in places else "amount", cells.number, ZERO)
    if "credit" not in places and "direction" in places:
        credit = directed(credit, value(row, places, "direction", cells.text(20), ""))
    debit = value(row, places, "debit", cells.number, ZERO)
    if credit and debit:
        raise ValueError("同一行既有收入又有支出")
    if not credit and not debit:
        raise ValueError("没有金额")
    if credit != credit.quantize(Decimal("0.01")):
        raise ValueError("金额最多两位小数")
    return Decimal(credit or -debit)


def directed(amount: Decimal, mark: str) -> Decimal:
    """Raises ValueError for a mark that is not known: money is not guessed at."""
    mark = mark.strip().upper()
    if mark not in IN | OUT:
        raise ValueError(f"「{mark}」看不出是收是支" if mark else "没有借贷标志")
    return amount if mark in IN else -abs(amount)


def line_of(number: int, row: list[Any], places: dict[str, int], amount: Decimal, seen: Counter[str]) -> Incoming:
    raw = cell(row, places, "day")
    if cells.empty(raw):
        raise ValueError("没有交易日期")
    day = cells.day(raw[:10] if isinstance(raw, str) and raw[:1].isdigit() and "年" not in raw else compact(raw))
    payer = value(row, places, "payer", cells.text(80), "")
    account = value(row, places, "account", cells.text(40), "").replace(" ", "")
    note = value(row, places, "note", cells.text(200), "")
    ref = value(row, places, "ref", cells.text(60), "").upper()
    if ref:
        return Incoming(number, ref, True, day, amount, payer, account, note)
    facts = f"{day}|{amount:.2f}|{payer}|{account}|{note}"
    if voucher := value(row, places, "voucher", cells.text(60), ""):
        facts += f"|{voucher}"
    seen[facts] += 1  # two payments that read the same on one day are two
    digest = hashlib.sha256(f"{facts}|{seen[facts]}".encode()).hexdigest()
    return Incoming(number, f"D{digest[:40]}", False, day, amount, payer, account, note)


def compact(raw: Any) -> Any:
    return raw.split()[0] if isinstance(raw, str) else raw
