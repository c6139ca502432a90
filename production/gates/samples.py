"""Whose step the next one of a sample is: making it is technical's; sending it, the customer's answer and the sealing
are the desk's (R8, R37)."""

from django.db.models import F

from flow.gates import ALWAYS, Duty, Owing
from production.models import SampleState

DESK = (Owing("sales"), Owing("customer_service"))


def step(code: str, label: str, states: set[SampleState], owed: tuple[Owing, ...], *, wanted: bool = False) -> Duty:
    """`wanted`: due by the day that the customer wants it on, which is the day on which it is sent."""
    return Duty(code, "samplerequest", label, ALWAYS, owed, "", frozenset(states), F("wanted_on") if wanted else None)


DUTIES = (
    step("make_sample", "打样", {SampleState.ASKED, SampleState.REFUSED}, (Owing("technical"),), wanted=True),
    step("send_sample", "寄出样品", {SampleState.MADE}, DESK, wanted=True),
    step("hear_sample", "登记客户对样品的答复", {SampleState.SENT}, DESK),
    step("seal_sample", "封样", {SampleState.APPROVED}, DESK),
)
