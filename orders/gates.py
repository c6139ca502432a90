"""The gates that the order itself holds: completeness, the check, prices, terms, confirmation, hold, amendment."""

from typing import Any

from django.db.models import DecimalField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.permissions import roles_of
from audit.moment import TODAY
from customers.models import Contract, GradePolicy
from documents.models import Sending
from flow.gates import Gate, Guard, Owing
from orders import bounds, written
from orders.approvers import SUPERVISOR_SEES
from orders.models import ConfirmationReturn, Revision, RevisionLine, ShipmentLine, Signed

CS = Owing("customer_service")
NOT_DELEGATED = Q(order__delegated_at=None)
SENT_WAYS = tuple(Sending.Way.values)
PROPOSED_OR_APPROVED = ("proposed", "approved")

CONTRACT = Contract.objects.filter(
    customer=OuterRef("order__customer"), is_active=True, valid_from__lte=TODAY, valid_to__gte=TODAY
)
POLICY = GradePolicy.objects.filter(grade=OuterRef("order__customer__grade"))


def now_says(on_contract: str, by_policy: Q | Any) -> Coalesce:
    """The contract's column where a contract in force fills it, else the grade's."""
    return Coalesce(Subquery(CONTRACT.values(on_contract)[:1]), by_policy)


def policy(column: str, **where: Any) -> Subquery:
    return Subquery(POLICY.filter(**where).values(column)[:1])


ZERO = Value(0, output_field=DecimalField(max_digits=5, decimal_places=2))
HAS_CONTRACT = Exists(CONTRACT)
DAYS = Subquery(CONTRACT.filter(days_for_rest__isnull=False).values("days_for_rest")[:1])
SAME_DAYS = Q(days_for_rest=DAYS) | (Q(days_for_rest=None) & ~Exists(CONTRACT.filter(days_for_rest__isnull=False)))
TERMS_CURRENT = (
    (Q(contract=Subquery(CONTRACT.values("pk")[:1])) | (Q(contract=None) & ~HAS_CONTRACT))
    & Q(
        deposit_percent=now_says(
            "deposit_percent", Coalesce(policy("deposit_percent", deposit_by_contract_only=False), ZERO)
        ),
        starts_early=now_says("starts_early", policy("starts_early")),
        special_release=policy("special_release_allowed"),
        unpaid_deposit_pushes=policy("unpaid_deposit_pushes"),
    )
    & (
        (Q(HAS_CONTRACT) & Q(share_before_shipping=now_says("share_before_shipping", policy("share_on_contract"))))
        | (~HAS_CONTRACT & Q(share_before_shipping=policy("share_before_shipping")))
    )
    & SAME_DAYS
)

DEPARTING = written.lines(departs=True)
CS_LACKS = Exists(DEPARTING.exclude(written.on_line(Signed.PRICE_CS, "price_digest")))
MD_LACKS = Exists(DEPARTING.exclude(written.on_line(Signed.PRICE_MD, "price_digest")))

OWN = (
    Gate(
        "lines_complete",
        "revision",
        "订单内容完整",
        "订单内容还不完整，请按《订单确认书》逐项补齐。",
        ~Exists(written.lines())
        | Exists(written.lines(spec=""))
        | Q(contact=None)
        | (Q(address=None) & ~Q(delivery_way="pickup"))
        | Q(requested_on=None)
        | Q(delivery_way="")
        | Q(invoice_kind="")
        | Q(payment_terms=""),
        (Owing("sales", NOT_DELEGATED), Owing("customer_service", ~NOT_DELEGATED)),
        "orders:edit",
    ),
    Gate(
        "cs_checked",
        "revision",
        "客服核对",
        "客服尚未核对产品编号、规格、单价与付款条件，请对照备忘录、合同和以往交易核对后签字。",
        ~written.on_any_revision(Signed.CHECK, "check_digest"),
        (CS,),
        "orders:check",
    ),
    Gate(
        "price_cleared",
        "revision",
        "价格核准",
        "单价或规格与参考不符，须客服主管和营销总监书面核准。",
        CS_LACKS | MD_LACKS,
        (Owing("cs_supervisor", CS_LACKS), Owing("marketing_director", MD_LACKS)),
        "orders:price",
    ),
    Gate(
        "done_kept",
        "revision",
        "已完成部分不变",
        "改单动了已生产、预留或发货的部分。",
        bounds.OUT_OF_BOUNDS,
        (Owing("sales", NOT_DELEGATED), CS),
        "orders:edit",
        bounds.explain,
    ),
    Gate(
        "terms_current",
        "revision",
        "交易条款为现行",
        "客户的合同或等级已变更，订单上的条款不是现行条款，请更新条款后再办。",
        Q(order__released_at=None) & ~TERMS_CURRENT,
        (CS,),
        "orders:terms",
    ),
    Gate(
        "confirmation_sent",
        "revision",
        "订单确认书已发出",
        "现行版本的订单确认书尚未逐项检查并发给客户。",
        ~written.on_revision(Signed.SENT, "print_digest", SENT_WAYS),
        (CS,),
        "orders:confirmation",
    ),
    Gate(
        "confirmation_returned",
        "revision",
        "确认书签章回传",
        "客户签章的订单确认书尚未收到或未核验，收到并核验后才能下达。",
        Q(starts_early=False) & ~Exists(ConfirmationReturn.objects.filter(revision=OuterRef("pk"), verdict="accepted")),
        (CS,),
        "orders:confirmation",
    ),
    Gate(
        "sample_signed",
        "revision",
        "封样",
        "有标明「需签样」的行尚无客户签样（封样），请销售员归档签样。",
        Exists(written.lines(needs_sample=True).exclude(written.on_line(Signed.SAMPLE, "technical_digest"))),
        (Owing("sales", NOT_DELEGATED), Owing("customer_service", ~NOT_DELEGATED)),
        "orders:sample",
    ),
    Gate(
        "cancel_agreed",
        "order",
        "同意取消",
        "下达后取消须营销总监和财务共同签字。",
        ~written.on_order(Signed.CANCEL_MD) | ~written.on_order(Signed.CANCEL_FIN),
        (
            Owing("marketing_director", ~written.on_order(Signed.CANCEL_MD)),
            Owing("finance", ~written.on_order(Signed.CANCEL_FIN)),
        ),
        "orders:cancellation",
    ),
)

# A later revision that is proposed, or approved and not in force, holds what it may change.
LATER = Revision.objects.filter(status__in=PROPOSED_OR_APPROVED)
# Of a later revision, and in it of a shipment's line: where the goods go, and what they are and cost, as in force.
SAME_PLACE = Revision.objects.filter(
    Q(address=OuterRef("address")) | Q(address=None, order__revisions=OuterRef("pk"), order__revisions__address=None),
    order=OuterRef("order"),
    status="in_force",
    delivery_way=OuterRef("delivery_way"),
    freight=OuterRef("freight"),
    split_allowed=OuterRef("split_allowed"),
    share_before_shipping=OuterRef("share_before_shipping"),
)
SAME_LINE = RevisionLine.objects.filter(revision=OuterRef("pk"), line=OuterRef(OuterRef("line"))).filter(
    Exists(
        RevisionLine.objects.filter(
            line=OuterRef("line"),
            revision__status="in_force",
            price_digest=OuterRef("price_digest"),
            technical_digest=OuterRef("technical_digest"),
            label_text=OuterRef("label_text"),
        )
    )
)
AMENDED = {
    "revision": Exists(LATER.filter(order=OuterRef("order"), number__gt=OuterRef("number"))),
    "order": Q(released_at__isnull=False) & Exists(LATER.filter(order=OuterRef("pk"))),
    "shipment": Exists(
        ShipmentLine.objects.filter(shipment=OuterRef("pk"), line__order__released_at__isnull=False).filter(
            Exists(LATER.filter(order=OuterRef("line__order")).exclude(Exists(SAME_PLACE) & Exists(SAME_LINE)))
        )
    ),
}
HELD = {
    "revision": Q(order__held_at__isnull=False),
    "order": Q(held_at__isnull=False),
    "shipment": Q(Exists(ShipmentLine.objects.filter(shipment=OuterRef("pk"), line__order__held_at__isnull=False))),
}
HOLDER = {"revision": "order__held_by", "order": "held_by"}


def explain_hold(subject: Any) -> str:
    order = getattr(subject, "order", subject)
    return f"订单已由 {order.held_by} 暂停：{order.hold_reason}。请其本人或客服主管恢复后再办。"


GATES = (
    *OWN,
    *(
        Gate(
            "amendment_decided",
            subject,
            "改单已定",
            "有一份改单尚未批准或尚未生效，请先处理改单。",
            Q(AMENDED[subject]),
            (Owing("supervisor"),),
            "",
        )
        for subject in AMENDED
    ),
    *(
        Gate(
            "not_on_hold",
            subject,
            "未被暂停",
            "订单已暂停，请暂停人或客服主管恢复后再办。",
            HELD[subject],
            (Owing(person=HOLDER[subject]),) if subject in HOLDER else (Owing("cs_supervisor"),),
            "",
            explain_hold if subject != "shipment" else None,
            pauses=True,
        )
        for subject in HELD
    ),
)
GUARDS = (
    Guard(
        "four_eyes",
        "approve",
        lambda user: Q(editor_ids__contains=[user.pk]),
        "录入或修改过此单的人不能批准它，请由另一位主管批准。",
    ),
    Guard(
        "supervisor_first",
        "approve",
        lambda user: Q(pk__in=[]) if "supervisor" in roles_of(user) else Q(SUPERVISOR_SEES),
        "此单由销售员的上级主管批准；没有其他主管时才由营销总监批准。",
    ),
)
