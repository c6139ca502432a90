"""What many do to the outbox, to their settings and to the archive in one moment: real transactions in threads."""

from typing import Any

import pytest
from django.utils import timezone

from audit.errors import AlreadyDone, Refused
from audit.models import Event
from documents import actions
from documents.models import Bundle, Document, Letterhead, NoticeSettings, OutboxRow, Printing
from tests.documents import papers, samples
from tests.people import person
from tests.races import at_once, of_kind

pytestmark = pytest.mark.django_db(transaction=True)
State = OutboxRow.State


def row(state: str) -> OutboxRow:
    now = timezone.now()
    return OutboxRow.objects.create(
        channel="safe", key="k", payload={}, state=state, created_at=now, not_before=now, error="no route"
    )


def test_b2_one_of_twenty_sends_a_failed_effect_again() -> None:
    failed, admin = row(State.FAILED), person("admin")
    outcomes = at_once(20, lambda _: actions.retry_outbox(failed, by=admin))
    assert (len(of_kind(outcomes, OutboxRow)), len(of_kind(outcomes, Refused))) == (1, 19)
    assert Event.objects.filter(action="retry_outbox").count() == 1
    assert OutboxRow.objects.get().state == State.WAITING


def test_a_doubtful_effect_is_settled_or_sent_again_never_both() -> None:
    doubtful, admin = row(State.DOUBTFUL), person("admin")

    def do(index: int) -> Any:
        act = actions.settle_outbox if index % 2 else actions.retry_outbox
        return act(doubtful, by=admin, reason="电话核实")

    outcomes = at_once(20, do)
    assert (len(of_kind(outcomes, OutboxRow)), len(of_kind(outcomes, Refused))) == (1, 19)
    done = Event.objects.get(action__in=["retry_outbox", "settle_outbox"]).action
    assert OutboxRow.objects.get().state == {"retry_outbox": State.WAITING, "settle_outbox": State.DONE}[done]


def test_settings_chosen_twenty_times_at_once_are_one_whole_choice() -> None:
    user = person("sales")
    chosen = [{"held": "off"} if index % 2 else {"resumed": "off"} for index in range(20)]
    outcomes = at_once(20, lambda index: actions.choose_notices(None, by=user, choices=chosen[index]))
    assert len(of_kind(outcomes, NoticeSettings)) == 20
    assert NoticeSettings.objects.get().choices in chosen


def test_b1_one_form_sent_twenty_times_prints_one_bundle_and_counts_each_paper_once() -> None:
    user, paper = (
        person("customer_service"),
        papers.frozen(papers.DELIVERY, samples.DELIVERY_NOTE, number="FH-20261202-0004"),
    )
    outcomes = at_once(20, lambda _: actions.print_papers(None, by=user, papers=[paper], key="one form"))
    assert (len(of_kind(outcomes, Bundle)), len(of_kind(outcomes, AlreadyDone))) == (1, 19)
    assert (Bundle.objects.count(), Printing.objects.count()) == (1, 1)
    assert OutboxRow.objects.filter(channel="bundle").count() == 1


def test_a_paper_printed_by_twenty_at_once_is_numbered_by_each() -> None:
    user, paper = (
        person("customer_service"),
        papers.frozen(papers.DELIVERY, samples.DELIVERY_NOTE, number="FH-20261202-0004"),
    )
    outcomes = at_once(20, lambda _: actions.print_papers(None, by=user, papers=[paper]))
    assert len(of_kind(outcomes, Bundle)) == 20
    assert sorted(Printing.objects.values_list("count", flat=True)) == list(range(1, 21))
    assert Document.objects.count() == 1


def test_b1_a_month_asked_for_twenty_times_by_one_form_is_exported_once() -> None:
    user = person("customer_service")
    papers.frozen(papers.DELIVERY, samples.DELIVERY_NOTE, number="FH-20261202-0004")
    month = timezone.localdate().replace(day=1)
    outcomes = at_once(20, lambda _: actions.export_papers(None, by=user, month=month, key="one form"))
    assert (len(of_kind(outcomes, Bundle)), len(of_kind(outcomes, AlreadyDone))) == (1, 19)
    assert Bundle.objects.count() == OutboxRow.objects.filter(channel="bundle").count() == 1


def test_a_letterhead_changed_by_many_at_once_is_one_whole_letterhead() -> None:
    admin = person("admin")
    Letterhead.objects.update_or_create(pk=1, defaults={"name": "旧名", "phone": "0"})
    named = [{"name": f"公司{index}", "phone": f"0512-{index}"} for index in range(20)]

    def change(index: int) -> Any:
        standing = Letterhead.objects.get(pk=1)
        return actions.change_letterhead(standing, by=admin, reason="更名", **named[index])

    assert len(of_kind(at_once(20, change), Letterhead)) == 20
    standing = Letterhead.objects.get(pk=1)
    assert {"name": standing.name, "phone": standing.phone} in named
    assert Event.objects.filter(action="change_letterhead").count() == 20
