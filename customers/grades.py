"""The three grades with the policy that a new house starts from; admins change it afterwards."""

from decimal import Decimal
from typing import Any

START: dict[str, dict[str, Any]] = {
    "A": {
        "starts_early": True,
        "deposit_by_contract_only": True,
        "deposit_percent": Decimal(0),
        "share_before_shipping": Decimal(100),
        "share_on_contract": Decimal(0),
        "special_release_allowed": True,
    },
    "B": {"deposit_percent": Decimal(30)},
    "C": {"deposit_percent": Decimal(50)},
}


def ensure(**kwargs: Any) -> None:
    """A house has all three grades, an emptied database included; runs after every migrate."""
    from customers.models import GradePolicy

    present = set(GradePolicy.objects.values_list("grade", flat=True))
    GradePolicy.objects.bulk_create(
        [GradePolicy(grade=grade, **START[grade]) for grade in sorted(START.keys() - present)]
    )
