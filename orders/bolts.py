"""Every transition and bolted action, with the gates that hold it and who owes it once they are open.

The gates themselves are in each department's gates.py; rules.md's table is this table.
"""

from django.db.models import Q

from flow.gates import Bolt, Owing
from orders.approvers import SUPERVISOR_SEES

CUSTOMER_SERVICE = Owing("customer_service")

TO_SHIP = (
    "may_ship",
    "within_order",
    "payment_cleared",
    "lots_released",
    "shipment_checked",
    "credit_ok",
    "amendment_decided",
    "not_on_hold",
)

BOLTS = (
    Bolt(
        "submit",
        "revision",
        "提交审批",
        frozenset({"draft"}),
        ("lines_complete", "done_kept", "not_on_hold"),
        (Owing("sales"), CUSTOMER_SERVICE),
    ),
    Bolt(
        "approve",
        "revision",
        "批准",
        frozenset({"proposed"}),
        (
            "lines_complete",
            "done_kept",
            "cs_checked",
            "technical_signed",
            "material_stated",
            "date_committed",
            "stock_reserved",
            "price_cleared",
            "credit_ok",
            "terms_current",
            "not_on_hold",
        ),
        (Owing("supervisor", Q(SUPERVISOR_SEES)), Owing("marketing_director", ~SUPERVISOR_SEES)),
        "orders:approval",
    ),
    Bolt(
        "release",
        "revision",
        "下达生产",
        frozenset({"approved"}),
        (
            "confirmation_sent",
            "confirmation_returned",
            "technical_signed",
            "material_stated",
            "deposit_received",
            "credit_ok",
            "terms_current",
            "date_current",
            "sample_signed",
            "done_kept",
            "amendment_decided",
            "not_on_hold",
        ),
        (CUSTOMER_SERVICE,),
    ),
    Bolt("report", "order", "生产报工", frozenset({"PRODUCTION"}), ("order_signed_for",)),
    Bolt(
        "finish",
        "order",
        "完工报检",
        frozenset({"PRODUCTION"}),
        ("order_signed_for", "quantity_made", "rework_done", "anomalies_planned", "not_on_hold"),
        (Owing("production"),),
    ),
    Bolt(
        "pass_quality",
        "order",
        "质检合格",
        frozenset({"QUALITY"}),
        ("quantity_made", "inspected", "stocked", "not_on_hold"),
        (Owing("quality"),),
    ),
    Bolt("rework", "order", "返工", frozenset({"QUALITY", "SHIPPING"}), ("not_on_hold",)),
    Bolt(
        "complete",
        "order",
        "完成",
        frozenset({"SHIPPING"}),
        (
            "quantity_made",
            "all_shipped",
            "delivered",
            "receipt_filed",
            "settled",
            "amendment_decided",
            "not_on_hold",
        ),
        (CUSTOMER_SERVICE,),
    ),
    Bolt("reopen", "order", "重开", frozenset({"COMPLETED"}), ("not_on_hold",)),
    Bolt(
        "cancel",
        "order",
        "取消",
        frozenset({"DRAFT", "PENDING", "APPROVED"}),
        ("cancel_settled",),
        (CUSTOMER_SERVICE,),
        "orders:cancellation",
        Q(cancel_requested_at__isnull=False),
    ),
    Bolt(
        "cancel_released",
        "order",
        "取消（下达后）",
        frozenset({"PRODUCTION", "QUALITY", "SHIPPING"}),
        ("nothing_shipped", "cancel_agreed", "work_stopped", "inspected", "stocked", "cancel_settled"),
        (CUSTOMER_SERVICE,),
        "orders:cancellation",
        Q(cancel_requested_at__isnull=False),
    ),
    Bolt(
        "issue_notice",
        "shipment",
        "发货通知",
        frozenset({"draft"}),
        TO_SHIP,
        (CUSTOMER_SERVICE,),
    ),
    Bolt(
        "dispatch",
        "shipment",
        "发货",
        frozenset({"draft", "noticed"}),
        (*TO_SHIP, "notice_issued", "return_filed", "picked"),
        (Owing("warehouse"),),
        # Until it is noticed (or ordered in an emergency) what is owed is the notice.
        when=Q(state="noticed") | Q(emergency_at__isnull=False),
    ),
)
