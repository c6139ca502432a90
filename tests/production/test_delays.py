"""A finish later than promised is told to the customer with its reason; by whom, how and when is on record (R25)."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from accounts.calendar import add_working_minutes
from audit.errors import Forbidden, Refused
from documents.models import OutboxRow
from flow.models import Owed
from flow.owed import differences
from orders.models import Order
from orders.tasks import sweep
from production.actions.delays import tell_delay
from production.models import DelayTold
from tests.portal.visitor import page_of, says
from tests.production.test_pages import signed_in, url
from tests.production.works import Works, owes
from tests.shop import today

pytestmark = pytest.mark.django_db


def late(works: Works, days: int = 40) -> Order:
    """Released, and production now writes a later date."""
    order = works.in_work()
    works.dates(order, days=days)
    return works.fresh(order)


def tell(works: Works, order: Order, **more: Any) -> DelayTold:
    given = {
        "foreseen_on": today() + timedelta(days=40),
        "reason_told": "原纸到货延迟",
        "way": "phone",
        "told": "王经理 13800000000",
        **more,
    }
    return tell_delay(order, by=works.who["customer_service"], **given)


def test_a_date_on_time_owes_nobody_anything() -> None:
    works = Works()
    assert owes(works.in_work(), "delay_told") == set()


def test_a_later_date_is_to_be_told_in_four_working_hours_until_it_is() -> None:
    works = Works()
    order = late(works)
    row = Owed.objects.open().get(order=order, what="delay_told")
    assert (row.role, row.due) == ("customer_service", add_working_minutes(row.since, 240))
    promised = order.promised_on
    tell(works, order)
    assert owes(order, "delay_told") == set()
    assert works.fresh(order).promised_on == promised
    assert list(differences()) == []


def rewrite(sql: str) -> None:
    """Days go by for what was written before."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(sql)
        cursor.execute(f'SET LOCAL ROLE "{settings.DATABASE_APP_ROLE}"')


def test_a_promise_gone_by_with_work_left_is_told_though_nobody_signed_another_date() -> None:
    works = Works()
    order = works.in_work()
    Order.objects.filter(pk=order.pk).update(promised_on=today() - timedelta(days=1))
    rewrite("UPDATE orders_signoff SET finish_on = now()::date - 1 WHERE kind = 'date'")
    sweep()
    assert owes(order, "delay_told") == {"customer_service"}
    tell(works, order, foreseen_on=today() + timedelta(days=30))
    assert owes(order, "delay_told") == set()
    # Told of a day that has gone by as well.
    rewrite("UPDATE production_delaytold SET foreseen_on = now()::date - 2")
    sweep()
    assert owes(order, "delay_told") == {"customer_service"}
    works.report(order)
    assert owes(order, "delay_told") == set()
    assert list(differences()) == []


def test_a_date_that_moves_again_is_told_again_and_one_that_comes_nearer_is_not() -> None:
    works = Works()
    order = late(works)
    tell(works, order)
    works.dates(order, days=35)
    assert owes(order, "delay_told") == set()
    works.dates(order, days=60)
    assert owes(order, "delay_told") == {"customer_service"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"foreseen_on": today()}, "不算延期"),
        ({"foreseen_on": today() + timedelta(days=39)}, "不能更早"),
        ({"reason_told": " "}, "原因"),
        ({"way": "?"}, "方式"),
        ({"told": ""}, "告知了谁"),
        ({"way": "email", "told": "不是邮箱"}, "电子邮件地址|电子邮箱地址"),
        ({"anomaly": 987}, "不属于此单"),
    ],
)
def test_what_was_not_truly_told_is_refused(wrong: dict[str, Any], said: str) -> None:
    works = Works()
    with pytest.raises(Refused, match=said):
        tell(works, late(works), **wrong)
    assert not DelayTold.objects.exists()


def test_only_customer_service_tells_it() -> None:
    works = Works()
    with pytest.raises(Forbidden):
        tell_delay(
            late(works),
            by=works.who["sales"],
            foreseen_on=today() + timedelta(days=40),
            reason_told="x",
            way="phone",
            told="王",
        )


def test_told_by_mail_it_goes_through_the_outbox_and_stands_on_the_order() -> None:
    works = Works()
    order = late(works)
    row = tell(works, order, way="email", told="wang@example.com")
    assert row.sending is not None and row.sending.outbox is not None
    mail = OutboxRow.objects.get(pk=row.sending.outbox_id)
    assert "原纸到货延迟" in str(mail.payload) and mail.about == order.number
    page = signed_in(works.who["sales"]).get(order.get_absolute_url()).content.decode()
    assert "已告知客户延期" in page and "原纸到货延迟" in page


def test_the_customers_own_page_tells_it_once_it_was_told() -> None:
    works = Works()
    order = late(works)
    assert "延期说明" not in says(page_of(order))
    tell(works, order)
    said = says(page_of(order))
    assert "延期说明" in said and "原纸到货延迟" in said


def test_the_page_begins_with_what_production_wrote_and_keeps_what_was_typed() -> None:
    works = Works()
    order = late(works)
    client = signed_in(works.who["customer_service"])
    assert str(today() + timedelta(days=40)) in client.get(url("delay", order.number)).content.decode()
    data = {"foreseen_on": str(today() + timedelta(days=39)), "reason_told": "缺料", "way": "phone", "told": "王"}
    page = client.post(url("delay", order.number), data)
    assert page.status_code == 409 or page.status_code == 422
    assert "缺料" in page.content.decode() and "不能更早" in page.content.decode()
    data["foreseen_on"] = str(today() + timedelta(days=40))
    assert client.post(url("delay", order.number), data).status_code == 302
