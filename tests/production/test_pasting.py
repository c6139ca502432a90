"""A sheet copied from a spreadsheet is read as people write it; what cannot be read is named by its row (R22)."""

from decimal import Decimal

from production.pasting import read

HEAD = "订单号\t行\t合格\t废品\t工时\t备注\n"


def test_a_sheet_is_read_with_and_without_a_head() -> None:
    for head in ("", HEAD):
        (row,) = read(head + "so-20261123-0001\t2\t1,200\t3.5\t7.5\t换刀一次\r\n\r\n").rows
        assert (row.order, row.line, row.remark) == ("SO-20261123-0001", 2, "换刀一次")
        assert (row.good, row.scrap, row.hours) == (1200, Decimal("3.5"), Decimal("7.5"))
        assert row.at == (2 if head else 1)


def test_full_width_signs_dashes_and_columns_in_another_order_are_understood() -> None:
    (row,) = read("工时\t单位\t客户\t合格数\t工单号\n８\t张\t某客户\t１２，０００\tＳＯ－20261123－0001").rows
    assert (row.order, row.good, row.hours, row.unit) == ("SO-20261123-0001", 12000, 8, "张")
    assert row.scrap == 0
    assert read("SO-1\t1\t5\t—\t无\t").rows[0].scrap == 0


def test_each_bad_cell_is_named_by_its_row() -> None:
    found = read(HEAD + "SO-1\t一\tabc\t-3\t1.234\n\t1\t1,20\t\t\n")
    assert found.errors == [
        "第 2 行：行号「一」不是 1、2、3 这样的数字。",
        "第 2 行：合格「abc」不是数字。",
        "第 2 行：废品「-3」不能为负；更正请撤回原行再报。",
        "第 2 行：工时「1.234」最多 2 位小数。",
        "第 3 行：缺订单号。",
        "第 3 行：合格「1,20」的千分位不对。",
    ]


def test_nothing_too_much_and_a_head_without_its_columns_are_said() -> None:
    assert read(" \n\t\n").errors == ["没有读到数据，请连同订单号一起从表格复制。"]
    assert read("行\t备注\n1\t好").errors == ["第 1 行：表头缺少「订单号」「合格」列。"]
    assert read("SO-1\t1\t5\n" * 201).errors == ["一次最多 200 行，请分开粘贴。"]
    assert read("SO-1\t1\t5\t0\t8\t好\t多").errors == ["第 1 行：多出一列「多」。"]
    assert read("SO-1\t1\t1e99").errors == ["第 1 行：合格「1e99」超出范围。"]
