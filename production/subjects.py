"""打样: what of production's something can be owed on."""

from collections.abc import Iterable
from typing import Any

from customers.subjects import faces, of_customers
from flow.subjects import Subject
from production.models import SampleRequest, SampleState
from production.models.sample import OPEN


def say(row: dict[str, Any], prices: bool) -> Iterable[str]:
    yield SampleState(row["state"]).label
    yield row["name"]


SUBJECTS = (
    Subject(
        SampleRequest,
        "state",
        page="production:sample",
        seen=of_customers,
        faces=faces(SampleRequest, "state", "name", say=say),
        open=lambda: SampleRequest.objects.filter(state__in=OPEN),
    ),
)
