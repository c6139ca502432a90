import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from audit.errors import Forbidden, Refused
from documents import actions, mail, notices, outbox, queries, relay
from documents.models import Notice, OutboxRow
from documents.tasks import deliver
from tests.documents import papers
from tests.people import person

State = OutboxRow.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the test's two channels did; «fragile» can't be repeated."""
    did: list[Any] = []
    monkeypatch.setattr(outbox, "_channels", dict(outbox._channels))
    outbox.handler("safe", safe_to_repeat=True)(lambda payload: do(did, payload))
    outbox.handler("fragile", safe_to_repeat=False)(lambda payload: do(did, payload))
    return did


def do(did: list[Any], payload: dict[str, Any]) -> None:
    outbox.cross()
    did.append(payload["n"])
    match payload.get("fail"):
        case "not sent":
            raise outbox.NotSent("连不上")
        case "gave up":
            raise outbox.GiveUp("太大")
        case "error":
            raise RuntimeError("中途断开")


def posted(channel: str = "safe", key: str = "k", **payload: Any) -> OutboxRow:
    outbox.post(channel, key, {"n": 1} | payload)
    return OutboxRow.objects.get(channel=channel, key=key)


def state_of(row: OutboxRow) -> str:
    return OutboxRow.objects.get(pk=row.pk).state


def lease_ran_out(row: OutboxRow) -> None:
    OutboxRow.objects.filter(pk=row.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_the_same_key_is_posted_once() -> None:
    posted()
    posted()
    assert OutboxRow.objects.count() == 1


def test_what_is_rolled_back_was_never_posted() -> None:
    with transaction.atomic():
        posted()
        transaction.set_rollback(True)
    assert not OutboxRow.objects.exists()


def test_many_are_posted_in_one_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        outbox.post_many([("safe", f"k{n}", {"n": n}) for n in range(50)])
    assert OutboxRow.objects.count() == 50


def test_the_worker_does_the_work_once_and_marks_it_done(done: list[Any]) -> None:
    row = posted()
    deliver(row.pk)
    deliver(row.pk)
    assert (done, state_of(row)) == ([1], "done")


def test_a_row_that_is_not_due_is_left_alone(done: list[Any]) -> None:
    outbox.post("safe", "later", {"n": 1}, not_before=timezone.now() + timedelta(hours=1))
    deliver(OutboxRow.objects.get().pk)
    assert (done, list(outbox.claim_waiting(timezone.now()))) == ([], [])


def test_a_claimed_row_is_not_claimed_again_until_its_lease_ran_out(done: list[Any]) -> None:
    row = posted()
    assert list(outbox.claim_waiting(timezone.now())) == [row.pk]
    assert list(outbox.claim_waiting(timezone.now())) == []
    lease_ran_out(row)
    assert list(outbox.claim_waiting(timezone.now())) == [row.pk]


@pytest.mark.parametrize(
    ("channel", "fail", "state"),
    [
        ("safe", "error", "waiting"),
        ("safe", "not sent", "waiting"),
        ("safe", "gave up", "failed"),
        ("fragile", "error", "doubtful"),
        ("fragile", "not sent", "waiting"),
        ("fragile", "gave up", "failed"),
        ("unknown", "", "waiting"),
    ],
)
def test_a_failure_waits_fails_or_is_doubtful(done: list[Any], channel: str, fail: str, state: str) -> None:
    row = posted(channel, fail=fail)
    deliver(row.pk)
    assert state_of(row) == state


def test_retries_wait_longer_and_longer_and_end(done: list[Any]) -> None:
    assert [outbox.wait_after(n).total_seconds() for n in (1, 2, 3, 8)] == [5, 20, 80, 3600]
    row = posted(fail="error")
    for _ in range(outbox.ATTEMPTS):
        OutboxRow.objects.filter(pk=row.pk).update(not_before=row.created_at)
        deliver(row.pk)
    assert (len(done), state_of(row)) == (outbox.ATTEMPTS, "failed")


def crossed(row: OutboxRow) -> None:
    """Its worker has got as far as what can't be called back."""
    OutboxRow.objects.filter(pk=row.pk).update(crossed_at=timezone.now())


@pytest.mark.parametrize(
    ("channel", "far", "state"),
    [
        ("safe", True, "waiting"),
        ("fragile", False, "waiting"),
        ("fragile", True, "doubtful"),
        ("unknown", False, "doubtful"),
    ],
)
def test_b20_a_worker_that_never_came_back(done: list[Any], channel: str, far: bool, state: str) -> None:
    row = posted(channel)
    outbox.begin(row.pk)
    if far:
        crossed(row)
    outbox.settle_run_out(timezone.now())
    assert state_of(row) == "working"
    lease_ran_out(row)
    outbox.settle_run_out(timezone.now())
    assert state_of(row) == state


def test_b20_work_that_kills_its_worker_each_time_ends(done: list[Any]) -> None:
    row = posted()
    OutboxRow.objects.filter(pk=row.pk).update(attempts=outbox.ATTEMPTS)
    outbox.begin(row.pk)
    lease_ran_out(row)
    outbox.settle_run_out(timezone.now())
    assert state_of(row) == "failed"


def test_b20_who_is_still_at_it_keeps_the_lease_and_stops_where_another_has_it(
    done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "KEPT_EACH", 0)
    left: list[Any] = []

    def work(payload: dict[str, Any]) -> None:
        lease_ran_out(row)
        outbox.keep_lease()
        left.append(outbox.settle_run_out(timezone.now()))
        OutboxRow.objects.filter(pk=row.pk).update(state="waiting", lease=None)  # as if it had been taken away
        outbox.keep_lease()
        left.append("went on")

    outbox.handler("long", safe_to_repeat=True)(work)
    row = posted("long")
    deliver(row.pk)
    assert (left, state_of(row)) == ([0], "waiting")
    assert outbox.keep_lease() is False


def test_b20_a_late_answer_settles_the_doubt(done: list[Any]) -> None:
    row = posted("fragile")
    began = outbox.begin(row.pk)
    crossed(row)
    lease_ran_out(row)
    outbox.settle_run_out(timezone.now())
    assert began
    outbox.finish(began, state=State.DONE, done_at=timezone.now(), error="")
    assert state_of(row) == "done"


def test_b20_an_overtaken_worker_cannot_mark_what_is_now_anothers(done: list[Any]) -> None:
    row = posted()
    slow = outbox.begin(row.pk)
    lease_ran_out(row)
    outbox.settle_run_out(timezone.now())
    outbox.begin(row.pk)
    assert slow
    outbox.finish(slow, state=State.FAILED, error="旧")
    assert state_of(row) == "working"


def test_b20_a_worker_that_stood_still_for_longer_than_its_lease_sends_nothing_any_more(done: list[Any]) -> None:
    row = posted("fragile")

    def stand_still(payload: dict[str, Any]) -> None:
        lease_ran_out(row)
        outbox.settle_run_out(timezone.now())
        outbox.begin(row.pk)  # another's now
        do(done, payload)

    outbox.handler("fragile", safe_to_repeat=False)(stand_still)
    deliver(row.pk)
    assert (done, state_of(row)) == ([], "working")


def test_b20_a_second_try_begins_before_the_point_of_no_return(done: list[Any]) -> None:
    row = posted("fragile")
    crossed(row)
    outbox.begin(row.pk)
    lease_ran_out(row)
    outbox.settle_run_out(timezone.now())
    assert state_of(row) == "waiting"


def test_b18_the_relay_frees_what_the_broker_did_not_take(done: list[Any]) -> None:
    rows = [posted(key=f"k{n}").pk for n in range(3)]
    handed: list[int] = []

    def publish(row_id: int, queue: str) -> None:
        if handed:
            raise ConnectionError("broker away")
        handed.append(row_id)

    claimed = outbox.claim_waiting(timezone.now())
    assert not relay.hand_over(claimed, publish)
    assert list(outbox.claim_waiting(timezone.now())) == []
    assert list(outbox.claim_waiting(timezone.now() + relay.BROKER_AWAY)) == rows[1:]


@pytest.mark.django_db(transaction=True)
def test_two_relays_share_the_rows() -> None:
    outbox.post_many([("safe", f"k{n}", {"n": n}) for n in range(300)])
    claimed: list[list[int]] = []

    def claim() -> None:
        from django.db import connection

        try:
            while batch := outbox.claim_waiting(timezone.now(), 20):
                claimed.append(list(batch))
        finally:
            connection.close()

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row_id for batch in claimed for row_id in batch) == sorted(
        OutboxRow.objects.values_list("pk", flat=True)
    )


def test_every_channel_has_a_queue_that_somebody_serves() -> None:
    autodiscover_modules("tasks")
    assert {channel.queue for channel in outbox._channels.values()} == {"papers", "mail", "long"}
    assert [outbox.queue_of(name) for name in ("render", "email", "import_orders")] == ["papers", "mail", "long"]


def test_a_notice_reaches_each_recipient_once() -> None:
    one, two = person(), person()
    for _ in range(2):
        notices.tell([one.pk, two.pk, one.pk], event="order:1:approved", text="订单已审批", url="/orders/1/")
        for row in OutboxRow.objects.filter(channel="notice"):
            deliver(row.pk)
    assert Notice.objects.count() == 2
    assert queries.unread_count(one) == 1


def test_a_mail_carries_the_paper() -> None:
    document = papers.frozen()
    mail.send(["a@x.example"], event="e", subject="订单\n确认书", body="请查收", document=document)
    deliver(OutboxRow.objects.get(channel="email").pk)
    (sent,) = django_mail.outbox
    assert (sent.to, sent.subject) == (["a@x.example"], "订单 确认书")
    (attached,) = sent.attachments
    assert (attached[0], attached[1][:5]) == ("客户信息备忘录_BW-20261123-0001_v1.pdf", b"%PDF-")


def test_a_person_sends_a_doubtful_mail_again_or_settles_it(done: list[Any]) -> None:
    admin = person("admin")
    rows = [posted("fragile", key, fail="error") for key in "ab"]
    for row in rows:
        deliver(row.pk)
    actions.retry_outbox(rows[0], by=admin, reason="电话核实没有收到")
    actions.settle_outbox(rows[1], by=admin, reason="电话确认收到")
    assert [state_of(row) for row in rows] == ["waiting", "done"]


def test_only_the_admin_may_and_only_what_needs_it(done: list[Any]) -> None:
    row = posted()
    with pytest.raises(Forbidden):
        actions.retry_outbox(row, by=person("sales"))
    with pytest.raises(Refused, match="不需要重发"):
        actions.retry_outbox(row, by=person("admin"))
