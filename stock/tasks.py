"""What the worker does for the store each night: balances against their moves, materials below their safety
stock, and arrivals that are overdue (R9)."""

from datetime import date

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from documents import notices
from documents.numbering import business_day
from stock import promises, queries
from stock.materials import queries as materials
from stock.notices import LOW, OVERDUE, WRONG

MOST_NAMED = 5


@shared_task
def look_at_stock() -> None:
    """05:00: whoever keeps the store hears in the morning what is wrong with it, once a day."""
    look(business_day(timezone.now()))


def look(day: date) -> None:
    wrong = [number for _, number, *_ in [*queries.wrong_balances(), *materials.wrong_balances()]]
    wrong += [number for _, number, *_ in promises.wrong() if number not in wrong]
    if wrong:
        tell(WRONG, day, f"库存与变动合计或预留台账不符：{names(wrong)}，请盘点并联系管理员", reverse("stock:index"))
    low = list(materials.materials(day=day, low=True).values_list("name", flat=True))
    if low:
        tell(LOW, day, f"低于安全库存的原材料：{names(low)}", reverse("stock:materials") + "?low=on")

    late = [f"{one.material.name}（应于 {one.due_on} 到料）" for one in materials.overdue(day)]
    if late:
        tell(OVERDUE, day, f"到料逾期，请催供应商后改期或取消：{names(late)}", reverse("stock:materials"))


def names(found: list[str]) -> str:
    return "、".join(found[:MOST_NAMED]) + (f"等 {len(found)} 项" if len(found) > MOST_NAMED else "")


def tell(kind: notices.Kind, day: date, text: str, url: str) -> None:
    people = User.objects.filter(groups__name__in=kind.roles, is_active=True).order_by("pk").distinct()
    notices.tell(notices.hows(kind.code, people), event=f"{kind.code}:{day}", text=text, url=url, kind=kind.code)
