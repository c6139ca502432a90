"""The demo company: every state, nothing that the verifiers find fault with, and no e-mail to anybody."""

from io import StringIO
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import ROLES
from audit.models import Event
from customers.models import Contact
from documents.models import Document, OutboxRow
from flow.models import Owed
from flow.owed import differences
from home.demo import company as founding
from home.demo import loading, progress, stories
from home.models import DemoLoad
from orders.actions import chain
from orders.models import DatePush, Order, Revision, Shipment, Signed, SignOff, State
from production.models import MaterialUse
from quality import trace
from quality.models import Concession, InspectionWithdrawal
from shipping.models import ReceiptAnswer

pytestmark = pytest.mark.django_db


def test_a_small_company_has_orders_in_every_state(company: None) -> None:
    assert set(Order.objects.values_list("state", flat=True)) == set(State)


def test_there_is_one_log_in_for_each_role_named_after_it(company: None) -> None:
    assert {user.username for user in User.objects.all()} >= set(ROLES)
    for role in ROLES:
        user = User.objects.get(username=role)
        assert user.check_password("Demo-2026-pass")
        assert user.groups.filter(name=role).exists()
    assert [user.username for user in User.objects.filter(is_staff=True)] == ["admin"]


def test_what_is_owed_is_what_the_gates_say(company: None) -> None:
    assert not list(differences())
    assert Owed.objects.open().exists()


def test_the_audit_chain_the_books_and_the_stock_hold(company: None) -> None:
    for command in ("verify_audit", "verify_books", "verify_stock"):
        call_command(command, stdout=StringIO(), stderr=StringIO())


def test_some_are_pushed_and_wait_for_their_return(company: None) -> None:
    assert DatePush.objects.filter(live=True).exists()
    assert Revision.objects.filter(pushes__gt=0, status="approved").exists()


def test_every_by_way_has_been_gone_to_its_end(company: None) -> None:
    """What the pages of quality, quantities, the gate, receipts and cancellations have to show."""
    done = Order.objects.filter(state=State.COMPLETED)
    assert Concession.objects.filter(inspection__countersignature__isnull=False).exists()
    assert InspectionWithdrawal.objects.filter(inspection__batch__stocked__gt=0).exists()
    assert Document.objects.filter(kind="product_labels").exists()
    assert done.filter(lines__excess__gt=0).exists() and done.filter(lines__closed_short__gt=0).exists()
    assert done.filter(lines__shipment_lines__shipment__way="pickup").exists()
    assert ReceiptAnswer.objects.filter(receipt__condition="short").exists()
    settled = SignOff.objects.filter(kind=Signed.CANCEL_SETTLED).values("order")
    assert Order.objects.filter(state=State.CANCELLED, released_at__isnull=False, pk__in=settled).exists()


def test_a_recall_from_a_lot_of_raw_material_finds_customers(company: None) -> None:
    quality = User.objects.get(username="quality")
    numbers = MaterialUse.objects.values_list("lot__number", flat=True).distinct()
    assert any(trace.customers_of(trace.gone_to(trace.traced(number, quality).lots, quality)) for number in numbers)


def test_everything_happened_in_the_order_of_time_and_before_now(company: None) -> None:
    times = list(Event.objects.filter(subject_kind="order").order_by("pk").values_list("at", flat=True))
    assert times == sorted(times)
    assert not Shipment.objects.filter(dispatched_at__gt=timezone.now()).exists()


def test_no_e_mail_goes_to_anybody(company: None) -> None:
    """Neither at once nor from the pushes that the worker tells of: their contacts can only be called."""
    assert not OutboxRow.objects.filter(channel="email").exists()
    pushed = OutboxRow.objects.filter(channel="date_pushed").values_list("payload__order", flat=True)
    assert not Order.objects.filter(pk__in=list(pushed)).exclude(revision__contact__email="").exists()
    assert not Contact.objects.exclude(email="").exclude(email__endswith="@example.com").exists()


def test_it_comes_once_and_not_among_other_people_unless_asked(company: None, monkeypatch: Any) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", "Demo-2026-pass")
    with pytest.raises(CommandError, match="已有用户"):
        call_command("demo")
    with pytest.raises(CommandError, match="已有客户"):
        call_command("demo", "--again")


def test_an_interrupted_load_is_whole_in_the_end(company: None) -> None:
    load = DemoLoad.objects.get()
    assert (len(load.orders), load.left) == (31, [])
    assert Order.objects.filter(pk__in=load.orders.values()).count() == 31
    assert loading.unfinished() is None and progress.percent() is None


def test_a_second_load_waits_for_the_first_and_takes_no_step_again(company: None) -> None:
    other = psycopg2.connect(**connection.get_connection_params())
    other.cursor().execute("SELECT pg_advisory_lock(%s)", [loading.ALONE])

    class Heard(StringIO):
        def write(self, words: str) -> int:
            other.close()  # the first has ended
            return super().write(words)

    events, heard = Event.objects.count(), Heard()
    call_command("demo", stdout=heard)
    assert heard.getvalue().strip() == "演示公司正由另一个进程装入，等它装完……"
    assert Event.objects.count() == events


def test_an_order_somebody_has_begun_to_work_on_is_left_to_them(company: None) -> None:
    load = DemoLoad.objects.get()
    here = founding.found_again(load.facts, seed=load.seed, now=load.began_at)
    order = Order.objects.get(pk=load.orders["0"])
    chain.request_cancel(order, by=order.clerk, reason="客户来电不要了")
    loading.live(load, founding.plans(here, 31)[0].journey, 0, 1, "cancel", load.began_at)
    order.refresh_from_db()
    assert order.state == State.DRAFT and load.left == [0]


def test_what_goes_wrong_with_one_order_does_not_stop_the_others(company: None) -> None:
    load = DemoLoad.objects.get()

    def fails() -> None:
        raise ValueError("taken another way")

    loading.take(load, loading.Unit("a step", fails, story=3), True)
    assert (load.left, DemoLoad.objects.get().done) == ([3], load.done)
    with pytest.raises(ValueError):
        loading.take(load, loading.Unit("a step", fails, story=4), False)


def test_a_quiet_band_tells_how_much_is_in(client: Client) -> None:
    client.force_login(User.objects.create_user("looker", name="来看的人", must_change_password=False))
    progress.note(37)
    assert "演示公司装入中 37 %" in client.get("/notices/").content.decode()
    progress.end()
    assert "演示公司装入中" not in client.get("/notices/").content.decode()
    assert client.get("/demo/").content.decode().strip() == ""


def test_without_a_password_it_refuses(monkeypatch: Any) -> None:
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    with pytest.raises(CommandError, match="DEMO_PASSWORD"):
        call_command("demo")


def test_the_cast_has_as_many_stories_as_asked_and_weighs_them() -> None:
    for count in (0, 1, 25, 70, 300, 1000):
        assert len(stories.cast(count)) == count
    assert {story.name for story in stories.cast(300)} == {story.name for story in stories.STORIES}
    assert sum(story.name == "完成" for story in stories.cast(300)) > 20
