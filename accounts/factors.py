"""The second factor: what somebody has beside the password, asked for before the log-in is one (docs/adr/0016).

Codes of an authenticator app by django-otp's arithmetic, passkeys in `accounts.passkeys`, recovery codes for the day
the phone is lost. Nothing here logs anybody in: `accounts.factor_views.second_step` does, once `proves` says yes.
"""

import base64
import re
import secrets
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote, urlencode

from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp.oath import TOTP

from accounts.models import Factor, FactorRule, RecoveryCode, User

ISSUER = "订单管理"
CODES = 10
RECOVERY = "恢复码"
# Clocks of phones: half a minute early or late.
TOLERANCE = 1
# Without what looks alike.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def all_of(person: User) -> Iterator[Factor]:
    yield from person.authenticators.all()
    yield from person.passkeys.all()


def has_one(person: User) -> bool:
    return any(True for _ in all_of(person))


def must_have_one(person: User) -> bool:
    return FactorRule.objects.filter(role__in=person.groups.values("name")).exists()


def new_secret() -> bytes:
    return secrets.token_bytes(20)


def as_text(secret: bytes) -> str:
    """As apps take it when it is typed: base 32, in fours."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address_of(person: User, secret: bytes) -> str:
    """What the QR code says to the app."""
    label = quote(f"{ISSUER}:{person.username}", safe=":")
    given = {"secret": base64.b32encode(secret).decode(), "issuer": ISSUER}
    return f"otpauth://totp/{label}?{urlencode(given, quote_via=quote)}"


def step_of(secret: bytes, code: str, *, after: int, now: datetime) -> int | None:
    """The half minute that `code` is of, if it is near `now` and later than `after`; else None."""
    totp = TOTP(secret)
    totp.time = now.timestamp()
    return totp.t() if totp.verify(int(code), tolerance=TOLERANCE, min_t=after + 1) else None


def plain(typed: str) -> str:
    """What was meant: full-width digits, spaces and dashes do not matter."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", typed)).lower()


@transaction.atomic
def proves(person: User, typed: str, now: datetime) -> str:
    """What `typed` is of what the person has: the name of an app, 恢复码, or "" for nothing. Each code counts once (the
    rows are locked, so twice at once is once)."""
    code = plain(typed)
    if not re.fullmatch(r"\d{6}", code, re.ASCII):
        unused = person.recovery_codes.filter(digest=digest(person, code), used_at=None)
        return RECOVERY if unused.update(used_at=now) else ""
    for app in person.authenticators.select_for_update():
        if step := step_of(bytes(app.secret), code, after=app.last_step, now=now):
            app.last_step, app.used_at = step, now
            app.save(update_fields=["last_step", "used_at"])
            return app.name
    return ""


def digest(person: User, code: str) -> str:
    """Fifty random bits need no slow hash; the key of the house keeps them from being tried out elsewhere."""
    return salted_hmac("accounts.recovery", f"{person.pk}:{code}", algorithm="sha256").hexdigest()


def new_codes(person: User) -> list[str]:
    """Ten in place of all there were; shown once."""
    codes = ["".join(secrets.choice(LETTERS) for _ in range(10)) for _ in range(CODES)]
    person.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=person, digest=digest(person, code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]
