from collections.abc import Sequence

from flow.subjects import Face, Subject
from orders.subjects import of_orders
from tests.flow.customs.models import Declaration


def faces(ids: Sequence[int], prices: bool) -> dict[int, Face]:
    rows = Declaration.objects.filter(pk__in=ids).values_list("pk", "number", "order__number")
    return {pk: Face(number, number, (order,)) for pk, number, order in rows}


SUBJECTS = (
    Subject(
        Declaration,
        "state",
        page="customs:declaration",
        seen=of_orders,
        faces=faces,
        open=lambda: Declaration.objects.filter(state="open"),
        order="order_id",
        customer="order__customer_id",
    ),
)
