"""How many orders of which shape, on which days."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connection

from bench.clones import Press, Specimen
from bench.company import Company, found
from bench.specimens import Workshop, shapes
from orders import nightly
from orders.models import Order
from orders.rereading import reread

OPEN_SHARE, OPEN_AT_LEAST = 0.05, 5000
DAYS_OF_OPEN, DAYS_OF_ENDED = 4, 700
SEED = 20261123


def open_of(orders: int) -> int:
    """5 % of the orders, and at least 5,000 where there are so many."""
    return min(orders, max(round(orders * OPEN_SHARE), OPEN_AT_LEAST))


class Trade:
    """The bench's database, growing."""

    def __init__(self, most: int, longest: int = 8) -> None:
        """Room for `most` orders of up to `longest` lines."""
        self.company: Company = found(max(40, most // 10), max(8, most // 1000))
        self.press = Press(self.company)
        self.dice = random.Random(SEED)  # noqa: S311 (the same trade each time)
        self.count = 0
        self.open = 0
        workshop = Workshop(self.company)
        self.specimens = [self.press.specimen(workshop, shape) for shape in shapes() if shape.lines <= longest]

    def grow(self, orders: int) -> None:
        """Add orders until there are so many, oldest first as in life; then what time alone has done since."""
        opened = open_of(orders) - self.open
        ended = orders - self.count - opened
        made = [*self.some(ended, is_open=False), *self.some(opened, is_open=True)]
        self.press.write(sorted(made, key=lambda pair: pair[1]))
        self.count, self.open = orders, self.open + opened
        self.settle()

    def some(self, count: int, *, is_open: bool) -> Iterator[tuple[Specimen, date]]:
        fitting = [one for one in self.specimens if one.shape.is_open == is_open]
        weights = [one.shape.weight for one in fitting]
        longest = DAYS_OF_OPEN if is_open else DAYS_OF_ENDED
        for specimen in self.dice.choices(fitting, weights, k=count):
            # Ended orders are the older ones; a draft of today beside a completed one of today is rare.
            ago = self.dice.randrange(longest) if is_open else DAYS_OF_OPEN + self.dice.randrange(longest)
            yield specimen, self.press.made_on - timedelta(days=ago)

    def settle(self) -> None:
        """The nights between then and now, and what the clock makes owed."""
        nightly.run(self.press.made_on - timedelta(days=1))
        reread(Order.objects.open())
        self.analyze()

    def due(self, count: int) -> None:
        """Orders whose confirmation went out yesterday and isn't back."""
        sent = [one for one in self.specimens if one.shape.place == "sent"]
        yesterday = self.press.made_on - timedelta(days=1)
        self.press.write((sent[number % len(sent)], yesterday) for number in range(count))
        reread(Order.objects.filter(pk__in=Order.objects.order_by("-pk").values("pk")[:count]))
        self.analyze()

    @staticmethod
    def analyze() -> None:
        """What autovacuum does within a minute of such a load."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
