"""An action may record what happened earlier: everything in it is judged and dated by that moment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from audit.frame import open_action
from audit.moment import Moment
from documents.models import OutboxRow
from orders.actions import approval
from tests import people
from tests.shop import Shop

pytestmark = pytest.mark.django_db


def test_gates_judge_by_the_moment_of_the_action() -> None:
    then = timezone.now() - timedelta(days=40)
    person = people.person("sales")
    open_action("test", then)
    assert User.objects.annotate(moment=Moment()).get(pk=person.pk).moment == then
    open_action("")
    assert User.objects.annotate(moment=Moment()).get(pk=person.pk).moment > then + timedelta(days=39)


def test_history_is_dated_as_the_action_is() -> None:
    shop, then = Shop(), timezone.now() - timedelta(days=1)
    order = shop.draft()
    approval.submit(order.revision, by=shop.who["sales"], at=then)
    assert order.history.latest("pk").history_date == then


def test_what_is_recorded_days_late_rings_no_bell() -> None:
    shop = Shop()
    late, fresh = shop.draft(), shop.draft()
    OutboxRow.objects.all().delete()
    approval.submit(late.revision, by=shop.who["sales"], at=timezone.now() - timedelta(days=2))
    assert not OutboxRow.objects.filter(channel="notice").exists()
    approval.submit(fresh.revision, by=shop.who["sales"])
    assert OutboxRow.objects.filter(channel="notice").exists()
