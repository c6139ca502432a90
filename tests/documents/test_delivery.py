"""The whole way, with a relay, a broker and a worker as processes of their own (B18, B19, B20)."""

import socket
import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from kombu import Connection

from documents import actions, mail, notices, outbox, relay
from documents.models import Document, Notice, OutboxRow, Rendering
from documents.tasks import deliver
from runner.run import QUEUES
from tests.documents import papers, samples, services
from tests.foundation.processes import until
from tests.people import person

pytestmark = pytest.mark.django_db(transaction=True)
State = OutboxRow.State


def all_are(state: str) -> bool:
    return not OutboxRow.objects.exclude(state=state).exists()


def let_leases_run_out() -> None:
    OutboxRow.objects.exclude(lease_until=None).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_b18_with_the_broker_down_a_request_posts_at_once_and_all_arrives_after_it_is_back() -> None:
    someone = person()
    with services.broker(running=False) as broker, services.relay(broker.url), services.worker(broker.url):
        started = time.monotonic()
        notices.tell([someone.pk], event="e", text="已审批")
        document = papers.frozen()
        assert time.monotonic() - started < 2
        time.sleep(3)
        assert not OutboxRow.objects.filter(state=State.DONE).exists()
        broker.start()
        assert until(lambda: all_are(State.DONE), 60)
    assert Notice.objects.filter(recipient=someone).count() == 1
    assert Rendering.objects.filter(document=document).count() == 1


def test_b18_a_silent_broker_holds_the_relay_up_for_seconds_only() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"

        def publish(row_id: int, queue: str) -> None:
            options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
            with Connection(address, transport_options=options) as wire:
                deliver.apply_async((row_id,), retry=False, connection=wire)

        started = time.monotonic()
        assert not relay.hand_over(dict.fromkeys([1, 2, 3], outbox.PAPERS), publish)
        assert time.monotonic() - started < 5


def test_b19_what_a_flushed_broker_forgot_is_sent_again_once() -> None:
    people = [person() for _ in range(20)]
    with services.broker() as broker, services.relay(broker.url):
        notices.tell([one.pk for one in people], event="e", text="已审批")
        assert until(lambda: not OutboxRow.objects.filter(handed=0).exists())
        broker.client.flushall()
        let_leases_run_out()
        with services.worker(broker.url):
            assert until(lambda: all_are(State.DONE), 60)
    assert Notice.objects.count() == 20


def test_b20_a_worker_killed_in_the_middle_of_a_paper_leaves_one_rendering() -> None:
    document = papers.frozen(papers.CONFIRMATION, samples.CONFIRMATION | {"lines": samples.lines(150, prices=True)})
    with services.broker() as broker, services.relay(broker.url):
        with services.worker(broker.url) as victim:
            assert until(lambda: OutboxRow.objects.get().state == State.WORKING, 60)
            services.kill(victim)
        assert not Rendering.objects.exists()
        let_leases_run_out()
        with services.worker(broker.url):
            assert until(lambda: all_are(State.DONE), 90)
    assert Rendering.objects.filter(document=document).count() == 1
    assert Document.objects.count() == 1


def test_b20_a_worker_killed_in_the_middle_of_a_mail_leaves_it_doubtful_and_unsent() -> None:
    with services.mail_server({".": None}) as server, services.broker() as broker, services.relay(broker.url):
        mail.send(["a@x.example"], event="e", subject="订单确认书", body="请查收")
        with services.worker(broker.url, EMAIL_URL=server.url) as victim:
            assert until(lambda: server.mails, 60)
            services.kill(victim)
        let_leases_run_out()
        with services.worker(broker.url, EMAIL_URL=server.url):
            assert until(lambda: OutboxRow.objects.get(channel="email").state == State.DOUBTFUL, 30)
            time.sleep(2)
    assert OutboxRow.objects.get(channel="email").get_state_display() == "可能已发送"
    assert len(server.mails) == 1


def test_a_mail_that_the_server_took_is_done() -> None:
    with services.mail_server() as server, services.broker() as broker, services.relay(broker.url):
        mail.send(["a@x.example"], event="e", subject="s", body="b", document=papers.frozen())
        with services.worker(broker.url, EMAIL_URL=server.url):
            assert until(lambda: all_are(State.DONE), 60)
    assert len(server.mails) == 1


def test_a_mail_server_that_hangs_holds_up_no_paper() -> None:
    with socket.create_server(("127.0.0.1", 0)) as hanging, services.broker() as broker, services.relay(broker.url):
        address = f"smtp://127.0.0.1:{hanging.getsockname()[1]}"
        for n in range(3):
            mail.send([f"a{n}@x.example"], event="e", subject="s", body="b")
        with services.worker(broker.url, queues=QUEUES["slow"], EMAIL_URL=address):
            assert until(lambda: OutboxRow.objects.filter(channel="email", state=State.WORKING).exists(), 60)
            document = papers.frozen()
            with services.worker(broker.url, queues=QUEUES["worker"], EMAIL_URL=address):
                assert until(lambda: Rendering.objects.filter(document=document).exists(), 60)
        assert OutboxRow.objects.filter(channel="email", state=State.WORKING).exists()


def test_the_relay_outlives_a_restarted_database(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[int] = []
    monkeypatch.setattr(relay.Relay, "publish", staticmethod(lambda row_id, queue: handed.append(row_id)))
    it = relay.Relay(pause=0.2)

    def run() -> None:
        try:
            it.run()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        notices.tell([person().pk], event="before", text="一")
        assert until(lambda: len(handed) == 1)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        notices.tell([person().pk], event="after", text="二")
        assert until(lambda: len(handed) == 2)
    finally:
        it.stop()
        thread.join()


def test_a_posted_row_wakes_the_relay_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[float] = []
    monkeypatch.setattr(relay.Relay, "publish", staticmethod(lambda row_id, queue: handed.append(time.monotonic())))
    it = relay.Relay(pause=10)
    thread = threading.Thread(target=lambda: (it.run(), connection.close()))
    thread.start()
    try:
        time.sleep(1)
        posted = time.monotonic()
        notices.tell([person().pk], event="e", text="一")
        assert until(lambda: handed)
        assert handed[0] - posted < 2
    finally:
        it.stop()
        notices.tell([person().pk], event="f", text="二")
        thread.join()


def test_b20_a_worker_killed_again_and_again_loses_and_doubles_nothing() -> None:
    """Papers, notices and mails at once; what was in hand at each kill is done again, or in doubt if it is a mail."""
    someone = person()
    document = papers.frozen()
    for n in range(8):
        mail.send([f"a{n}@x.example"], event=f"e{n}", subject="订单确认书", body="请查收", document=document)
        notices.tell([someone.pk], event=f"n{n}", text="已审批")
    with services.mail_server() as server, services.broker() as broker, services.relay(broker.url):
        for _ in range(3):
            with services.worker(broker.url, EMAIL_URL=server.url) as victim:
                until(lambda: OutboxRow.objects.filter(state=State.WORKING).exists(), 30)
                services.kill(victim)
            let_leases_run_out()
        with services.worker(broker.url, EMAIL_URL=server.url):
            assert until(lambda: not OutboxRow.objects.exclude(state__in=[State.DONE, State.DOUBTFUL]).exists(), 120)
    assert Notice.objects.filter(recipient=someone).count() == 8
    assert Rendering.objects.count() == 1
    assert not OutboxRow.objects.filter(state=State.DOUBTFUL).exclude(channel="email").exists()
    for row in OutboxRow.objects.filter(channel="email"):
        came = sum(row.payload["message_id"].encode() in each for each in server.mails)
        assert came == 1 if row.state == State.DONE else came <= 1


def test_b20_a_person_sends_a_doubtful_mail_again_and_it_goes_once_more_as_the_same_mail() -> None:
    admin = person("admin")
    with services.mail_server({".": None}) as server, services.broker() as broker, services.relay(broker.url):
        mail.send(["a@x.example"], event="e", subject="订单确认书", body="请查收")
        with services.worker(broker.url, EMAIL_URL=server.url) as victim:
            assert until(lambda: server.mails, 60)
            services.kill(victim)
        let_leases_run_out()
        row = OutboxRow.objects.get(channel="email")
        assert until(lambda: OutboxRow.objects.get(pk=row.pk).state == State.DOUBTFUL, 30)
        server.answers.clear()
        actions.retry_outbox(row, by=admin, reason="电话核实对方没有收到")
        with services.worker(broker.url, EMAIL_URL=server.url):
            assert until(lambda: OutboxRow.objects.get(pk=row.pk).state == State.DONE, 60)
    assert len(server.mails) == 2
    # A mailbox that took the first after all shows one: both bear the id that was fixed when it was posted.
    assert all(row.payload["message_id"].encode() in each for each in server.mails)
    assert OutboxRow.objects.filter(channel="notice", key__startswith=f"trouble:{row.pk}:").count() == 1
