"""The machines, and the days on which one of them runs otherwise."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from home.demo.people import People
from production.actions.scheduling import change_machine, set_machine_day
from production.models import Machine

MACHINES = (
    ("柔印 1 号", "printing", 16),
    ("柔印 2 号", "printing", 8),
    ("涂布线", "coating", 16),
    ("分切机 A", "slitting", 16),
    ("分切机 B", "slitting", 8),
    ("模切 1 号", "die_cutting", 12),
    ("模切 2 号", "die_cutting", 8),
    ("包装线", "packing", 8),
)


def add_machines(people: People, at: datetime) -> None:
    for name, step, hours in MACHINES:
        change_machine(None, by=people["production"], at=at, name=name, step=step, hours=Decimal(hours))


def repair(people: People, today: date, at: datetime) -> None:
    slitter = Machine.objects.get(name="分切机 B")
    day = today + timedelta(days=9)
    set_machine_day(slitter, by=people["production"], at=at, day=day, hours=Decimal(4), reason="下午更换圆刀")
