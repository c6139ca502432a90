"""Passkeys as a second factor: what the browser is asked, and whether its answer is right (py_webauthn computes it).

They belong to the site's domain (`SITE_URL`); a site that is known by a number only has none.
"""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Passkey, User

CHALLENGE = "passkey"


def domain() -> str:
    """What passkeys are bound to; "" where the browser would refuse any."""
    parts = urlsplit(settings.SITE_URL)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host if parts.scheme == "https" or host == "localhost" else ""
    return ""


def origin() -> str:
    parts = urlsplit(settings.SITE_URL)
    return f"{parts.scheme}://{parts.netloc}"


# py_webauthn brings a megabyte of cryptography along: only who has to do with passkeys loads it.


def asked_for_new(request: HttpRequest, person: User) -> str:
    """The options of `navigator.credentials.create`, as JSON; the challenge is kept in the session."""
    import webauthn
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    known = [PublicKeyCredentialDescriptor(id=bytes(each.credential)) for each in person.passkeys.all()]
    options = webauthn.generate_registration_options(
        rp_id=domain(),
        rp_name="订单管理",
        user_id=f"person-{person.pk}".encode(),
        user_name=person.username,
        user_display_name=person.name,
        exclude_credentials=known,
    )
    return remembered(request, options)


def asked_for(request: HttpRequest, person: User) -> str:
    """The options of `navigator.credentials.get`, as JSON."""
    import webauthn
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    known = [PublicKeyCredentialDescriptor(id=bytes(each.credential)) for each in person.passkeys.all()]
    return remembered(request, webauthn.generate_authentication_options(rp_id=domain(), allow_credentials=known))


def remembered(request: HttpRequest, options: Any) -> str:
    import webauthn

    request.session[CHALLENGE] = options.challenge.hex()
    return str(webauthn.options_to_json(options))


def registered(request: HttpRequest, answer: str) -> dict[str, Any] | None:
    """What `factor_actions.add_passkey` keeps of a right answer; None for a wrong one. A challenge serves once."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = request.session.pop(CHALLENGE, "")
    if not challenge:
        return None
    try:
        found = webauthn.verify_registration_response(credential=answer, **expected(challenge))
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None
    return {
        "credential": found.credential_id,
        "public_key": found.credential_public_key,
        "sign_count": found.sign_count,
    }


@transaction.atomic
def proves(request: HttpRequest, person: User, answer: str) -> str:
    """The name of the passkey that gave this answer to our challenge; "" where none of the person's did."""
    import webauthn
    from webauthn.helpers import parse_authentication_credential_json
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = request.session.pop(CHALLENGE, "")
    try:
        credential = parse_authentication_credential_json(answer)
        key = Passkey.objects.select_for_update().filter(user=person, credential=credential.raw_id).first()
        if key is None or not challenge:
            return ""
        found = webauthn.verify_authentication_response(
            credential=credential,
            credential_public_key=bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            **expected(challenge),
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return ""
    key.sign_count, key.used_at = found.new_sign_count, timezone.now()
    key.save(update_fields=["sign_count", "used_at"])
    return key.name


def expected(challenge: str) -> dict[str, Any]:
    return {
        "expected_challenge": bytes.fromhex(challenge),
        "expected_rp_id": domain(),
        "expected_origin": origin(),
    }
