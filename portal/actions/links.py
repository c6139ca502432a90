"""Links to a customer's page: made when the confirmation is sent or by hand, revoked, made anew."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from audit.errors import Refused
from orders.actions.confirmation import UNANSWERED, current_confirmation
from orders.frame import OrderAct, order_action
from orders.models import Revision
from portal import tokens
from portal.models import CustomerLink


def address(act: OrderAct, revision: Revision) -> str:
    """What a letter to the customer leads to."""
    return tokens.url_of(issue(act, revision))


def standing_address(revision: Revision) -> str:
    """The one that opens now; "" where it was revoked, has run out or was never made."""
    link = CustomerLink.objects.filter(revision=revision, revoked_at=None, expires_at__gt=timezone.now()).first()
    return tokens.url_of(link) if link else ""


def issue(act: OrderAct, revision: Revision) -> CustomerLink:
    """The standing link of this revision's confirmation; one that has run out is revoked and made anew."""
    standing = CustomerLink.objects.filter(revision=revision, revoked_at=None).first()
    if standing and standing.expires_at > act.at:
        return standing
    if standing:
        close(act, standing)
    return CustomerLink.objects.create(
        key=tokens.new_key(),
        order=act.order,
        revision=revision,
        document=current_confirmation(act.order),
        contact=revision.contact,
        made_by=act.by,
        made_at=act.at,
        expires_at=act.at + timedelta(days=settings.CUSTOMER_LINK_DAYS),
    )


def close(act: OrderAct, link: CustomerLink) -> None:
    link.revoked_at, link.revoked_by = act.at, act.by
    link.save()


@order_action("make_customer_link", statuses=UNANSWERED, quiet=True)
def make_link(act: OrderAct, revision: Revision) -> CustomerLink:
    """By hand: to be copied into a message, or after one was revoked."""
    if revision.sent_at is None:
        raise Refused("确认书尚未发出，请先逐项检查并发出；发出时会自动生成链接。")
    if CustomerLink.objects.filter(revision=revision, revoked_at=None, expires_at__gt=act.at).exists():
        raise Refused("此版确认书已有有效的客户链接，可直接复制；如需更换，请先撤销。")
    link = issue(act, revision)
    act.record(act.order, revision=revision.number)
    return link


@order_action("revoke_customer_link", quiet=True)
def revoke_link(act: OrderAct, link: CustomerLink) -> CustomerLink:
    """From now on the page answers like one that never was."""
    if link.revoked_at:
        raise Refused("此链接已撤销。")
    close(act, link)
    act.record(act.order, revision=link.revision.number)
    return link
