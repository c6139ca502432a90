"""Each night, against changes past the application: the recent seals are verified, what is new is sealed, its head is
sent to where the house keeps it, and admins are told of whatever is wrong (B25)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from audit import books, sealing
from audit.errors import Refused
from audit.verifying import verify
from documents import mail, notices
from documents.numbering import business_day

TAMPERED = notices.Kind("tampered", "记录或账目与封存、台账不符", frozenset({"admin"}), at_once=True)
RECENT = timedelta(days=31)


def keep_watch(now: datetime) -> list[str]:
    """Verify, seal, reckon the books, tell; what is wrong, in words. On the first of a month all seals are verified."""
    recent = now - RECENT if timezone.localtime(now).day > 1 else None
    faults = [*verify(since=recent).faults, *seal(now), *books.faults()]
    if faults:
        tell(faults, now)
    return faults


def seal(now: datetime) -> list[str]:
    """Why it could not be done, if it could not."""
    try:
        done = sealing.seal(now)
    except Refused as refused:
        return [refused.message]
    except OSError as error:
        return [f"封存文件写不下去：{error}"]
    if settings.AUDIT_HEADS_EMAIL:
        mail.post(
            settings.AUDIT_HEADS_EMAIL,
            event=f"sealed:{done.number}",
            subject=f"封存 第 {done.number} 号",
            body=f"{done.words}\n\n共 {done.rows} 行。请保存此邮件；核对：manage.py verify_audit --head {done.head}",
        )
    return []


def tell(faults: list[str], now: datetime) -> None:
    people = User.objects.filter(groups__name__in=TAMPERED.roles, is_active=True).order_by("pk").distinct()
    text = f"夜间核对发现 {len(faults)} 处不符：{faults[0][:160]}。请执行 verify_audit、verify_books 查明"
    event = f"{TAMPERED.code}:{business_day(now)}"
    notices.tell(notices.hows(TAMPERED.code, people), event=event, text=text, kind=TAMPERED.code)
