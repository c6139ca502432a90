"""The frame of a customer's actions: the customer is locked, and whoever acts must be one who sees it."""

from collections.abc import Callable
from typing import Any

from accounts.permissions import roles_of
from audit.errors import Forbidden, Refused, Stale
from audit.frame import Act, Action, last_word
from customers.models import Customer, GradePolicy


def must_see(user: Any, customer: Customer) -> None:
    """Salespeople act for their own customers only; admins keep settings of all of them (B7)."""
    if user is None or "admin" in roles_of(user):
        return
    if not Customer.objects.visible_to(user).filter(pk=customer.pk).exists():
        raise Forbidden("这不是您负责的客户。如需代办，请联系客服把您登记为代理销售员。")


class CustomerAction(Action):
    """The frame with the customer as the row that is locked."""

    def lock(self, act: Act, subject: Any, given: dict[str, Any]) -> Any:
        customer = super().lock(act, subject, given)
        if customer is not None:
            must_see(act.by, customer)
        return customer


class PartAction(CustomerAction):
    """An action on a record of a customer (contact, address, contract), given as `part`: read anew under the lock.

    The version compared is the part's own.
    """

    def __init__(self, code: str, body: Callable[..., Any], **options: Any) -> None:
        super().__init__(code, body, versioned=False, **options)

    def lock(self, act: Act, subject: Any, given: dict[str, Any]) -> Any:
        customer = super().lock(act, subject, given)
        part = given.get("part")
        if part is not None:
            given["part"] = fresh = type(part)._default_manager.filter(pk=part.pk, customer=customer).first()
            if fresh is None:
                raise Refused("这条记录不属于该客户，请刷新后再试。")
            if act.seen is not None and fresh.version != act.seen:
                raise Stale(last_word(customer) or "此记录已被他人更新，请核对后重新提交。")
            act.touch(fresh)
        return customer

    def finish(self, act: Act, result: Any) -> None:
        """Its events name the customer, and so not the part that was made."""
        if result is not None:
            act.touch(result)


def numbered(policy: GradePolicy) -> GradePolicy:
    """The policy as events name it: their subjects have numbers, grades have letters."""
    return GradePolicy(pk="ABC".index(policy.grade) + 1)


class PolicyAction(Action):
    """The frame with a grade's policy as the row that is locked."""

    def compare_version(self, act: Act, subject: Any) -> None:
        if act.seen is not None and subject.version != act.seen:
            raise Stale(last_word(numbered(subject)) or "此记录已被他人更新，请核对后重新提交。")
