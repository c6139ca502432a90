"""The table, the ratios, the budgets; `docs/performance.md` is this text."""

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import django
from django.db import connection

from bench.bank import LINES, HandedIn
from bench.client import Timed
from bench.departments import HOMES, LOAD, OF_ONE, PAGES, TRACES
from bench.floor import Exposed

EMPTY, BARE = "空页(已登录)", "空页(无中间件)"
OF_ROLES = tuple(f"首页({role})" for role in HOMES)
HELD = ("订单列表首页", "订单列表末页", "列表搜索", "全站搜索", "审批队列", "首页待办", "订单页",
        "单据档案", "单据档案查客户", "客户自己的页面", *OF_ROLES, *TRACES, *PAGES, *OF_ONE)  # fmt: skip
STATEMENTS = {"订单列表首页": 6, "订单列表末页": 6, "订单页": 15, "新建 5 行订单(1 人)": 40, LOAD: 15,
              **dict.fromkeys(("批准", "下达", "签字(客服核对)", "技术签字", "检验会签"), 35), "发货": 60}  # fmt: skip
# Milliseconds of processor time for one request, median; what is named nowhere else has the last.
SWIFT, COMMON, OTHER = 6.0, 12.0, 25.0
CPU = {**dict.fromkeys(("订单列表首页", "订单列表末页", "列表搜索", "全站搜索", "审批队列"), SWIFT),
       **dict.fromkeys(("首页待办", *OF_ROLES, "订单页", "新建订单表单", "单据档案", "单据档案查客户"), COMMON),
       "发货": 40.0}  # fmt: skip
LONGEST = 300.0  # ms, p50 of any page with the eight clients
SIZE = 300.0  # kB
PAGE, GROWTH, ACTION, CREATE, NIGHT, PAPER = 6.0, 1.5, 25.0, 30.0, 3.0, 200.0
BANK, EXPOSURE = 5.0, 1.0  # seconds
ACTIONS = ("签字(客服核对)", "批准", "下达", "技术签字", "报工", "检验", "检验会签", "成品入库", "登记收款", "起草发货",
           "款项落实", "发货复核", "发货通知", "发货")  # fmt: skip
WHY = Path(__file__).with_name("why.md")


@dataclass
class Result:
    orders: int
    due: int
    open: int = 0
    seconds_to_seed: float = 0
    small: dict[str, Timed] = field(default_factory=dict)
    pages: dict[str, Timed] = field(default_factory=dict)
    actions: dict[str, Timed] = field(default_factory=dict)
    memory: list[int] = field(default_factory=list)
    inserts: float = 0
    exposure: Exposed | None = None
    handed_in: HandedIn | None = None
    paper: float = 0
    paper_pages: int = 0
    night: float = 0
    pushed: int = 0

    def text(self) -> str:
        parts = [self.head(), self.table(), self.budgets(), self.reading()]
        if WHY.exists():
            parts.append(WHY.read_text(encoding="utf-8"))
        return "\n\n".join(part.strip() for part in parts) + "\n"

    def head(self) -> str:
        when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        return f"""# 性能

本页由 `./dev bench --orders {self.orders} --write` 写成({when})。{machine()}

{self.orders:,} 张订单,其中在办 {self.open:,} 张;由 COPY 写入,用时 {self.seconds_to_seed:.0f} 秒。
真实服务器(gunicorn,2 进程 × 4 线程),
8 个已登录的客户端同时闭环请求。工作进程常驻内存:{"、".join(f"{each} MB" for each in self.memory)}。"""

    def table(self) -> str:
        rows = [
            "| 页面或动作 | 处理器 ms,初见 | 再见 | p50 ms | p95 ms | 次/秒 | SQL 条数 | SQL ms | 大小 kB "
            "| p95 ÷ 空页 | p95 ÷ 1,000 张时 |",
                "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"]  # fmt: skip
        empty = self.pages[EMPTY]
        for name, timed in {**self.pages, **self.actions}.items():
            small = self.small.get(name)
            growth = f"{timed.p95 / small.p95:.2f}" if small else ""
            size = f"{timed.size / 1024:.1f}" if timed.size else ""
            again = f"{timed.cpu_again_ms:.1f}" if timed.cpu_again_ms else ""
            failed = f"({len(timed.failures)} 次失败)" if timed.failures else ""
            rows.append(
                f"| {name}{failed} | {timed.cpu_ms:.1f} | {again} | {timed.p50:.1f} | {timed.p95:.1f} "
                f"| {timed.per_second:.0f} | {timed.statements} "
                f"| {timed.sql_ms:.1f} | {size} | {timed.p95 / empty.p95:.1f} | {growth} |"
            )
        return "\n".join(rows)

    def budgets(self) -> str:
        rows = ["## 预算", "", "| 预算 | 上限 | 实测 | |", "|---|---:|---:|---|"]
        for words, most, found in self.held():
            rows.append(f"| {words} | {most:g} | {found:.2f} | {'达到' if found <= most else '**未达到**'} |")
        return "\n".join(rows)

    def held(self) -> Iterator[tuple[str, float, float]]:
        empty = self.pages[EMPTY]
        yield from self.of_processor()
        for name in HELD:
            yield f"{name}:p50(毫秒)", LONGEST, self.pages[name].p50
        for name in HELD:
            yield f"{name}:p95 是空页 p95 的倍数", PAGE, self.pages[name].p95 / empty.p95
        for name in HELD:
            yield f"{name}:p95 是 1,000 张订单时的倍数", GROWTH, self.pages[name].p95 / self.small[name].p95
        for name in (name for name in ACTIONS if name in self.actions):
            yield f"{name}:p50 是空页 p50 的倍数", ACTION, self.actions[name].p50 / empty.p50
        for name, most in STATEMENTS.items():
            if timed := (self.pages | self.actions).get(name):
                yield f"{name}:SQL 条数", most, timed.statements
        yield f"{LOAD}:大小(kB)", SIZE, self.pages[LOAD].size / 1024
        if "新建 5 行订单(1 人)" in self.actions:
            one = self.actions["新建 5 行订单(1 人)"].p50
            yield f"新建 5 行订单({one:.0f} ms):是裸插入({self.inserts:.1f} ms)的倍数", CREATE, one / self.inserts
        if self.exposure:
            yield f"{self.exposure.customers:,} 个客户的敞口:SQL 条数", 1, self.exposure.statements
            yield f"{self.exposure.customers:,} 个客户的敞口(秒)", EXPOSURE, self.exposure.seconds
        if self.handed_in:
            yield f"银行流水 {LINES:,} 行,首次导入(秒)", BANK, self.handed_in.first
            yield f"银行流水 {LINES:,} 行,再次导入(秒)", BANK, self.handed_in.again
            yield f"银行流水 {LINES:,} 行,再次导入多出的行", 0, self.handed_in.doubled
        yield f"夜间顺延 {self.pushed:,} 张(秒)", NIGHT, self.night
        yield f"热态 PDF,{self.paper_pages} 页(毫秒)", PAPER, self.paper

    def of_processor(self) -> Iterator[tuple[str, float, float]]:
        for name, timed in (self.pages | self.actions).items():
            if name not in (EMPTY, BARE):
                yield f"{name}:处理器(毫秒)", CPU.get(name, OTHER), timed.cpu_ms

    def reading(self) -> str:
        return f"""## 读法

- 空页(已登录):经过全部中间件、读会话与用户、什么也不做;空页(无中间件):Django 处理请求的最低开销,仅作参照
  (空页 p50 是它的 {self.pages[EMPTY].p50 / self.pages[BARE].p50:.1f} 倍)。
- 处理器:服务这一请求的线程自己用掉的处理器时间,各客户端逐个请求的中位数,与机器忙闲无关。「初见」每次换一个地址
  (不同的订单、不同的搜索词),「再见」是同一进程紧接着再画同一页;列表与首页只有一个地址,但每人各看各的。
- 动作只计 POST 到重定向为止;表单事先打开。
- 裸插入:一张 5 行订单的订单、版本、行与条款行,逐条 INSERT 后提交,没有历史、事件、待办与校验。
- 样本订单由真实的动作走到链上各处,再以 COPY 复制:编号、日期、客户、产品、签字摘要各自不同,事件链由触发器写成;
  已完结订单的历史从简(每条记录的首末两版、状态变化、确认书)。
- 客户端与服务器在同一台机器上争用处理器,绝对毫秒数偏大;预算都是同一次运行内的倍数。"""


def machine() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0].split()[0]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[2]
    return (
        f"机器:{os.cpu_count()} 核,{memory:.0f} GB 内存,{platform.system()} {platform.machine()};"
        f"Python {platform.python_version()},Django {django.get_version()},PostgreSQL {server}。"
        f"结束时前 15 分钟平均负载 {load:.1f}(含本测试)。"
    )
