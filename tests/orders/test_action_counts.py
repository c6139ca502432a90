"""What an action costs in statements: every click, every row of an import and most of a test pay it.

Counted inside a test's transaction, so with a savepoint that a click does not have.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.actions import approval, chain, confirmation
from production.actions import making, signing
from production.models import Batch
from quality.actions import inspection
from quality.actions import stock as receiving
from tests.remembered import path
from tests.shop import Shop

pytestmark = pytest.mark.django_db

FINE = {f"{what}_ok": True for what in ("quantity", "appearance", "packaging", "label")}


@pytest.fixture(autouse=True)
def built_anew() -> None:
    """What is counted here is done indeed, whatever another test has done before."""
    path.leave()


@contextmanager
def at_most(count: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as seen:
        yield
    said = [query["sql"][:150] for query in seen.captured_queries if not query["sql"].startswith("PREPARE")]
    assert len(said) <= count, "\n".join(said)


def test_signing_approving_and_sending_an_order() -> None:
    shop = Shop()
    shop.sent()  # what is read or prepared once in a connection
    with at_most(28):
        order = shop.draft()
    with at_most(34):
        order = approval.submit(order.revision, by=shop.who["sales"])
    with at_most(20):
        approval.sign_check(order.revision, by=shop.who["customer_service"])
    shop.sign(order.revision)
    with at_most(52):
        approval.approve(order.revision, by=shop.who["supervisor"])
    with at_most(18):
        confirmation.check_print(shop.fresh(order).revision, by=shop.who["customer_service"])


def test_making_an_order() -> None:
    shop = Shop()
    shop.passed()
    order = shop.confirmed()
    with at_most(45):
        chain.release(order.revision, by=shop.who["customer_service"])
    with at_most(35):
        signing.hand_over_order(order, by=shop.who["customer_service"])
    signing.sign_for_order(order, by=shop.who["production"])
    (row,) = order.revision.lines.all()
    with at_most(37):
        making.report_made(order, by=shop.who["production"], rows=[making.Made(row.line_id, Decimal(100))])
    batch = Batch.objects.get(line__order=order)
    with at_most(26):
        inspection.inspect_batch(
            batch, by=shop.who["quality"], verdict="passed", sample_size=5, measured="均合格", **FINE
        )
    with at_most(32):
        inspection.countersign_batch(batch, by=shop.who["customer_service"], **FINE)
    with at_most(40):
        receiving.receive_into_stock(batch, by=shop.who["quality"], pallets=[receiving.Put(Decimal(100), 1)])
