"""The roles of the house. Each is a Django group of the same name; a person may hold several."""

ROLES = {
    "sales": "销售员",
    "supervisor": "上级主管",
    "customer_service": "客服员",
    "cs_supervisor": "客服主管",
    "marketing_director": "营销总监",
    "technical": "技术部",
    "production": "生产部",
    "quality": "质检部",
    "finance": "财务部",
    "legal": "法务",
    "warehouse": "发货员",
    "logistics": "物流",
    "admin": "管理员",
}

# Prices, totals, credit and terms are theirs to see; everyone else gets pages and papers without them.
PRICE_ROLES = frozenset(
    {
        "sales",
        "supervisor",
        "customer_service",
        "cs_supervisor",
        "marketing_director",
        "finance",
        "legal",
    }
)

# Cost and margin.
COST_ROLES = frozenset({"supervisor", "marketing_director", "finance"})

# Beyond a salesperson's own customers and a supervisor's team.
SEES_EVERY_ORDER = frozenset({"customer_service", "cs_supervisor"})
SEES_FROM_PENDING = frozenset(
    {"marketing_director", "technical", "production", "quality", "finance", "legal", "warehouse", "logistics"}
)
