"""What happened at the door, kept: every log-in, failure, log-out, changed password and ended session."""

import logging
from typing import Any

from django.db import transaction
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils import timezone

from accounts import devices
from accounts.addresses import address_of
from accounts.models import SignIn, User

log = logging.getLogger("accounts.signins")
Kind = SignIn.Kind

# Sent with `row` in the transaction that writes it; those above tell the person (documents/signin_notices.py).
recorded = Signal()


def record(
    kind: Kind,
    user: User | None,
    request: HttpRequest | None = None,
    *,
    by: User | None = None,
    name: str = "",
    note: str = "",
    device: str = "",
    is_new: bool = False,
) -> SignIn:
    """Keep that `kind` happened to `user` (None: a name that nobody has), done by `by` if by somebody else.

    `request` tells from where and on which device; a job or an action without one leaves these empty.
    """
    row = SignIn(
        kind=kind,
        user=user,
        by=by,
        name=user.username if user else shortened(name),
        ip=address_of(request) if request else None,
        agent=agent_of(request) if request else "",
        device=device or (devices.device_of(request) if request else ""),
        is_new=is_new,
        note=note[:200],
        at=timezone.now(),
    )
    with transaction.atomic():
        row.save(force_insert=True)
        recorded.send(sender=SignIn, row=row)
    log.info("%s %s from %s", row.kind, user.pk if user else "nobody", row.ip or "-")
    return row


def shortened(name: str) -> str:
    """A name that nobody has, so that admins see what was tried, but not the password typed in its place."""
    return f"{name[:2]}…（{len(name)} 字）" if name else ""


def agent_of(request: HttpRequest) -> str:
    return request.META.get("HTTP_USER_AGENT", "").replace("\0", "")[:200]


# Django's own signals: whichever page logs a person in or out, it passes here.


def is_of_a_visitor(request: HttpRequest | None) -> bool:
    """Whether it came over a connection; a program that makes a session for itself is no log-in."""
    return request is not None and "REMOTE_ADDR" in request.META


def note_log_in(sender: Any, request: HttpRequest, user: User, **rest: Any) -> None:
    """The device is new to a person who was seen on others; the first one of all is no news."""
    if not is_of_a_visitor(request):
        return
    device = devices.device_of(request) or devices.new_device()
    is_new = not devices.is_known(user, device) and SignIn.objects.filter(kind=Kind.IN, user=user).exists()
    record(Kind.IN, user, request, device=device, is_new=is_new)
    request.device_to_keep = device  # type: ignore[attr-defined]


def note_log_out(sender: Any, request: HttpRequest, user: User | None, **rest: Any) -> None:
    if user is not None and is_of_a_visitor(request):
        record(Kind.OUT, user, request)
