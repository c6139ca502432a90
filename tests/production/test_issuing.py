"""Raw material handed out to an order's lines, lot by lot, and back (R9)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.errors import Refused
from catalog.materials import Use, change_needs
from catalog.models import Material
from orders.models import Order
from production import promising
from production.actions.issuing import Issue, issue_material, return_material
from production.actions.promising import reserve_material
from production.models import MaterialUse
from stock.materials import moves
from stock.materials import queries as store
from stock.models import MaterialLot
from tests.races import at_once, of_kind
from tests.remembered import remembered
from tests.shop import Shop, today
from tests.stock.test_materials import lot, paper

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Works(Shop):
    """An order in work whose product takes one kg of paper a roll."""

    material: Material
    order: Order

    @remembered
    def __post_init__(self) -> None:
        super().__post_init__()
        self.material = paper()
        change_needs(self.product, by=self.who["technical"], uses=[Use(self.material, Decimal(1))])
        self.order = self.in_work(self.line("100"))

    def issue(self, of: MaterialLot, quantity: str, **more: Any) -> Any:
        issues = [Issue(self.order.lines.get().pk, of.pk, Decimal(quantity))]
        return issue_material(self.order, by=self.who["production"], issues=issues, **more)


def test_what_is_handed_out_leaves_its_lot_and_names_its_line() -> None:
    works = Works()
    one = lot(works.material, "100")
    works.issue(one, "60")
    one.refresh_from_db()
    use = MaterialUse.objects.get()
    assert (one.on_hand, use.line, use.lot) == (40, works.order.lines.get(), one)
    assert one.moves.get(kind="issued").ref == works.order.number  # type: ignore[attr-defined]
    assert store.wrong_balances() == []


def test_more_than_lies_there_is_refused_and_nothing_is_handed_out() -> None:
    works = Works()
    first, second = lot(works.material, "100"), lot(works.material, "10")
    line = works.order.lines.get().pk
    issues = [Issue(line, first.pk, Decimal(50)), Issue(line, second.pk, Decimal(11))]
    with pytest.raises(Refused, match="可用数量只有 10 kg"):
        issue_material(works.order, by=works.who["production"], issues=issues)
    assert not MaterialUse.objects.exists() and MaterialLot.objects.get(pk=first.pk).on_hand == 100


def test_two_rows_of_one_lot_draw_on_its_promise_once_and_leave_other_promises_alone() -> None:
    works = Works()
    one = lot(works.material, "200")
    reserve_material(works.order, by=works.who["production"])
    other = works.in_work(works.line("100"))
    assert sum(promising.promised(other).values()) == 100
    issues = [Issue(works.order.lines.get().pk, one.pk, Decimal(60))] * 2
    with pytest.raises(Refused, match="可用数量只有 100 kg"):
        issue_material(works.order, by=works.who["production"], issues=issues)
    assert sum(promising.promised(other).values()) == 100
    assert MaterialLot.objects.get().reserved == 200 and not MaterialUse.objects.exists()


def test_no_more_of_a_promise_is_taken_back_than_there_is() -> None:
    works = Works()
    one = lot(works.material, "100")
    reserve_material(works.order, by=works.who["production"])
    with pytest.raises(Refused, match="已预留数量只有 100"):
        moves.unreserve(one, Decimal(101), "SO-1", works.who["production"], timezone.now())


def test_what_is_past_its_shelf_life_or_not_on_the_need_list_is_not_handed_out() -> None:
    works = Works()
    stale = lot(works.material, "100", received_on=today() - 9 * DAY, shelf_until=today() - DAY)
    with pytest.raises(Refused, match="已过期"):
        works.issue(stale, "10")
    with pytest.raises(Refused, match="产品用料中没有"):
        works.issue(lot(paper(), "100"), "10")
    works.issue(lot(works.material, "100", shelf_until=today()), "10")


def test_what_was_not_used_up_goes_back_into_its_lot_but_no_more() -> None:
    works = Works()
    one = lot(works.material, "100")
    works.issue(one, "60")
    use, by = MaterialUse.objects.get(), works.who["production"]
    with pytest.raises(Refused, match="原因"):
        return_material(use, by=by, quantity=Decimal(5))
    return_material(use, by=by, quantity=Decimal(5), reason="余料")
    with pytest.raises(Refused, match="最多可退 55"):
        return_material(use, by=by, quantity=Decimal(56), reason="余料")
    assert MaterialLot.objects.get().on_hand == 45 and store.wrong_balances() == []


def test_a_line_of_another_order_is_refused() -> None:
    works = Works()
    one, other = lot(works.material, "100"), works.in_work(works.line("10"))
    issues = [Issue(other.lines.get().pk, one.pk, Decimal(5))]
    with pytest.raises(Refused, match="不在现行版本"):
        issue_material(works.order, by=works.who["production"], issues=issues)


def test_the_page_proposes_the_oldest_lots_and_takes_what_is_typed() -> None:
    works = Works()
    old, new = lot(works.material, "70"), lot(works.material, "70")
    client = Client()
    client.force_login(works.who["warehouse"])
    url = reverse("production:issue", args=[works.order.number])
    page: Any = client.get(url)
    line = works.order.lines.get().pk
    form = page.context["form"]
    assert [form[f"q-{line}-{one.pk}"].value() for one in (old, new)] == ["70", "30"]
    answer = client.post(url, {f"q-{line}-{old.pk}": "71"})
    assert answer.status_code == 409 and "可用数量只有 70" in answer.content.decode()
    assert 'value="71"' in answer.content.decode()
    assert client.post(url, {f"q-{line}-{old.pk}": "70", f"q-{line}-{new.pk}": "30"}).status_code == 302
    assert sum(use.quantity for use in MaterialUse.objects.all()) == 100


@pytest.mark.django_db(transaction=True)
def test_the_last_of_a_lot_is_handed_out_to_one_of_twenty() -> None:
    works = Works()
    one = lot(works.material, "10")
    outcomes = at_once(20, lambda _: works.issue(one, "10"))
    assert (len(of_kind(outcomes, Order)), len(of_kind(outcomes, Refused))) == (1, 19)
    assert MaterialLot.objects.get().on_hand == 0 and MaterialUse.objects.count() == 1
    assert store.wrong_balances() == []


@pytest.mark.django_db(transaction=True)
def test_the_same_rest_comes_back_once() -> None:
    works = Works()
    works.issue(lot(works.material, "10"), "10")
    use = MaterialUse.objects.get()
    by = works.who["warehouse"]
    outcomes = at_once(20, lambda _: return_material(use, by=by, quantity=Decimal(10), reason="未用"))
    assert (len(of_kind(outcomes, Order)), len(of_kind(outcomes, Refused))) == (1, 19)
    assert MaterialLot.objects.get().on_hand == 10 and store.wrong_balances() == []
