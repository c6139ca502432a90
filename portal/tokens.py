"""The address of a customer's page: a row's random key, signed for this one purpose (ADR 9).

A wrong signature is refused before the database is asked anything, and compared in constant time.
"""

import secrets
from datetime import datetime

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from portal.models import CustomerLink

PURPOSE = "portal.order-page"
LONGEST = 120


def new_key() -> str:
    return secrets.token_hex(16)


def signer() -> Signer:
    return Signer(salt=PURPOSE, sep=".")


def token_of(link: CustomerLink) -> str:
    return signer().sign(link.key)


def path_of(link: CustomerLink) -> str:
    return reverse("portal:page", args=[token_of(link)])


def url_of(link: CustomerLink) -> str:
    """As it is mailed and copied."""
    return f"{settings.SITE_URL}{path_of(link)}"


def link_of(token: str, now: datetime) -> CustomerLink | None:
    """The standing link of that token; None for an altered, foreign, expired or revoked one, without a difference."""
    if len(token) > LONGEST:
        return None
    try:
        key = signer().unsign(token)
    except BadSignature:
        return None
    found = CustomerLink.objects.filter(key=key, revoked_at=None, expires_at__gt=now)
    return found.select_related("order__customer", "order__revision", "revision", "document", "contact").first()
