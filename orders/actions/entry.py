"""Entering and editing an order, and the salesperson's own duties around it (R1–R5)."""

from typing import Any

from django.db import connection

from audit import history
from audit.errors import Refused
from audit.keys import plain
from customers.models import Customer, Memo
from documents.attachments import store
from documents.audience import Audience
from documents.numbering import business_day, next_number
from orders import bounds, terms
from orders.frame import OrderAct, order_action
from orders.models import Channel, Kind, Order, Revision, RevisionLine, Signed, State, Status
from orders.signing import sign
from orders.terms import LineInput

EDITABLE = (Status.DRAFT, Status.PROPOSED)


@order_action("create_order", system=True)
def create_order(
    act: OrderAct,
    _: None,
    *,
    customer: Customer,
    header: dict[str, Any],
    lines: list[LineInput],
    channel: str = Channel.PHONE,
    kind: str = Kind.NORMAL,
    memo: Memo | None = None,
    customer_reference: str = "",
) -> Order:
    """A draft with what is known so far; it may be incomplete (R1, R2, R4).

    Raises Refused for a customer that is not the person's, a closed customer, or a line out of bounds.
    """
    customer = usable(act, customer, memo)
    order = Order(
        kind=kind,
        customer=customer,
        salesperson_id=customer.salesperson_id,
        clerk_id=customer.clerk_id,
        memo=memo,
        channel=channel,
        customer_reference=customer_reference,
        created_by=act.by,
        created_at=act.at,
    )
    order.pk, revision_id = new_ids()
    revision = Revision(
        pk=revision_id,
        order=order,
        number=1,
        entered_by=act.by,
        entered_at=act.at,
        editor_ids=[act.by.pk] if act.by else [],
    )
    terms.set_header(revision, header)
    day = business_day(act.at)
    terms.copy_policy(revision, customer, day)
    rows = terms.build_lines(revision, customer, [without_identity(line) for line in lines], day)
    order.revision_id = revision.pk
    order.number = next_number("SO", act.at)
    order.save(force_insert=True)
    terms.identify(order, rows)
    terms.total_up(revision, rows)
    revision.save(force_insert=True)
    terms.save_lines(rows)
    if memo is not None:
        Memo.objects.filter(pk=memo.pk).update(order_number=order.number)
        act.touch(memo)
    act.record(order, to=State.DRAFT, channel=channel)
    act.stays.add(order.pk)
    return order


def usable(act: OrderAct, customer: Customer, memo: Memo | None) -> Customer:
    """The customer as it is now, if this person may order for it."""
    customers = Customer.objects.all() if act.by is None else Customer.objects.visible_to(act.by)
    fresh = customers.filter(pk=customer.pk).first()
    if fresh is None:
        raise Refused("只能为自己负责或代理的客户下单。", field="customer")
    if not fresh.is_active:
        raise Refused("该客户已停止往来，不能下单。", field="customer")
    if memo is not None and memo.customer_id not in (None, fresh.pk):
        raise Refused("备忘录属于另一位客户。", field="memo")
    return fresh


def new_ids() -> tuple[int, int]:
    """Ids of an order and its first revision, which point at each other: so each is written once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('orders_order', 'id')), "
            "nextval(pg_get_serial_sequence('orders_revision', 'id'))"
        )
        return cursor.fetchone()


def without_identity(line: LineInput) -> LineInput:
    return LineInput(**{**line.__dict__, "line_id": None})


@order_action("edit_revision", statuses=EDITABLE)
def edit_revision(
    act: OrderAct,
    revision: Revision,
    *,
    header: dict[str, Any],
    lines: list[LineInput],
    customer_reference: str | None = None,
    channel: str | None = None,
) -> Order:
    """Change what is not approved yet, in place, with history; signatures that judged a changed field lapse (B30)."""
    order = act.order
    before = list(revision.lines.order_by("position"))
    known = {row.line_id: row for row in before}
    if strangers := {each.line_id for each in lines if each.line_id} - known.keys():
        raise Refused(f"订单行不属于此单（{len(strangers)} 行），请刷新后重试。")
    terms.set_header(revision, header)
    rows = terms.build_lines(revision, order.customer, lines, business_day(act.at))
    if broken := bounds.breaches(bounds.bounding(revision), rows):
        raise Refused("".join(words for _, words in broken), field=broken[0][0])
    drop_lines(act, [row for row in before if row.line_id not in {new.line_id for new in rows}])
    terms.identify(order, rows)
    note_editor(act, revision)
    terms.total_up(revision, rows)
    replace_lines(rows, known)
    revision.save()
    if customer_reference is not None:
        order.customer_reference = customer_reference
    if channel is not None:
        order.channel = channel
    act.record(order, revision=revision.number)
    return order


def drop_lines(act: OrderAct, rows: list[RevisionLine]) -> None:
    """Remove terms rows; an identity that nothing hangs on goes with them."""
    for row in rows:
        line = row.line
        if line.reserved or line.made or line.shipped:
            raise Refused(f"第 {row.position} 行已有预留、生产或发货，不能删去；请先由仓库释放预留。")
        row.delete()
        if not line.terms.exists() and not line.entries.exists() and not line.signoffs.exists():
            line.delete()


def replace_lines(rows: list[RevisionLine], known: dict[int, RevisionLine]) -> None:
    """Write new rows and those that differ; the untouched get no history."""
    fresh, changed = [], []
    for row in rows:
        old = known.get(row.line_id)
        if old is None:
            fresh.append(row)
            continue
        row.pk = old.pk
        if any(plain(getattr(row, f.attname)) != plain(getattr(old, f.attname)) for f in row._meta.concrete_fields):
            changed.append(row)
    if changed:
        fields = [f.name for f in RevisionLine._meta.concrete_fields if not f.primary_key]
        RevisionLine.objects.bulk_update(changed, fields)
        history.write(list(changed), created=False)
    if fresh:
        terms.save_lines(fresh)


def note_editor(act: OrderAct, revision: Revision) -> None:
    if act.by and act.by.pk not in revision.editor_ids:
        revision.editor_ids = [*revision.editor_ids, act.by.pk]


@order_action("renew_terms", statuses=EDITABLE)
def renew_terms(act: OrderAct, revision: Revision) -> Order:
    """Bring contract, deposit and payment terms of an order not yet approved up to what is in force today."""
    terms.copy_policy(revision, act.order.customer, business_day(act.at))
    terms.total_up(revision, revision.lines.order_by("position"))
    save_digests(revision)
    note_editor(act, revision)
    revision.save()
    act.record(act.order, revision=revision.number)
    return act.order


def save_digests(revision: Revision) -> None:
    """Re-stamp the lines' digests after a change of header terms."""
    rows = list(revision.lines.order_by("position"))
    terms.total_up(revision, rows)
    RevisionLine.objects.bulk_update(rows, ["technical_digest", "material_digest", "date_digest", "price_digest"])
    history.write(list(rows), created=False)


@order_action("delegate_order", states={State.DRAFT, State.PENDING, State.APPROVED})
def delegate_order(act: OrderAct, order: Order) -> Order:
    """The salesperson hands their steps on this order to customer service, in writing (R2)."""
    act.need_reason("请写明委托的内容。")
    order = act.order
    order.delegated_at = act.at
    act.record(order)
    return order


@order_action("file_written_order", adds=True)
def file_written_order(act: OrderAct, order: Order, *, paper: Any) -> Order:
    """The written order behind one given by word (R1)."""
    order = act.order
    store(paper, act.by, "order", order.pk)
    order.written_order_filed_at = act.at
    act.record(order)
    return order


@order_action("file_sample", statuses=(Status.DRAFT, Status.PROPOSED, Status.APPROVED))
def file_sample(act: OrderAct, revision: Revision, *, line_id: int, text: str = "", paper: Any = None) -> Order:
    """File the customer's signed sample (封样) of a line marked 需签样 (R37)."""
    row = revision.lines.filter(line_id=line_id, needs_sample=True).select_related("line").first()
    if row is None:
        raise Refused("此行不需要签样。", field="line_id")
    if not text and paper is None:
        raise Refused("请附签样照片，或写明封样编号与存放处。", field="text")
    row.line.order = act.order
    kept = store(paper, act.by, "order", act.order.pk, Audience.PLAIN) if paper else None
    sign(act, Signed.SAMPLE, line=row.line, digest=row.technical_digest, text=text, paper=kept)
    act.record(act.order, line=row.line.number)
    return act.order
