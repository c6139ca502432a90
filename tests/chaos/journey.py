"""One order from the telephone to the store, each step by who owes it; what was acknowledged is written down."""

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image

from tests.chaos.visitor import Stopped, Visitor, Wrong

ROLES = ("sales", "customer_service", "technical", "production", "supervisor", "finance", "quality")
FINE = dict.fromkeys(("quantity_ok", "appearance_ok", "packaging_ok", "label_ok"), "on")
SHANGHAI = ZoneInfo("Asia/Shanghai")
numbers = count(1)


@dataclass(frozen=True)
class Step:
    """A button on a page, what is filled in, and the action that it carries out, as the record calls it."""

    role: str
    path: str
    button: str
    action: str
    filled: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """An acknowledged action."""

    order: str
    action: str
    key: str


@dataclass
class Ledger:
    """Kept outside of the system: what it said that it had done."""

    done: list[Done] = field(default_factory=list)
    orders: dict[str, str] = field(default_factory=dict)  # the customer's reference → number
    payments: dict[str, str] = field(default_factory=dict)  # the bank's → the order's number
    mails: dict[str, str] = field(default_factory=dict)  # address → the order's number
    tried: set[str] = field(default_factory=set)  # references of orders, acknowledged or not
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def scan() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(picture, "PNG")
    return picture.getvalue()


def day(offset: int) -> str:
    return str(datetime.now(SHANGHAI).date() + timedelta(days=offset))


class Clerk(threading.Thread):
    """Takes one order after the other through all hands until the time is over."""

    def __init__(self, ledger: Ledger, facts: dict[str, Any], port: int, password: str, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.ledger, self.facts, self.over = ledger, facts, over
        self.hands = {role: Visitor(port, role, password, over) for role in ROLES}

    def run(self) -> None:
        try:
            for hand in self.hands.values():
                hand.log_in()
            while not self.over.is_set():
                self.carry(f"R-{next(numbers):05d}")
        except Stopped:
            return

    def carry(self, reference: str) -> None:
        try:
            number = self.enter(reference)
            for step in self.steps(number, reference):
                self.do(number, step)
        except Wrong as problem:
            with self.ledger.lock:
                self.ledger.wrong.append(f"{reference}: {problem}")

    def do(self, number: str, step: Step) -> None:
        key, _ = self.hands[step.role].press(step.path, step.button, step.filled)
        with self.ledger.lock:
            self.ledger.done.append(Done(number, step.action, key))

    def enter(self, reference: str) -> str:
        self.ledger.tried.add(reference)
        first = {
            "customer": "K-B",
            "customer_reference": reference,
            "channel": "phone",
            "kind": "normal",
            "contact": self.facts["contact"],
            "address": self.facts["address"],
            "requested_on": day(30),
            "delivery_way": "freight",
            "freight": "seller",
            "invoice_kind": "special",
            "payment_terms": "按合同",
            "lines-TOTAL_FORMS": "1",
            "lines-INITIAL_FORMS": "0",
            "lines-0-product": self.facts["product"],
            "lines-0-quantity": "100",
            "lines-0-price": "10.00",
        }
        key, where = self.hands["sales"].press("/orders/new/", "保存并提交审批", first)
        number = where.rstrip("/").rpartition("/")[2]
        with self.ledger.lock:
            self.ledger.orders[reference] = number
            self.ledger.done.append(Done(number, "create_order", key))
        return number

    def steps(self, number: str, reference: str) -> Iterator[Step]:
        order, work, paper = f"/orders/{number}/", f"/production/{number}/", f"/orders/{number}/confirmation/"
        cs = "customer_service"
        if self.waits_for_submission(number):
            yield Step("sales", order, "提交审批", "submit_order")
        yield Step(cs, f"{order}check/", "签字：核对无误", "sign_check", {"text": "已对照"})
        yield Step("technical", f"{work}technical/", "签字", "sign_technical", {"verdict": "can"})
        yield Step("technical", f"{work}material/", "签字", "state_material", {"text": "库存充足", "free": "500"})
        yield Step("production", f"{work}dates/", "签字", "sign_dates", {"start_on": day(2), "finish_on": day(10)})
        yield Step("supervisor", f"{order}approval/", "批准", "approve_order")
        yield Step(cs, paper, "签字：逐项检查无误", "check_print", {"text": "逐项无误"})
        address = f"{reference.lower()}@customer.example"
        yield Step(cs, paper, "发出确认书", "send_confirmation", {"way": "email", "to": address})
        self.ledger.mails[address] = number
        yield Step(cs, paper, "电话确认收到", "record_receipt_call", {"text": "王经理接听，清晰"})
        back = {"signer": self.facts["contact"], "scan": scan(), "received_at": moment()}
        yield Step(cs, paper, "登记回传", "record_return", back)
        yield Step(cs, paper, "核验无误", "verify_return")
        paid = {"amount": "1000.00", "bank_ref": f"P{reference}", "kind": "deposit", "received_at": moment()}
        yield Step("finance", f"/finance/payments/new/?order={number}", "登记到账", "record_payment", paid)
        self.ledger.payments[f"P{reference}"] = number
        yield Step(cs, f"{order}release/", "下达生产", "release_order")
        yield Step(cs, f"{work}order/", "签字下达", "hand_over_order")
        yield Step("production", f"{work}order/", "签收", "sign_for_order")
        made = {"good": "100", "shift": "day"}
        yield Step("production", f"{work}report/", "报工", "report_made", made)
        seen = {"sample_size": "5", "measured": "宽 80.1 mm", "verdict": "passed", **FINE}
        yield Step("quality", self.batch("quality", number, "inspect"), "检验", "inspect_batch", seen)
        yield Step(cs, self.batch(cs, number, "countersign"), "会签", "countersign_batch", FINE)
        yield Step("quality", self.batch("quality", number, "receive"), "入库", "receive_into_stock")
        yield Step("production", f"{work}report/", "完工报检", "finish_production")
        yield Step("quality", f"/quality/{number}/", "质检合格", "pass_quality")

    def waits_for_submission(self, number: str) -> bool:
        """Saved, and cut off before it was submitted: the one form that is two actions."""
        page = self.hands["sales"].page(f"/orders/{number}/")
        return any(words == "提交审批" for words, _, _ in page.buttons)

    def batch(self, role: str, number: str, work: str) -> str:
        page = self.hands[role].answered("GET", f"/quality/{number}/").body
        before, found, _ = page.partition(f'/{work}/"')
        if not found:
            raise Wrong(f"{number} has no batch to {work}")
        return before.rpartition('"')[2] + f"/{work}/"


def moment() -> str:
    return datetime.now(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")
