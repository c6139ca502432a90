"""Writing a signature down: the newest word of its kind on its thing supersedes the one before.

A line is shared by the revisions of its order, so that there a word takes the place of the one on the same contents
only: what is signed for an amendment leaves the words alone that the terms in force stand on.
"""

from typing import Any

from audit.errors import Refused
from audit.frame import Act
from orders.models import Line, Order, Revision, Shipment, Signed, SignOff

WITHDRAWN = "withdrawn"


def sign(
    act: Act,
    kind: Signed,
    verdict: str = "ok",
    *,
    order: Order | None = None,
    revision: Revision | None = None,
    line: Line | None = None,
    shipment: Shipment | None = None,
    digest: str = "",
    **said: Any,
) -> SignOff:
    """Add a signature by the person acting. `said`: text, paper, finish_on, start_on, quantity, due_on, based_on."""
    thing: dict[str, Any] = {"revision": revision, "line": line, "shipment": shipment}
    if not any(thing.values()):
        thing = {"order": order, **dict.fromkeys(thing)}
    if line is not None:
        thing["digest"] = digest
    before = SignOff.objects.live().filter(kind=kind, **thing).first()
    row = SignOff.objects.create(
        kind=kind,
        verdict=verdict,
        order=order or (revision.order if revision else line.order if line else None),
        revision=revision,
        line=line,
        shipment=shipment,
        digest=digest,
        by=act.by,
        at=act.at,
        supersedes=before,
        **said,
    )
    return row


def withdraw(act: Act, signoff: SignOff) -> SignOff:
    """Take a signature back by a new row; the old one stays as it was. Raises Refused where it is not the newest."""
    if SignOff.objects.filter(supersedes=signoff).exists():
        raise Refused("这份签字已被后来的签字取代，无需撤回。")
    if signoff.verdict == WITHDRAWN:
        raise Refused("这份签字已经撤回。")
    return SignOff.objects.create(
        kind=signoff.kind,
        verdict=WITHDRAWN,
        order=signoff.order,
        revision=signoff.revision,
        line=signoff.line,
        shipment=signoff.shipment,
        digest=signoff.digest,
        by=act.by,
        at=act.at,
        text=act.reason,
        supersedes=signoff,
    )
