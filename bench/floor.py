"""The floor under creating an order, and what has no page: the nightly push, a paper, what all customers owe."""

import statistics
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg2 import sql

from bench.seeding import Trade
from customers.models import Customer
from documents import rendering
from documents.models import Document
from finance.exposure import CUSTOMER
from orders import nightly
from orders.models import DatePush, Line, Order, Revision, RevisionLine

LINES = 5


def bare_inserts(times: int) -> float:
    """Milliseconds to insert the rows of a five-line order, one statement each, and to commit: nothing else."""
    order = Order.objects.filter(revision__isnull=False, lines__number=LINES).order_by("-pk")[0]
    spent = []
    for _ in range(times):
        rows = rows_of(order)
        began = time.perf_counter()
        with transaction.atomic():
            insert(rows)
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


def rows_of(order: Order) -> list[tuple[Any, dict[str, Any]]]:
    revision = order.revision
    lines = list(order.lines.order_by("number")[:LINES])
    terms = [RevisionLine.objects.get(revision=revision, line=line) for line in lines]
    new = values(order) | {"number": uuid.uuid4().hex[:20], "revision_id": None}
    return [
        (Order, new),
        (Revision, values(revision)),
        *((Line, values(line)) for line in lines),
        *((RevisionLine, values(row)) for row in terms),
    ]


def values(row: Any) -> dict[str, Any]:
    return {
        each.column: getattr(row, each.attname)
        for each in row._meta.concrete_fields
        if not (each.generated or each.primary_key)
    }


def insert(rows: list[tuple[Any, dict[str, Any]]]) -> None:
    made: dict[Any, list[int]] = {}
    with connection.cursor() as cursor:
        for model, given in rows:
            for parent, column in ((Order, "order_id"), (Revision, "revision_id")):
                if column in given and model is not Order:
                    given[column] = made[parent][0]
            if model is RevisionLine:
                given["line_id"] = made[Line][len(made.get(RevisionLine, []))]
            statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(
                sql.Identifier(model._meta.db_table),
                sql.SQL(", ").join(map(sql.Identifier, given)),
                sql.SQL(", ").join(sql.Placeholder() * len(given)),
            )
            cursor.execute(statement, list(given.values()))
            made.setdefault(model, []).append(cursor.fetchone()[0])
        cursor.execute("UPDATE orders_order SET revision_id = %s WHERE id = %s", [made[Revision][0], made[Order][0]])


def night(trade: Trade, orders: int) -> tuple[float, int]:
    """Seconds for the push of so many due orders, and how many were pushed."""
    trade.due(orders)
    before = DatePush.objects.count()
    began = time.perf_counter()
    nightly.run(trade.press.made_on - timedelta(days=1))
    return time.perf_counter() - began, DatePush.objects.count() - before


@dataclass
class Exposed:
    customers: int
    statements: int
    seconds: float


def exposure() -> Exposed:
    """What every customer may owe us."""
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as asked:
        found = list(Customer.objects.values_list("pk", CUSTOMER))
    return Exposed(len(found), len(asked), time.perf_counter() - began)


def paper(times: int) -> tuple[float, int]:
    """Milliseconds for a warm 订单确认书 of one page, and its pages."""
    document = Document.objects.filter(kind="confirmation").order_by("-pk")[0]
    pages = rendering.render_bounded(document).pages
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        rendering.render_bounded(document)
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent), pages
