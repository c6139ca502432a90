"""What the order itself brings to the house."""

from documents.access import among
from orders import (
    archiving,
    bolts,
    books,
    duties,
    filing,
    gates,
    notices,
    offers,
    papers,
    reservations,
    sendings,
    subjects,
)
from orders.actions import quoting
from orders.departments import Department
from orders.following import ENDED
from orders.models import ImportRun, Order, Shipment

ORDERS = Department(
    subjects=subjects.SUBJECTS,
    bolts=bolts.BOLTS,
    gates=gates.GATES,
    duties=(*duties.DUTIES, archiving.DUTY),
    guards=gates.GUARDS,
    papers=(papers.CONFIRMATION, papers.CONFIRMATION_INSIDE),
    scopes={
        "order": among(Order.objects.visible_to),
        "shipment": among(Shipment.objects.visible_to),
        "importrun": among(ImportRun.objects.visible_to),
    },
    tells=notices.TELLS,
    panels=(sendings.PANEL,),
    offers=offers.OFFERS,
    filings=(filing.of_the_bargain, filing.of_the_order),
    hooks=((ENDED, quoting.free_quote),),
    promises={"托盘": reservations.differing},
    books={
        "数量台账": books.totals,
        "订单状态": books.states,
        "顺延": books.pushes,
        "预交日": books.shown_dates,
        "到货时间": books.arrivals,
    },
)
