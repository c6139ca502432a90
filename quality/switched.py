"""Who hears that a product is sampled more or less strictly than before, or stopped (GB/T 2828.1, 9.3)."""

from accounts.models import User
from audit.frame import Act
from catalog.models import Product
from documents import notices
from production.models import EditionStatus
from quality.models import ProductStandard
from quality.sampling import Severity, Stand

KIND = notices.Kind("sampling_switched", "抽样严格度变化", frozenset({"quality", "technical", "production"}))


def note_switch(act: Act, product: Product, before: Stand, after: Stand) -> None:
    """Kept on the product and told, where what is done with its next batch changes."""
    if (before.severity, before.stopped) == (after.severity, after.stopped):
        return
    act.record(product, action=KIND.code, from_=before.severity, to=after.severity, stopped=after.stopped)
    people = User.objects.filter(groups__name__in=KIND.roles, is_active=True).order_by("pk").distinct()
    told = notices.hows(KIND.code, people.exclude(pk=act.by.pk) if act.by else people)
    standard = ProductStandard.objects.filter(product=product, status=EditionStatus.IN_FORCE).first()
    event = f"{KIND.code}:{product.pk}:{act.at.timestamp():.6f}"
    url = standard.get_absolute_url() if standard else ""
    notices.tell(told, event=event, text=words_of(product, before, after), url=url, kind=KIND.code)


def words_of(product: Product, before: Stand, after: Stand) -> str:
    if after.stopped:
        return f"{product.code} {product.name} 加严检验下累计 5 批不接收，已暂停抽样放行，请查明原因并纠正"
    if before.stopped:
        return f"{product.code} {product.name} 已恢复抽样，按{Severity(after.severity).label}检验"
    was, now = Severity(before.severity).label, Severity(after.severity).label
    return f"{product.code} {product.name} 抽样由{was}转为{now}检验"
