"""The daily mail of those who asked for one: what they owe, and what they chose to hear of there; once a day (B20)."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone

from documents import mail
from documents.models import Notice, NoticeSettings
from documents.numbering import business_day
from home import todo

if TYPE_CHECKING:
    from accounts.models import User

MOST_TOLD = 50


def due(now: datetime) -> list[int]:
    """The people whose time of day has come and who had no mail today."""
    today, clock = business_day(now), timezone.localtime(now).time()
    waiting = NoticeSettings.objects.filter(Q(digested_on=None) | Q(digested_on__lt=today), digest_at__lte=clock)
    found = waiting.filter(user__is_active=True).exclude(user__email="")
    return list(found.order_by("user_id").values_list("user_id", flat=True))


def send_due(now: datetime) -> int:
    """Post the digests that are due; run twice at once, each person still gets one. The number posted."""
    return sum(send_one(user_id, now) for user_id in due(now))


@transaction.atomic
def send_one(user_id: int, now: datetime) -> bool:
    """One person's: the day is noted with the mail or not at all. Nothing to say makes no mail."""
    mine = NoticeSettings.objects.select_for_update(no_key=True).select_related("user").get(pk=user_id)
    today = business_day(now)
    if mine.digested_on is not None and mine.digested_on >= today:
        return False
    body = words(mine.user, since=mine.digested_until, now=now)
    mine.digested_on, mine.digested_until = today, now
    mine.save(update_fields=["digested_on", "digested_until"])
    if body:
        mail.post(
            mine.user.email, event=f"digest:{user_id}:{today}", subject=subject(today), body=body, about=f"{today}"
        )
    return bool(body)


def subject(today: date) -> str:
    return f"每日待办与通知 {today}"


def words(user: "User", *, since: datetime | None, now: datetime) -> str:
    """What stands in it; empty where there is nothing. No prices, as in the notices themselves."""
    parts = [*owed_words(user, now), *told_words(user, since, now)]
    if not parts:
        return ""
    home, choices = settings.SITE_URL + reverse("home"), settings.SITE_URL + reverse("notice-settings")
    return "\n".join([f"{user}，您好：", "", *parts, f"打开系统：{home}", f"更改通知方式：{choices}"])


def owed_words(user: "User", now: datetime) -> list[str]:
    rows = todo.owed(user).order_by().values("subject_kind", "what")
    counted = rows.annotate(count=Count("pk"), late=Count("pk", filter=Q(due__lt=now))).order_by("-late", "-count")
    kinds = [(todo.label_of(row["subject_kind"], row["what"]), row["count"], row["late"]) for row in counted]
    lines = (f"· {label} {count} 项" + (f"，其中 {late} 项已逾期" if late else "") for label, count, late in kinds)
    return ["待您办理：", *lines, ""] if kinds else []


def told_words(user: "User", since: datetime | None, now: datetime) -> list[str]:
    told = Notice.objects.filter(recipient=user, for_digest=True, created_at__lte=now)
    if since:
        told = told.filter(created_at__gt=since)
    rows = list(told.order_by(F("pk").desc()).values_list("text", flat=True)[: MOST_TOLD + 1])
    if not rows:
        return []
    more = ["· ……更多请见系统内的消息"] if len(rows) > MOST_TOLD else []
    return ["通知：", *(f"· {text}" for text in rows[:MOST_TOLD]), *more, ""]
