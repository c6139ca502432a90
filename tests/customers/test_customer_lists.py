from decimal import Decimal

import pytest

from customers.models import Customer
from customers.queries import customers_for, reference_prices
from tests import people

pytestmark = pytest.mark.django_db


def names(**given: object) -> list[str]:
    return [row.name for row in customers_for(people.person("customer_service"), **given)]  # type: ignore[arg-type]


def test_customers_stand_in_the_order_of_their_pinyin() -> None:
    for name in ["重庆纸业", "安徽印务", "北京标签", "Zebra 中国"]:
        people.customer(name)
    assert names() == ["安徽印务", "北京标签", "重庆纸业", "Zebra 中国"]


def test_a_corrected_pinyin_decides_the_order() -> None:
    people.customer("单氏纸业", pinyin="shan shi zhi ye")
    people.customer("大连胶带")
    people.customer("宁波印刷")
    assert names() == ["大连胶带", "宁波印刷", "单氏纸业"]


@pytest.mark.parametrize("words", ["华印", "印包", "hyb", "szhy", "huayin", "K0042", "k0042", "华印 K0042", "有限公司"])
def test_a_customer_is_found_by_any_part_of_its_name_by_pinyin_and_by_code(words: str) -> None:
    people.customer("苏州华印包装有限公司", code="K0042")
    people.customer("无锡彩印厂", code="K0077")
    assert names(words=words) == ["苏州华印包装有限公司"]


@pytest.mark.parametrize("words", ["华彩", "包印", "xyz", "' & |", "%", "🙂"])
def test_what_is_not_there_is_not_found_and_never_fails(words: str) -> None:
    people.customer("苏州华印包装有限公司")
    assert names(words=words) in ([], ["苏州华印包装有限公司"])


def test_a_grade_or_nothing_else_narrows_the_list() -> None:
    people.customer("甲", grade="A")
    people.customer("乙", grade="B")
    assert names(grade="A") == ["甲"]
    assert len(names(grade="Z")) == 2


def test_ended_customers_are_left_out_unless_asked_for() -> None:
    people.customer("甲", is_active=False)
    assert names() == []
    assert names(ended=True) == ["甲"]


def test_sales_see_their_own_and_those_they_stand_in_for() -> None:
    seller = people.person("sales")
    mine, stood_in, _other = people.customer(salesperson=seller), people.customer(), people.customer()
    stood_in.stand_ins.add(seller)
    assert set(Customer.objects.visible_to(seller)) == {mine, stood_in}


def test_a_supervisor_sees_the_customers_of_the_team() -> None:
    boss = people.person("supervisor")
    theirs = people.customer(salesperson=people.person("sales", supervisor=boss))
    people.customer()
    assert list(Customer.objects.visible_to(boss)) == [theirs]


@pytest.mark.parametrize("role", ["customer_service", "cs_supervisor", "finance", "marketing_director", "legal"])
def test_offices_see_every_customer(role: str) -> None:
    people.customer()
    assert Customer.objects.visible_to(people.person(role)).count() == 1


@pytest.mark.parametrize("role", ["admin", ""])
def test_admins_and_people_without_a_role_see_none(role: str) -> None:
    people.customer()
    assert Customer.objects.visible_to(people.person(*filter(None, [role]))).count() == 0


def test_a_contract_price_comes_before_the_list() -> None:
    from datetime import date

    customer, product, other = people.customer(), people.product(), people.product()
    listed = people.price_list()
    people.price(listed, product, "10")
    people.price(listed, other, "20")
    contract = people.contract(customer)
    contract.prices.create(product=product, price=Decimal(9))
    unknown = people.product()
    wanted = [(product.pk, Decimal(1)), (other.pk, Decimal(1)), (unknown.pk, Decimal(1))]
    found = reference_prices(customer, wanted, date(2026, 11, 23))
    assert [row and row.price for row in found] == [9, 20, None]
    assert found[0] is not None
    assert found[0].source == f"合同 {contract.number}"
