"""What a customer asked is owed an answer, and stands on the order's page until it has one."""

from django.db.models import Exists, OuterRef, Q

from flow.gates import Duty, Owing
from orders.models import State
from orders.models.order import ENDED
from portal.models import Word

CUSTOMER_ASKED = Duty(
    "customer_asked",
    "order",
    "答复客户在其页面上提出的问题",
    Q(Exists(Word.objects.unanswered().filter(order=OuterRef("pk")))),
    (Owing("customer_service"),),
    "portal:desk",
    frozenset(state for state in State if state not in ENDED),
)
