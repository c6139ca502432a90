"""Working time as a straight line: the stories are laid on it backwards from now."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.calendar import Days
from documents.numbering import BUSINESS_ZONE, business_day

MORNING = 210
DAY = 480
DAYS_BACK = 190


class WorkClock:
    """Minutes of working time, numbered from some months ago to the last one that is past."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        today = business_day(now)
        house = Days()
        days = [today - timedelta(days=back) for back in range(DAYS_BACK, -1, -1)]
        self.days = [day for day in days if house.works(day)]
        self.last = len(self.days) * DAY - 1
        while self.at(self.last) > now:
            self.last -= 1

    def at(self, minute: int) -> datetime:
        """That minute by the wall clock: 8:30 to 12:00 and 13:00 to 17:30 of a working day."""
        day, minute = self.days[minute // DAY], minute % DAY
        opens = time(8, 30) if minute < MORNING else time(13)
        start = datetime.combine(day, opens, BUSINESS_ZONE)
        return timezone.localtime(start + timedelta(minutes=minute if minute < MORNING else minute - MORNING))

    @property
    def today(self) -> date:
        return business_day(self.now)
