"""A bank's statement of 5,000 lines, handed in by finance, and once more."""

import random
import time
from dataclasses import dataclass
from datetime import date

from bench.client import Client, Unexpected
from bench.seeding import SEED
from finance.models import BankLine

LINES = 5000
HEADS = "交易日期,借方金额,贷方金额,对方户名,对方账号,摘要,交易流水号"
PAGE = "/finance/bank/"


@dataclass
class HandedIn:
    """Seconds of the first time and of the second, and the lines that the second one added."""

    first: float
    again: float
    doubled: int


def statement(day: date) -> bytes:
    dice = random.Random(SEED)  # noqa: S311
    rows = [
        f"{day},,{dice.randrange(100, 10**8) / 100:.2f},客户{dice.randrange(2000)},6217{row},货款,R{row:06d}"
        for row in range(LINES)
    ]
    return "\n".join([HEADS, *rows]).encode()


def hand_in(client: Client, day: date) -> HandedIn:
    content = statement(day)
    first = once(client, content)
    lines = BankLine.objects.count()
    return HandedIn(first, once(client, content), BankLine.objects.count() - lines)


def once(client: Client, content: bytes) -> float:
    fields = client.form(PAGE)
    began = time.perf_counter()
    answer = client.upload(PAGE, fields, "file", "bank.csv", content)
    if answer.status != 302:
        raise Unexpected(f"{answer.status} {answer.body[:2000]}")
    return time.perf_counter() - began
