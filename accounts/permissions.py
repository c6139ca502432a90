"""Who may do what: one table of actions and roles, applied to Django's groups by `migrate`."""

from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.roles import PRICE_ROLES, ROLES

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

MAY: dict[str, set[str]] = {
    # people
    "change_person": {"admin"},
    "end_sessions": {"admin"},
    "reset_factors": {"admin"},
    "change_factor_rule": {"admin"},
    "drop_factor_rule": {"admin"},
    "change_holiday": {"admin"},
    "drop_holiday": {"admin"},
    # customers
    "write_memo": SALES_DESK,
    "tell_reply": SALES_DESK,
    "supplement_memo": SALES_DESK,
    "add_customer": {"customer_service", "cs_supervisor", "sales"},
    "change_customer": {"customer_service", "cs_supervisor"},
    "change_grade": {"cs_supervisor", "marketing_director", "admin"},
    "set_credit_limit": {"finance"},
    "change_contract": {"customer_service", "cs_supervisor"},
    "draft_contract": {"customer_service", "cs_supervisor"},
    "ask_contract_review": {"customer_service", "cs_supervisor"},
    "review_contract_fin": {"finance"},
    "review_contract_legal": {"legal"},
    "put_contract_in_force": {"customer_service", "cs_supervisor"},
    "end_contract": {"customer_service", "cs_supervisor"},
    "change_template": {"legal"},
    "write_quote": SALES_DESK,
    "change_quote": SALES_DESK,
    "ask_quote_margin": SALES_DESK,
    "agree_quote": {"supervisor", "marketing_director"},
    "send_quote": SALES_DESK,
    "accept_quote": SALES_DESK,
    "lose_quote": SALES_DESK,
    "change_contact": {"sales", "customer_service", "cs_supervisor"},
    "change_address": {"sales", "customer_service", "cs_supervisor"},
    "change_policy": {"admin"},
    # catalog
    "change_product": {"admin", "technical"},
    "change_price_list": {"admin", "marketing_director"},
    "set_costs": {"finance"},
    "change_cost_rules": {"finance", "marketing_director"},
    # raw materials
    "change_material": {"technical", "warehouse"},
    "change_needs": {"technical"},
    "receive_material": {"warehouse"},
    "expect_arrival": {"technical", "warehouse"},
    "import_arrivals": {"technical", "warehouse"},
    "put_off_arrival": {"technical", "warehouse"},
    "cancel_arrival": {"technical", "warehouse"},
    "count_material": {"warehouse"},
    "write_off_material": {"warehouse"},
    "issue_material": {"production", "warehouse"},
    "return_material": {"production", "warehouse"},
    "reserve_material": {"production", "technical", "warehouse"},
    "free_material": {"production", "technical", "warehouse"},
    "outdate_statements": {"technical", "warehouse"},
    # orders
    "create_order": SALES_DESK,
    "order_quote": SALES_DESK,
    "edit_revision": SALES_DESK,
    "renew_terms": SALES_DESK,
    "delegate_order": {"sales"},
    "file_written_order": SALES_DESK,
    "file_sample": SALES_DESK,
    "submit": SALES_DESK,
    "sign_check": {"customer_service"},
    "clear_price_cs": {"cs_supervisor"},
    "clear_price_md": {"marketing_director"},
    "withdraw_signoff": SIGNERS,
    "relax_promise": {"customer_service"},
    "approve": {"supervisor", "marketing_director"},
    "send_back": {"supervisor", "marketing_director"},
    "check_print": {"customer_service"},
    "send_confirmation": {"customer_service"},
    "record_receipt_call": {"customer_service"},
    "record_return": {"customer_service"},
    "verify_return": {"customer_service"},
    "refuse_return": {"customer_service"},
    "release": {"customer_service"},
    "hold": SIGNERS,
    "resume": SIGNERS,
    "complete": {"customer_service"},
    "reopen": {"cs_supervisor"},
    "archive_file": {"customer_service"},
    "request_cancel": {"customer_service"},
    "drop_cancel": {"customer_service"},
    "agree_cancel_md": {"marketing_director"},
    "agree_cancel_fin": {"finance"},
    "cancel": {"customer_service"},
    "short_close": {"customer_service"},
    "accept_excess": {"customer_service"},
    "take_back_short_close": {"customer_service"},
    "take_back_excess": {"customer_service"},
    "propose_amendment": SALES_DESK,
    "drop_amendment": SALES_DESK,
    "import_orders": SALES_DESK,
    "retry_import": SALES_DESK,
    "change_house_rules": {"admin"},
    "change_letterhead": {"admin"},
    # technical, production, quality
    "sign_technical": {"technical"},
    "state_material": {"technical"},
    "sign_dates": {"production"},
    "move_work": {"production"},
    "replan_work": {"production"},
    "roll_work": {"production"},
    "change_machine": {"production", "admin"},
    "set_machine_day": {"production"},
    "hand_over_order": {"customer_service"},
    "sign_for_order": {"production"},
    "recall_old_orders": {"customer_service"},
    "report_made": {"production"},
    "report_sheet": {"production"},
    "sign_day": {"production"},
    "take_back_report": {"production"},
    "finish": {"production"},
    "state_work_stopped": {"production"},
    "raise_anomaly": EVERYONE,
    "forward_anomaly": {"customer_service", "cs_supervisor"},
    "plan_anomaly": {"cs_supervisor", "marketing_director"},
    "agree_anomaly_plan": {"cs_supervisor", "marketing_director"},
    "answer_anomaly": {"customer_service", "cs_supervisor", "sales"},
    "close_anomaly": {"cs_supervisor", "marketing_director", "customer_service", "production"},
    "tell_delay": {"customer_service"},
    "check_supervision": {"customer_service"},
    "ask_sample": SALES_DESK | {"technical"},
    "make_sample": {"technical"},
    "send_sample": SALES_DESK,
    "approve_sample": SALES_DESK,
    "refuse_sample": SALES_DESK,
    "seal_sample": SALES_DESK,
    "drop_sample": SALES_DESK | {"technical"},
    "adopt_sample": {"technical"},
    "write_card": {"technical"},
    "put_card_in_force": {"technical"},
    "outdate_technical": {"technical"},
    "write_standard": {"quality", "technical"},
    "put_standard_in_force": {"quality"},
    "steer_sampling": {"quality"},
    "inspect_batch": {"quality"},
    "report_reworked": {"production"},
    "print_labels": {"quality", "production", "warehouse"},
    "approve_concession": {"cs_supervisor", "marketing_director"},
    "refuse_concession": {"cs_supervisor", "marketing_director"},
    "countersign_batch": {"customer_service"},
    "refuse_countersign": {"customer_service"},
    "withdraw_inspection": {"quality"},
    "receive_into_stock": {"quality"},
    "free_excess": {"quality", "customer_service"},
    "scrap_goods": {"quality"},
    "pass_quality": {"quality"},
    "rework": {"quality"},
    "sign_outgoing": {"quality"},
    # documents
    "retry_outbox": {"admin", "customer_service", "cs_supervisor"},
    "settle_outbox": {"admin", "customer_service", "cs_supervisor"},
    "choose_notices": set(ROLES),
    "print_papers": EVERYONE,
    "export_papers": {
        "customer_service",
        "cs_supervisor",
        "supervisor",
        "marketing_director",
        "finance",
        "warehouse",
    },
    # shipping
    "reserve_stock": {"warehouse"},
    "release_reservation": {"warehouse"},
    "draft_shipment": {"customer_service"},
    "edit_shipment": {"customer_service"},
    "cancel_shipment": {"customer_service"},
    "check_shipment": {"customer_service"},
    "issue_notice": {"customer_service"},
    "recall_notice": {"customer_service"},
    "order_emergency": {"cs_supervisor"},
    "waive_return": {"cs_supervisor"},
    "dispatch": {"warehouse"},
    "scan_pallet": {"warehouse"},
    "unpick": {"warehouse"},
    "sign_pickup": {"warehouse", "customer_service"},
    "repeat_terms": {"warehouse"},
    "check_advice": {"customer_service"},
    "correct_carriage": {"warehouse", "logistics", "customer_service"},
    "send_advice": {"customer_service"},
    "record_advice_heard": {"customer_service"},
    "record_arrival": {"customer_service", "logistics"},
    "record_trouble": {"customer_service", "logistics"},
    "tell_trouble": {"customer_service"},
    "record_goods_back": {"warehouse"},
    "record_loss": {"customer_service", "cs_supervisor"},
    "file_receipt": {"customer_service"},
    "receive_delivery_note": {"customer_service"},
    "answer_receipt": {"customer_service", "cs_supervisor"},
    "record_checkpoint": {"customer_service", "logistics"},
    "take_carrier_report": set(),
    "change_carrier": {"logistics", "cs_supervisor", "admin"},
    "renew_carrier_key": {"admin"},
    # finance
    "suggest_grades": {"cs_supervisor", "marketing_director"},
    "decide_grade": {"cs_supervisor", "marketing_director"},
    "change_grade_rule": {"marketing_director"},
    "remind_customer": SALES_DESK | {"finance"},
    "record_promise": SALES_DESK | {"finance"},
    "judge_promises": set(),
    "change_collecting_rules": {"finance"},
    "issue_statement": {"finance"},
    "answer_statement": SALES_DESK | {"finance"},
    "request_invoice": SALES_DESK,
    "issue_invoice": {"finance"},
    "refuse_invoice": {"finance"},
    "red_letter_invoice": {"finance"},
    "import_statement": {"finance"},
    "book_bank_line": {"finance"},
    "refund_payment": {"finance"},
    "join_bank_line": {"finance"},
    "put_bank_line_aside": {"finance"},
    "reopen_bank_line": {"finance"},
    "record_payment": {"finance"},
    "allocate_payment": {"finance"},
    "reverse_payment": {"finance"},
    "refund": {"finance"},
    "carry_over": {"finance"},
    "write_off": {"finance"},
    "reverse_write_off": {"finance"},
    "override_credit": {"finance"},
    "clear_shipment": {"finance"},
    "refuse_clearance": {"finance"},
    "withdraw_clearance": {"finance"},
    "check_terms": {"customer_service"},
    "special_release_md": {"marketing_director"},
    "special_release_fin": {"finance"},
    "sign_cancel_settled": {"finance"},
    "correct_loss": {"finance"},
    "send_balance_letter": {"customer_service"},
    "record_letter_heard": {"customer_service"},
    # the customer's own page
    "make_customer_link": {"customer_service"},
    "revoke_customer_link": {"customer_service"},
    "answer_customer": {"customer_service"},
    # stock
    "open_stock": {"warehouse"},
    "release_lot": {"quality"},
    "quarantine_lot": {"quality"},
    "scrap_lot": {"quality"},
}


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
