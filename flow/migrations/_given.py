"""The deadlines that the house begins with: those that stood in the code, at their values, and one for whatever had
none. From then on they are the admin's."""

from collections.abc import Iterator
from datetime import date
from typing import Any

ALWAYS, NEW = date(2000, 1, 1), date(2026, 12, 1)
DAY = 480  # working minutes
AT_ONCE = (
    ("memo", "reply_owed"),
    ("order", "reply_due"),
    ("revision", "receipt_call"),
    ("order", "customer_asked"),
    ("order", "anomaly_forward"),
    ("order", "old_orders_recalled"),
    ("shipment", "terms_repeated"),
    ("shipment", "advice_sent_and_called"),
    ("shipment", "pickup_signed"),
    ("shipment", "trouble_told"),
    ("shipment", "receipt_answered"),
)
IN_TIME = (
    ("revision", "statement_anew"),
    ("revision", "date_anew"),
    ("order", "anomaly_plan"),
    ("order", "delay_told"),
    ("order", "concession_signed"),
)
BY_THE_DAY = (
    ("revision", "return_owed", "six"),
    ("order", "invoice_asked", "six"),
    ("order", "balance_letter", "six"),
    ("order", "balance_collected", "six"),
    ("order", "special_paid", "six"),
    ("order", "charge_collected", "six"),
    ("order", "daily_report", "work_six"),
    ("order", "supervision_check", "work_close"),
    ("shipment", "paper_owed", "next_close"),
    ("shipment", "arrival_check", "owed"),
    ("order", "monthly_archive", "month_close"),
    ("shipment", "monthly_handover", "month_close"),
    ("samplerequest", "make_sample", "close"),
    ("samplerequest", "send_sample", "close"),
)
# R38: the check within 4 working hours, the goods gone within 3 working days of being ready; a sign-off in a day.
SIGNED = {
    "cs_checked": 240,
    "all_shipped": 3 * DAY,
    "issue_notice": 3 * DAY,
    "dispatch": 3 * DAY,
    "approve": DAY,
    "technical_signed": DAY,
    "material_stated": DAY,
    "date_committed": DAY,
    "price_cleared": DAY,
    "credit_ok": DAY,
    "stock_reserved": DAY,
    "payment_cleared": DAY,
    "order_signed_for": DAY,
    "release": DAY,
    "enter_days_off": 10 * DAY,
}
# What waits for the customer, their money or the planned day: the date rule and duties of their own see to it.
UNTIMED = (
    "confirmation_returned",
    "deposit_received",
    "quantity_made",
    "finish",
    "delivered",
    "receipt_filed",
    "settled",
    "not_on_hold",
    "hear_sample",
)


def rows(at_once: int, in_time: int, written_days: int, escalate_after: int) -> Iterator[dict[str, Any]]:
    """As fields of `Deadline`; the house's own values of what was set elsewhere, in minutes and working days."""

    def late(minutes: int) -> int:
        """The percentage that says: so many working minutes after it was due."""
        return min(100 + round(100 * escalate_after / (minutes or 240)), 10_000)

    def one(kind: str, what: str, minutes: int, **more: Any) -> dict[str, Any]:
        given = {"kind": kind, "what": what, "minutes": minutes, "escalate_percent": late(minutes)}
        return {"in_force_from": ALWAYS, "begins": "owed", "clock": "working", **given, **more}

    for kind, what in AT_ONCE:
        yield one(kind, what, at_once, clock="calendar")
    for kind, what in IN_TIME:
        yield one(kind, what, in_time, warn_percent=80)
    yield one("order", "written_order_owed", written_days * DAY, warn_percent=80)
    for kind, what, begins in BY_THE_DAY:
        yield one(kind, what, 0, begins=begins)
    for what, minutes in SIGNED.items():
        yield one("", what, minutes, warn_percent=80, escalate_percent=200, in_force_from=NEW)
    for what in UNTIMED:
        yield one("", what, 0, escalate_percent=None, in_force_from=NEW) | {"minutes": None}
    yield one("", "", 3 * DAY, warn_percent=80, escalate_percent=200, in_force_from=NEW)
