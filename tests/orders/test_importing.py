"""Orders from a spreadsheet: right ones come in once, wrong rows say why, and nobody outside is told."""

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from openpyxl import Workbook, load_workbook

from audit.errors import Blocked
from documents import tables
from documents.models import OutboxRow
from flow.gates import registry
from orders.actions import approval
from orders.importing import template
from orders.importing.orders import import_rows
from orders.models import ImportRun, Order, State
from orders.tasks import go_through_import
from tests import people
from tests.shop import Shop, today

pytestmark = pytest.mark.django_db
HEADS = [column.head for column in template.COLUMNS]


def row(shop: Shop, **changes: Any) -> list[Any]:
    """One right row, by the heads' names."""
    values = {
        "客户单号": "PO-1",
        "客户编号": shop.customer.code,
        "要求交期": date(2027, 1, 20),
        "交货方式": "物流",
        "开票类型": "专票",
        "付款方式": "按合同",
        "产品编号": shop.product.code,
        "数量": 100,
        **changes,
    }
    return [values.get(head) for head in HEADS]


def xlsx(*rows: list[Any], heads: list[str] | None = None) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(heads or HEADS)
    for each in rows:
        sheet.append(each)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def run(shop: Shop, *rows: list[Any], **options: Any) -> dict[str, Any]:
    return import_rows(tables.read("a.xlsx", xlsx(*rows), template.COLUMNS), by=shop.who["sales"], **options).as_json()


def test_rows_of_one_reference_become_one_order() -> None:
    shop = Shop()
    report = run(shop, row(shop), row(shop, 数量=50), row(shop, 客户单号="PO-2"))
    assert len(report["created"]) == 2
    order = Order.objects.get(customer_reference="PO-1")
    assert [line.quantity for line in order.revision.lines.all()] == [100, 50]
    assert (order.state, order.channel) == (State.DRAFT, "import")
    assert order.revision.contact == shop.contact


def test_a_second_run_adds_nothing() -> None:
    shop = Shop()
    first = run(shop, row(shop))
    second = run(shop, row(shop))
    assert second == {"created": [], "repeated": first["created"], "refused": []}
    assert Order.objects.count() == 1


def test_a_wrong_row_refuses_its_whole_order_and_no_other() -> None:
    shop = Shop()
    report = run(shop, row(shop), row(shop, 数量="一百"), row(shop, 客户单号="PO-2"))
    assert [(each["row"], each["reason"]) for each in report["refused"]] == [
        (2, "同一订单的第 3 行有误，整单未导入"),
        (3, "数量：「一百」不是数字"),
    ]
    assert list(Order.objects.values_list("customer_reference", flat=True)) == ["PO-2"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"客户编号": "没有"}, "客户编号 没有 不存在"),
        ({"产品编号": "没有"}, "产品编号 没有 不存在或已停售"),
        ({"数量": 0}, "数量应大于 0"),
        ({"数量": -5}, "数量应大于 0"),
        ({"数量": None}, "数量：不能为空"),
        ({"数量": "1e99"}, "超出范围"),
        ({"数量": "NaN"}, "超出范围"),
        ({"数量": "inf"}, "超出范围"),
        ({"数量": "#DIV/0!"}, "不是数字"),
        ({"备注": "#N/A"}, "备注：单元格是错误值 #N/A"),
        ({"要求交期": "#VALUE!"}, "不是日期"),
        ({"其中现货": 101}, "现货数量应在 0 和订货数量之间"),
        ({"要求交期": "明年"}, "不是日期"),
        ({"交货方式": "骑马"}, "请填 送货 / 物流 / 快递 / 自提"),
        ({"联系人": "查无此人"}, "联系人「查无此人」不是该客户已登记的联系人"),
        ({"允差+%": 101}, "允差应在 0 到 100 之间"),
        ({"备注": "字" * 501}, "备注：最多 500 个字"),
        ({"客户单号": None}, "客户单号：不能为空"),
    ],
)
def test_a_refused_row_says_what_is_wrong(changes: dict[str, Any], said: str) -> None:
    shop = Shop()
    report = run(shop, row(shop, **changes))
    assert [each["row"] for each in report["refused"]] == [2]
    assert said in report["refused"][0]["reason"]
    assert not Order.objects.exists()


def test_another_salespersons_customer_is_not_there() -> None:
    shop = Shop()
    stranger = people.customer()
    report = run(shop, row(shop, 客户编号=stranger.code))
    assert "不是您的客户" in report["refused"][0]["reason"]


def test_the_template_reads_back_as_its_own_file() -> None:
    sheet = load_workbook(io.BytesIO(template.workbook())).active
    assert [cell.value.rstrip("*") for cell in sheet[1]] == HEADS
    assert [row.values["reference"] for row in tables.read("t.xlsx", template.workbook(), template.COLUMNS)] == [
        "PO-2026-001"
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "空的"),
        ("a.csv", "客户单号,客户编号\n1,2\n".encode(), "缺少列：产品编号、数量"),
        ("a.csv", ("客户单号,客户编号,产品编号,数量,利润\n" + "1,2,3,4,5\n").encode(), "不认识的列：利润"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(name: str, content: bytes, said: str) -> None:
    with pytest.raises(tables.Unreadable, match=said):
        tables.read(name, content, template.COLUMNS)


def test_csv_from_chinese_excel_is_read() -> None:
    shop = Shop()
    text = f'客户单号,客户编号,产品编号,数量\nPO-9,{shop.customer.code},{shop.product.code},"1,200"\n'
    (found,) = tables.read("a.csv", text.encode("gb18030"), template.COLUMNS)
    assert (found.errors, found.values["quantity"]) == ([], 1200)


def test_the_customer_is_told_nothing() -> None:
    shop = Shop()
    run(shop, row(shop), submit=True)
    assert Order.objects.get().state == State.PENDING
    assert not OutboxRow.objects.filter(channel="email").exists()


def test_the_page_takes_a_file_and_the_worker_reports(client: Client) -> None:
    shop = Shop()
    client.force_login(shop.who["sales"])
    form = client.get("/orders/import/").context["form"]
    file = io.BytesIO(xlsx(row(shop), row(shop, 客户单号="PO-2", 数量="x")))
    file.name = "订单.xlsx"
    answer = client.post("/orders/import/", {"file": file, "key": form["key"].value()})
    found = ImportRun.objects.get()
    assert answer.url == found.get_absolute_url()
    go_through_import({"run": found.pk, "submit": False})
    page = client.get(answer.url).content.decode()
    assert "不是数字" in page and Order.objects.get().number in page
    client.force_login(people.person("customer_service"))
    assert client.get(answer.url).status_code == 404


def test_two_thousand_rows_come_in_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop()
    rows = [row(shop, 客户单号=f"PO-{index // 10}", 数量=index % 10 + 1) for index in range(1990)]
    bad = [row(shop, 客户单号=f"BAD-{index}", 数量="无") for index in range(10)]
    path = tmp_path / "orders.xlsx"
    path.write_bytes(xlsx(*rows, *bad))
    call_command("import_orders", path)
    assert "新建 199 张，此前已导入 0 张，退回 10 行" in capsys.readouterr().out
    call_command("import_orders", path)
    assert "新建 0 张，此前已导入 199 张，退回 10 行" in capsys.readouterr().out
    assert Order.objects.filter(created_at__date__gte=today() - timedelta(days=1)).count() == 199


def test_an_imported_order_waits_for_the_same_signatures_as_any_other() -> None:
    shop = Shop()
    run(shop, row(shop), submit=True)
    order = Order.objects.get()
    waits = {gate.code for gate in registry.unmet("approve", order.revision)}
    assert waits == {"cs_checked", "technical_signed", "material_stated", "date_committed"}
    with pytest.raises(Blocked):
        approval.approve(order.revision, by=shop.who["supervisor"])


def test_a_product_is_found_by_its_code_in_any_case() -> None:
    shop = Shop()
    shop.product.code = "LRM-100x100"
    shop.product.save()
    assert len(run(shop, row(shop, 产品编号="lrm-100X100"))["created"]) == 1
