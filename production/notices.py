"""What these departments tell beyond the events that the order itself knows."""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from accounts.models import User
from documents.notices import Kind
from orders.notices import CLERK, SALESPERSON, Tell

if TYPE_CHECKING:
    from production.models import SampleRequest


SAMPLES = Kind("sample", "打样进展", frozenset({"sales", "customer_service", "technical"}))


def people_told(sample: "SampleRequest", by: User | None) -> QuerySet[User]:
    """The customer's salesperson and clerk, whoever asked, and technical; not the one who did it."""
    customer = sample.customer
    people = [pk for pk in (customer.salesperson_id, customer.clerk_id, sample.asked_by_id) if pk]
    found = User.objects.filter(Q(pk__in=people) | Q(groups__name="technical"), is_active=True)
    return (found.exclude(pk=by.pk) if by else found).order_by("pk").distinct()


TELLS = {
    "finished": Tell("完工报检", "订单 {order} 已完工报检", ("quality", CLERK), owing=("quality",)),
    "material_late": Tell(
        "原材料有变",
        "订单 {order} 所据的原材料有变，原材料说明已作废，请重新签署：{words}",
        ("technical", "production", CLERK),
        owing=("technical", "production"),
    ),
    "card_changed": Tell(
        "工艺卡换版",
        "订单 {order} 的技术确认已作废，请重新签署：{words}",
        ("technical", CLERK),
        owing=("technical",),
    ),
    "material_part": Tell(
        "原材料部分到料", "订单 {order} 所缺的原材料到了一部分：{words}", ("technical", "production")
    ),
    "material_here": Tell("原材料到料", "订单 {order} 所缺的原材料已到：{words}", ("technical", "production")),
    "planned_late": Tell(
        "排产晚于完成日",
        "订单 {order} 的排产有误期或缺工时：{words}",
        ("production", CLERK),
        owing=("production", CLERK),
    ),
    "date_changed": Tell("完成日更改", "订单 {order} 的书面完成日已更改：{words}", (SALESPERSON, CLERK)),
}
