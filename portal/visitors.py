"""Who is at the page: their address and browser, and how often one address has knocked at wrong doors (B9)."""

import hashlib
from datetime import datetime, timedelta

from django.db import connection
from django.http import HttpRequest

from accounts.addresses import address_of
from portal.models import WrongTry

MOST = 20
WHILE = timedelta(minutes=15)
KEPT = timedelta(days=1)

# One statement, so that tries at once are all counted; a quarter of an hour later it begins anew.
COUNT = """
    INSERT INTO portal_wrongtry AS t (ip, since, count) VALUES (%(ip)s, %(now)s, 1)
    ON CONFLICT (ip) DO UPDATE SET
        since = CASE WHEN t.since < %(old)s THEN %(now)s ELSE t.since END,
        count = CASE WHEN t.since < %(old)s THEN 1 ELSE t.count + 1 END
"""


def agent_of(request: HttpRequest) -> str:
    return hashlib.sha256(request.META.get("HTTP_USER_AGENT", "").encode()).hexdigest()


def is_locked(request: HttpRequest, now: datetime) -> bool:
    """Too many wrong tries from there: nothing is answered for a while, right or wrong."""
    ip = address_of(request)
    return bool(ip) and WrongTry.objects.filter(ip=ip, count__gte=MOST, since__gte=now - WHILE).exists()


def count_wrong_try(request: HttpRequest, now: datetime) -> None:
    """One more from there; what is long over is forgotten."""
    ip = address_of(request)
    if ip:
        WrongTry.objects.filter(since__lt=now - KEPT).delete()
        with connection.cursor() as cursor:
            cursor.execute(COUNT, {"ip": ip, "now": now, "old": now - WHILE})
