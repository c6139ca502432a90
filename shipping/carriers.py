"""What is known of carriers: which has a shipment, how long it takes, and the key its system signs reports with."""

import re
from datetime import datetime, time, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from orders.models import Revision, Shipment
from orders.models.revision import DeliveryWay, Freight
from shipping.models import Carrier

ARRIVES = time(16)
UNITS = "省市区县州盟旗"


def named(name: str) -> Carrier | None:
    """The known carrier of that name."""
    return Carrier.objects.filter(name=name.strip(), is_active=True).first()


def freight_conflict(shipment: Shipment) -> str:
    """What to look at where the carrier collects from the customer what the order has the house pay, or the other way
    round; '' where they agree or nothing is known."""
    known = named(shipment.carrier) if shipment.way != DeliveryWay.PICKUP and shipment.carrier else None
    if known is None:
        return ""
    collects = known.freight == Carrier.Freight.COLLECT
    wrong = Freight.SELLER if collects else Freight.BUYER
    orders = Revision.objects.filter(order__lines__shipment_lines__shipment=shipment, freight=wrong)
    in_force = orders.filter(order__revision=F("pk")).order_by("order_id").distinct()
    numbers = "、".join(in_force.values_list("order__number", flat=True))
    if not numbers:
        return ""
    return f"{known} 运费{known.get_freight_display()}，而 {numbers} 约定运费{wrong.label}，请核对。"


def names() -> list[str]:
    return list(Carrier.objects.filter(is_active=True).values_list("name", flat=True))


def days_to(carrier: Carrier, address: str) -> int:
    """Calendar days to an address: of the last region named in it, else the carrier's usual ones (R35).

    An address goes from province to street; «南京东路» in 上海 is no region, since no 市 or the like follows it.
    """
    places = {lead: place_of(lead.region, address) for lead in carrier.leads.all()}  # type: ignore[attr-defined]
    fitting = [lead for lead, place in places.items() if place >= 0]
    return max(fitting, key=lambda lead: (places[lead], len(lead.region))).days if fitting else carrier.lead_days


def goes_to(carrier: Carrier, address: str) -> bool:
    """Whether one of its regions is named in the address."""
    return any(place_of(lead.region, address) >= 0 for lead in carrier.leads.all())  # type: ignore[attr-defined]


def arrivals(address: str, leaves: datetime) -> dict[str, datetime]:
    """By the carrier's name, when goods that leave then should be there; two queries."""
    known = Carrier.objects.filter(is_active=True).prefetch_related("leads")
    return {carrier.name: expected(carrier, address, leaves) for carrier in known}


def place_of(region: str, address: str) -> int:
    """Where the region stands in the address, -1 where it does not."""
    if len(region) > len("苏州") and region[-1] in UNITS:
        return address.find(region)
    found = re.search(rf"{re.escape(region)}[{UNITS}]", address)
    return found.start() if found else 0 if address.startswith(region) else -1


def expected(carrier: Carrier | None, address: str, leaves: datetime) -> datetime:
    """When goods that leave then should be there: in the afternoon of that day."""
    days = days_to(carrier, address) if carrier else 1
    there = timezone.localtime(leaves + timedelta(days=days))
    there = there.replace(hour=ARRIVES.hour, minute=ARRIVES.minute, second=0, microsecond=0)
    return there if there > leaves else there + timedelta(days=1)


def key_of(carrier: Carrier) -> str:
    """The secret that the carrier's system signs its reports with; another one after each renewal.

    It is made from the house's own secret, so that none is kept in the database or in a backup of it.
    """
    return salted_hmac("shipping.carriers", f"{carrier.code}:{carrier.key_number}", algorithm="sha256").hexdigest()
