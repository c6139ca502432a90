"""The frame of an action on an order, revision, line or shipment: what it locks, and what follows it.

Locks in the house's one order — customer → orders by id → shipments → stock balances by id — so that no two actions
can wait for each other in a ring. Whatever can raise a customer's exposure asks for `exposure=True`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django_fsm import TransitionNotAllowed

from audit.errors import Forbidden, Refused, Stale
from audit.frame import Act, action, last_word
from audit.prepared import Prepared, fresh
from catalog.rereads import queue_reread
from customers.models import Customer
from flow import owed, subjects
from flow.frame import FlowAct, FlowAction
from orders.models import Order, Revision, Shipment, ShipmentLine, ShipmentState, Status
from orders.models.order import seen_by


@dataclass
class OrderAct(FlowAct):
    """An action under way on locked rows. `order` is the one order of most actions."""

    customer: Customer | None = None
    orders: dict[int, Order] = field(default_factory=dict)
    shipment: Shipment | None = None
    stays: set[int] = field(default_factory=set)

    @property
    def order(self) -> Order:
        (order,) = self.orders.values()
        return order

    def step(self, subject: Any, name: str, *, bolt: str | None = None) -> None:
        """Take the django-fsm transition `name` of `subject`, after its guards; its conditions ask the gates.

        Raises Forbidden (a guard), Blocked (gates), Refused (not in a state that has this step).
        """
        self.guard(bolt or name, subject)
        before = subjects.of(subject).state_of(subject)
        try:
            getattr(subject, name)()
        except TransitionNotAllowed:
            unmet = subject.__dict__.pop("_unmet", None)
            if unmet:
                raise self.blocked(unmet) from None
            raise Refused(f"现在不能办理此项。{last_word(subject)}") from None
        if subject._meta.model_name != "revision":
            self.record(subject, from_=before, to=subjects.of(subject).state_of(subject))


class OrderAction(FlowAction):
    """`states` / `statuses` / `shipment_states` name when the action exists at all.

    `exposure`: locks the customer, re-reads their open orders, and has them read again after the commit. `quiet`:
    leaves the version as it is (rendering, sending). `adds`: purely adding, so the version it was typed against is not
    compared.
    """

    act_class = OrderAct

    def __init__(
        self,
        code: str,
        body: Any,
        *,
        states: Collection[str] = (),
        statuses: Collection[str] = (),
        shipment_states: Collection[str] = (),
        exposure: bool = False,
        quiet: bool = False,
        adds: bool = False,
        system: bool = False,
    ) -> None:
        super().__init__(code, body, system=system, versioned=not (quiet or adds))
        self.states = frozenset(states)
        self.statuses = frozenset(statuses)
        self.shipment_states = frozenset(shipment_states)
        self.exposure = exposure
        self.quiet = quiet

    def lock(self, act: Act, subject: Any, given: dict[str, Any]) -> Any:
        assert isinstance(act, OrderAct)  # noqa: S101 (made by act_class)
        if subject is None:
            return None
        ids = order_ids(subject)
        if self.exposure:
            act.customer = lock_customer(subject, ids)
        act.orders = lock_orders(ids)
        if act.customer and any(order.customer_id != act.customer.pk for order in act.orders.values()):
            raise Stale("订单的客户刚被更改，请刷新后重试。")
        found = self.refetch(act, subject)
        must_see(act)
        self.check_states(act, found)
        return found

    def refetch(self, act: OrderAct, subject: Any) -> Any:
        if isinstance(subject, Order):
            return act.orders[subject.pk]
        if isinstance(subject, Shipment):
            act.shipment = fresh(Shipment, subject.pk, lock=True)
            return act.shipment
        found: Any = fresh(type(subject), subject.pk)
        if hasattr(found, "order_id"):
            found.order = act.orders[found.order_id]
        elif hasattr(found, "revision_id"):
            found.revision.order = act.orders[found.revision.order_id]
        return found

    def check_states(self, act: OrderAct, subject: Any) -> None:
        for order in act.orders.values():
            if self.states and order.state not in self.states:
                raise Refused(f"{order.number} 现为「{order.get_state_display()}」，不能办理此项。{last_word(order)}")
        if self.statuses and isinstance(subject, Revision) and subject.status not in self.statuses:
            raise Refused(f"此版本现为「{subject.get_status_display()}」，不能办理此项。{last_word(subject.order)}")
        if self.shipment_states and isinstance(subject, Shipment) and subject.state not in self.shipment_states:
            raise Refused(f"{subject.number} 现为「{subject.get_state_display()}」，不能办理此项。{last_word(subject)}")

    def compare_version(self, act: Act, subject: Any) -> None:
        assert isinstance(act, OrderAct)  # noqa: S101
        if not self.versioned or act.seen is None or subject is None:
            return
        judged = subject if isinstance(subject, Shipment) else act.order
        if judged.version != act.seen:
            raise Stale(last_word(judged) or "此单已被他人更新，请核对后重新提交。")

    def finish(self, act: Act, result: Any) -> None:
        assert isinstance(act, OrderAct)  # noqa: S101
        if isinstance(result, Order):
            act.orders.setdefault(result.pk, result)
        if isinstance(result, Shipment):
            act.shipment = act.shipment or result
        for order in act.orders.values():
            if not self.quiet and order.pk not in act.stays:
                order.version += 1
                order.save()
        if act.shipment and not self.quiet:
            act.shipment.version += 1
            act.shipment.save()
        owed.refresh(touched(act), at=act.at)
        if act.customer is not None:
            # Whoever acts on another order of this customer locks that order, not the customer: they may have read
            # its credit gate before this commit and write after it. So it is read again once this is committed.
            queue_reread(act, "customer", [act.customer.pk])


def must_see(act: OrderAct) -> None:
    """Whoever acts must see one of the orders (B7): all there is on most things, any of a shipment's.

    Raises Forbidden. A job and a customer's own page have nobody to ask.
    """
    limits = act.by and seen_by(act.by)
    if limits and act.orders and not Order.objects.filter(limits, pk__in=act.orders).exists():
        raise Forbidden(f"{'、'.join(order.number for order in act.orders.values())} 不在您负责的范围内。")


def order_action(code: str, **options: Any) -> Any:
    """`@order_action("approve", statuses={…}, exposure=True)`: see OrderAction."""
    return action(code, frame=OrderAction, **options)


def order_ids(subject: Any) -> list[int]:
    """The orders a subject belongs to: the rows an action on it locks."""
    if isinstance(subject, Order):
        return [subject.pk]
    if isinstance(subject, Shipment):
        lines = ShipmentLine.objects.filter(shipment=subject)
        return list(lines.order_by().values_list("line__order_id", flat=True).distinct())
    if hasattr(subject, "order_id"):
        return [subject.order_id]
    if hasattr(subject, "revision_id"):
        return [subject.revision.order_id]
    raise TypeError(f"{type(subject).__name__} belongs to no order")


def lock_customer(subject: Any, ids: Iterable[int]) -> Customer:
    customer_id = getattr(subject, "customer_id", None)
    if customer_id is None:
        customer_id = Order.objects.filter(pk__in=ids).values_list("customer_id", flat=True)[0]
    return fresh(Customer, customer_id, lock=True)


def lock_orders(ids: Iterable[int]) -> dict[int, Order]:
    """Oldest id first, so that two who lock the same orders cannot deadlock."""
    return {order.pk: order for order in LOCKED(list(ids))}


def lock_ids(ids: Iterable[int]) -> list[int]:
    """The same locks, for what is done to many at once in the database."""
    return list(locking(list(ids)).values_list("pk", flat=True))


def locking(ids: list[int]) -> QuerySet[Order]:
    return Order.objects.select_for_update(no_key=True).filter(pk__any_of=ids).order_by("pk")


LOCKED = Prepared(locking, list)


def touched(act: OrderAct) -> list[Model]:
    """The subjects whose gates may now read otherwise."""
    ids, customer = list(act.orders), act.customer and act.customer.pk
    # Exposure changed: the credit gate of this customer's other orders reads it too, and of what has not left.
    found: list[Model] = [
        *act.orders.values(),
        *(REVISIONS_TOO(ids, customer) if customer else REVISIONS(ids)),
        *(SHIPMENTS_TOO(ids, customer) if customer else SHIPMENTS(ids)),
    ]
    if act.shipment is not None:
        found = [row for row in found if not (isinstance(row, Shipment) and row.pk == act.shipment.pk)]
        found.append(act.shipment)
    return found


def revisions_of(ids: Any) -> QuerySet[Revision]:
    return Revision.objects.order_by().only("pk", "status").filter(order__any_of=ids)


def shipments_of(ids: Any) -> QuerySet[Shipment]:
    lines = ShipmentLine.objects.filter(line__order__any_of=ids).order_by()
    shipments = Shipment.objects.order_by().only("pk", "state").filter(pk__in=lines.values("shipment_id"))
    return shipments.exclude(state__in=[ShipmentState.SIGNED, ShipmentState.CANCELLED])


REVISIONS, SHIPMENTS = Prepared(revisions_of, list), Prepared(shipments_of, list)
# Unions, since an OR would read all that is open of all customers.
REVISIONS_TOO = Prepared(
    lambda ids, customer: revisions_of(ids).union(
        Revision.objects.order_by()
        .only("pk", "status")
        .filter(order__customer=customer, status__in=[Status.PROPOSED, Status.APPROVED])
    ),
    list,
    int,
)
SHIPMENTS_TOO = Prepared(
    lambda ids, customer: shipments_of(ids).union(
        Shipment.objects.order_by()
        .only("pk", "state")
        .filter(customer=customer, state__in=[ShipmentState.DRAFT, ShipmentState.NOTICED])
    ),
    list,
    int,
)
