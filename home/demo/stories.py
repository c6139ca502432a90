"""The stories that orders live through, and how many of each: every state of the chain and its by-ways."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from home.demo.clock import DAY
from home.demo.journey import Wish

Steps = list[str]

# Working minutes that pass before each step.
GAPS = {
    "create": (0, 0),
    "submit": (5, 40),
    "check": (15, 90),
    "technical": (30, 150),
    "cannot": (60, 150),
    "material": (20, 90),
    "dates": (30, 180),
    "reserve": (20, 90),
    "clear_cs": (20, 90),
    "clear_md": (30, 150),
    "override": (60, 200),
    "approve": (20, 180),
    "send_back": (30, 120),
    "print_check": (10, 45),
    "send": (5, 20),
    "call": (5, 25),
    "return": (20, 140),
    "refuse": (15, 60),
    "verify": (10, 40),
    "deposit": (30, 400),
    "sample": (30, 300),
    "written": (60, 400),
    "release": (10, 60),
    "hand_over": (10, 60),
    "sign_for": (10, 90),
    "issue": (10, 60),
    "report": (DAY - 60, DAY + 60),
    "anomaly": (20, 200),
    "plan": (40, 200),
    "close": (60, 400),
    "finish": (10, 60),
    "inspect": (30, 150),
    "rework": (60, 200),
    "concede": (30, 150),
    "grant": (30, 150),
    "withdraw": (20, 90),
    "labels": (5, 30),
    "countersign": (15, 60),
    "receive": (15, 60),
    "pass": (5, 30),
    "short_close": (60, 400),
    "excess": (60, 400),
    "letter": (15, 60),
    "pay": (120, 2 * DAY),
    "settle": (10 * DAY, 16 * DAY),
    "draft": (20, 200),
    "clear": (20, 150),
    "outgoing": (15, 60),
    "recheck": (10, 45),
    "emergency": (10, 30),
    "notice": (5, 30),
    "dispatch": (40, 300),
    "repeat": (5, 12),
    "advice": (5, 15),
    "heard": (5, 20),
    "trouble": (150, 240),
    "arrive": (DAY - 200, DAY),
    "receipt": (30, DAY),
    "fetch": (10, 30),
    "complain": (30, DAY),
    "answer": (60, 300),
    "complete": (20, 240),
    "reopen": (DAY, 2 * DAY),
    "hold": (60, 300),
    "resume": (DAY, 3 * DAY),
    "amend": (100, 400),
    "ask_cancel": (100, DAY),
    "agree_cancel": (60, 300),
    "stop_work": (30, 200),
    "settle_cancel": (60, 300),
    "cancel": (10, 60),
    "wait": (3 * DAY, 6 * DAY),
    "long_wait": (7 * DAY, 12 * DAY),
}

APPROVING = "create submit check technical material dates reserve clear_cs clear_md approve"
CONFIRMING = "print_check send call"
MAKING = "hand_over sign_for"
JUDGING = "inspect countersign receive"
LEAVING = "draft clear outgoing recheck notice dispatch repeat advice heard arrive receipt"


def whole(wish: Wish, rng: Random) -> Steps:
    """The whole way of an order that goes well."""
    makes = wish.source != "stock"
    steps = APPROVING.split()
    if not makes:
        steps = [step for step in steps if step not in ("technical", "material", "dates")]
    if wish.source == "make":
        steps.remove("reserve")
    if not wish.departs:
        steps = [step for step in steps if not step.startswith("clear_")]
    if wish.by_word:
        steps.insert(2, "written")
    steps += CONFIRMING.split()
    back = ["return", "verify"]
    steps += [] if wish.early else back
    steps += ["deposit", *(["sample"] if wish.needs_sample else []), "release"]
    if makes:
        steps += MAKING.split()
        steps += making(wish, back if wish.early else [], rng)
    steps += ["pass", "letter", *([] if wish.parts > 1 else ["pay"]), *LEAVING.split(), "complete"]
    if wish.on_credit:
        steps.append("settle")
    return steps


def making(wish: Wish, back: Steps, rng: Random) -> Steps:
    """One to three reports; where it goes out in parts, what is made leaves at once."""
    if wish.parts == 1:
        reports = ["report"] * rng.randint(1, 3)
        short = ["short_close"] if wish.short else []
        return [reports[0], *back, *reports[1:], *short, "finish", *JUDGING.split()]
    steps: Steps = []
    for part in range(1, wish.parts):
        pay = ["letter", "pay"] if part == 1 else []
        steps += ["report", *back, *JUDGING.split(), *pay, *LEAVING.split()]
        back = []
    return [*steps, "report", "finish", *JUDGING.split()]


FETCHED = {"repeat": "", "advice": "", "heard": "", "arrive": "fetch", "receipt": ""}
SETTLED = ("ask_cancel", "agree_cancel", "stop_work", "settle_cancel", "cancel")

Route = Callable[[Wish, Random], Steps]


def to(step: str, *more: str, nth: int = 1) -> Route:
    """The whole way up to the `nth` time of `step`, then `more`."""

    def route(wish: Wish, rng: Random) -> Steps:
        steps = whole(wish, rng)
        at = -1
        for _ in range(nth):
            at = steps.index(step, at + 1)
        return [*steps[: at + 1], *more]

    return route


def through(after: str, *between: str, last: str = "") -> Route:
    """The whole way, or up to `last`, with steps of its own put in behind `after`."""

    def route(wish: Wish, rng: Random) -> Steps:
        steps = whole(wish, rng)
        at = steps.index(after) + 1
        steps = [*steps[:at], *between, *steps[at:]]
        return steps[: steps.index(last) + 1] if last else steps

    return route


def changed(**steps: str) -> Route:
    """The whole way, with what is written for a step in its place; nothing drops it."""

    def route(wish: Wish, rng: Random) -> Steps:
        return [step for old in whole(wish, rng) for step in steps.get(old, old).split()]

    return route


@dataclass(frozen=True)
class Story:
    """`count` is its weight in a larger company; `age`: working minutes since its last step."""

    name: str
    count: int
    route: Route
    wish: Wish = field(default_factory=Wish)
    age: tuple[int, int] = (10, DAY)


TODAY = (5, 180)
DAYS = (DAY, 4 * DAY)
LONG_AGO = (2 * DAY, 70 * DAY)

MAKE, STOCK, MIXED = Wish(), Wish(source="stock"), Wish(source="mixed")
A, B, C = Wish(grades="A", on_credit=True), Wish(grades="B"), Wish(grades="C")
BC = Wish(grades="BC")
EARLY = replace(A, early=True)


def but(wish: Wish, **changes: object) -> Wish:
    return replace(wish, **changes)  # type: ignore[arg-type]


COMPLETED = Story("完成", 34, whole, MAKE, LONG_AGO)

# The first twenty-five reach every state; a small company is made of these.
STORIES = (
    Story("草稿，内容不全", 8, to("create"), but(MAKE, incomplete=True, untold=True), TODAY),
    Story("草稿，可提交", 6, to("create"), MAKE),
    Story("待技术确认", 6, to("check"), MAKE),
    Story("可批准", 10, to("dates"), MAKE),
    Story("价格偏离待核准", 5, to("dates"), but(MAKE, departs=True)),
    Story("已批准未发确认书", 6, to("approve"), MAKE, TODAY),
    Story("未回传，已顺延", 10, to("call"), BC, (2 * DAY, 4 * DAY)),
    Story("回传待核验", 5, to("return"), BC, TODAY),
    Story("缺定金", 7, to("verify"), BC),
    Story("待下达", 5, to("deposit"), BC, TODAY),
    Story("先下达后补传", 6, to("report"), EARLY),
    Story("部分生产", 14, through("sign_for", "report", last="report"), MAKE, TODAY),
    Story("生产异常", 4, through("report", "anomaly", last="anomaly"), MAKE, TODAY),
    Story("改单在办", 4, through("report", "report", "amend", "submit", last="submit"), BC, TODAY),
    Story("待检验", 9, to("finish"), MAKE, TODAY),
    Story("待入库", 4, to("countersign"), MIXED, TODAY),
    Story("待付余款", 8, to("letter"), BC),
    Story("拟发货", 6, to("draft"), MAKE, TODAY),
    Story("已通知", 6, to("notice"), MAKE, TODAY),
    Story("在途", 8, to("heard"), MIXED, TODAY),
    Story("紧急先发待补单", 2, through("recheck", "emergency", "dispatch", "repeat", last="repeat"), MAKE, TODAY),
    COMPLETED,
    Story("下达前取消", 4, to("call", "ask_cancel", "cancel"), BC, LONG_AGO),
    Story("下达后取消", 3, to("sign_for", *SETTLED), BC, LONG_AGO),
    Story("短结后完成", 3, whole, but(BC, short=True), LONG_AGO),
    # By-ways of making, judging and handing over, each to its end.
    Story("让步接收", 2, changed(inspect="concede grant", sign_for="sign_for issue"), MAKE, LONG_AGO),
    Story("撤回检验后重检", 2, changed(inspect="inspect countersign withdraw inspect"), BC, LONG_AGO),
    Story("超量接收后完成", 2, changed(finish="excess finish"), but(BC, over=True), LONG_AGO),
    Story("自提完成", 3, changed(**FETCHED), but(BC, fetched=True), LONG_AGO),
    Story("回单短少已答复", 2, changed(receipt="complain answer"), MAKE, LONG_AGO),
    Story("领料并贴标", 6, changed(sign_for="sign_for issue", receive="receive labels"), MAKE, LONG_AGO),
    # Beyond: the same states in more guises.
    Story("现货完成", 12, whole, STOCK, LONG_AGO),
    Story("分批完成", 5, whole, but(MAKE, parts=3), LONG_AGO),
    Story("A 级账期完成", 7, whole, EARLY, LONG_AGO),
    Story("刚提交", 6, to("submit"), but(MAKE, untold=True), TODAY),
    Story("待原材料说明", 4, to("technical"), MAKE),
    Story("待生产部交期", 5, to("material"), MAKE),
    Story("不能生产", 3, through("check", "cannot", last="cannot"), MAKE),
    Story("待预留", 4, to("check"), STOCK),
    Story("现货可批准", 4, to("reserve"), STOCK),
    Story("客服主管已核准", 3, to("clear_cs"), but(MAKE, departs=True)),
    Story("偏离可批准", 2, to("clear_md"), but(B, departs=True)),
    Story("被退回", 3, through("dates", "send_back", last="send_back"), MAKE),
    Story("口头下单", 2, to("check"), but(MAKE, by_word=True)),
    Story("今日已发确认书", 5, to("call"), BC, TODAY),
    Story("未回传，顺延多日", 4, through("call", "wait", last="wait"), BC, (0, DAY)),
    Story("顺延到上限", 2, through("call", "long_wait", last="long_wait"), BC, (0, DAY)),
    Story("回传不合格", 3, to("return", "refuse"), BC, TODAY),
    Story("缺封样", 3, to("deposit"), but(B, needs_sample=True), (DAY, 2 * DAY)),
    Story("交期已过期", 2, to("verify"), but(B, tight=True), (3 * DAY, 5 * DAY)),
    Story("审批前暂停", 2, to("dates", "hold"), MAKE),
    Story("未回传而暂停", 2, to("call", "hold"), BC, DAYS),
    Story("已下达未签收", 5, to("hand_over"), MAKE, TODAY),
    Story("待开工", 4, to("sign_for"), MAKE),
    Story("先下达，未回传逾期", 3, to("sign_for"), EARLY, (4 * DAY, 6 * DAY)),
    Story("生产逾期", 5, through("sign_for", "report", last="report"), but(MAKE, late=6), TODAY),
    Story("可完工报检", 3, to("report"), but(MAKE, all_made=True), TODAY),
    Story("异常已有方案", 3, through("report", "anomaly", "plan", "report", last="plan"), MAKE, TODAY),
    Story("生产中暂停", 2, through("report", "hold", "report", last="hold"), MAKE, DAYS),
    Story("分批，首批在途", 3, to("heard"), but(B, parts=3), TODAY),
    Story("待会签", 3, to("inspect"), MAKE, TODAY),
    Story("返工", 2, through("finish", "rework", last="rework"), MAKE, TODAY),
    Story("待质检放行", 3, to("receive"), MAKE, TODAY),
    Story("待款项落实", 4, to("draft"), STOCK, TODAY),
    Story("待出库复检", 3, to("clear"), STOCK, TODAY),
    Story("待复核", 3, to("clear"), MAKE, TODAY),
    Story("刚发出", 3, to("dispatch"), MAKE, (2, 25)),
    Story("到货待查", 3, to("heard"), MAKE, (DAY, 2 * DAY)),
    Story("途中有事", 2, through("heard", "trouble", last="trouble"), A, TODAY),
    Story("待回单", 4, to("arrive"), MAKE, TODAY),
    Story("可完成", 4, to("receipt"), MAKE, TODAY),
    Story("重开", 1, to("complete", "reopen"), B, TODAY),
)


def cast(count: int) -> list[Story]:
    """One of each as far as `count` goes, the rest as their counts weigh, and what rounding leaves completed orders."""
    chosen = [*STORIES[:count]]
    rest, weight = count - len(chosen), sum(story.count - 1 for story in STORIES)
    for story in STORIES:
        chosen += [story] * (rest * (story.count - 1) // weight)
    return chosen + [COMPLETED] * (count - len(chosen))
