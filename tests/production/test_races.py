"""Twenty at once: each of these is signed, reported, judged and received once (B1, B2)."""

import threading
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from audit.errors import AlreadyDone, Refused
from orders.models import Signed, SignOff
from production.actions import anomalies, making, signing
from production.actions.making import Made
from production.actions.signing import LineWord
from production.models import Anomaly, DailyReport
from quality.actions import inspection, stock
from quality.actions.stock import Put
from quality.models import Countersignature, Inspection
from stock.models import Pallet
from stock.queries import wrong_balances
from tests.production.works import TICKS, Works, line_of, newest

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: Callable[[], Any], times: int = 20) -> Counter[str]:
    """How many of `times` threads were done, refused, or led to the first one's result."""
    outcomes: list[str] = []
    together = threading.Barrier(times)

    def run() -> None:
        try:
            together.wait()
            work()
            outcomes.append("done")
        except AlreadyDone:
            outcomes.append("sent on")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return Counter(outcomes)


def test_b1_the_same_technical_form_twenty_times_is_one_signature() -> None:
    works = Works()
    revision = newest(works.submitted())
    words = [LineWord(revision.lines.get().line_id, "can")]
    done = at_once(lambda: signing.sign_technical(revision, by=works.who["technical"], words=words, key="form"))
    assert done == {"done": 1, "sent on": 19}
    assert SignOff.objects.filter(kind=Signed.TECHNICAL).count() == 1


def test_b2_a_work_order_is_signed_for_once() -> None:
    works = Works()
    order = works.released()
    signing.hand_over_order(order, by=works.who["customer_service"])
    done = at_once(lambda: signing.sign_for_order(order, by=works.who["production"]))
    assert done == {"done": 1, "refused": 19}
    assert SignOff.objects.filter(kind=Signed.SIGNED_FOR).count() == 1


def test_twenty_different_reports_all_count_and_share_a_batch() -> None:
    works = Works()
    order = works.in_work()
    rows = [Made(order.lines.get().pk, Decimal(5))]
    assert at_once(lambda: making.report_made(order, by=works.who["production"], rows=rows)) == {"done": 20}
    assert line_of(order).made == 100
    assert DailyReport.objects.values("batch").distinct().count() == 1


def test_b1_the_same_report_twenty_times_counts_once() -> None:
    works = Works()
    order = works.in_work()
    rows = [Made(order.lines.get().pk, Decimal(5))]
    done = at_once(lambda: making.report_made(order, by=works.who["production"], rows=rows, key="form"))
    assert done == {"done": 1, "sent on": 19}
    assert line_of(order).made == 5


def test_b2_a_batch_is_judged_countersigned_and_received_once() -> None:
    works = Works()
    order, batch = works.finished()
    assert at_once(lambda: works.inspect(batch)) == {"done": 1, "refused": 19}
    sign = lambda: inspection.countersign_batch(batch, by=works.who["customer_service"], **TICKS)  # noqa: E731
    assert at_once(sign) == {"done": 1, "refused": 19}
    puts = [Put(Decimal(100), 4)]
    receive = lambda: stock.receive_into_stock(batch, by=works.who["quality"], pallets=puts)  # noqa: E731
    assert at_once(receive) == {"done": 1, "refused": 19}
    line = line_of(order)
    assert (line.accepted, line.stocked) == (100, 100)
    assert (Inspection.objects.count(), Countersignature.objects.count(), Pallet.objects.count()) == (1, 1, 1)
    assert wrong_balances() == []


def test_b2_an_order_is_finished_and_passed_once() -> None:
    works = Works()
    order = works.in_work()
    batch = works.report(order)
    assert at_once(lambda: making.finish(order, by=works.who["production"])) == {"done": 1, "refused": 19}
    works.stock(works.judge(batch))  # type: ignore[arg-type]
    assert at_once(lambda: inspection.pass_quality(order, by=works.who["quality"])) == {"done": 1, "refused": 19}


def test_an_anomaly_raised_while_the_order_is_finished_never_stands_unplanned_behind_it() -> None:
    works = Works()
    order = works.in_work()
    works.report(order)
    outcomes: list[str] = []

    def finish() -> None:
        making.finish(order, by=works.who["production"])
        outcomes.append("finished")

    def trouble() -> None:
        anomalies.raise_anomaly(order, by=works.who["quality"], kind="quality", text="色差")

    work = iter([finish, trouble] * 5)
    at_once(lambda: next(work)(), times=10)
    raised = Anomaly.objects.count()
    assert raised == 5
    assert len(outcomes) <= 1
