"""The daily mail of those who asked for one."""

import threading
from datetime import datetime, time, timedelta

import pytest
from django.db import connection

from accounts.models import User
from documents import outbox
from documents.models import Notice, NoticeSettings, OutboxRow
from documents.numbering import BUSINESS_ZONE
from documents.tasks import deliver
from home import digest
from tests import people
from tests.shop import Shop

MORNING = datetime(2031, 3, 5, 8, 31, tzinfo=BUSINESS_ZONE)


def reader(*roles: str, at: time | None = time(8, 30), **facts: str) -> User:
    user = people.person(*roles, **{"email": "reader@x.example", **facts})
    NoticeSettings.objects.create(user=user, digest_at=at)
    return user


def told(user: User, text: str, at: datetime = MORNING - timedelta(hours=1)) -> None:
    Notice.objects.create(recipient=user, key=f"{text}:{user.pk}", text=text, created_at=at, for_digest=True)


def mails() -> list[OutboxRow]:
    return list(OutboxRow.objects.filter(channel="email", key__startswith="digest:").order_by("pk"))


@pytest.mark.django_db
def test_it_holds_what_one_owes_and_what_one_chose_to_hear_of_there() -> None:
    shop = Shop()
    supervisor = shop.who["supervisor"]
    supervisor.email = "boss@x.example"
    supervisor.save()
    NoticeSettings.objects.create(user=supervisor, digest_at=time(8, 30))
    shop.signed()
    told(supervisor, "订单 SO-1 已暂停")
    assert digest.send_due(MORNING) == 1
    (mail,) = mails()
    assert mail.payload["to"] == ["boss@x.example"]
    assert "批准 1 项" in mail.payload["body"] and "订单 SO-1 已暂停" in mail.payload["body"]


@pytest.mark.django_db
def test_it_comes_once_a_day_and_holds_only_what_is_new() -> None:
    user = reader()
    told(user, "昨天的")
    assert [digest.send_due(MORNING + timedelta(minutes=5 * n)) for n in range(3)] == [1, 0, 0]
    told(user, "今天的", MORNING + timedelta(hours=3))
    assert digest.send_due(MORNING + timedelta(days=1)) == 1
    first, second = (mail.payload["body"] for mail in mails())
    assert "昨天的" in first and "昨天的" not in second and "今天的" in second


@pytest.mark.django_db
@pytest.mark.parametrize(
    "why", ["before its time", "nobody asked for one", "no address", "nothing to say", "no longer here"]
)
def test_no_mail(why: str) -> None:
    user = reader(
        at=None if why == "nobody asked for one" else time(8, 30), email="" if why == "no address" else "a@x.example"
    )
    if why != "nothing to say":
        told(user, "一")
    User.objects.filter(pk=user.pk).update(is_active=why != "no longer here")
    assert digest.send_due(MORNING - timedelta(minutes=2 if why == "before its time" else 0)) == 0
    assert not mails()


@pytest.mark.django_db
def test_a_morning_that_beat_missed_is_made_up_the_same_day() -> None:
    told(reader(), "一")
    assert digest.send_due(MORNING + timedelta(hours=9)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_send_one() -> None:
    told(reader(), "一")

    def send() -> None:
        try:
            digest.send_due(MORNING)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mails()) == 1


@pytest.mark.django_db
def test_a_digest_in_doubt_is_not_sent_a_second_time_by_itself() -> None:
    told(reader(), "一")
    digest.send_due(MORNING)
    (row,) = mails()
    assert outbox.begin(row.pk)
    OutboxRow.objects.update(crossed_at=MORNING)  # handed to the mail server, and its answer never came
    outbox.settle_run_out(MORNING)
    digest.send_due(MORNING + timedelta(minutes=5))
    deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, len(mails())) == ("doubtful", 1)
