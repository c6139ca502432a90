"""Beginning a new version of a standard or a process card, and putting it in force. The product's row is the lock, so
that two cannot begin the same number, nor stand in force together."""

from typing import TypeVar

from audit.errors import Refused
from audit.frame import Act
from catalog.models import Product
from production.models import Edition, EditionStatus

Kind = TypeVar("Kind", bound=Edition)


def drafted(act: Act, kind: type[Kind], draft: Kind | None, product: Product | None) -> Kind:
    """The draft to be written: a new one of `product`, or `draft` itself.

    Raises Refused without a product, for a product that has a draft already, and for a version that is no draft.
    """
    if draft is not None:
        if draft.status != EditionStatus.DRAFT:
            raise Refused("此版已生效，不能再改；请另写新版。")
        draft.version += 1
        return draft
    if product is None:
        raise Refused("请选择产品。", field="product")
    lock(product.pk)
    standing = kind._default_manager.filter(product=product)
    if standing.filter(status=EditionStatus.DRAFT).exists():
        raise Refused("此产品已有一份草稿，请在草稿上修改。", field="product")
    number = (standing.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    return kind(product=product, number=number, written_by=act.by, written_at=act.at)


def put(act: Act, edition: Edition) -> None:
    """The draft takes the place of the version in force. Raises Refused for one that is no draft."""
    lock(edition.product_id)
    edition.refresh_from_db()
    if edition.status != EditionStatus.DRAFT:
        raise Refused(f"此版现为「{edition.get_status_display()}」，不能再生效。")
    for before in type(edition)._default_manager.filter(product=edition.product_id, status=EditionStatus.IN_FORCE):
        before.status = EditionStatus.REPLACED
        before.version += 1
        before.save()
    edition.status, edition.put_by, edition.put_at = EditionStatus.IN_FORCE, act.by, act.at
    edition.version += 1
    edition.save()


def lock(product_id: int) -> None:
    Product.objects.select_for_update(no_key=True).get(pk=product_id)
