"""Believable data for the style guide. Nothing here is read by a working page."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

DELIVERY_WAYS = [("", "请选择"), ("truck", "送货"), ("freight", "物流"), ("express", "快递"), ("pickup", "自提")]


class SampleOrderForm(forms.Form):
    customer = forms.CharField(label="客户", help_text="输入名称、编码或拼音首字母")
    contact = forms.CharField(label="联系人")
    requested_on = forms.DateField(label="要求交期", widget=forms.DateInput(attrs={"type": "date"}))
    delivery_way = forms.ChoiceField(label="交货方式", choices=DELIVERY_WAYS)
    invoice = forms.ChoiceField(
        label="开票类型",
        choices=[("special", "专票"), ("plain", "普票"), ("none", "不开票")],
        widget=forms.RadioSelect,
        initial="special",
    )
    tolerance = forms.DecimalField(
        label="数量允差（±%）", widget=forms.TextInput(attrs={"inputmode": "decimal"}), initial="3"
    )
    may_split = forms.BooleanField(label="允许分批发货", required=False)
    scan = forms.FileField(label="签章扫描件", required=False, help_text="PDF、JPG 或 PNG，不超过 20 MB")
    remark = forms.CharField(
        label="特殊要求", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="会印在订单确认书上"
    )


class SampleLineForm(forms.Form):
    product = forms.CharField(label="产品")
    spec = forms.CharField(label="规格", required=False)
    quantity = forms.DecimalField(label="数量", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    unit = forms.ChoiceField(label="单位", choices=[("卷", "卷"), ("张", "张"), ("箱", "箱")])
    price = forms.DecimalField(label="含税单价", widget=forms.TextInput(attrs={"inputmode": "decimal"}))


class SampleReasonForm(forms.Form):
    reason = forms.CharField(label="退回原因", widget=forms.Textarea(attrs={"rows": 2}), help_text="录单人会看到这段话")


class SampleFilterForm(forms.Form):
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), ("PENDING", "待审批")])
    grade = forms.ChoiceField(label="等级", required=False, choices=[("", "全部"), ("A", "A"), ("B", "B"), ("C", "C")])
    since = forms.DateField(label="下单自", required=False, widget=forms.DateInput(attrs={"type": "date"}))


LINES = [
    {
        "product": "热敏标签纸 60×40",
        "spec": "1000 张/卷",
        "quantity": "1200",
        "unit": "卷",
        "price": "8.6500",
    },
    {"product": "铜版不干胶卷材", "spec": "1080 mm × 2000 m,80 g", "quantity": "36", "unit": "卷", "price": "1265.00"},
]

SIGNED_FIRST = "客服核对：规格、单价与付款条件相符"


def styleguide_samples() -> dict[str, Any]:
    return {
        "tones": [("neutral", "草稿"), ("info", "已审批"), ("ok", "已回传"), ("warn", "待核验"), ("danger", "逾期")],
        "chain_states": ["DRAFT", "PENDING", "APPROVED", "PRODUCTION", "QUALITY", "SHIPPING", "COMPLETED"],
        **form_samples(),
        **list_samples(),
        **order_samples(),
    }


def form_samples() -> dict[str, Any]:
    refused = SampleOrderForm(
        {"customer": "苏州华印包装材料有限公司", "requested_on": "2026-11-31", "invoice": "special", "tolerance": "3"},
        auto_id="bad_%s",
    )
    lines = forms.formset_factory(SampleLineForm, extra=0, can_delete=True)
    return {
        "form": SampleOrderForm(initial={"customer": "苏州华印包装材料有限公司"}),
        "refused_form": refused,
        "reason_form": SampleReasonForm(auto_id="reason_%s"),
        "filter_form": SampleFilterForm(auto_id="filter_%s"),
        "lines": lines(initial=LINES, prefix="lines"),
        "lines_total": Decimal("55920.00"),
        "checklist": [
            {"label": "客户", "met": True, "fields": "customer", "field_id": "id_customer"},
            {"label": "联系人", "met": False, "fields": "contact", "field_id": "id_contact"},
            {"label": "要求交期", "met": False, "fields": "requested_on", "field_id": "id_requested_on"},
            {"label": "交货方式", "met": False, "fields": "delivery_way", "field_id": "id_delivery_way"},
            {"label": "开票类型", "met": True, "fields": "invoice", "field_id": ""},
            {"label": "数量与单价", "met": True, "fields": "lines-*-quantity lines-*-price", "field_id": ""},
        ],
    }


def list_samples() -> dict[str, Any]:
    now = timezone.now()
    day = date(2026, 11, 23)
    return {
        "orders": [
            ("SO-20261123-0001", "苏州华印包装材料有限公司", "A", "待审批", day, Decimal("55920.00"), False),
            ("SO-20261121-0014", "宁波远帆物流标签有限公司", "B", "生产", day, Decimal("128450.50"), False),
            ("SO-20261118-0007", "上海晨光医药印务有限公司", "B", "发货", day - timedelta(3), Decimal("9800.00"), True),
            ("SO-20261109-0003", "昆山佳联电子有限公司", "C", "已完成", day - timedelta(9), Decimal("-320.40"), False),
        ],
        "tabs": [
            {"label": "我的订单", "url": "#lists", "active": True, "count": 18},
            {"label": "本组", "url": "#lists", "active": False, "count": 64},
            {"label": "已暂停", "url": "#lists", "active": False, "count": 2},
            {"label": "全部", "url": "#lists", "active": False, "count": None},
        ],
        "todos": [
            {
                "title": "SO-20261118-0009 宁波远帆物流标签有限公司",
                "url": "#home",
                "sub": "单价低于价格执行方案 2 处，已由客服主管和营销总监同意",
                "due": now - timedelta(hours=3),
                "since": now - timedelta(days=2),
            },
            {
                "title": "SO-20261123-0001 苏州华印包装材料有限公司",
                "url": "#home",
                "sub": "¥55,920.00 · 要求交期 2026-12-04",
                "due": now + timedelta(hours=2),
                "since": now - timedelta(hours=2, minutes=10),
            },
            {
                "title": "SO-20261120-0002 昆山佳联电子有限公司",
                "url": "#home",
                "sub": "确认书已发 3 天，预交日已顺延 2 天",
                "due": now + timedelta(days=1, minutes=5),
                "since": now - timedelta(days=3),
            },
        ],
        "now": now,
    }


def order_samples() -> dict[str, Any]:
    now = timezone.now()
    return {
        "unmet": [
            {
                "message": "尚缺定金 ¥16,776.00，请财务登记到账后再下达。",
                "owers": ("财务部",),
                "url": "#gates",
                "since": now - timedelta(days=1, hours=4),
            },
            {
                "message": "确认书已发出，客户签章回传还没有核验。",
                "owers": ("客服员 李敏",),
                "url": "#gates",
                "since": now - timedelta(hours=5),
                "link_label": "去核验",
            },
        ],
        "met": [{"message": SIGNED_FIRST}, {"message": "技术部书面确认：可以生产"}, {"message": "生产部已签完工日期"}],
        "events": [
            {"at": now, "who": "客服员 李敏", "what": "发送确认书", "why": "第 1 版，发至 wang@example.cn"},
            {
                "at": now - timedelta(hours=6),
                "who": "上级主管 陈志强",
                "what": "批准",
                "from": "待审批",
                "to": "已审批",
                "why": "",
            },
            {
                "at": now - timedelta(days=1),
                "who": "上级主管 陈志强",
                "what": "退回",
                "from": "待审批",
                "to": "草稿",
                "why": "收货电话缺一位，请与客户核对后再提交。",
                "tone": "danger",
            },
            {"at": now - timedelta(days=2), "who": "", "what": "预交日顺延一天", "why": "当日未收到签章回传"},
        ],
        "facts": [
            ("客户", "苏州华印包装材料有限公司（A）"),
            ("联系人", "王丽华 138 0512 6677"),
            ("合同", "HT-2026-018，账期 30 天"),
            ("要求交期", "2026-12-04"),
            ("预交日", "2026-12-06（成品完成日，非发货日）"),
            ("交货方式", "送货，运费我方承担"),
            ("收货地址", "江苏省苏州市工业园区星湖街 328 号 5 幢 2 楼仓库，收货人 赵师傅 139 1234 5678", "wide"),
        ],
        "differences": [("要求交期", "2026-12-04", "2026-12-08"), ("数量（第 2 行）", "40 卷", "36 卷")],
    }
