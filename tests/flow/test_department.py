"""A department that is added by its own files is on every list there is; `orders` and `home` know nothing of it."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.core.management import call_command
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from accounts import permissions
from accounts.permissions import Right
from audit import frame
from audit.errors import Blocked, Forbidden
from documents.models import OutboxRow
from flow import overdue, subjects
from flow.gates import Gate, Owing, registry
from flow.models import Owed
from flow.owed import differences
from orders import panels
from orders.models import Order
from shipping.actions.dispatching import dispatch
from tests.emptying import quoted
from tests.shop import Shop

pytestmark = pytest.mark.django_db
RIGHTS = {
    "open_declaration": Right("建立报关单", {"sales", "customer_service"}),
    "name_goods": Right("填写商品编码", {"technical"}),
    "file_customs_papers": Right("归档报关单证", {"sales", "customer_service"}),
    "clear_goods": Right("报关放行", {"customer_service"}),
}
TABLES: list[dict[Any, Any]] = [
    registry.gates,
    registry.duties,
    registry.guards,
    registry.bolts,
    registry.panels,
    subjects._subjects,
    panels._board.panels,
    permissions.RIGHTS,
    permissions.MAY,
]


@pytest.fixture(scope="module")
def registered() -> Iterator[None]:
    """What the rows in settings and permissions do for a real one; gone with this file."""
    before, codes = [dict(table) for table in TABLES], set(frame.codes)
    permissions.RIGHTS |= RIGHTS
    permissions.MAY |= {code: right.roles for code, right in RIGHTS.items()}
    import_module("tests.flow.customs.actions")
    import_module("tests.flow.customs.department").CUSTOMS.open()
    yield
    for table, rows in zip(TABLES, before, strict=True):
        table.clear()
        table.update(rows)
    frame.codes.intersection_update(codes)
    del apps.all_models["flow"]["declaration"]
    apps.clear_cache()
    for name in [name for name in sys.modules if name.startswith("tests.flow.customs.")]:
        del sys.modules[name]


@pytest.fixture
def customs(registered: None, db: None, settings: Any) -> Any:
    """The department's actions, its table in the database and its pages among the addresses."""
    settings.ROOT_URLCONF = "tests.flow.customs.urls"
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], Path(__file__).parent / "customs" / "templates"]}]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        with connection.schema_editor(atomic=False) as editor:
            editor.create_model(apps.get_model("flow", "declaration"))
        role = quoted(configured.DATABASE_APP_ROLE)
        cursor.execute(f"GRANT ALL ON flow_declaration TO {role}; SET LOCAL ROLE {role}")
    permissions.apply()
    return import_module("tests.flow.customs.actions")


def page(user: Any, url: str = "/") -> str:
    client = Client()
    client.force_login(user)
    return client.get(url).content.decode()


def at_sea(customs: Any, shop: Shop) -> Any:
    return customs.open_declaration(shop.submitted(), by=shop.who["customer_service"])


def test_what_it_owes_is_on_the_home_and_in_the_bell_of_who_owes_it_and_of_nobody_else(customs: Any) -> None:
    shop, other = Shop(), Shop()
    declaration = at_sea(customs, shop)
    for role, label in (("sales", "报关单证"), ("technical", "填写商品编码")):
        assert label in page(shop.who[role]) and declaration.number in page(shop.who[role])
    assert declaration.number not in page(other.who["sales"])
    assert declaration.number in page(shop.who["sales"], "/todo/declaration/papers_filed/")
    before = Owed.objects.open().filter(subject_kind="declaration").count()
    customs.name_goods(declaration, by=shop.who["technical"], goods_code="4811410000")
    assert (before, Owed.objects.open().filter(subject_kind="declaration").count()) == (2, 1)
    assert list(differences()) == []
    call_command("verify_owed")


def test_what_is_overdue_is_told_to_who_owes_it_and_to_whoever_stands_above_them(customs: Any) -> None:
    shop = Shop()
    declaration = at_sea(customs, shop)
    Owed.objects.update(due=None, warn_at=None, escalate_at=None)
    row = Owed.objects.get(subject_kind="declaration", what="papers_filed")
    now = timezone.now()
    Owed.objects.filter(pk=row.pk).update(due=now - timedelta(days=10), escalate_at=now - timedelta(days=9))
    for _ in range(2):
        overdue.tell(timezone.now())
    rows = OutboxRow.objects.filter(key__startswith=f"overdue:{row.pk}:")
    told = {each.payload["recipient"]: each.payload for each in rows}
    assert told.keys() == {shop.who["sales"].pk, shop.who["supervisor"].pk} and len(rows) == 2
    assert all(declaration.number in each["text"] for each in told.values())


def test_its_gate_and_its_guard_hold_its_step_and_its_pages_open_for_those_who_see_it(customs: Any) -> None:
    shop, other = Shop(), Shop()
    declaration, clerk = at_sea(customs, shop), shop.who["customer_service"]
    with pytest.raises(Blocked, match="报关单证"):
        customs.clear_goods(declaration, by=clerk)
    assert "报关单证未归档" in page(clerk, declaration.get_absolute_url())
    with pytest.raises(Forbidden, match="不是您负责的客户"):
        customs.file_customs_papers(declaration, by=other.who["sales"])
    assert "商品编码是 10 位数字" in typed(shop.who["technical"], declaration, "12")
    customs.file_customs_papers(declaration, by=clerk)
    with pytest.raises(Forbidden, match="归档人不能自己放行"):
        customs.clear_goods(declaration, by=clerk)
    assert "报关放行" in page(other.who["customer_service"]) and "报关放行" not in page(clerk)
    assert customs.clear_goods(declaration, by=other.who["customer_service"]).state == "cleared"


def test_a_gate_it_hangs_on_the_chain_holds_the_step_is_owed_and_is_explained_on_that_page(customs: Any) -> None:
    held = Q(lines__line__order__in=apps.get_model("flow", "declaration").objects.filter(state="open").values("order"))
    gate = Gate(
        "declared", "shipment", "报关放行", "尚未报关放行。", held, (Owing("customer_service"),), "shipping:detail"
    )
    registry.gate(gate)
    step = registry.bolts["dispatch"]
    registry.bolts["dispatch"] = replace(step, gates=(*step.gates, "declared"))
    registry.panels.clear()
    shop, soon = Shop(), timezone.now() + timedelta(days=1)
    order = shop.passed()
    shop.pay_rest(order)
    declaration = customs.open_declaration(order, by=shop.who["customer_service"])
    shipment = shop.noticed(shop.shipment(order))
    with pytest.raises(Blocked, match="报关放行"):
        dispatch(shipment, by=shop.who["warehouse"], carrier="德邦", expected_at=soon, check_at=soon)
    shown = page(shop.who["warehouse"], shipment.get_absolute_url())
    assert "尚未报关放行" in shown and "条件全部满足" not in shown
    assert Owed.objects.open().filter(subject_kind="shipment", what="declared").exists()
    customs.file_customs_papers(declaration, by=shop.who["sales"])
    customs.clear_goods(declaration, by=shop.who["customer_service"])
    assert "declared" not in {unmet.code for unmet in registry.unmet("dispatch", shipment)}


def typed(user: Any, declaration: Any, goods_code: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.post(f"{declaration.get_absolute_url()}name/", {"goods_code": goods_code})
    assert answer.status_code == 409
    return answer.content.decode()


def test_the_orders_page_shows_its_panel_and_what_was_done(customs: Any) -> None:
    shop = Shop()
    declaration = at_sea(customs, shop)
    shown = page(shop.who["customer_service"], Order.objects.get().get_absolute_url())
    assert all(words in shown for words in ("报关", declaration.number, "建立报关单", "未填"))
