"""The columns of the import template; the same table makes the file to download and reads it back."""

import io

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

from documents import cells
from documents.tables import Column
from orders.models import DeliveryWay, Freight, InvoiceKind

HEADER = (
    Column(
        "reference", "客户单号", cells.text(40), "PO-2026-001", "同一客户、同一单号的各行合成一张订单", required=True
    ),
    Column("customer", "客户编号", cells.text(20), "K0001", required=True),
    Column("requested_on", "要求交期", cells.day, "2026-12-20", "日期，或 2026-12-20"),
    Column("contact", "联系人", cells.text(40), "王经理", "须是该客户已登记的联系人"),
    Column("address", "收货人", cells.text(40), "李收货", "按收货人找地址；不填用默认地址"),
    Column("delivery_way", "交货方式", cells.choice(DeliveryWay), "物流", "送货 / 物流 / 快递 / 自提"),
    Column("freight", "运费", cells.choice(Freight), "我方承担", "我方承担 / 客户承担"),
    Column("invoice_kind", "开票类型", cells.choice(InvoiceKind), "专票", "专票 / 普票 / 不开票"),
    Column("payment_terms", "付款方式", cells.text(200), "按合同"),
    Column("split_allowed", "可分批", cells.yes, "否", "是 / 否"),
    Column("special", "特殊要求", cells.text(1000), ""),
)
LINE = (
    Column("product", "产品编号", cells.text(30), "P0001", required=True),
    Column("spec", "规格", cells.text(200), "", "不填用产品规格"),
    Column("quantity", "数量", cells.number, "100", required=True),
    Column("unit", "单位", cells.text(10), "", "不填用产品单位"),
    Column("from_stock", "其中现货", cells.number, "0"),
    Column("price", "含税单价", cells.number, "", "不填用参考价"),
    Column("tolerance_minus", "允差-%", cells.number, "3"),
    Column("tolerance_plus", "允差+%", cells.number, "3"),
    Column("packaging", "包装要求", cells.text(200), ""),
    Column("label_text", "标签内容", cells.text(200), ""),
    Column("line_special", "特殊规定", cells.text(500), ""),
    Column("remark", "备注", cells.text(500), ""),
    Column("needs_sample", "需签样", cells.yes, "否", "是 / 否"),
)
COLUMNS = (*HEADER, *LINE)


def workbook() -> bytes:
    """The template as .xlsx, with one example row and the hints as comments."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 (a new workbook has a sheet)
    sheet.title = "订单导入"
    for index, column in enumerate(COLUMNS, 1):
        cell = sheet.cell(1, index, f"{column.head}{'*' if column.required else ''}")
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E8EEF7")
        cell.alignment = Alignment(horizontal="center")
        if column.hint:
            cell.comment = Comment(column.hint, "订单管理")
        sheet.cell(2, index, column.example)
        sheet.column_dimensions[cell.column_letter].width = max(10, len(column.head) * 2 + 4)
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
