"""Data of each paper as a department would freeze it; realistic lengths, one rare character here and there."""

from typing import Any

FIRM = {
    "name": "苏州恒纸源纸品有限公司",
    "name_en": "SUZHOU HENGZHIYUAN PAPER CONVERTING CO., LTD.",
    "address": "江苏省苏州市吴中区木渎镇金枫南路 1258 号 3 幢",
    "phone": "0512-6625 8800",
    "fax": "0512-6625 8801",
    "email": "orders@hzy-paper.example",
    "website": "www.hzy-paper.example",
    "tax_number": "91320506MA1XK0000Q",
    "bank": "中国农业银行苏州吴中支行",
    "account_name": "",
    "account": "1053 9001 0400 0000 00",
    "logo": "",
    "confirmation_note": "请于发出当日签章回传；逾期预交日按日自动顺延，以我司通知之日期为准。",
    "confirmation_terms": (
        "预交日为成品完成日，非发货日。\n数量允差以内按实际完成数量结算。\n收货后七日内未书面提出异议的，视为验收合格。"
    ),
    "balance_note": "货款到账并经我司财务落实后安排发货；汇款时请注明订单编号。",
    "delivery_note": "请当面清点件数、检查外包装，如有短少或破损请在回单上注明，并于当日通知我司客服。",
}

CUSTOMER = {
    "name": "昆山市䶮𠮷印刷包装有限责任公司",
    "code": "K0312",
    "contact": "欧阳㛃文",
    "phone": "138 0000 4521",
    "order_number": "PO-2026-11-0087",
}

SHIP_TO = {
    "address": "江苏省昆山市玉山镇城北中路 1888 号 B 区 2 号厂房一楼原纸仓库（请走北门，卸货时间 8:00–17:00）",
    "receiver": "陈建国",
    "phone": "0512-5730 1166",
}

PRODUCTS = [
    ("RL-80-0720", "单面铜版不干胶 卷料", "720 mm × 2,000 m，80 g/㎡，管芯 76 mm", "PF-203 V4", "卷"),
    ("SH-128-787", "双面铜版纸 平张", "787 × 1092 mm，128 g/㎡，500 张/令", "PF-118 V2", "令"),
    ("LB-100X60", "热敏标签 三防", "100 × 60 mm，排 1 出 1，管芯 25 mm，每卷 1,000 枚", "PF-077 V7", "卷"),
    (
        "RL-60-1040",
        "格拉辛底纸 复卷",
        "1,040 mm × 6,000 m，60 g/㎡，白色，管芯 152 mm，接头不超过 2 个",
        "PF-221 V1",
        "卷",
    ),
    ("LB-40X30-3", "合成纸标签 三排", "40 × 30 mm，排 3 出 1，每卷 5,000 枚，出标方向头朝外", "PF-081 V3", "卷"),
]


def lines(count: int = 5, *, prices: bool) -> list[dict[str, Any]]:
    made = []
    for index in range(count):
        code, name, spec, formula, unit = PRODUCTS[index % len(PRODUCTS)]
        line: dict[str, Any] = {
            "no": index + 1,
            "code": code,
            "name": name,
            "spec": spec,
            "formula": formula,
            "quantity": str((index % 5 + 1) * 120),
            "tolerance": "+5% / −3%" if index % 2 else "±5%",
            "unit": unit,
            "pieces": index % 4 + 2,
            "lot": f"261121-{index + 1:02d}",
            "order": "SO-20261118-0007",
            "packaging": "防潮膜 + 木托，每托 24 卷" if index % 5 in (0, 3) else "",
            "label": "客户标签，含型号、数量、生产日期" if index % 5 == 2 else "",
            "special": "端面平整，无毛边" if index % 5 == 4 else "",
            "produced_on": "2026-11-28" if index % 5 != 1 else "",
            "promised_on": "2026-12-01",
            "finish_on": "2026-11-30",
        }
        if prices:
            line |= {"price": "236.50", "tax_rate": "13", "amount": str((index % 5 + 1) * 28380)}
        made.append(line)
    return made


CONFIRMATION: dict[str, Any] = {
    "order": "SO-20261118-0007",
    "ordered_on": "2026-11-18",
    "customer": CUSTOMER,
    "salesperson": "赵海燕",
    "clerk": "沈小曼",
    "contract": "HT-2026-0231",
    "approved_by": "钱卫东",
    "lines": lines(5, prices=True),
    "totals": {"net": "376752.21", "tax": "48977.79", "total": "425700.00"},
    "promised_on": "2026-12-01",
    "ship_to": SHIP_TO,
    "delivery": {"way": "物流", "freight": "供方承担", "partial": True},
    "terms": {
        "invoice": "增值税专用发票 13%",
        "deposit_percent": "30",
        "deposit_amount": "127710.00",
        "earnest": "85140.00",
        "prepaid": "42570.00",
        "balance": "发货前付清",
    },
    "special": "① 第 1 项卷料须在端面贴客户物料编码；② 首批 20 卷先发，其余一次发清；③ 送货前一日电话预约卸货时间。",
}

CONFIRMATION_INSIDE = CONFIRMATION | {
    "inside": {"grade": "B", "supervision": "11-25 复核原纸到料；11-28 首卷会签；11-30 复卷完工后客服到场验收。"}
}

PRODUCTION_ORDER: dict[str, Any] = {
    "order": "SO-20261118-0007",
    "confirmation": {"number": "QR-20261119-0003", "version": 1},
    "customer": {"name": CUSTOMER["name"], "code": CUSTOMER["code"]},
    "released_at": "2026-11-20T09:30:00+08:00",
    "released_by": "沈小曼",
    "production_head": "吴志强",
    "copy_to": "技术部",
    "lines": lines(5, prices=False),
    "special": "端面平整，无毛边；接头处贴红色标识，并在卷标注明接头数。\n首卷须经客服与质检会签后方可批量生产。",
    "change": "",
}

BALANCE_LETTER: dict[str, Any] = {
    "order": "SO-20261118-0007",
    "contract": "HT-2026-0231",
    "customer": CUSTOMER,
    "lines": [line | {"made": line["quantity"]} for line in lines(3, prices=True)],
    "totals": {"made": "170280.00", "due": "170280.00", "received": "51084.00", "balance": "119196.00"},
    "share": "100",
    "pay_by": "2026-12-05",
    "contact": {"name": "沈小曼", "phone": "0512-6625 8812"},
}

DISPATCH_NOTICE: dict[str, Any] = {
    "orders": ["SO-20261118-0007", "SO-20261119-0002"],
    "customer": CUSTOMER,
    "ship_to": SHIP_TO,
    "delivery": {"way": "物流", "freight": "供方承担", "carrier": "德邦物流"},
    "planned_on": "2026-12-02",
    "lines": lines(4, prices=False),
    "totals": {"quantity": "1200", "pieces": "14"},
    "clearance": "财务已落实款项（周敏 2026-12-01 15:20）",
    "checked_by": "沈小曼",
    "special": "木托装，雨天须盖防雨布；随货附出厂检验报告一份。",
    "emergency": "",
}

DELIVERY_NOTE: dict[str, Any] = {
    "notice": "FT-20261202-0004",
    "orders": ["SO-20261118-0007", "SO-20261119-0002"],
    "customer": CUSTOMER,
    "ship_to": SHIP_TO,
    "carrier": {
        "name": "德邦物流",
        "driver": "马师傅",
        "phone": "139 0000 7788",
        "plate": "苏E·7K8Z2",
        "waybill": "DPK364000218",
    },
    "shipped_at": "2026-12-02T14:20:00+08:00",
    "lines": lines(4, prices=False),
}

DISPATCH_ADVICE: dict[str, Any] = {
    "notice": "FT-20261202-0004",
    "delivery_note": "FH-20261202-0004",
    "orders": ["SO-20261118-0007"],
    "customer": CUSTOMER,
    "ship_to": SHIP_TO,
    "carrier": DELIVERY_NOTE["carrier"],
    "dispatched_at": "2026-12-02T14:20:00+08:00",
    "expected_at": "2026-12-03T16:00:00+08:00",
    "check_at": "2026-12-03T17:00:00+08:00",
    "pieces": "14",
    "lines": lines(4, prices=False),
    "contact": {"name": "沈小曼", "phone": "0512-6625 8812"},
}

MEMO: dict[str, Any] = {
    "channel": "电话",
    "taken_at": "2026-11-18T10:12:00+08:00",
    "taken_by": "沈小曼",
    "customer_name": CUSTOMER["name"],
    "caller": "欧阳㛃文",
    "caller_phone": "138 0000 4521",
    "words": "还是上次那个 720 的铜版不干胶，要 120 卷，月底前要。\n"
    "另外标签 100×60 的三防，先要 360 卷，卷芯要一寸的。",
    "items": [
        {"label": "产品与规格", "value": "单面铜版不干胶 720 mm；热敏标签 100 × 60 mm", "missing": False},
        {"label": "数量与允差", "value": "120 卷；360 卷", "missing": False},
        {"label": "要求交期", "value": "11 月底前", "missing": False},
        {"label": "包装与标签", "value": "", "missing": True},
        {"label": "收货地址与联系人", "value": "同上次", "missing": False},
        {"label": "付款与开票", "value": "", "missing": True},
    ],
    "read_back": True,
    "reply_promised_by": "2026-11-18T11:00:00+08:00",
    "told_at": "2026-11-18T10:31:00+08:00",
    "missing": "包装方式、标签内容、开票类型",
    "attachments": ["客户手写要求.jpg"],
    "order": "SO-20261118-0007",
}

RECEIPT: dict[str, Any] = {
    "delivery_note": "FH-20261202-0004",
    "orders": ["SO-20261118-0007"],
    "customer": CUSTOMER,
    "ship_to": SHIP_TO,
    "carrier": DELIVERY_NOTE["carrier"],
    "dispatched_at": "2026-12-02T14:20:00+08:00",
    "lines": lines(4, prices=False),
    "conditions": ["数量、外观完好", "短少", "有破损"],
    "contact": {"name": "沈小曼", "phone": "0512-6625 8812"},
}

RECEIPT_FILED: dict[str, Any] = RECEIPT | {
    "lines": [
        line | {"arrived": line["quantity"], "difference": "拒收 2 卷，外包装受潮" if line["no"] == 2 else ""}
        for line in lines(4, prices=False)
    ],
    "arrived_at": "2026-12-03T15:40:00+08:00",
    "signed": {
        "condition": "短少",
        "by": "陈建国",
        "at": "2026-12-03T16:10:00+08:00",
        "remark": "第 2 项有 2 卷受潮，已拍照。",
        "paper": "到货回单-签收.jpg",
        "sha256": "9f2c3a0e5b7d41c8a6f0d2b94c1e7a3f58b6d09e4c2a71f3e8d5b0c9a7f61e24",
    },
}

# Names with characters beyond the first plane or rarely cut in a face.
RARE = {"name": "𠮷林省㛃龘䶮纸业有限公司", "contact": "㛃𠮷龘䶮"}
