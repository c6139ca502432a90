"""What is owed without bolting anything, each with its time (rules.md, duties)."""

from django.db.models import Exists, OuterRef, Q

from audit.moment import TODAY
from flow.gates import Duty, Owing
from orders import written
from orders.models import ConfirmationReturn, Signed

NOT_RETURNED = ~Exists(ConfirmationReturn.objects.filter(revision=OuterRef("pk"), verdict="accepted"))
CHASED = Q(chase_from__lte=TODAY)

DUTIES = (
    # Whoever heard it says so themselves; with the order the duty becomes customer service's.
    Duty(
        "reply_owed",
        "memo",
        "告知来电人已收到及答复时间",
        Q(told_at=None, order_number=""),
        (Owing(person="taken_by"),),
        "",
    ),
    Duty(
        "reply_due",
        "order",
        "告知客户订单已收到及答复时间",
        Q(memo__isnull=False, memo__told_at=None),
        (Owing("customer_service"),),
        "orders:memo",
        frozenset({"DRAFT", "PENDING"}),
    ),
    Duty(
        "written_order_owed",
        "order",
        "补交书面订单",
        Q(channel="sales_word", written_order_filed_at=None),
        (Owing("sales"),),
        "orders:written_order",
        frozenset({"DRAFT", "PENDING", "APPROVED", "PRODUCTION", "QUALITY", "SHIPPING"}),
    ),
    Duty(
        "receipt_call",
        "revision",
        "电话确认对方清晰收到确认书",
        Q(confirmation="sent") & ~written.on_revision(Signed.RECEIPT_CALL, "print_digest"),
        (Owing("customer_service"),),
        "orders:confirmation",
        frozenset({"approved", "in_force"}),
    ),
    Duty(
        "return_owed",
        "revision",
        "补传签章确认书",
        Q(starts_early=True) & Q(NOT_RETURNED),
        (Owing("customer_service"), Owing("cs_supervisor", CHASED)),
        "orders:confirmation",
        frozenset({"in_force"}),
    ),
)
