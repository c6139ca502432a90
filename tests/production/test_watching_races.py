"""Twenty at once: an anomaly is raised by one form once, agreed to, passed on and closed once; a day is ticked once;
a delay is told by one form once (B1, B2)."""

from datetime import timedelta

import pytest

from flow.owed import differences
from production.actions import anomalies
from production.actions.delays import tell_delay
from production.actions.supervision import check_supervision
from production.models import Anomaly, AnomalyAnswer, DelayTold, SupervisionCheck
from tests.production.test_anomalies import raised
from tests.production.test_delays import late
from tests.production.test_races import at_once
from tests.production.test_supervision import seen_of, ticks
from tests.production.works import Works
from tests.shop import today

pytestmark = pytest.mark.django_db(transaction=True)
ONE_FORM = {"done": 1, "sent on": 19}
ONE = {"done": 1, "refused": 19}


def test_an_anomaly_from_raising_to_closing_happens_once_at_each_step() -> None:
    works = Works()
    order, who = works.in_work(), works.who
    raise_it = lambda: raised(works, order, key="form")  # noqa: E731
    assert at_once(raise_it) == ONE_FORM
    anomaly = Anomaly.objects.get()
    assert at_once(lambda: anomalies.forward_anomaly(anomaly, by=who["customer_service"], words="急")) == ONE
    anomalies.plan_anomaly(anomaly, by=who["cs_supervisor"], plan="换机")
    assert at_once(lambda: anomalies.agree_anomaly_plan(anomaly, by=who["marketing_director"])) == ONE
    given = {"accepted": True, "said_by": "王", "way": "phone", "text": "可以", "key": "answer"}
    said = at_once(lambda: anomalies.answer_anomaly(anomaly, by=who["customer_service"], **given))
    assert said == ONE_FORM and AnomalyAnswer.objects.count() == 1
    assert at_once(lambda: anomalies.close_anomaly(anomaly, by=who["production"], result="好了")) == ONE
    assert list(differences()) == []


def test_a_plan_that_changes_while_the_other_agrees_is_never_agreed_to_unseen() -> None:
    works = Works()
    order = works.in_work()
    anomaly = raised(works, order)
    anomalies.plan_anomaly(anomaly, by=works.who["cs_supervisor"], plan="换机")
    seen = works.fresh(order).version
    work = iter(["agree", "change"])

    def either() -> None:
        if next(work) == "agree":
            anomalies.agree_anomaly_plan(anomaly, by=works.who["marketing_director"], seen=seen)
        else:
            anomalies.plan_anomaly(anomaly, by=works.who["cs_supervisor"], plan="外协", seen=seen)

    assert at_once(either, times=2) == {"done": 1, "refused": 1}
    anomaly.refresh_from_db()
    assert (anomaly.plan, anomaly.agreed_at is None) in {("换机", False), ("外协", True)}


def test_a_day_is_ticked_once() -> None:
    works = Works()
    order = works.in_work()
    given = ticks(order, 1)
    clerk = works.who["customer_service"]
    seen = seen_of(order)
    look = lambda: check_supervision(order, by=clerk, ticks=given, seen_items=seen, raises=True, kind="date")  # noqa: E731
    assert at_once(look) == ONE
    assert (SupervisionCheck.objects.count(), Anomaly.objects.count()) == (1, 1)


def test_a_delay_is_told_by_one_form_once() -> None:
    works = Works()
    order = late(works)
    given = {
        "foreseen_on": today() + timedelta(days=40),
        "reason_told": "缺料",
        "way": "email",
        "told": "w@example.com",
    }
    tell = lambda: tell_delay(order, by=works.who["customer_service"], key="form", **given)  # noqa: E731
    assert at_once(tell) == ONE_FORM
    assert DelayTold.objects.count() == 1
