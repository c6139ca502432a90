"""Who may do what, and what it is called: one row an action, its roles applied to Django's groups by `migrate`."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.roles import PRICE_ROLES, ROLES


@dataclass(frozen=True)
class Right:
    """One action: what it is called on every page, the roles that may do it, whether what it says (its reason) is for
    those who see prices only, and the tone in which histories show it."""

    label: str
    roles: Collection[str]
    of_money: bool = False
    tone: str = ""


NOBODY: frozenset[str] = frozenset()
SALES_DESK = {"sales", "customer_service"}
SIGNERS = {
    "supervisor",
    "customer_service",
    "cs_supervisor",
    "marketing_director",
    "technical",
    "production",
    "quality",
    "finance",
    "warehouse",
}
EVERYONE = set(ROLES) - {"admin"}

RIGHTS: dict[str, Right] = {
    # one's own log-in
    "change_own_password": Right("修改自己的密码", set(ROLES)),
    "end_own_sessions": Right("结束自己的登录", set(ROLES)),
    "add_authenticator": Right("启用验证器", set(ROLES)),
    "add_passkey": Right("登记通行密钥", set(ROLES)),
    "remove_factor": Right("停用二次验证", set(ROLES)),
    "renew_recovery_codes": Right("更换恢复码", set(ROLES)),
    # people
    "change_person": Right("修改人员", {"admin"}),
    "give_password": Right("设置密码", {"admin"}),
    "end_sessions": Right("结束登录", {"admin"}),
    "reset_factors": Right("重置二次验证", {"admin"}),
    "change_factor_rule": Right("修改二次验证规则", {"admin"}),
    "drop_factor_rule": Right("取消二次验证规则", {"admin"}),
    "change_holiday": Right("修改节假日", {"admin"}),
    "drop_holiday": Right("取消节假日", {"admin"}),
    "enter_days_off": Right("录入放假安排", {"admin"}),
    "change_deadline": Right("修改办理时限", {"admin"}),
    "await_days_off": Right("等待放假安排", NOBODY),
    # customers
    "write_memo": Right("接单记录", SALES_DESK),
    "tell_reply": Right("告知客户答复时间", SALES_DESK),
    "supplement_memo": Right("补记", SALES_DESK),
    "add_customer": Right("建档", {"customer_service", "cs_supervisor", "sales"}),
    "change_customer": Right("修改资料", {"customer_service", "cs_supervisor"}),
    "change_grade": Right("调整等级", {"cs_supervisor", "marketing_director", "admin"}),
    "set_credit_limit": Right("评定信用额度", {"finance"}, of_money=True),
    "change_contract": Right("起草或修改合同", {"customer_service", "cs_supervisor"}, of_money=True),
    "draft_contract": Right("起草合同", {"customer_service", "cs_supervisor"}, of_money=True),
    "ask_contract_review": Right("请求合同评审", {"customer_service", "cs_supervisor"}, of_money=True),
    "review_contract_fin": Right("财务评审合同", {"finance"}, of_money=True),
    "review_contract_legal": Right("法务评审合同", {"legal"}, of_money=True),
    "put_contract_in_force": Right("合同生效", {"customer_service", "cs_supervisor"}, of_money=True),
    "end_contract": Right("停用合同", {"customer_service", "cs_supervisor"}, of_money=True),
    "change_template": Right("修改合同范本", {"legal"}),
    "write_quote": Right("起草报价", SALES_DESK),
    "change_quote": Right("修改报价", SALES_DESK),
    "ask_quote_margin": Right("请主管同意", SALES_DESK),
    "agree_quote": Right("同意低毛利", {"supervisor", "marketing_director"}),
    "send_quote": Right("报出", SALES_DESK),
    "accept_quote": Right("客户接受", SALES_DESK),
    "lose_quote": Right("未成交", SALES_DESK),
    "change_contact": Right("登记联系人", {"sales", "customer_service", "cs_supervisor"}),
    "change_address": Right("登记收货地址", {"sales", "customer_service", "cs_supervisor"}),
    "change_policy": Right("修改等级政策", {"admin"}),
    # catalog
    "change_product": Right("修改产品", {"admin", "technical"}),
    "change_price_list": Right("修改价格执行方案", {"admin", "marketing_director"}),
    "set_costs": Right("核定成本", {"finance"}, of_money=True),
    "change_cost_rules": Right("修改成本规则", {"finance", "marketing_director"}),
    # raw materials
    "change_material": Right("修改原材料", {"technical", "warehouse"}),
    "change_needs": Right("修改用料", {"technical"}),
    "receive_material": Right("原材料收货", {"warehouse"}),
    "expect_arrival": Right("登记预计到料", {"technical", "warehouse"}),
    "import_arrivals": Right("导入预计到料", {"technical", "warehouse"}),
    "put_off_arrival": Right("推迟预计到料", {"technical", "warehouse"}),
    "cancel_arrival": Right("取消预计到料", {"technical", "warehouse"}),
    "count_material": Right("原材料盘点", {"warehouse"}),
    "write_off_material": Right("原材料报损", {"warehouse"}),
    "issue_material": Right("发料", {"production", "warehouse"}),
    "return_material": Right("退料", {"production", "warehouse"}),
    "reserve_material": Right("预留原材料", {"production", "technical", "warehouse"}),
    "free_material": Right("释放预留的原材料", {"production", "technical", "warehouse"}),
    "outdate_statements": Right("到料有变，原材料说明作废", {"technical", "warehouse"}),
    # orders
    "create_order": Right("录入订单", SALES_DESK),
    "order_quote": Right("按报价生成订单", SALES_DESK),
    "edit_revision": Right("修改订单", SALES_DESK),
    "renew_terms": Right("更新条款", SALES_DESK),
    "delegate_order": Right("委托客服代办", {"sales"}),
    "file_written_order": Right("补交书面订单", SALES_DESK),
    "file_sample": Right("封样归档", SALES_DESK),
    "submit": Right("提交审批", SALES_DESK),
    "sign_check": Right("客服核对签字", {"customer_service"}),
    "clear_price_cs": Right("价格核准（客服主管）", {"cs_supervisor"}, of_money=True),
    "clear_price_md": Right("价格核准（营销总监）", {"marketing_director"}, of_money=True),
    "withdraw_signoff": Right("撤回签字", SIGNERS),
    "relax_promise": Right("放宽预交日", {"customer_service"}),
    "approve": Right("批准", {"supervisor", "marketing_director"}),
    "send_back": Right("退回", {"supervisor", "marketing_director"}, tone="danger"),
    "check_print": Right("逐项检查确认书", {"customer_service"}),
    "send_confirmation": Right("发出确认书", {"customer_service"}),
    "record_receipt_call": Right("电话确认收到", {"customer_service"}),
    "record_return": Right("登记回传", {"customer_service"}),
    "verify_return": Right("核验回传", {"customer_service"}),
    "refuse_return": Right("退回回传件", {"customer_service"}, tone="danger"),
    "release": Right("下达生产", {"customer_service"}),
    "hold": Right("暂停", SIGNERS, tone="danger"),
    "resume": Right("恢复", SIGNERS),
    "complete": Right("完成", {"customer_service"}),
    "reopen": Right("重开", {"cs_supervisor"}, tone="danger"),
    "archive_file": Right("卷宗归档", {"customer_service"}),
    "request_cancel": Right("申请取消", {"customer_service"}),
    "drop_cancel": Right("撤回取消申请", {"customer_service"}),
    "agree_cancel_md": Right("同意取消（营销总监）", {"marketing_director"}),
    "agree_cancel_fin": Right("同意取消（财务）", {"finance"}, of_money=True),
    "cancel": Right("取消", {"customer_service"}, tone="danger"),
    "short_close": Right("短结", {"customer_service"}),
    "accept_excess": Right("超量接收", {"customer_service"}),
    "take_back_short_close": Right("撤回短结", {"customer_service"}),
    "take_back_excess": Right("撤回超量接收", {"customer_service"}),
    "propose_amendment": Right("提出改单", SALES_DESK),
    "drop_amendment": Right("放弃改单", SALES_DESK),
    "import_orders": Right("导入订单", SALES_DESK),
    "retry_import": Right("重新导入", SALES_DESK),
    "change_house_rules": Right("修改业务规则", {"admin"}),
    "change_letterhead": Right("修改抬头与用章", {"admin"}),
    # technical, production, quality
    "sign_technical": Right("技术确认", {"technical"}),
    "state_material": Right("原材料储备说明", {"technical"}),
    "sign_dates": Right("交期书面确认", {"production"}),
    "move_work": Right("移动排产", {"production"}),
    "replan_work": Right("重新排产", {"production"}),
    "roll_work": Right("未完的排产顺延", {"production"}),
    "change_machine": Right("修改设备", {"production", "admin"}),
    "set_machine_day": Right("设定设备开工", {"production"}),
    "hand_over_order": Right("生产指令单签字下达", {"customer_service"}),
    "sign_for_order": Right("签收生产指令单", {"production"}),
    "recall_old_orders": Right("旧版生产指令单收回作废", {"customer_service"}),
    "report_made": Right("生产报工", {"production"}),
    "report_sheet": Right("班次报表", {"production"}),
    "sign_day": Right("生产日报签字", {"production"}),
    "take_back_report": Right("撤回报工", {"production"}),
    "finish": Right("完工报检", {"production"}),
    "state_work_stopped": Right("停产说明", {"production"}),
    "raise_anomaly": Right("报告异常", EVERYONE, tone="danger"),
    "forward_anomaly": Right("转报异常", {"customer_service", "cs_supervisor"}),
    "plan_anomaly": Right("异常处理方案", {"cs_supervisor", "marketing_director"}),
    "agree_anomaly_plan": Right("同意异常方案", {"cs_supervisor", "marketing_director"}),
    "answer_anomaly": Right("客户答复异常方案", {"customer_service", "cs_supervisor", "sales"}),
    "close_anomaly": Right("异常关闭", {"cs_supervisor", "marketing_director", "customer_service", "production"}),
    "tell_delay": Right("告知客户延期", {"customer_service"}),
    "check_supervision": Right("监督检查", {"customer_service"}),
    "ask_sample": Right("申请打样", SALES_DESK | {"technical"}),
    "make_sample": Right("打样完成", {"technical"}),
    "send_sample": Right("寄出样品", SALES_DESK),
    "approve_sample": Right("客户认可样品", SALES_DESK),
    "refuse_sample": Right("客户不认可样品", SALES_DESK),
    "seal_sample": Right("封样", SALES_DESK),
    "drop_sample": Right("放弃打样", SALES_DESK | {"technical"}),
    "adopt_sample": Right("样品转为产品", {"technical"}),
    "write_card": Right("编写工艺卡", {"technical"}),
    "put_card_in_force": Right("工艺卡生效", {"technical"}),
    "outdate_technical": Right("工艺卡换版，技术确认作废", {"technical"}),
    "write_standard": Right("编写出厂标准", {"quality", "technical"}),
    "put_standard_in_force": Right("出厂标准生效", {"quality"}),
    "steer_sampling": Right("调整抽样严格度", {"quality"}),
    "inspect_batch": Right("检验", {"quality"}),
    "report_reworked": Right("返工登记", {"production"}),
    "print_labels": Right("打印标签", {"quality", "production", "warehouse"}),
    "approve_concession": Right("批准让步接收", {"cs_supervisor", "marketing_director"}),
    "refuse_concession": Right("不同意让步接收", {"cs_supervisor", "marketing_director"}),
    "countersign_batch": Right("检验会签", {"customer_service"}),
    "refuse_countersign": Right("会签退回", {"customer_service"}),
    "withdraw_inspection": Right("撤回检验", {"quality"}),
    "receive_into_stock": Right("成品入库", {"quality"}),
    "free_excess": Right("多余转库存", {"quality", "customer_service"}),
    "scrap_goods": Right("在库品报废", {"quality"}),
    "pass_quality": Right("质检合格", {"quality"}),
    "rework": Right("返工", {"quality"}, tone="danger"),
    "sign_outgoing": Right("出库复检", {"quality"}),
    # documents
    "retry_outbox": Right("重发", {"admin", "customer_service", "cs_supervisor"}),
    "settle_outbox": Right("确认已送达", {"admin", "customer_service", "cs_supervisor"}),
    "choose_notices": Right("选择通知方式", set(ROLES)),
    "print_papers": Right("打印单据", EVERYONE),
    "export_papers": Right(
        "导出单据",
        {"customer_service", "cs_supervisor", "supervisor", "marketing_director", "finance", "warehouse"},
    ),
    # shipping
    "reserve_stock": Right("预留现货", {"warehouse"}),
    "release_reservation": Right("释放预留", {"warehouse"}),
    "draft_shipment": Right("拟发货", {"customer_service"}),
    "edit_shipment": Right("修改发货", {"customer_service"}),
    "cancel_shipment": Right("取消发货", {"customer_service"}),
    "check_shipment": Right("发货复核", {"customer_service"}),
    "issue_notice": Right("开发货通知单", {"customer_service"}),
    "recall_notice": Right("收回通知单", {"customer_service"}),
    "order_emergency": Right("下令紧急先发", {"cs_supervisor"}),
    "waive_return": Right("说明未补传而先发", {"cs_supervisor"}),
    "dispatch": Right("发货", {"warehouse"}),
    "scan_pallet": Right("扫码拣货", {"warehouse"}),
    "unpick": Right("撤回扫码", {"warehouse"}),
    "sign_pickup": Right("自提签收", {"warehouse", "customer_service"}),
    "repeat_terms": Right("复述发货条款", {"warehouse"}),
    "check_advice": Right("核对告知书", {"customer_service"}),
    "correct_carriage": Right("更正承运与到货", {"warehouse", "logistics", "customer_service"}),
    "send_advice": Right("发出告知书", {"customer_service"}),
    "record_advice_heard": Right("电话确认收到告知书", {"customer_service"}),
    "record_arrival": Right("登记到货", {"customer_service", "logistics"}),
    "record_trouble": Right("登记运输异常", {"customer_service", "logistics"}),
    "tell_trouble": Right("把运输异常告知客户", {"customer_service"}),
    "record_goods_back": Right("拒收退回入库", {"warehouse"}),
    "record_loss": Right("登记丢失", {"customer_service", "cs_supervisor"}),
    "file_receipt": Right("归档到货回单", {"customer_service"}),
    "receive_delivery_note": Right("收到销售发货单（客服）", {"customer_service"}),
    "answer_receipt": Right("答复回单问题", {"customer_service", "cs_supervisor"}),
    "record_checkpoint": Right("登记运输轨迹", {"customer_service", "logistics"}),
    "take_carrier_report": Right("承运人回传轨迹", NOBODY),
    "change_carrier": Right("修改承运人", {"logistics", "cs_supervisor", "admin"}),
    "renew_carrier_key": Right("更换承运人密钥", {"admin"}),
    # finance
    "suggest_grades": Right("生成等级建议", {"cs_supervisor", "marketing_director"}),
    "decide_grade": Right("决定客户等级", {"cs_supervisor", "marketing_director"}),
    "change_grade_rule": Right("修改等级标准", {"marketing_director"}),
    "remind_customer": Right("催款", SALES_DESK | {"finance"}),
    "record_promise": Right("登记付款承诺", SALES_DESK | {"finance"}),
    "judge_promises": Right("核对付款承诺", NOBODY),
    "change_collecting_rules": Right("修改催收规则", {"finance"}, of_money=True),
    "issue_statement": Right("出具对账单", {"finance"}, of_money=True),
    "answer_statement": Right("登记客户对账答复", SALES_DESK | {"finance"}),
    "request_invoice": Right("申请开票", SALES_DESK),
    "issue_invoice": Right("开票", {"finance"}, of_money=True),
    "refuse_invoice": Right("退回开票申请", {"finance"}, of_money=True),
    "red_letter_invoice": Right("红冲发票", {"finance"}, of_money=True),
    "import_statement": Right("导入银行流水", {"finance"}, of_money=True),
    "book_bank_line": Right("银行流水入账", {"finance"}, of_money=True),
    "refund_payment": Right("退回到账", {"finance"}, of_money=True),
    "join_bank_line": Right("关联银行流水", {"finance"}, of_money=True),
    "put_bank_line_aside": Right("搁置银行流水", {"finance"}, of_money=True),
    "reopen_bank_line": Right("重新处理银行流水", {"finance"}, of_money=True),
    "record_payment": Right("登记到账", {"finance"}, of_money=True),
    "allocate_payment": Right("款项到账", {"finance"}, of_money=True),
    "reverse_payment": Right("冲销到账", {"finance"}, of_money=True),
    "refund": Right("退款", {"finance"}, of_money=True),
    "carry_over": Right("转款", {"finance"}, of_money=True),
    "write_off": Right("尾差核销", {"finance"}, of_money=True),
    "reverse_write_off": Right("撤销尾差核销", {"finance"}, of_money=True),
    "override_credit": Right("信用特批", {"finance"}, of_money=True),
    "clear_shipment": Right("款项落实", {"finance"}, of_money=True),
    "refuse_clearance": Right("款项未落实", {"finance"}, of_money=True),
    "withdraw_clearance": Right("撤回款项落实", {"finance"}, of_money=True),
    "check_terms": Right("核对付款条件", {"customer_service"}),
    "special_release_md": Right("特批发货（营销总监）", {"marketing_director"}, of_money=True),
    "special_release_fin": Right("特批发货（财务）", {"finance"}, of_money=True),
    "sign_cancel_settled": Right("取消结算", {"finance"}, of_money=True),
    "correct_loss": Right("更正取消损失", {"finance"}, of_money=True),
    "send_balance_letter": Right("发出余款催收通知书", {"customer_service"}),
    "record_letter_heard": Right("电话确认收到催收通知书", {"customer_service"}),
    # the customer's own page; four of these are theirs, without a log-in
    "customer_confirm": Right("客户在网上确认订单", NOBODY),
    "customer_ask": Right("客户要求修改", NOBODY),
    "customer_received": Right("客户在网上确认收货", NOBODY),
    "customer_trouble": Right("客户反映到货有问题", NOBODY),
    "make_customer_link": Right("生成客户链接", {"customer_service"}),
    "revoke_customer_link": Right("撤销客户链接", {"customer_service"}),
    "answer_customer": Right("答复客户", {"customer_service"}),
    # stock
    "open_stock": Right("期初入库", {"warehouse"}),
    "release_lot": Right("批次放行", {"quality"}),
    "quarantine_lot": Right("批次隔离", {"quality"}),
    "scrap_lot": Right("批次报废", {"quality"}),
}
# What is recorded without anybody's right: done by the system beside an action, or by a customer on their own page.
ALSO_RECORDED = {
    "push_date": "预交日顺延",
    "take_back_push": "顺延收回",
    "plan_work": "排产",
    "sampling_switched": "抽样严格度变化",
    "all_picked": "拣货齐",
    "order_cancelled": "所下订单已取消",
}
MAY = {code: right.roles for code, right in RIGHTS.items()}


def label_of(code: str) -> str:
    """What an action is called on every page; of one that is no more, its code."""
    return RIGHTS[code].label if code in RIGHTS else ALSO_RECORDED.get(code, code)


def is_of_money(code: str) -> bool:
    """Whether what was said with it is for those who see prices only."""
    return code in RIGHTS and RIGHTS[code].of_money


def tone_of(code: str) -> str:
    return RIGHTS[code].tone if code in RIGHTS else ""


def roles_of(user: User | AnonymousUser) -> frozenset[str]:
    """The role codes of `user`, read once per instance."""
    if not user.is_authenticated:
        return frozenset()
    if user.known_roles is None:
        user.known_roles = frozenset(user.groups.values_list("name", flat=True)) & ROLES.keys()
    return user.known_roles


def roles_that_may(action: str) -> list[str]:
    """In the order in which the house names its roles."""
    return [role for role in ROLES if role in MAY[action]]


def may(user: User | AnonymousUser, action: str) -> bool:
    """For showing a button; the action itself asks the database again."""
    return user.is_active and not roles_of(user).isdisjoint(MAY[action])


def sees_prices(user: User | AnonymousUser) -> bool:
    return not roles_of(user).isdisjoint(PRICE_ROLES)


def apply(**kwargs: Any) -> None:
    """Make groups and permissions equal to the table above; runs after every migrate."""
    from django.contrib.auth.models import Group, Permission
    from django.contrib.contenttypes.models import ContentType

    person = ContentType.objects.get_for_model(User)
    builtin = {"add_user", "change_user", "delete_user", "view_user"}
    Permission.objects.filter(content_type=person).exclude(codename__in=[*MAY, *builtin]).delete()
    Permission.objects.bulk_create(
        [Permission(content_type=person, codename=code, name=code) for code in MAY], ignore_conflicts=True
    )
    ids = dict(Permission.objects.filter(content_type=person).values_list("codename", "id"))
    for role in ROLES:
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.set([ids[code] for code, roles in MAY.items() if role in roles] + admin_rights(role))


def admin_rights(role: str) -> list[int]:
    """Django's own add/change/view permissions: the admin site is the admin role's, settings only."""
    from django.contrib.auth.models import Permission

    if role != "admin":
        return []
    rights = Permission.objects.filter(content_type__app_label__in=SETTINGS_OF_THE_HOUSE).select_related("content_type")
    return [right.pk for right in rights if is_setting(right.content_type) and right.codename.split("_")[0] in CRUD]


CRUD = {"add", "change", "view", "delete"}
SETTINGS_OF_THE_HOUSE: dict[str, set[str] | None] = {
    "flow": {"deadline"},
    "accounts": None,
    "auth": {"group"},
    "catalog": None,
    "customers": {"gradepolicy", "customer"},
    "documents": None,
    "orders": {"houserules"},
}


def is_setting(content_type: Any) -> bool:
    models = SETTINGS_OF_THE_HOUSE[content_type.app_label]
    return models is None or content_type.model in models
