"""What customers have said on their own pages: one confirmed, one asks for a change, the rest were sent a link."""

from typing import TYPE_CHECKING

from audit.errors import Refused
from orders.models import Order, State
from portal.actions import words
from portal.actions.links import make_link
from portal.models import CustomerLink

if TYPE_CHECKING:
    from home.demo.company import Company

ASKED = "请把第一行的标签内容改为双排，交期能否提前两天？"


def answer_online(company: "Company") -> None:
    at = company.clock.now
    waiting = Order.objects.filter(state=State.APPROVED, held_at=None, revision__sent_at__isnull=False)
    unanswered = waiting.filter(revision__returns=None).select_related("revision__contact", "clerk").order_by("-pk")
    for number, order in enumerate(unanswered[:6]):
        link = link_of(order, company)
        if number < 2:
            say(order, link, at, confirms=number == 0)


def link_of(order: Order, company: "Company") -> CustomerLink:
    standing = CustomerLink.objects.filter(revision=order.revision, revoked_at=None).first()
    return standing or make_link(order.revision, by=order.clerk, at=company.clock.now)  # type: ignore[no-any-return]


def say(order: Order, link: CustomerLink, at: object, *, confirms: bool) -> None:
    contact = order.revision.contact if order.revision else None
    if contact is None:
        return
    visitor = words.Visitor(contact.name, contact.mobile, "58.210.7.19", "demo", f"demo-{order.pk}")
    try:
        if confirms:
            words.confirm(link, by=None, at=at, visitor=visitor, agreed=True, signature=contact.name)
        else:
            words.ask_change(link, by=None, at=at, visitor=visitor, text=ASKED)
    except Refused:
        return
