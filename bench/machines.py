"""A converter's machines and the work that is planned on them: what the load picture has to draw."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from bench.company import Company
from catalog.models import Product
from orders.models import Line, State
from production.models import EditionStatus, Machine, ProcessCard, Step, WorkOrder, WorkSlot
from production.scheduling.board import DAYS

WORK_ORDERS = 500
EACH_STEP = 3
HOURS = Decimal("1.5")


def lay(company: Company, first: date) -> None:
    """Machines of every step, and so many open work orders over the days that the picture shows; once."""
    if Machine.objects.exists():
        return
    machines = {
        step: [Machine.objects.create(name=f"{step.label} {place}", step=step) for place in range(1, EACH_STEP + 1)]
        for step in Step
    }
    lines = Line.objects.filter(order__state=State.PRODUCTION).order_by("pk")[: WORK_ORDERS // len(Step)]
    card = replaced_card(company)
    works = WorkOrder.objects.bulk_create(
        WorkOrder(line=line, card=card, position=place, step=step, quantity=Decimal(100), hours=HOURS)
        for line in lines
        for place, step in enumerate(Step, 1)
    )
    WorkSlot.objects.bulk_create(
        WorkSlot(
            work=work,
            machine=machines[Step(work.step)][number // len(Step) % EACH_STEP],
            day=first + timedelta(days=number % DAYS),
            hours=HOURS,
        )
        for number, work in enumerate(works)
    )


def replaced_card(company: Company) -> ProcessCard:
    """One that no longer asks technical for anything."""
    return ProcessCard.objects.create(
        product=Product.objects.get(pk=company.ranges[0][0]),
        number=1,
        title="工艺卡",
        formula="热敏纸 / 热熔胶",
        status=EditionStatus.REPLACED,
        written_by=company.staff["technical"][0],
        written_at=timezone.now(),
    )
