"""What the worker does for shipping: reading again what time alone changes."""

from celery import shared_task
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from flow import owed
from flow.models import Owed
from orders.models import Shipment
from shipping import month
from shipping.road import ON_THE_ROAD


@shared_task
def look_at_the_clock() -> None:
    """Every few minutes: the 监督检查时间 of shipments on the road has come (R33), or a month has ended (R32)."""
    on_the_road = Shipment.objects.filter(ON_THE_ROAD, check_at__lte=timezone.now())
    read_again("arrival_check", on_the_road)
    read_again("monthly_handover", month.waiting())


def read_again(what: str, due: QuerySet[Shipment]) -> None:
    """Those that owe `what` by now and have it not on record."""
    known = Owed.objects.open().filter(subject_kind="shipment", subject_id=OuterRef("pk"), what=what)
    for pk in due.exclude(Exists(known)).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            shipment = Shipment.objects.select_for_update(no_key=True).get(pk=pk)
            owed.refresh([shipment], at=timezone.now())
