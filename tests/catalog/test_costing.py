"""Costs are said by finance, reckoned for everyone else, and shown to few (R36)."""

from decimal import Decimal

import pytest
from django.test import Client

from audit.errors import Forbidden
from catalog import costs, materials
from catalog.costing import estimate_of, estimates, margin_of
from catalog.models import CostRules, Material, Product
from tests import people

pytestmark = pytest.mark.django_db


def costed(price: str = "10", process: str = "2", labour: str = "1") -> Product:
    """A product of 0.5 kg at `price`, 4 % waste on top."""
    product = people.product(tax_rate=Decimal(13))
    paper = Material.objects.create(code=f"M-{product.code}", name="原纸")
    materials.change_needs(product, by=None, uses=[materials.Use(paper, Decimal("0.5"), Decimal(4))])
    given = {"process": Decimal(process), "labour": Decimal(labour), "materials": {paper: Decimal(price)}}
    costs.set_costs(product, by=people.person("finance"), **given)
    return product


def test_a_cost_is_material_with_waste_process_labour_and_overhead_and_the_price_leaves_the_margin() -> None:
    estimate = estimate_of(costed())
    assert (estimate.material, estimate.overhead, estimate.cost) == (Decimal("5.2"), Decimal("0.656"), Decimal("8.856"))
    assert estimate.price == Decimal("12.2040")  # 8.856 / 0.82 × 1.13
    assert margin_of(estimate.price, Decimal(13), estimate.cost) == 18


def test_what_is_not_known_is_said_and_nothing_is_made_up() -> None:
    bare = estimate_of(people.product())
    assert bare.cost is None
    assert bare.price is None
    assert bare.lacking_text == "材料用量、加工费与人工费"


def test_costs_of_many_products_take_three_queries(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    products = [costed() for _ in range(5)]
    CostRules.current()
    with django_assert_num_queries(3):
        assert all(estimate.cost for estimate in estimates(products).values())


def test_only_finance_says_costs_and_sales_never_see_them() -> None:
    product = costed()
    with pytest.raises(Forbidden):
        costs.set_costs(product, by=people.person("sales"), process=Decimal(1), labour=Decimal(1), materials={})
    for role, status in (("finance", 200), ("supervisor", 200), ("sales", 403), ("customer_service", 403)):
        client = Client()
        client.force_login(people.person(role))
        assert client.get(f"/catalog/{product.pk}/cost/").status_code == status


def test_finance_changes_costs_on_the_page_and_a_wrong_one_stands_beside_its_field() -> None:
    product, client = costed(), Client()
    client.force_login(people.person("finance"))
    material = product.needs.get().material_id  # type: ignore[attr-defined]
    url = f"/catalog/{product.pk}/cost/"
    wrong = client.post(url, {"process": "x", "labour": "1", f"material-{material}": "12"})
    assert wrong.status_code == 422
    assert estimate_of(product).material == Decimal("5.2")
    assert client.post(url, {"process": "3", "labour": "1", f"material-{material}": "12"}).status_code == 302
    assert estimate_of(product).material == Decimal("6.24")


def test_rates_out_of_bounds_are_refused() -> None:
    client = Client()
    client.force_login(people.person("finance"))
    answer = client.post("/catalog/costs/rules/", {"overhead": "8", "margin": "5", "least_margin": "9"})
    assert answer.status_code == 422
    assert "目标毛利率不低于最低毛利率" in answer.content.decode()
    assert CostRules.current().margin == 18
