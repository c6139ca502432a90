"""One row an action: what it is called, who may do it, and whether what it says is for price roles only."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from accounts.permissions import ALSO_RECORDED, NOBODY, RIGHTS, label_of
from accounts.roles import ROLES
from audit import frame

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module", autouse=True)
def every_action_is_loaded() -> None:
    for config in apps.get_app_configs():
        if Path(config.path).parent == Path(settings.BASE_DIR):
            for module in pkgutil.walk_packages([config.path], f"{config.name}."):
                if "migrations" not in module.name:
                    importlib.import_module(module.name)


def test_every_action_has_a_row_and_every_row_an_action() -> None:
    assert (frame.codes - RIGHTS.keys(), RIGHTS.keys() - frame.codes) == (set(), set())


def test_every_action_has_a_chinese_name_and_roles_that_there_are() -> None:
    assert [code for code, right in RIGHTS.items() if not CHINESE.search(right.label)] == []
    assert [code for code, right in RIGHTS.items() if not set(right.roles) <= ROLES.keys()] == []


def test_what_is_recorded_under_another_name_than_its_actions_has_a_chinese_one() -> None:
    files = [path for path in Path(settings.BASE_DIR).glob("*/**/*.py") if path.parts[-3:-1] != ("tests",)]
    own = [path for path in files if not {".venv", "tests", "var"} & set(path.parts)]
    found = {code for path in own for code in re.findall(r"\.record\([^)]*\baction=\"(\w+)\"", path.read_text())}
    assert {"push_date", "all_picked"} <= found
    assert [code for code in found if not CHINESE.search(label_of(code))] == []


@pytest.mark.parametrize(
    "code", ["carry_over", "correct_loss", "reverse_write_off", "sign_cancel_settled", "refund", "write_off"]
)
def test_what_finance_says_of_money_is_not_for_the_shop_floor(code: str) -> None:
    assert RIGHTS[code].of_money


def test_what_nobody_may_is_done_by_the_system_or_a_customer_alone() -> None:
    by_nobody = {code for code, right in RIGHTS.items() if right.roles == NOBODY}
    customers = {"customer_confirm", "customer_ask", "customer_received", "customer_trouble"}
    assert by_nobody == {"take_carrier_report", "judge_promises", "await_days_off", *customers}
    assert not ALSO_RECORDED.keys() & RIGHTS.keys()
