"""Orders by COPY: each specimen's rows, in every table they reach, written again with new identities and days.

A specimen's rows are taken from the database as COPY text. What differs from one order to the next — ids, numbers,
days, customer, products, digests — becomes a token; a copy fills in its own values. So a copied order has everything
that an order made by hand has: revisions, signatures, ledger, history, events, what is owed. Events are chained and
hashed by the trigger as always. Files, outbox rows, form keys and counters are not copied; of ended orders the record
is thinned (`thinned`).
"""

import copy
import io
import os
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, TypeAlias

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.utils import timezone
from psycopg2 import sql

from bench.company import Company
from bench.specimens import Shape, Workshop
from documents.numbering import business_day
from orders import digests
from orders.models import Order, Revision, RevisionLine, Shipment

LEFT_OUT = {
    "documents.outboxrow",
    "documents.counter",
    "documents.attachment",
    "documents.notice",
    # A day is the house's, not an order's.
    "production.reportday",
    "production.daysignature",
    "audit.actionkey",
    "audit.actionresult",
}
HOUSES = ("audit", "documents", "stock", "orders", "production", "finance", "shipping")
BY_TRIGGER = {"audit_event": {"seq", "previous", "hash"}}
# Its parameters exist for the type checker alone.
Column: TypeAlias = "models.Field[Any, Any]"
MARK = "\x01"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
BATCH = 500
REVISION_DIGESTS = ("check_digest", "credit_digest", "print_digest")
LINE_DIGESTS = ("technical_digest", "material_digest", "date_digest", "price_digest")


def tables() -> list[type[models.Model]]:
    wanted = [model for house in HOUSES for model in apps.get_app_config(house).get_models(include_auto_created=True)]
    return [model for model in wanted if model._meta.label_lower not in LEFT_OUT and numbered(model)]


def numbered(model: type[models.Model]) -> bool:
    return isinstance(model._meta.pk, models.AutoField)


def last_ids() -> dict[type[models.Model], int]:
    with connection.cursor() as cursor:
        found = {}
        for model in tables():
            cursor.execute(f"SELECT coalesce(max({model._meta.pk.column}), 0) FROM {model._meta.db_table}")  # noqa: S608
            found[model] = cursor.fetchone()[0]
        return found


def columns_of(model: type[models.Model]) -> list[Column]:
    skipped = BY_TRIGGER.get(model._meta.db_table, set())
    found = [each for each in model._meta.concrete_fields if not each.generated and each.column not in skipped]
    return found


def thinned(model: type[models.Model], rows: Any) -> Any:
    """Of an order that ended long ago: each record's first and last version, its steps, its confirmation."""
    label = model._meta.label_lower
    if hasattr(model, "instance_type"):
        return rows.filter(pk__in=[*edges(rows, models.Min), *edges(rows, models.Max)])
    if label == "audit.event":
        return rows.exclude(from_state="", to_state="")
    if label == "documents.document":
        return rows.filter(kind="confirmation")
    if label == "flow.owed":
        return rows.filter(subject_kind="order")
    return rows


def edges(rows: Any, of: Any) -> list[int]:
    return list(rows.order_by().values("id").annotate(edge=of("history_id")).values_list("edge", flat=True))


@dataclass
class Specimen:
    """The rows of one order, as COPY text with tokens. `wanted` says what each token stands for."""

    shape: Shape
    order: Order
    before: dict[type[models.Model], int]
    after: dict[type[models.Model], int]
    company: Company
    made_on: date
    wanted: list[tuple[Any, ...]] = field(default_factory=list)
    known: dict[tuple[Any, ...], int] = field(default_factory=dict)
    texts: dict[type[models.Model], tuple[list[str], list[int]]] = field(default_factory=dict)
    rows: dict[type[models.Model], int] = field(default_factory=dict)

    # Reading

    def read(self) -> "Specimen":
        for model in tables():
            ids = range(self.before[model] + 1, self.after[model] + 1)
            if ids:
                self.ids[model] = {pk: place for place, pk in enumerate(self.existing(model, ids))}
                self.rows[model] = len(self.ids[model])
        for model in self.ids:
            self.compile(model)
        return self

    @cached_property
    def ids(self) -> dict[type[models.Model], dict[int, int]]:
        return {}

    def existing(self, model: type[models.Model], ids: range) -> list[int]:
        found = model._base_manager.filter(pk__gte=ids[0], pk__lte=ids[-1]).order_by("pk")
        if not self.shape.is_open:
            found = thinned(model, found)
        return list(found.values_list("pk", flat=True))

    def token(self, *what: Any) -> str:
        if what not in self.known:
            self.known[what] = len(self.wanted)
            self.wanted.append(what)
        return f"{MARK}{self.known[what]}{MARK}"

    def compile(self, model: type[models.Model]) -> None:
        fields = columns_of(model)
        text = ""
        for line in self.copied_out(model, fields).splitlines():
            values = [self.cell(model, each, value, line) for each, value in zip(fields, line.split("\t"), strict=True)]
            text += "\t".join(values) + "\n"
        text = self.unique.sub(lambda found: self.token("number", found[0]), text)
        text = self.hashes.sub(lambda found: self.token("digest", found[0]), text) if self.digests else text
        pieces = text.split(MARK)
        self.texts[model] = (pieces, [int(piece) for piece in pieces[1::2]])

    def copied_out(self, model: type[models.Model], fields: list[Column]) -> str:
        target = io.StringIO()
        statement = sql.SQL("COPY (SELECT {} FROM {} WHERE {} = ANY({}) ORDER BY {}) TO STDOUT").format(
            sql.SQL(", ").join(sql.Identifier(str(each.column)) for each in fields),
            sql.Identifier(model._meta.db_table),
            sql.Identifier(str(model._meta.pk.column)),
            sql.Literal(list(self.ids[model])),
            sql.Identifier(str(model._meta.pk.column)),
        )
        with connection.cursor() as cursor:
            cursor.copy_expert(statement, target)
        return target.getvalue()

    def cell(self, model: type[models.Model], each: Column, value: str, line: str) -> str:
        """One value of a row, or the token that takes its place."""
        if value == "\\N":
            return value
        if each.primary_key:
            return self.token("id", model, self.ids[model][int(value)])
        if each.column == "id":
            return self.row_or(model.instance_type, value)  # type: ignore[attr-defined]
        if each.is_relation:
            return self.row_or(each.related_model, value)  # type: ignore[arg-type]
        if each.column == "subject_id":
            return self.subject(model, value, line)
        if isinstance(each, models.DateField):
            return DAY.sub(lambda found: self.token("day", (date.fromisoformat(found[0]) - self.made_on).days), value)
        if isinstance(each, models.UUIDField):
            return self.token("uuid", value)
        if isinstance(each, ArrayField):
            return re.sub(r"\d+", lambda found: self.row_or(apps.get_model("accounts.user"), found[0]), value)
        return value

    def row_or(self, model: type[models.Model], value: str) -> str:
        """The copy's own row where the specimen's is its own, its customer's or its products'; else the same row."""
        pk = int(value)
        if pk in self.ids.get(model, ()):
            return self.token("id", model, self.ids[model][pk])
        fixed = self.fixed.get((model._meta.label_lower, pk))
        return self.token(*fixed) if fixed else value

    @cached_property
    def fixed(self) -> dict[tuple[str, int], tuple[Any, ...]]:
        labels = ("customers.customer", "customers.contact", "customers.address", "accounts.user")
        ours = {
            (label, pk): ("trader", index)
            for index, (label, pk) in enumerate(zip(labels, self.company.customers[0], strict=True))
        }
        ours |= {("catalog.product", pk): ("product", slot) for slot, pk in enumerate(self.company.ranges[0])}
        return ours

    def subject(self, model: type[models.Model], value: str, line: str) -> str:
        fields = columns_of(model)
        kind = line.split("\t")[[each.column for each in fields].index("subject_kind")]
        for known in self.ids:
            if known._meta.model_name == kind:
                return self.row_or(known, value)
        return self.row_or(apps.get_model("customers", kind), value) if kind in ("customer", "contact") else value

    @cached_property
    def unique(self) -> re.Pattern[str]:
        """The numbers printed on things, wherever they appear: in columns, in events, in frozen papers."""
        found = set()
        for model, ids in self.ids.items():
            for each in model._meta.fields:
                if isinstance(each, models.CharField) and (each.unique or each.column in ("number", "bank_ref")):
                    found |= set(model._base_manager.filter(pk__in=list(ids)).values_list(each.name, flat=True))
        longest_first = sorted(filter(None, found), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)))

    # Digests: only an open order's are ever compared again

    @cached_property
    def revisions(self) -> list[tuple[Revision, list[RevisionLine]]]:
        found = Revision.objects.filter(order=self.order).order_by("pk")
        return [(revision, list(revision.lines.order_by("position"))) for revision in found]

    @cached_property
    def shipments(self) -> list[tuple[Shipment, list[Any]]]:
        found = Shipment.objects.filter(pk__in=list(self.ids.get(Shipment, ()))).order_by("pk")
        return [(shipment, list(shipment.lines.order_by("pk"))) for shipment in found]

    @cached_property
    def digests(self) -> list[str]:
        return self.now_digests(self.revisions, self.shipments) if self.shape.is_open else []

    @cached_property
    def hashes(self) -> re.Pattern[str]:
        return re.compile("|".join(sorted(set(filter(None, self.digests)))))

    @staticmethod
    def now_digests(revisions: Iterable[Any], shipments: Iterable[Any]) -> list[str]:
        found = []
        for revision, lines in revisions:
            found += [getattr(revision, name) for name in REVISION_DIGESTS]
            found += [getattr(line, name) for line in lines for name in LINE_DIGESTS]
        return found + [shipment.digest for shipment, _ in shipments]

    # Writing

    def values(self, given: "Given") -> list[str]:
        """What a copy puts in place of each token."""
        filled = [self.value(given, *what) for what in self.wanted]
        if self.digests:
            fresh = self.fresh_digests(given)
            for place, what in enumerate(self.wanted):
                if what[0] == "digest":
                    filled[place] = fresh[what[1]]
        return filled

    def value(self, given: "Given", kind: str, what: Any, place: int = 0) -> str:
        if kind == "id":
            return str(given.base[what] + place)
        if kind == "day":
            return given.day(what)
        if kind == "trader":
            return str(given.trader[what])
        if kind == "product":
            return str(given.products[what])
        if kind == "number":
            return given.number if what == self.order.number else f"{what}-{given.serial}"
        return str(uuid.uuid4()) if kind == "uuid" else ""

    def fresh_digests(self, given: "Given") -> dict[str, str]:
        revisions = [
            (self.as_copied(given, one), [self.as_copied(given, line) for line in lines])
            for one, lines in self.revisions
        ]
        for revision, lines in revisions:
            digests.stamp(revision, lines)
        shipments = [
            (self.as_copied(given, one), [self.as_copied(given, line) for line in lines])
            for one, lines in self.shipments
        ]
        for shipment, lines in shipments:
            shipment.digest = digests.of_shipment(shipment, lines)
        return dict(zip(self.digests, self.now_digests(revisions, shipments), strict=True))

    def as_copied(self, given: "Given", row: Any) -> Any:
        fresh = copy.copy(row)
        for each in row._meta.concrete_fields:
            value = getattr(row, each.attname)
            if value is not None and each.is_relation:
                token = self.row_or(each.related_model, str(value))
                if token.startswith(MARK):
                    fresh.__dict__[each.attname] = int(self.value(given, *self.wanted[int(token.strip(MARK))]))
            elif type(value) is date:
                fresh.__dict__[each.attname] = date.fromisoformat(given.day((value - self.made_on).days))
        return fresh


@dataclass
class Given:
    """What one copy is made of."""

    serial: int
    number: str
    made_on: date
    base: dict[type[models.Model], int]
    trader: tuple[int, int, int, int]
    products: list[int]

    def day(self, delta: int) -> str:
        return (self.made_on + timedelta(days=delta)).isoformat()


class Press:
    """Writes copies, in batches of orders, each batch one transaction with one COPY per table."""

    def __init__(self, company: Company) -> None:
        self.company = company
        # Only the bench's own cluster may leave the foreign keys unasked; elsewhere they are checked at commit.
        self.trusted = "SERVER_DATABASE_URL" in os.environ
        self.serial = 0
        self.of_day: dict[date, int] = defaultdict(int)
        self.next: dict[type[models.Model], int] = {}
        self.made_on = business_day(timezone.now())

    def specimen(self, workshop: Workshop, shape: Shape) -> Specimen:
        before = last_ids()
        order = workshop.build(shape)
        return Specimen(shape, order, before, last_ids(), self.company, self.made_on).read()

    def write(self, wanted: Iterable[tuple[Specimen, date]]) -> None:
        self.next = {model: last + 1 for model, last in last_ids().items()}
        self.next_numbers()
        for batch in in_batches(wanted, BATCH):
            texts: dict[type[models.Model], list[str]] = defaultdict(list)
            for specimen, day in batch:
                self.add(texts, specimen, day)
            with transaction.atomic(), connection.cursor() as cursor:
                if self.trusted:
                    cursor.execute("SET LOCAL session_replication_role = replica")
                for model, rows in texts.items():
                    cursor.copy_expert(copy_in(model), io.StringIO("".join(rows)))
        self.restart_sequences()

    def next_numbers(self) -> None:
        """Today's numbers go on where the specimens' ended."""
        Counter = apps.get_model("documents", "Counter")
        for day, last in Counter.objects.filter(prefix="SO").values_list("day", "last"):
            self.of_day[day] = max(self.of_day[day], last)

    def add(self, texts: dict[type[models.Model], list[str]], specimen: Specimen, day: date) -> None:
        self.serial += 1
        self.of_day[day] += 1
        company = self.company
        given = Given(
            serial=self.serial,
            number=f"SO-{day:%Y%m%d}-{self.of_day[day]:04d}",
            made_on=day,
            base={model: self.next[model] for model in specimen.rows},
            # Two strides without a common factor, so that customers don't go with products.
            trader=company.customers[self.serial * 7 % len(company.customers)],
            products=company.ranges[self.serial % len(company.ranges)],
        )
        values = specimen.values(given)
        for model, (pieces, places) in specimen.texts.items():
            filled = pieces[:]
            filled[1::2] = [values[place] for place in places]
            texts[model].append("".join(filled))
            self.next[model] += specimen.rows[model]

    def restart_sequences(self) -> None:
        """And the day's counters, so that the program goes on where the copies end."""
        Counter = apps.get_model("documents", "Counter")
        for day, last in self.of_day.items():
            Counter.objects.update_or_create(prefix="SO", day=day, defaults={"last": last})
        with connection.cursor() as cursor:
            for model, after in self.next.items():
                column = model._meta.pk.column
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s, false)", [model._meta.db_table, column, after]
                )


def copy_in(model: type[models.Model]) -> Any:
    return sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(sql.Identifier(str(each.column)) for each in columns_of(model)),
    )


def in_batches(wanted: Iterable[Any], size: int) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for one in wanted:
        batch.append(one)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
