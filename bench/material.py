"""A lot of paper that went into many lines: what a recall asks after."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from bench.company import Company
from catalog.models import Material
from documents.numbering import business_day
from orders.models import Line
from production.models import MaterialUse
from stock.models import MaterialLot

LOT = "HM-2026-0001"
LINES = 1000
EACH = Decimal(10)


def issue(company: Company) -> None:
    """To so many lines whose goods have left."""
    at = timezone.now() - timedelta(days=30)
    paper = Material.objects.create(code="M-001", name="热敏原纸", unit="kg")
    lot = MaterialLot.objects.create(material=paper, number=LOT, received_on=business_day(at))
    MaterialUse.objects.bulk_create(
        MaterialUse(order_id=line.order_id, line=line, lot=lot, quantity=EACH, by=company.staff["warehouse"][0], at=at)
        for line in Line.objects.filter(shipped__gt=0).order_by("pk")[:LINES]
    )
