"""Who may open and who may send to each page, written by hand: never derived from the code's own tables.

A route that is not in this table fails the test. `post` is None where the page has nothing to send.
"""

from dataclasses import dataclass

PRICES = frozenset(
    {"sales", "supervisor", "customer_service", "cs_supervisor", "marketing_director", "finance", "legal"}
)
ALL = PRICES | {"technical", "production", "quality", "warehouse", "logistics", "admin"}
WORKING = ALL - {"admin"}
PRICES = frozenset(
    ["sales", "supervisor", "customer_service", "cs_supervisor", "marketing_director", "finance", "legal"]
)
SIGNERS = WORKING - {"sales", "legal", "logistics"}
SHIPPING = WORKING - {"technical", "legal"}
DESK = frozenset({"sales", "customer_service"})
CONTACTS = frozenset({"sales", "customer_service", "cs_supervisor"})
CS = frozenset({"customer_service"})
CSS = frozenset({"cs_supervisor"})
MD = frozenset({"marketing_director"})
SUPERVISOR = frozenset({"supervisor"})
LEGAL = frozenset({"legal"})
FINANCE = frozenset({"finance"})
TECHNICAL = frozenset({"technical"})
PRODUCTION = frozenset({"production"})
QUALITY = frozenset({"quality"})
WAREHOUSE = frozenset({"warehouse"})
ADMIN = frozenset({"admin"})
# A day shows every customer's orders.
DAYS = frozenset(
    {"production", "technical", "quality", "customer_service", "cs_supervisor", "marketing_director", "warehouse"}
)
CARDS = TECHNICAL | PRODUCTION | QUALITY | CSS | MD
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Access:
    """`get`: may open it; `post`: may send to it. `get` NOBODY: the page only takes what is sent."""

    get: frozenset[str]
    post: frozenset[str] | None = None


def both(roles: frozenset[str]) -> Access:
    return Access(roles, roles)


def send_only(roles: frozenset[str]) -> Access:
    return Access(NOBODY, roles)


# Open to those who are not logged in.
# A carrier's system proves itself by its signature (tests/shipping/test_carriers.py).
PUBLIC = {"healthz", "readyz", "login", "document-standing", "shipping:carrier_reports"} | {
    # A customer: the address itself is the key (tests/portal).
    f"portal:{name}"
    for name in ("page", "confirm", "ask", "received", "trouble", "paper")
}

TABLE: dict[str, Access] = {
    # frame
    "home": Access(ALL),
    "todo": Access(ALL),
    "search": Access(ALL),
    "styleguide": Access(ADMIN),
    "logout": send_only(ALL),
    "password_change": both(ALL),
    # papers: whose they are is asked of the subject, so that none is 403
    "document": Access(ALL),
    "document-pdf": Access(ALL),
    "document-print": send_only(ALL),
    "document-again": send_only(ALL),
    "archive": Access(ALL),
    "archive-print": send_only(WORKING),
    "archive-export": send_only(CS | CSS | MD | FINANCE | WAREHOUSE | {"supervisor"}),
    "bundle": Access(ALL),
    "bundle-file": Access(ALL),
    "bundle-again": send_only(ALL),
    "attachment": Access(ALL),
    "bell": Access(ALL),
    "notices": Access(ALL),
    "notice-settings": both(ALL),
    "notice-read": send_only(ALL),
    "notices-read": send_only(ALL),
    # what goes out of the house
    "outbox": Access(ADMIN),
    "outbox-again-selected": send_only(ADMIN),
    "outbox-row": Access(ADMIN | CS | CSS),
    "outbox-again": send_only(ADMIN | CS | CSS),
    "outbox-settle": send_only(ADMIN | CS | CSS),
    # catalog
    "catalog:list": Access(ALL),
    "catalog:options": Access(ALL),
    "catalog:product": Access(ALL),
    "catalog:add_product": both(ADMIN | TECHNICAL),
    "catalog:change_product": both(ADMIN | TECHNICAL),
    "catalog:price_lists": Access(PRICES),
    "catalog:price_list": Access(PRICES),
    "catalog:add_price_list": both(ADMIN | MD),
    "catalog:change_price_list": both(ADMIN | MD),
    # stock
    "stock:index": Access(WORKING),
    "stock:lot": Access(WORKING),
    "stock:add": both(WAREHOUSE),
    "stock:release": send_only(QUALITY),
    "stock:quarantine": send_only(QUALITY),
    "stock:scrap": send_only(QUALITY),
    "stock:materials": Access(ALL),
    "stock:material": Access(ALL),
    "stock:add_material": both(TECHNICAL | WAREHOUSE),
    "stock:change_material": both(TECHNICAL | WAREHOUSE),
    "stock:product_needs": both(TECHNICAL),
    "stock:receive_material": both(WAREHOUSE),
    "stock:expect_arrival": both(TECHNICAL | WAREHOUSE),
    "stock:import_arrivals": both(TECHNICAL | WAREHOUSE),
    "stock:put_off_arrival": both(TECHNICAL | WAREHOUSE),
    "stock:cancel_arrival": both(TECHNICAL | WAREHOUSE),
    "stock:count_material": both(WAREHOUSE),
    "stock:write_off_material": both(WAREHOUSE),
    # customers
    "customers:list": Access(PRICES),
    "customers:options": Access(PRICES),
    "customers:detail": Access(PRICES),
    "customers:add": both(CONTACTS),
    "customers:edit": both(CS | CSS),
    "customers:grade": both(CSS | MD | ADMIN),
    "customers:limit": both(FINANCE),
    "customers:add_contact": both(CONTACTS),
    "customers:contact": both(CONTACTS),
    "customers:add_address": both(CONTACTS),
    "customers:address": both(CONTACTS),
    "customers:add_contract": both(CS | CSS),
    "customers:contract": Access(PRICES),
    "customers:contracts": Access(PRICES),
    "customers:edit_contract": both(CS | CSS),
    "customers:ask_contract_review": send_only(CS | CSS),
    "customers:review_contract_fin": send_only(FINANCE),
    "customers:review_contract_legal": send_only(LEGAL),
    "customers:put_contract_in_force": send_only(CS | CSS),
    "customers:end_contract": send_only(CS | CSS),
    "customers:templates": Access(PRICES),
    "customers:add_template": both(LEGAL),
    "customers:change_template": both(LEGAL),
    "customers:quotes": Access(PRICES),
    "customers:quote": Access(PRICES),
    "customers:add_quote": both(DESK),
    "customers:edit_quote": both(DESK),
    "customers:ask_quote_margin": send_only(DESK),
    "customers:agree_quote": send_only(SUPERVISOR | MD),
    "customers:send_quote": send_only(DESK),
    "customers:accept_quote": send_only(DESK),
    "customers:lose_quote": send_only(DESK),
    "customers:contract_quote": send_only(CS | CSS),
    "orders:files": Access(PRICES),
    "orders:file": Access(PRICES),
    "orders:order_quote": send_only(DESK),
    "catalog:costs": Access(SUPERVISOR | MD | FINANCE),
    "catalog:cost": Access(SUPERVISOR | MD | FINANCE, FINANCE),
    "catalog:cost_rules": both(FINANCE | MD),
    "customers:memos": Access(PRICES),
    "customers:memo": Access(PRICES),
    "customers:add_memo": both(DESK),
    "customers:tell_memo": send_only(DESK),
    "customers:supplement_memo": send_only(DESK),
    # orders: pages
    "orders:list": Access(WORKING),
    "orders:new": both(DESK),
    "orders:customer_block": Access(DESK),
    "orders:line_price": Access(DESK),
    "orders:import": both(DESK),
    "orders:import_template": Access(DESK),
    "orders:import_run": Access(DESK),
    "orders:approvals": Access(
        frozenset({"supervisor", "marketing_director", "cs_supervisor"}),
        frozenset({"supervisor", "marketing_director"}),
    ),
    "orders:detail": Access(WORKING),
    "orders:edit": both(DESK),
    "orders:copy": Access(DESK),
    "orders:approval": Access(PRICES),
    "orders:price": Access(PRICES),
    "orders:confirmation": Access(PRICES),
    "orders:cancellation": Access(WORKING),
    "orders:memo": Access(PRICES),
    # orders: actions
    "orders:withdraw_signoff": both(SIGNERS),
    "orders:submit": both(DESK),
    "orders:sign_check": both(CS),
    "orders:check": both(CS),
    "orders:clear_price_cs": both(CSS),
    "orders:clear_price_md": both(MD),
    "orders:relax_promise": both(CS),
    "orders:renew_terms": both(DESK),
    "orders:terms": both(DESK),
    "orders:approve": both(frozenset({"supervisor", "marketing_director"})),
    "orders:send_back": both(frozenset({"supervisor", "marketing_director"})),
    "orders:delegate_order": both(frozenset({"sales"})),
    "orders:file_written_order": both(DESK),
    "orders:written_order": both(DESK),
    "orders:file_sample": both(DESK),
    "orders:sample": both(DESK),
    "orders:tell_reply": both(DESK),
    "orders:check_print": both(CS),
    "orders:send_confirmation": both(CS),
    "orders:record_receipt_call": both(CS),
    "orders:record_return": both(CS),
    "orders:verify_return": both(CS),
    "orders:refuse_return": both(CS),
    "orders:release": both(CS),
    "orders:hold": both(SIGNERS),
    "orders:resume": both(SIGNERS),
    "orders:complete": both(CS),
    "orders:reopen": both(CSS),
    "orders:request_cancel": both(CS),
    "orders:drop_cancel": both(CS),
    "orders:agree_cancel_md": both(MD),
    "orders:agree_cancel_fin": both(FINANCE),
    "orders:cancel": both(CS),
    "orders:short_close": both(CS),
    "orders:accept_excess": both(CS),
    "orders:propose_amendment": both(DESK),
    "orders:drop_amendment": both(DESK),
    # finance
    "finance:index": Access(PRICES),
    "finance:grades": Access(CSS | MD | FINANCE),
    "finance:suggest_grades": send_only(CSS | MD),
    "finance:decide_grade": both(CSS | MD),
    "finance:grade_rule": both(MD),
    "finance:remind_customer": send_only(DESK | FINANCE),
    "finance:promises": Access(PRICES),
    "finance:collecting_rules": both(FINANCE),
    "finance:record_promise": both(DESK | FINANCE),
    "finance:receivables": Access(PRICES),
    "finance:receivables_export": Access(PRICES),
    "finance:receivable": Access(PRICES),
    "finance:invoices": Access(PRICES),
    "finance:issue_invoice": both(FINANCE),
    "finance:refuse_invoice": send_only(FINANCE),
    "finance:red_invoice": both(FINANCE),
    "finance:order_invoices": Access(PRICES),
    "finance:ask_invoice": send_only(DESK),
    "finance:statements": Access(PRICES),
    "finance:statement": Access(PRICES),
    "finance:issue_statement": send_only(FINANCE),
    "finance:answer_statement": send_only(DESK | FINANCE),
    "finance:bank": both(FINANCE),
    "finance:bank_line": both(FINANCE),
    "finance:bank_aside": send_only(FINANCE),
    "finance:bank_join": send_only(FINANCE),
    "finance:bank_reopen": send_only(FINANCE),
    "finance:payments": Access(PRICES),
    "finance:payment": Access(PRICES),
    "finance:add_payment": both(FINANCE),
    "finance:allocate": send_only(FINANCE),
    "finance:reverse": send_only(FINANCE),
    "finance:refund_payment": send_only(FINANCE),
    "finance:order": Access(PRICES),
    "finance:refund": send_only(FINANCE),
    "finance:carry": send_only(FINANCE),
    "finance:write_off": send_only(FINANCE),
    "finance:credit": Access(PRICES, FINANCE),
    "finance:settlement": both(FINANCE),
    "finance:letter": Access(PRICES, CS),
    "finance:letter_heard": send_only(CS),
    "finance:clear": Access(PRICES),
    "finance:sign_clearance": send_only(FINANCE),
    "finance:refuse_clearance": send_only(FINANCE),
    "finance:withdraw_clearance": send_only(FINANCE),
    "finance:check_terms": send_only(CS),
    "finance:special_md": send_only(MD),
    "finance:special_fin": send_only(FINANCE),
    # production and quality
    "production:index": Access(WORKING),
    "production:technical": Access(WORKING, TECHNICAL),
    "production:material": Access(WORKING, TECHNICAL),
    "production:dates": Access(WORKING, PRODUCTION),
    "production:order": Access(WORKING),
    "production:hand_over": send_only(CS),
    "production:sign_for": send_only(PRODUCTION),
    "production:recall": send_only(CS),
    "production:report": Access(WORKING, PRODUCTION),
    "production:issue": Access(WORKING, PRODUCTION | WAREHOUSE),
    "production:return_material": both(PRODUCTION | WAREHOUSE),
    "production:reserve_material": send_only(PRODUCTION | TECHNICAL | WAREHOUSE),
    "production:free_material": both(PRODUCTION | TECHNICAL | WAREHOUSE),
    "production:take_back": both(PRODUCTION),
    "production:days": Access(DAYS),
    "production:day": Access(DAYS),
    "production:sign_day": send_only(PRODUCTION),
    "production:sheet": both(PRODUCTION),
    "production:order_day": Access(WORKING),
    "production:excess": send_only(QUALITY | CS),
    "production:finish": send_only(PRODUCTION),
    "production:anomaly_list": Access(WORKING),
    "production:anomalies": both(WORKING),
    "production:anomaly": Access(WORKING),
    "production:forward": both(CS | CSS),
    "production:plan": both(CSS | MD),
    "production:agree": send_only(CSS | MD),
    "production:answer": both(CS | CSS | frozenset({"sales"})),
    "production:close": both(CSS | MD | CS | PRODUCTION),
    "production:supervision_list": Access(WORKING),
    "production:supervision": Access(WORKING, CS),
    "production:delay": Access(WORKING, CS),
    "production:stop": Access(WORKING, PRODUCTION),
    "production:quality": Access(WORKING),
    "production:trace": Access(QUALITY | TECHNICAL | PRODUCTION | CS | CSS | MD),
    "production:samples": Access(WORKING),
    "production:ask_sample": both(DESK | TECHNICAL),
    "production:ask_sample_of_line": both(DESK | TECHNICAL),
    "production:sample": Access(WORKING),
    "production:step_sample": send_only(DESK | TECHNICAL),
    "production:adopt_sample": send_only(TECHNICAL),
    "production:load": Access(DAYS),
    "production:drop_work": send_only(PRODUCTION),
    "production:machines": Access(DAYS | ADMIN),
    "production:add_machine": both(PRODUCTION | ADMIN),
    "production:machine": Access(DAYS | ADMIN),
    "production:change_machine": both(PRODUCTION | ADMIN),
    "production:set_machine_day": send_only(PRODUCTION),
    "production:work": Access(WORKING),
    "production:move_work": send_only(PRODUCTION),
    "production:replan_work": send_only(PRODUCTION),
    "production:technical_lines": Access(WORKING),
    "production:cards": Access(CARDS),
    "production:card": Access(CARDS),
    "production:write_card": both(TECHNICAL),
    "production:change_card": both(TECHNICAL),
    "production:put_card": send_only(TECHNICAL),
    "production:standards": Access(WORKING),
    "production:standard": Access(WORKING),
    "production:write_standard": both(QUALITY | TECHNICAL),
    "production:change_standard": both(QUALITY | TECHNICAL),
    "production:put_standard": send_only(QUALITY),
    "production:steer_sampling": send_only(QUALITY),
    "production:labels": both(QUALITY | PRODUCTION | WAREHOUSE),
    "production:batches": Access(WORKING),
    "production:pass_quality": send_only(QUALITY),
    "production:rework": send_only(QUALITY),
    "production:scrap": send_only(QUALITY),
    "production:inspect": both(QUALITY),
    "production:countersign": both(CS),
    "production:receive": both(QUALITY),
    "production:withdraw": both(QUALITY),
    "production:outgoing": Access(WORKING, QUALITY),
    # the customer's page, staff's side
    "portal:desk": Access(PRICES),
    "portal:make": send_only(CS),
    "portal:revoke": send_only(CS),
    "portal:answer": both(CS),
    # shipping
    "shipping:handover": Access(SHIPPING, CS),
    "shipping:carriers": Access(SHIPPING | ADMIN),
    "shipping:carrier": Access(SHIPPING | ADMIN),
    "shipping:add_carrier": both(frozenset({"logistics"}) | CSS | ADMIN),
    "shipping:change_carrier": both(frozenset({"logistics"}) | CSS | ADMIN),
    "shipping:renew_carrier_key": send_only(ADMIN),
    "shipping:checkpoint": both(CS | {"logistics"}),
    "shipping:answer": both(CS | CSS),
    "shipping:handed_over": Access(SHIPPING),
    "shipping:index": Access(SHIPPING),
    "shipping:detail": Access(SHIPPING),
    "shipping:of_order": Access(SHIPPING),
    "shipping:new": both(CS),
    "shipping:pick": both(WAREHOUSE),
    "shipping:pick_anew": send_only(WAREHOUSE),
    "shipping:pick_back": send_only(WAREHOUSE),
    "shipping:pickup": both(WAREHOUSE | CS),
    "shipping:edit": both(CS),
    "shipping:reserve": both(WAREHOUSE),
    "shipping:waive": both(CSS),
    "shipping:check": both(CS),
    "shipping:notice": both(CS),
    "shipping:recall": both(CS),
    "shipping:emergency": both(CSS),
    "shipping:dispatch": both(WAREHOUSE),
    "shipping:cancel": both(CS),
    "shipping:repeat": both(WAREHOUSE),
    "shipping:advice": both(CS),
    "shipping:heard": both(CS),
    "shipping:arrival": both(CS | {"logistics"}),
    "shipping:trouble": both(CS | {"logistics"}),
    "shipping:receipt": both(CS),
    "shipping:back": both(WAREHOUSE),
    "shipping:loss": both(CS | CSS),
}
