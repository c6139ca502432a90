"""What a test with real transactions leaves is gone, and what a fresh database holds is there again."""

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.models import User
from customers.models import GradePolicy
from orders.models import Order
from tests import emptying
from tests.shop import Shop

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_rows_of_a_test_are_gone() -> None:
    Shop().released()
    emptying.empty()
    assert not Order.objects.exists() and not Order.history.exists() and not User.objects.exists()


def test_what_a_fresh_database_holds_is_as_it_was_whatever_a_test_made_of_it() -> None:
    permissions = Permission.objects.count()
    GradePolicy.objects.filter(grade="B").update(deposit_percent=77)
    Permission.objects.filter(codename="approve").delete()
    Group.objects.create(name="新角色")
    emptying.empty()
    assert GradePolicy.objects.get(grade="B").deposit_percent == 30
    assert Permission.objects.count() == permissions
    assert Permission.objects.filter(codename="approve", group__name="supervisor").exists()
    assert not Group.objects.filter(name="新角色").exists()


def test_a_database_that_has_grown_is_truncated(monkeypatch: pytest.MonkeyPatch) -> None:
    Shop().draft()
    monkeypatch.setattr(emptying, "MOST", 0)
    emptying.empty()
    assert sum(size for table, size in emptying.sizes().items() if table.startswith("orders_order")) == 0
    assert GradePolicy.objects.count() == 3
