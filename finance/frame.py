"""Actions on a customer's money: they lock the customer, then every order that the money is or comes on."""

from typing import Any

from audit.errors import Refused, Stale
from audit.frame import Act, action, last_word
from customers.models import Customer
from finance.models import Payment
from finance.shares import Share
from orders.frame import OrderAct, OrderAction, lock_orders
from orders.models import Order


class MoneyAction(OrderAction):
    """Of a payment or an order, or of nothing where a payment is first written down.

    The customer's row is the parent of all their payments: under its lock no two can spend the same money.
    """

    def lock(self, act: Act, subject: Any, given: dict[str, Any]) -> Any:
        assert isinstance(act, OrderAct)  # noqa: S101 (made by act_class)
        customer_id = subject.customer_id if subject is not None else given["customer"].pk
        act.customer = Customer.objects.select_for_update(no_key=True).get(pk=customer_id)
        act.orders = lock_orders({*order_ids(subject), *(order.pk for order in orders_in(given))})
        if any(order.customer_id != customer_id for order in act.orders.values()):
            raise Refused("收款只能用于同一客户的订单。", field="order")
        if isinstance(subject, Order):
            self.check_states_of(act.orders[subject.pk])
            return act.orders[subject.pk]
        return subject and Payment.objects.select_related("balance", "customer").get(pk=subject.pk)

    def check_states_of(self, order: Order) -> None:
        if self.states and order.state not in self.states:
            raise Refused(f"{order.number} 现为「{order.get_state_display()}」，不能办理此项。{last_word(order)}")

    def compare_version(self, act: Act, subject: Any) -> None:
        if self.versioned and act.seen is not None and isinstance(subject, Order) and subject.version != act.seen:
            raise Stale(last_word(subject) or "此单已被他人更新，请核对后重新提交。")


def money_action(code: str, **options: Any) -> Any:
    return action(code, frame=MoneyAction, **options)


def order_ids(subject: Any) -> set[int]:
    """The orders that the subject's money is on."""
    if isinstance(subject, Order):
        return {subject.pk}
    if isinstance(subject, Payment):
        return set(subject.entries.order_by().values_list("order_id", flat=True))
    return set()


def orders_in(given: dict[str, Any]) -> list[Order]:
    """The orders among what an action is given: by itself, or in shares of a payment."""
    found = [value for value in given.values() if isinstance(value, Order)]
    return found + [share.order for share in given.get("shares", ()) if isinstance(share, Share)]
