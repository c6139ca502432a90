"""What a signed material statement said, kept as data, and whether it still holds as things stand (R9)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from orders.models import Order, RevisionLine, Signed, SignOff
from orders.signing import WITHDRAWN
from production import materials, queries
from production.models import StatedMaterial, StatedNeed

if TYPE_CHECKING:
    from production.actions.signing import MaterialWord

ZERO = Decimal(0)
Seen = tuple[int, str]  # a line and what a statement saw of it


def keep(statement: SignOff, word: "MaterialWord", computed: Sequence[materials.Stated]) -> None:
    """What was typed, and beside it what the need lists said in that moment. The one figure that is typed as short is
    of the material that decides."""
    StatedMaterial.objects.create(
        statement=statement, free=word.free, short=word.short or None, arrives_on=word.arrives_on
    )
    relied_on = word.arrives_on if word.short else None
    deciding = materials.worst(computed) if computed else None
    StatedNeed.objects.bulk_create(
        StatedNeed(
            statement=statement,
            material=one.material,
            short=max(one.short, word.short or ZERO) if one is deciding else one.short,
            arrives_on=relied_on and max(one.arrives_on or relied_on, relied_on),
        )
        for one in computed
    )


def standing(rows: Iterable[RevisionLine]) -> dict[int, SignOff]:
    """By line: the material statement that saw what is there now."""
    return {line: word for (line, _), word in on({(row.line_id, row.material_digest) for row in rows}).items()}


def on(seen: Iterable[Seen]) -> dict[Seen, SignOff]:
    """The live material statement on each of these contents, where there is one."""
    wanted = set(seen)
    found = SignOff.objects.live().filter(kind=Signed.MATERIAL, line__in={line for line, _ in wanted})
    by_seen = {(word.line_id or 0, word.digest): word for word in found.exclude(verdict=WITHDRAWN)}
    return {key: by_seen[key] for key in wanted & by_seen.keys()}


def arrivals(statements: Iterable[SignOff]) -> dict[int, date]:
    """By line: the day on which the statement says its material has come."""
    found = StatedMaterial.objects.filter(statement__in=list(statements), arrives_on__isnull=False)
    return {line: day for line, day in found.values_list("statement__line", "arrives_on") if line and day}


def stood_on(statements: Iterable[SignOff], material_ids: Collection[int]) -> dict[tuple[int, int], StatedNeed]:
    """By statement and material. One that says nothing of a material takes it to lie there."""
    statements = list(statements)
    found = StatedNeed.objects.filter(statement__in=statements, material__in=material_ids)
    by_key = {(need.statement_id, need.material_id): need for need in found}
    for statement in statements:
        for material in material_ids:
            by_key.setdefault(
                (statement.pk, material), StatedNeed(statement=statement, material_id=material, short=ZERO)
            )
    return by_key


def now(order: Order, material_id: int, day: date) -> dict[Seen, materials.Stated]:
    """How it stands with one material for each line of the revisions in hand; lines without it left out."""
    found: dict[Seen, materials.Stated] = {}
    for revision in queries.in_hand(order):
        rows = {row.line_id: row for row in queries.terms_of(revision) if row.to_make > 0}
        for line, listed in materials.stated(revision, list(rows.values()), day).items():
            for one in listed:
                if one.material.pk == material_id:
                    found[line, rows[line].material_digest] = one
    return found


def holds(stood: StatedNeed, one: materials.Stated, *, put_off: bool) -> bool:
    """Nothing lacks, or it comes by the day that was relied on, or no more lacks than when it was signed. The last is
    no answer to an arrival `put_off` that was relied on."""
    if not one.short:
        return True
    if stood.arrives_on and one.arrives_on and one.arrives_on <= stood.arrives_on:
        return True
    return one.short <= stood.short and not (put_off and stood.arrives_on)
