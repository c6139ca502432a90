"""What `migrate` and `check --database default` say of the house's calendar."""

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import DatabaseError, transaction
from django.utils import timezone


@checks.register(checks.Tags.database)
def days_off_known(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Nothing stands still for want of it: the law's own days are taken until then."""
    from accounts.calendar_actions import awaited

    if not databases:
        return []
    try:
        with transaction.atomic():
            years = awaited(timezone.now())
    except DatabaseError:  # not migrated yet
        return []
    return [
        checks.Warning(
            f"{year} 年的放假与调休尚未录入，现按法定假日推算（待国务院公布）。",
            hint="系统设置 → 年度放假安排：粘贴国务院办公厅的通知；或升级 chinesecalendar。",
            id="accounts.W001",
        )
        for year in years
    ]
