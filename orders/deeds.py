"""Every single action on an order as a page or button: one table of action, form, subject and words.

`orders.urls` makes a route of each, `orders.views.acts` carries them out, `orders.offers` shows them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orders.actions import amendment, approval, archiving, chain, confirmation, entry, quantities, taking
from orders.forms import acts as forms
from orders.models import ConfirmationReturn, Order, Revision, Status
from orders.models.returned import Verdict

Subject = Callable[[Order], Any]


@dataclass(frozen=True)
class Deed:
    """`subject` picks what the action is done to, or None where there is nothing of the kind now.

    `page` is the page that the form belongs to and that one comes back to; "" is the order's own.
    """

    code: str
    slug: str
    label: str
    action: Callable[..., Any]
    subject: Subject
    form: type[forms.OrderActForm] = forms.Plain
    note: str = ""
    said: str = "已办理。"
    tone: str = "primary"
    page: str = ""
    template: str = "orders/act.html"
    then: str = ""  # the page one goes on to, where that is not `page`
    permission: str = ""

    @property
    def may(self) -> str:
        return self.permission or self.code


def of_status(*statuses: str) -> Subject:
    """The newest revision that stands so."""

    def pick(order: Order) -> Revision | None:
        found = order.revisions.filter(status__in=statuses).select_related("contact").order_by("-number").first()
        if found:
            found.order = order
        return found

    return pick


def whole(order: Order) -> Order:
    return order


def pending_return(order: Order) -> ConfirmationReturn | None:
    found = ConfirmationReturn.objects.filter(revision__order=order, verdict=Verdict.PENDING)
    return found.select_related("revision", "signer").order_by("-pk").first()


being_drawn_up = of_status(Status.DRAFT, Status.PROPOSED)
draft = of_status(Status.DRAFT)
proposed = of_status(Status.PROPOSED)
approved = of_status(Status.APPROVED)
unanswered = of_status(Status.APPROVED, Status.IN_FORCE)
not_released = of_status(Status.DRAFT, Status.PROPOSED, Status.APPROVED)

ALL = (
    Deed("submit", "submit", "提交审批", approval.submit, draft, said="已提交审批。"),
    Deed(
        "sign_check",
        "check",
        "签字：核对无误",
        approval.sign_check,
        being_drawn_up,
        forms.Written,
        "产品编号、规格、单价和付款条件已对照备忘录、合同和以往交易逐项核对。",
        said="已签字。",
        template="orders/check.html",
    ),
    Deed(
        "clear_price_cs",
        "price/cs",
        "核准价格（客服主管）",
        approval.clear_price_cs,
        being_drawn_up,
        forms.MustWrite,
        "对偏离参考的各行一并核准；口头无效。",
        said="已核准。",
        page="price",
    ),
    Deed(
        "clear_price_md",
        "price/md",
        "核准价格（营销总监）",
        approval.clear_price_md,
        being_drawn_up,
        forms.MustWrite,
        "对偏离参考的各行一并核准；口头无效。",
        said="已核准。",
        page="price",
    ),
    Deed(
        "relax_promise",
        "promise",
        "放宽预交日",
        approval.relax_promise,
        being_drawn_up,
        forms.Relax,
        "只能比生产部书面完成日更晚，并须有销售员同意的记录。",
        said="预交日已放宽。",
    ),
    Deed(
        "renew_terms",
        "terms",
        "更新为现行条款",
        entry.renew_terms,
        being_drawn_up,
        said="条款已更新为现行条款。",
        template="orders/terms.html",
    ),
    Deed("approve", "approve", "批准", approval.approve, proposed, said="已批准。", page="approval"),
    Deed(
        "send_back",
        "send-back",
        "退回",
        approval.send_back,
        proposed,
        forms.SendBack,
        "退回后回到草稿，由录单人改正后重新提交。",
        said="已退回。",
        tone="danger",
        page="approval",
    ),
    Deed(
        "delegate_order",
        "delegate",
        "委托客服代办",
        entry.delegate_order,
        whole,
        forms.Reason,
        "此单中该由销售员办的事项改由客服办理。",
        said="已委托客服。",
    ),
    Deed(
        "file_written_order",
        "written-order",
        "补交书面订单",
        entry.file_written_order,
        whole,
        forms.PaperOnly,
        "口头下单的，三个工作日内补交书面订单。",
        said="书面订单已归档。",
    ),
    Deed(
        "file_sample",
        "sample",
        "封样归档",
        entry.file_sample,
        not_released,
        forms.Sample,
        "附签样照片，或写明封样编号与存放处。",
        said="封样已归档。",
    ),
    Deed(
        "tell_reply",
        "told",
        "已告知客户",
        taking.tell_order_reply,
        whole,
        forms.Told,
        "告诉客户订单已收到、多久能给确认书，并致谢。",
        said="已记下。",
        page="memo",
    ),
    Deed(
        "check_print",
        "confirmation/check",
        "签字：逐项检查无误",
        confirmation.check_print,
        unanswered,
        forms.Written,
        "打印件逐项检查后签字，然后才能发给客户。",
        said="已签字，可以发出。",
        page="confirmation",
    ),
    Deed(
        "send_confirmation",
        "confirmation/send",
        "发出确认书",
        confirmation.send_confirmation,
        unanswered,
        forms.Send,
        said="已发出。",
        page="confirmation",
    ),
    Deed(
        "record_receipt_call",
        "confirmation/heard",
        "电话确认收到",
        confirmation.record_receipt_call,
        unanswered,
        forms.Heard,
        "发出后电话确认对方清晰收到。",
        said="已记下。",
        page="confirmation",
    ),
    Deed(
        "record_return",
        "confirmation/returned",
        "登记回传",
        confirmation.record_return,
        unanswered,
        forms.Returned,
        "客户签章的确认书收到后登记；之后逐项核验。",
        said="回传已登记，请核验。",
        page="confirmation",
    ),
    Deed(
        "verify_return",
        "confirmation/verify",
        "核验无误",
        confirmation.verify_return,
        pending_return,
        note="签章清晰、内容一致、签署人已获授权。",
        said="回传已核验。",
        page="confirmation",
    ),
    Deed(
        "refuse_return",
        "confirmation/refuse",
        "不合格，退回",
        confirmation.refuse_return,
        pending_return,
        forms.RefuseReturn,
        "请客户重新签章；收到至今的天数照常顺延。",
        said="已退回，请客户重新签章。",
        tone="danger",
        page="confirmation",
    ),
    Deed("release", "release", "下达生产", chain.release, approved, said="已下达生产。"),
    Deed(
        "hold",
        "hold",
        "暂停",
        chain.hold,
        whole,
        forms.Reason,
        "暂停后各步都不能往下走，直到恢复；已发生的事照常记录。",
        said="已暂停。",
        tone="danger",
    ),
    Deed("resume", "resume", "恢复", chain.resume, whole, said="已恢复。"),
    Deed("complete", "complete", "完成", chain.complete, whole, said="订单已完成。"),
    Deed(
        "reopen",
        "reopen",
        "重开",
        chain.reopen,
        whole,
        forms.Reason,
        "重开后回到发货；再次完成时条件照旧。",
        said="已重开。",
    ),
    Deed(
        "archive_file",
        "archive",
        "归档",
        archiving.archive_file,
        whole,
        note="卷宗齐全，移交归档；重开订单后须再次归档。",
        said="卷宗已归档。",
        page="file",
    ),
    Deed(
        "request_cancel",
        "cancellation/request",
        "申请取消",
        chain.request_cancel,
        whole,
        forms.PaperReason,
        said="已提出取消申请。",
        tone="danger",
        page="cancellation",
    ),
    Deed(
        "drop_cancel",
        "cancellation/drop",
        "撤回取消申请",
        chain.drop_cancel,
        whole,
        said="已撤回。",
        page="cancellation",
    ),
    Deed(
        "agree_cancel_md",
        "cancellation/agree-md",
        "同意取消（营销总监）",
        chain.agree_cancel_md,
        whole,
        forms.MustWrite,
        said="已签字。",
        page="cancellation",
    ),
    Deed(
        "agree_cancel_fin",
        "cancellation/agree-fin",
        "同意取消（财务）",
        chain.agree_cancel_fin,
        whole,
        forms.MustWrite,
        said="已签字。",
        page="cancellation",
    ),
    Deed(
        "cancel",
        "cancellation/cancel",
        "取消订单",
        chain.cancel,
        whole,
        forms.Reason,
        "取消后不能恢复；预留的现货会释放。",
        said="订单已取消。",
        tone="danger",
        page="cancellation",
    ),
    Deed(
        "short_close",
        "short-close",
        "短结",
        quantities.short_close,
        whole,
        forms.Quantity,
        "客户书面同意不要的余量。",
        said="已短结。",
        template="orders/quantity.html",
    ),
    Deed(
        "take_back_short_close",
        "short-close/take-back",
        "撤回短结",
        quantities.take_back_short_close,
        whole,
        forms.LineReason,
        "余量恢复为应交数量；已完工的订单回到生产补做。",
        said="短结已撤回。",
        tone="danger",
    ),
    Deed(
        "accept_excess",
        "excess",
        "超量接收",
        quantities.accept_excess,
        whole,
        forms.Quantity,
        "客户书面同意接收超出允差的数量。",
        said="已登记超量接收。",
        template="orders/quantity.html",
    ),
    Deed(
        "take_back_excess",
        "excess/take-back",
        "撤回超量接收",
        quantities.take_back_excess,
        whole,
        forms.LineReason,
        "超出允差的数量尚未发出、也未通知发货时可以撤回。",
        said="超量接收已撤回。",
        tone="danger",
    ),
    Deed(
        "propose_amendment",
        "amend",
        "提出改单",
        amendment.propose_amendment,
        whole,
        forms.Reason,
        "新版本从现行条款开始修改，经提交、批准、确认后生效；之前按现行版本进行。",
        said="改单已建立，请修改内容后提交审批。",
        template="orders/amend.html",
        then="edit",
    ),
    Deed(
        "drop_amendment",
        "drop-amendment",
        "放弃改单",
        amendment.drop_amendment,
        not_released,
        forms.Reason,
        "订单按现行版本继续。",
        said="改单已放弃。",
        tone="danger",
    ),
)

DEEDS = {deed.code: deed for deed in ALL}
