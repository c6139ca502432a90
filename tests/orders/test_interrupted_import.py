"""An import whose worker was killed, or whose reader failed, is seen as failed and can be tried again (B19, B20)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from audit.errors import Forbidden, Refused
from documents import files, outbox, tables
from documents.models import OutboxRow
from documents.tasks import deliver
from orders.actions import entry
from orders.actions.importing import import_orders, retry_import
from orders.models import ImportRun, Order, State
from tests import people
from tests.orders.test_importing import row, xlsx
from tests.shop import Shop

pytestmark = pytest.mark.django_db
ATTEMPTS = 3


class Import:
    """Two orders handed in by a salesperson, not begun yet."""

    def __init__(self, *, submit: bool = False) -> None:
        self.shop = Shop()
        self.by = self.shop.who["sales"]
        rows = [row(self.shop), row(self.shop, 客户单号="PO-2")]
        file = SimpleUploadedFile("十一月.xlsx", xlsx(*rows))
        self.run: ImportRun = import_orders(None, by=self.by, file=file, submit=submit)

    @property
    def row(self) -> OutboxRow:
        return OutboxRow.objects.get(channel="import_orders")

    def work(self) -> None:
        OutboxRow.objects.filter(pk=self.row.pk).update(not_before=timezone.now() - timedelta(seconds=1))
        deliver(self.row.pk)

    def nobody_came_back(self, ago: timedelta = timedelta(seconds=1)) -> None:
        OutboxRow.objects.filter(pk=self.row.pk).update(lease_until=timezone.now() - ago)

    def page(self, url: str = "") -> str:
        client = Client()
        client.force_login(self.by)
        return client.get(url or self.run.get_absolute_url()).content.decode()

    def told(self) -> list[tuple[str, str]]:
        rows = OutboxRow.objects.filter(channel="notice", payload__recipient=self.by.pk, payload__kind="trouble")
        return [(one.payload["text"], one.payload["url"]) for one in rows]


def killed_at_the_second_order(monkeypatch: pytest.MonkeyPatch, job: Import) -> None:
    """No handler of ours sees a kill; neither does any see SystemExit."""
    create = entry.create_order
    made: list[int] = []

    def create_or_die(*given: Any, **more: Any) -> Any:
        if made:
            raise SystemExit("killed")
        made.append(1)
        return create(*given, **more)

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(entry, "create_order", create_or_die)
        job.work()


def test_b20_the_worker_is_killed_and_another_finishes_without_doubling(monkeypatch: pytest.MonkeyPatch) -> None:
    job = Import(submit=True)
    killed_at_the_second_order(monkeypatch, job)
    assert Order.objects.count() == 1
    job.nobody_came_back()
    outbox.settle_run_out(timezone.now())
    job.work()
    assert sorted(Order.objects.values_list("customer_reference", "state")) == [
        ("PO-1", State.PENDING),
        ("PO-2", State.PENDING),
    ]
    assert job.row.state == "done" and "正在导入" not in job.page()


def test_b20_killed_again_and_again_it_is_failed_and_its_person_told() -> None:
    job = Import()
    for _ in range(ATTEMPTS):
        outbox.begin(job.row.pk)
        job.nobody_came_back()
        outbox.settle_run_out(timezone.now())
    page = job.page()
    assert "导入失败，可重试" in page and "原因：处理多次中断，没有完成。" in page and "正在导入" not in page
    assert "失败，可重试" in job.page("/orders/import/")
    said = "订单导入「十一月.xlsx」未能完成，请打开查看原因并重试"
    assert job.told() == [(said, job.run.get_absolute_url())]


def test_a_reader_that_fails_in_an_unexpected_way_fails_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    job = Import()
    with monkeypatch.context() as patch:
        patch.setattr(tables, "read", lambda *given: {}["sheet"])
        for _ in range(ATTEMPTS):
            job.work()
    assert "原因：程序出错（&#x27;sheet&#x27;）" in job.page() and len(job.told()) == 1
    retry_import(job.run, by=job.by)
    assert "正在导入" in job.page()
    job.work()
    assert Order.objects.count() == 2


def test_a_file_that_is_gone_fails_it_at_once() -> None:
    job = Import()
    assert job.run.file
    files.path_of("attachments", job.run.file.stored).unlink()
    job.work()
    assert "原因：保存的文件缺失或已损坏，请重新上传导入。" in job.page()


def test_who_handed_it_in_tries_again_by_the_button_and_nobody_else() -> None:
    job = Import()
    with pytest.raises(Refused, match="没有失败"):
        retry_import(job.run, by=job.by)
    OutboxRow.objects.filter(pk=job.row.pk).update(state="failed")
    with pytest.raises(Forbidden):
        retry_import(job.run, by=job.shop.who["customer_service"])
    client = Client()
    client.force_login(people.person("sales"))
    assert client.post(f"{job.run.get_absolute_url()}again/").status_code == 404
    client.force_login(job.by)
    assert client.post(f"{job.run.get_absolute_url()}again/").url == job.run.get_absolute_url()
    assert job.row.state == "waiting"


@pytest.mark.parametrize("begun", [True, False])
def test_a_page_does_not_say_under_way_of_what_nobody_is_doing(begun: bool) -> None:
    job = Import()
    assert "正在导入" in job.page()
    if begun:
        outbox.begin(job.row.pk)
        job.nobody_came_back(timedelta(hours=1))
    else:
        OutboxRow.objects.filter(pk=job.row.pk).update(created_at=timezone.now() - timedelta(hours=1))
        OutboxRow.objects.filter(pk=job.row.pk).update(not_before=timezone.now() - timedelta(hours=1))
    page = job.page()
    assert "后台处理还没有进展" in page and "正在导入" not in page and "http-equiv" not in page
    assert "处理中断" in job.page("/orders/import/")


def test_one_order_that_breaks_the_program_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    job = Import()
    create = entry.create_order

    def create_but_one(*given: Any, customer_reference: str, **more: Any) -> Any:
        if customer_reference == "PO-1":
            raise KeyError("price")
        return create(*given, customer_reference=customer_reference, **more)

    monkeypatch.setattr(entry, "create_order", create_but_one)
    job.work()
    assert "程序出错，此单没有导入" in job.page()
    assert Order.objects.get().customer_reference == "PO-2"


def test_an_order_that_may_not_be_handed_in_is_not_left_as_a_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    job = Import(submit=True)

    def refuse(*given: Any, **more: Any) -> None:
        raise Refused("今日不收单")

    monkeypatch.setattr("orders.actions.approval.submit", refuse)
    job.work()
    assert "今日不收单" in job.page() and not Order.objects.exists()


def test_how_far_it_is_stands_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    job = Import()
    monkeypatch.setattr(outbox, "KEPT_EACH", 0)
    killed_at_the_second_order(monkeypatch, job)
    assert "已新建 1 张订单" in job.page()
