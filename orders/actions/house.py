"""The house's own settings of the rules, changed by an action so that they have history and a name (design, idea 2)."""

from typing import Any

from accounts.records import save
from audit.errors import Refused
from audit.frame import Act, action
from catalog.rereads import queue_reread
from orders.models import HouseRules

FIELDS = (
    "push_limit",
    "push_cutoff",
    "push_working_days",
    "small_difference",
    "second_checker",
    "scan_to_dispatch",
    "return_chase_days",
    "supervision",
)
# What gates read: another value opens or closes them on orders that nobody touches.
READ_BY_GATES = {"push_limit", "second_checker", "scan_to_dispatch"}


@action("change_house_rules")
def change_house_rules(act: Act, rules: HouseRules, **changes: Any) -> HouseRules:
    """Set what is given. Decisions read it at once; what all open orders owe by then is read again after the commit."""
    if unknown := changes.keys() - set(FIELDS):
        raise Refused(f"没有这项参数：{'、'.join(sorted(unknown))}")
    if not act.reason:
        raise Refused("请写明修改的原因。", field="reason")
    before = {name: getattr(rules, name) for name in changes}
    for name, value in changes.items():
        setattr(rules, name, value)
    rules.version += 1
    save(rules)
    changed = {name: [str(before[name]), str(value)] for name, value in changes.items() if before[name] != value}
    act.record(rules, changed=changed)
    if changed.keys() & READ_BY_GATES:
        queue_reread(act, "house", [rules.pk])
    return rules
