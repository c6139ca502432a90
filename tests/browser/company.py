"""A small company in a running stack, run by `manage.py shell`: one log-in per role, a customer of each grade, and
one that asks for a quote."""

import os
from decimal import Decimal

from accounts.search import initials, pinyin, tokens
from customers.models import Customer
from tests import people
from tests.shop import Shop

NAMES = {"K-B": "苏州金叶印刷有限公司", "K-A": "上海华光包装有限公司", "K-Q": "无锡新联彩印有限公司"}


def found(password: str) -> None:
    first = Shop("B")
    for role, person in first.who.items():
        person.username = role
        person.set_password(password)
        person.must_change_password = False
        person.save()
    second, third = Shop("A"), Shop("B")
    people.contract(second.customer)
    named = {"salesperson": first.who["sales"], "clerk": first.who["customer_service"]}
    for shop, (code, name) in zip((first, second, third), NAMES.items(), strict=True):
        found_by = {"pinyin": pinyin(name), "initials": initials(name), "search": tokens(code, name)}
        facts = {"code": code, "name": name, "credit_limit": Decimal(100_000)}
        Customer.objects.filter(pk=shop.customer.pk).update(**facts, **found_by, **named)


found(os.environ["DEMO_PASSWORD"])
