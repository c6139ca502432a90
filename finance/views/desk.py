"""/finance/: what waits for money, heap by heap."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import may
from accounts.roles import PRICE_ROLES
from accounts.web import open_to
from finance import queries
from finance.views.person import person

ORDER_HEADS = "订单|客户|总额:num|已收:num|等待|期限|"
SHIPMENT_HEADS = "发货单|客户|货值:num|发货前应付:num|已收:num|尚缺:num|等待|期限|"


@require_safe
@open_to(PRICE_ROLES)
def index(request: HttpRequest) -> HttpResponse:
    user = person(request)
    counts = queries.counts(user)
    asked = request.GET.get("tab", "")
    first = next((tab for tab in queries.TABS if counts[tab.code]), queries.TABS[0])
    chosen = next((tab for tab in queries.TABS if tab.code == asked), first)
    tabs = [
        {"label": tab.label, "url": f"?tab={tab.code}", "active": tab is chosen, "count": counts[tab.code]}
        for tab in queries.TABS
    ]
    payments = queries.unallocated(user).select_related("customer", "balance").order_by("received_at", "id")[:200]
    context = {
        "tabs": tabs,
        "tab": chosen,
        "rows": queries.rows_of(user, chosen) if chosen.what else [],
        "payments": payments if chosen.code == "allocate" else [],
        "heads": SHIPMENT_HEADS if chosen.kind == "shipment" else ORDER_HEADS,
        "may_record": may(user, "record_payment"),
    }
    return render(request, "finance/index.html", context)
