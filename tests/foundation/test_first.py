"""The demo company comes the first time, and never into somebody's own database."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model

from runner import first
from runner.embedded import Embedded
from runner.home import Home
from runner.run import Plan


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, ...]]:
    """A demo command that notes that it was called, and makes one person."""
    calls: list[tuple[str, ...]] = []

    def demo(*words: str) -> None:
        calls.append(words)
        get_user_model().objects.create_user("sales", password="of the demo", name="销售")

    monkeypatch.setattr("django.core.management.get_commands", lambda: {"demo": "home"})
    monkeypatch.setattr("django.core.management.call_command", demo)
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    monkeypatch.setenv("DEMO_PASSWORD", "as printed")
    return calls


def test_an_empty_database_gets_the_demo_company(db: None, called: list, tmp_path: Path) -> None:
    first.load([])
    assert called == [("demo", "--founding")]
    assert (tmp_path / "demo-users").read_text() == "sales\n"


def test_a_database_with_people_does_not(db: None, called: list) -> None:
    get_user_model().objects.create_user("boss", password="x", name="老板")
    first.load([])
    assert called == []


def test_asked_for_it_comes_all_the_same_with_its_options(db: None, called: list) -> None:
    get_user_model().objects.create_user("boss", password="x", name="老板")
    first.load(["--again", "--seed", "7"])
    assert called == [("demo", "--again", "--seed", "7")]


def test_the_printed_password_is_the_one_that_works(db: None, called: list) -> None:
    first.load([])
    assert get_user_model().objects.get(username="sales").check_password("as printed")


def test_people_who_are_no_demo_keep_their_password(db: None, called: list, tmp_path: Path) -> None:
    get_user_model().objects.create_user("boss", password="my own", name="老板")
    first.load([])
    assert get_user_model().objects.get(username="boss").check_password("my own")
    assert not (tmp_path / "demo-users").exists()


def _plan(folder: Path, **given: str) -> Plan:
    home = Home(folder)
    home.prepare()
    return Plan(home, Embedded(home, given={"REDIS_URL": "redis://there", **given}), given)


def test_somebodys_own_database_is_left_alone(tmp_path: Path) -> None:
    plan = _plan(tmp_path, DATABASE_URL="postgres://there/oms")
    assert not plan.wants_demo()
    assert not any("演示" in line for line in plan.greeting())


def test_a_chosen_password_is_taken_and_printed() -> None:
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="oms-p-", dir="/tmp"))
    (folder / "demo-users").write_text("sales finance\n")
    plan = _plan(folder, DEMO_PASSWORD="chosen")
    assert plan.wants_demo()
    assert "演示密码(所有演示用户相同):chosen" in list(plan.greeting())
    shutil.rmtree(folder)


def test_without_one_it_is_random_and_kept(tmp_path: Path) -> None:
    one, two = (_plan(tmp_path, DATABASE_URL="postgres://there/oms").demo_password for _ in range(2))
    assert one == two
    assert len(one) >= 12
