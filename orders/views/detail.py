"""The order's own page: the chain, what comes next and by whom, terms, signatures, papers, one timeline."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import sees_prices
from accounts.roles import ROLES
from accounts.web import open_to
from audit.prepared import Prepared
from documents import access
from documents import queries as documents
from orders import panels, queries, steps, story
from orders.models import Order, Revision, Status
from orders.offers import DRAWN_UP
from orders.papers import tolerance
from orders.views.contexts import terms_facts

WITH_PRICES = "产品|规格|订货:num|合格:num|已发:num|含税单价:num|金额:num"
WITHOUT = "产品|规格|订货:num|合格:num|已发:num"


@require_safe
@open_to(frozenset(ROLES) - {"admin"})
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """A fixed number of statements, however many lines the order has."""
    user = request.user
    order = queries.shown(user, number)  # type: ignore[arg-type]
    revisions = queries.revisions_of(order)
    lines = queries.lines_of(order)
    prices = sees_prices(user)
    shown = order.revision
    signoffs = queries.signoffs_of(order)
    queries.keep(order, lines, signoffs)
    versions = story.differences(revisions, lines, prices=prices) if len(revisions) > 1 else []
    context: dict[str, Any] = {
        "order": order,
        "revision": shown,
        "prices": prices,
        "is_late": bool(order.promised_on and order.promised_on < timezone.localdate())
        and order.state in queries.UNFINISHED,
        "steps": steps.next_steps(order, revisions, user),
        "duties": steps.duties(order),
        "offers": offers(order, revisions, user),
        "facts": facts(order, shown, prices=prices),
        "terms": terms_facts(shown) if shown and prices else [],
        "rows": [row_of(row) for row in lines.get(order.revision_id or 0, [])],
        "revisions": versions,
        "amendment": story.open_amendment(versions),
        "signoffs": story.signatures(signoffs, revisions, lines, prices=prices, user=user),
        "pushes": story.pushes(order, revisions),
        "papers": papers(order, user),
        "panels": panels.drawn(order, request),
        "events": story.timeline(order, prices=prices),
        "heads": WITH_PRICES if prices else WITHOUT,
        "push_label": f"已顺延 {shown.pushes} 天" if shown else "",
    }
    context["stopped_at"] = stopped_at(context["events"])
    return render(request, "orders/detail.html", context)


def offers(order: Order, revisions: list[Revision], user: Any) -> list[tuple[Any, str]]:
    """The buttons: what this person may try on the order, and on its revision in hand."""
    found = panels.offers(order, user, order.state, order.number)
    for revision in revisions:
        if revision.status != Status.SUPERSEDED:
            found += panels.offers(revision, user, revision.status, order.number)
    if any(revision.status in DRAWN_UP and revision.number > 1 for revision in revisions):
        # One at a time: the open one is edited, or given up.
        found = [(each, url) for each, url in found if each.action != "propose_amendment"]
    once: dict[tuple[str, str], tuple[Any, str]] = {(each.label, url): (each, url) for each, url in found}
    return sorted(once.values(), key=lambda pair: pair[0].tone == "danger")


def facts(order: Order, revision: Revision | None, *, prices: bool) -> list[tuple[Any, ...]]:
    """Who, when, where: the head's facts in words."""
    rows: list[tuple[Any, ...]] = [
        ("销售员", order.salesperson),
        ("客服员", order.clerk or "未指定"),
        ("下单方式", order.get_channel_display()),
        ("订单类别", order.get_kind_display()),
    ]
    if order.customer_reference:
        rows.append(("客户单号", order.customer_reference))
    if revision:
        rows += delivery_facts(revision)
    if order.memo and prices:
        rows.append(("客户信息备忘录", order.memo.number))
    if order.delegated_at:
        rows.append(("委托客服", timezone.localtime(order.delegated_at).strftime("%Y-%m-%d %H:%M")))
    if revision and revision.special:
        rows.append(("特殊要求", revision.special, "wide"))
    return rows


def delivery_facts(revision: Revision) -> list[tuple[Any, ...]]:
    contact, address = revision.contact, revision.address
    reach = f"{contact.name} {contact.mobile or contact.phone}".strip() if contact else "未填写"
    to = f"{address.address}　{address.receiver} {address.phone}" if address else "未填写"
    way = revision.get_delivery_way_display() or "未填写"
    freight = f"，运费{revision.get_freight_display()}" if revision.freight else ""
    return [
        ("联系人", reach),
        ("要求交期", revision.requested_on.isoformat() if revision.requested_on else "未填写"),
        ("交货方式", f"{way}{freight}{'，可分批' if revision.split_allowed else '，不分批'}"),
        ("开票", revision.get_invoice_kind_display() or "未填写"),
        ("收货地址", "自提" if revision.delivery_way == "pickup" and not address else to, "wide"),
    ]


def row_of(row: Any) -> dict[str, Any]:
    return {"terms": row, "line": row.line, "tolerance": tolerance(row), "price_off": row.departs}


PAPERS = Prepared(lambda pk: documents.documents_of("order", pk), int)


def papers(order: Order, user: Any) -> list[Any]:
    """Every version of the order's papers that is for this person."""
    return [row for row in PAPERS(order.pk) if access.is_for(user, row)]


def stopped_at(events: list[dict[str, Any]]) -> str:
    """The step at which a cancelled order stopped: what its last event came from."""
    return next((event["from_code"] for event in events if event["to_code"] == "CANCELLED"), "")
