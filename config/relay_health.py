"""`python -m config.relay_health`: whether the relay does its work. Nothing that is due may lie unclaimed for long."""

import os
import sys
from datetime import datetime, timedelta

import django

LONG = timedelta(minutes=2)


def unclaimed(now: datetime) -> int:
    from django.db.models import Q

    from documents.models import OutboxRow

    late = Q(lease_until=None, not_before__lt=now - LONG) | Q(lease_until__lt=now - LONG)
    return OutboxRow.objects.filter(late, state=OutboxRow.State.WAITING).count()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.utils import timezone

    sys.exit(1 if unclaimed(timezone.now()) else 0)
