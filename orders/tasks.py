"""What the worker does for orders: the nightly push, the sweep of what time changes, and telling of pushes."""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts.calendar import is_open
from documents import files, outbox, sending, tables
from documents.numbering import business_day
from documents.outbox import LONG, handler
from flow import overdue, owed
from orders import archiving, customer_page, nightly, rereading
from orders.actions.importing import note
from orders.importing import template
from orders.importing.orders import Report, import_rows
from orders.models import ImportRun, Order
from orders.notices import TELLS, tell_people


@shared_task
def push_dates() -> None:
    """00:10: every day up to yesterday; missed nights are caught up by the same call (R17)."""
    nightly.run(business_day(timezone.now()) - timedelta(days=1))


@shared_task
def sweep() -> None:
    """Re-read what time alone changes: contracts that begin or end, starts gone by, chases that grow old, months."""
    rereading.reread(Order.objects.open())
    rereading.reread(archiving.waiting())
    owed.sweep()


@shared_task
def tell_overdue() -> None:
    """Every five minutes of working time: what is soon due or overdue, to who owes it and then to their supervisor."""
    if is_open(now := timezone.now()):
        overdue.tell(now)


@handler("owed_reread", safe_to_repeat=True, lease=300)
def reread_owed(payload: dict[str, Any]) -> None:
    rereading.reread(rereading.affected(payload))


@handler("date_pushed", safe_to_repeat=True)
def tell_of_push(payload: dict[str, Any]) -> None:
    """One notice per person and one e-mail to the customer for each order and run, from 08:30 on."""
    order = Order.objects.select_related("revision__contact", "customer").get(pk=payload["order"])
    day = str(order.promised_on)
    text = TELLS["pushed"].text.format(order=order.number, words=day)
    tell_people(order, "pushed", f"pushed:{order.pk}:{day}", text, None)
    contact = order.revision.contact if order.revision else None
    if contact and contact.email:
        tell_customer(order, contact.email, day)


@handler("import_orders", safe_to_repeat=True, queue=LONG, attempts=3)
def go_through_import(payload: dict[str, Any]) -> None:
    """Read the kept file and make its orders; done again, it finds those that are there (all or nothing per order)."""
    run = ImportRun.objects.select_related("file", "by").get(pk=payload["run"])
    assert run.file is not None  # noqa: S101 (the action keeps it in the same transaction)

    def still_at_it(report: Report) -> None:
        if outbox.keep_lease():
            note(run, report.as_json())

    try:
        rows = tables.read(run.file.name, files.read("attachments", run.file.stored, run.file.sha256), template.COLUMNS)
    except files.Damaged as error:
        raise outbox.GiveUp("保存的文件缺失或已损坏，请重新上传导入") from error
    except tables.Unreadable as error:
        report = {"unreadable": str(error), "created": [], "repeated": [], "refused": []}
    else:
        report = import_rows(rows, by=run.by, submit=payload["submit"], after_each=still_at_it).as_json()
    note(run, report, done_at=timezone.now())


def tell_customer(order: Order, address: str, day: str) -> None:
    sending.send_message(
        address,
        event=f"pushed:{order.pk}:{day}",
        letter=sending.Letter(
            f"订单 {order.number} 预交日顺延通知",
            f"尊敬的客户：\n\n订单 {order.number} 的《订单确认书》尚未签章回传，"
            f"按约定预交日顺延至 {day}。请尽快签章回传，以免再次顺延。"
            f"{customer_page.line_of(order.revision)}\n\n谢谢。",
        ),
        subject_kind="order",
        subject_id=order.pk,
        minder_id=order.clerk_id or order.salesperson_id,
        at=timezone.now(),
        about=order.number,
    )
