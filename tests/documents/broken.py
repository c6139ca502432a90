"""Spreadsheets as they come broken, and good ones as other programs write them; each built here, each tiny."""

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
ROW = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))


def sheet(rows: str = ROW, dimension: str = "A1") -> str:
    return f'<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'


def typed(*parts: tuple[str, str]) -> str:
    overrides = "".join(f'<Override PartName="/xl/{name}" ContentType="{TYPE}.{kind}+xml"/>' for name, kind in parts)
    rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'<Types xmlns="{PACKAGE}/content-types">{rels}{overrides}</Types>'


def related(*targets: tuple[str, str]) -> str:
    each = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{each}</Relationships>'


SHEETS = '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'
WORKBOOK = f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{SHEETS}</workbook>'
PARTS = {
    "[Content_Types].xml": typed(
        ("workbook.xml", "sheet.main"), ("worksheets/sheet1.xml", "worksheet"), ("sharedStrings.xml", "sharedStrings")
    ),
    "_rels/.rels": related(("officeDocument", "xl/workbook.xml")),
    "xl/workbook.xml": WORKBOOK,
    "xl/_rels/workbook.xml.rels": related(("worksheet", "worksheets/sheet1.xml")),
    "xl/worksheets/sheet1.xml": sheet(),
    "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>s</t></si></sst>',
}


def book(**changed: str | None) -> bytes:
    """A workbook with some of its parts changed, or left out. A part is named by the beginning of its file's name."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in PARTS.items():
            name = path.rpartition("/")[2].partition(".")[0].strip("[]")
            new = changed.get("rels" if path.endswith("workbook.xml.rels") else name, content)
            if new is not None:
                archive.writestr(path, new)
        for number in range(int(changed.get("more") or 0)):
            archive.writestr(f"xl/media/{number}", b"")
    return target.getvalue()


def number(value: str) -> str:
    return f'<row r="1"><c r="A1"><v>{value}</v></c></row>'


def locked() -> bytes:
    """A zip whose entries need a password: the flag of each is set."""
    content = bytearray(book())
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = content.find(mark)
        while place >= 0:
            content[place + at] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


MANY_STRINGS = f'<sst xmlns="{MAIN}">{"<si><t>字字字</t></si>" * 2_000_000}</sst>'

# What it is, what it is called, and what is said of it. None of them reaches a rule of any department.
BROKEN: dict[str, tuple[str, bytes, str]] = {
    "no zip": ("a.xlsx", b"hello", "不是有效的 .xlsx"),
    "a page called a book": ("a.xlsx", b"<html><table></table></html>", "不是有效的 .xlsx"),
    "a zip of other things": ("a.xlsx", book(workbook=None, Content_Types=None), "没有 Excel 工作簿"),
    "truncated": ("a.xlsx", book()[:700], "不完整或已损坏"),
    "with a password": ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "有密码保护"),
    "zip with a password": ("a.xlsx", locked(), "有密码保护"),
    "old xls": ("a.xls", OLE + "Workbook".encode("utf-16-le"), "旧版 Excel 的 .xls"),
    "old xls renamed": ("a.xlsx", OLE + "Workbook".encode("utf-16-le"), "旧版 Excel 的 .xls"),
    "another program's": ("a.ods", b"PK\x03\x04", "请上传 .xlsx 或 .csv"),
    "wrong content types": ("a.xlsx", book(Content_Types=typed()), "损坏"),
    "no workbook": ("a.xlsx", book(workbook=None), "没有 Excel 工作簿"),
    "sheet gone": ("a.xlsx", book(sheet1=None), "没有可读取的工作表"),
    "no relations": ("a.xlsx", book(rels=None), "损坏"),
    "no sheet": ("a.xlsx", book(workbook=f'<workbook xmlns="{MAIN}"/>'), "没有可读取的工作表"),
    "only a chart": ("a.xlsx", book(rels=related(("chartsheet", "worksheets/sheet1.xml"))), "损坏|没有可读取"),
    "bad XML": ("a.xlsx", book(sheet1="<worksheet><sheetData><row"), "损坏"),
    "strings gone": ("a.xlsx", book(sharedStrings=None), "损坏"),
    "a string that is not there": (
        "a.xlsx", book(sheet1=sheet('<row r="1"><c r="A1" t="s"><v>9</v></c></row>')), "损坏",
    ),
    "billion laughs": (
        "a.xlsx", book(sheet1=f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>{sheet(number("&a8;"))}'), "损坏",
    ),
    "a file of the server": (
        "a.xlsx", book(sheet1=f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>{sheet(number("&a;"))}'), "损坏",
    ),
    "nested deep": ("a.xlsx", book(workbook="<a>" * 100_000 + "</a>" * 100_000), "损坏|没有|超出"),
    "empty": ("a.xlsx", book(sheet1=sheet("")), "空的"),
    "empty, of the whole grid": ("a.xlsx", book(sheet1=sheet("", "A1:XFD1048576")), "空的"),
    "too wide": ("a.xlsx", book(sheet1=sheet(ROW.replace("A1", "XFD1"))), "最多 200 列"),
    "beyond every column": ("a.xlsx", book(sheet1=sheet(ROW.replace("A1", "ZZZZZZZ1"))), "损坏|超出"),
    "beyond the last row": ("a.xlsx", book(sheet1=sheet(ROW.replace("1", "1048577"))), "最多导入 10000 行"),
    "too many rows": ("a.xlsx", book(sheet1=sheet("<row><c><v>1</v></c></row>" * 10_002)), "最多导入 10000 行"),
    "a cell too long": ("a.xlsx", book(sheet1=sheet(ROW.replace(">a<", f">{'字' * 5_001}<"))), "超过 5000 字"),
    "a number of 5,000 digits": ("a.xlsx", book(sheet1=sheet(number("9" * 5_000))), "损坏"),
    "no number": ("a.xlsx", book(sheet1=sheet(number("NaN"))), "损坏"),
    "a formula without its value": (
        "a.xlsx", book(sheet1=sheet('<row r="1"><c r="A1"><f>1+1</f></c></row>')), "没有计算结果的公式",
    ),
    "strings that unpack to 60 MB": ("a.xlsx", book(sharedStrings=MANY_STRINGS), "解压后过大"),
    "a thousand entries": ("a.xlsx", book(more="1000"), "解压后过大"),
    "too large": ("a.csv", b"a," * 5_300_000, "超过 10 MB"),
    "empty text": ("a.csv", b"\r\n \r\n", "空的"),
    "a book called text": ("a.csv", book(), "扩展名改为 .xlsx"),
    "NUL in text": ("a.csv", b"a,b\n1,\x002\n", "空字符"),
    "wide text without its mark": ("a.csv", "a,b\n1,2\n".encode("utf-16-le"), "空字符"),
    "no encoding": ("a.csv", b"\xff\xff,\xfe\n", "编码无法识别"),
    "one endless line": ("a.csv", b"a," * 150_000, "第 1 行过长"),
    "one endless field": ("a.csv", b"a,b\n1," + b"x" * 6_000, "第 2 行有内容超过 5000 字"),
    "a quote left open": ("a.csv", b'a,b\n1,"2\n3,4\n', "从第 2 行起缺少右引号"),
}  # fmt: skip

# Cells that only a rule about the column can refuse: they are read as what they are.
GOOD: dict[str, tuple[str, bytes, list[tuple[int, list[object]]]]] = {
    "as WPS sizes it": ("a.xlsx", book(sheet1=sheet('<row r="2"><c r="B2"><v>3</v></c></row>')), [(2, [None, 3])]),
    "sized as the whole grid": ("a.xlsx", book(sheet1=sheet(dimension="A1:XFD1048576")), [(1, ["a"])]),
    "without strings, capital letters": ("A.XLSX", book(sheet1=sheet(number("1.5"))), [(1, [1.5])]),
    "a formula with its value": (
        "a.xlsx", book(sheet1=sheet('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>')), [(1, [2])],
    ),
    "beyond every number": ("a.xlsx", book(sheet1=sheet(number("1e400"))), [(1, ["inf"])]),
    "UTF-8": ("a.csv", "品名,数\n纸,1\n".encode(), [(1, ["品名", "数"]), (2, ["纸", "1"])]),
    "UTF-8 with its mark": ("a.csv", "品名,数\n".encode("utf-8-sig"), [(1, ["品名", "数"])]),
    "GBK": ("a.csv", "品名,数\r\n\r\n纸,1".encode("gbk"), [(1, ["品名", "数"]), (3, ["纸", "1"])]),
    "Unicode text of Excel": ("a.csv", "品名\t数\r\n".encode("utf-16"), [(1, ["品名", "数"])]),
    "a line break in a cell": ("a.csv", b'a,"b\nc"\n', [(1, ["a", "b\nc"])]),
}  # fmt: skip
