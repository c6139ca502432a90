"""Seeds, drives, measures and reports; runs in the environment that `python -m bench` prepares."""

import argparse
import sys
import time
from pathlib import Path

import django

django.setup()

from django.db import connection  # noqa: E402

from bench import bank, departments, floor, machines, material, report  # noqa: E402
from bench.client import Unexpected  # noqa: E402
from bench.scenes import House  # noqa: E402
from bench.seeding import Trade  # noqa: E402
from bench.server import memory_of, serving  # noqa: E402

SMALL = 1000
NIGHTLY = 10_000


def main() -> int:
    asked = argparse.ArgumentParser(prog="./dev bench")
    asked.add_argument("--orders", type=int, default=5000)
    asked.add_argument("--rounds", type=int, default=3, help="rounds over all pages")
    asked.add_argument("--each", type=int, default=12, help="requests per client, page and round")
    asked.add_argument("--due", type=int, default=NIGHTLY, help="orders that the nightly push finds due")
    asked.add_argument("--write", action="store_true", help="write docs/performance.md")
    given = asked.parse_args()
    fill_fast()
    say("样本订单")
    trade = Trade(given.orders)
    result = report.Result(orders=given.orders, due=given.due)
    with serving() as (port, master):
        say(f"{SMALL} 张订单")
        trade.grow(min(SMALL, given.orders))
        machines.lay(trade.company, trade.press.made_on)
        material.issue(trade.company)
        result.small = House(port, trade.company).look(given.rounds, given.each)
        say(f"{given.orders} 张订单")
        began = time.monotonic()
        trade.grow(given.orders)
        result.open, result.seconds_to_seed = trade.open, time.monotonic() - began
        say("页面")
        house = House(port, trade.company)
        result.pages = house.look(given.rounds, given.each)
        say("动作")
        wanted = {
            "签字(客服核对)": lambda: house.check(15),
            "批准": lambda: house.approve(15),
            "下达": lambda: house.release(10),
            "新建 5 行订单(8 人同时)": lambda: house.create(8),
            "新建 5 行订单(1 人)": lambda: house.create(25, clients=1),
            "技术签字": lambda: house.of_department("technical", departments.technical_words()),
            "报工": lambda: house.of_department("production", departments.reports()),
            "检验": lambda: house.of_department("quality", departments.inspections()),
            "检验会签": lambda: house.act(house.clerks, departments.countersignatures(), 10),
            "成品入库": lambda: house.of_department("quality", departments.receipts_into_stock()),
            "登记收款": lambda: house.of_department("finance", departments.payments()),
            "起草发货": lambda: house.act(house.clerks, departments.drafts(), 10),
            "款项落实": lambda: house.of_department("finance", departments.clearances()),
            "发货复核": lambda: house.act(house.clerks, departments.checks(), 10),
            "发货通知": lambda: house.act(house.clerks, departments.notices(), 10),
            "发货": lambda: house.of_department("warehouse", departments.dispatches()),
        }
        for name, act in wanted.items():
            try:
                result.actions[name] = act()
            except Unexpected as problem:
                # The others are still of interest; the report says that this one is missing.
                say(f"{name}: {problem}")
        result.handed_in = bank.hand_in(house.staff["finance"][0], trade.press.made_on)
        result.memory = memory_of(master)
        say("底线")
        result.inserts = floor.bare_inserts(60)
        result.exposure = floor.exposure()
    say("单据与夜间顺延")
    result.paper, result.paper_pages = floor.paper(15)
    result.night, result.pushed = floor.night(trade, given.due)
    print(result.text())  # noqa: T201
    if given.write:
        (Path(__file__).parent.parent / "docs" / "performance.md").write_text(result.text(), encoding="utf-8")
    for name, timed in (result.pages | result.actions).items():
        for words in timed.failures[:1]:
            say(f"{name}: {words[:500]}")
    return 0


def fill_fast() -> None:
    """The copies satisfy every foreign key by construction, so they are not asked one by one; the chain is written."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER oms_chain_event")
        cursor.execute("ALTER ROLE postgres SET jit = off")


def say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
