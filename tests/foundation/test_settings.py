"""Settings come from the environment alone, and `.env.example` knows them all."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client, override_settings

BASE = Path(__file__).resolve().parent.parent.parent
ASKED = re.compile(r'env(?:\.[a-z_]+)?\(\s*"([A-Z_]+)"')
# Read by the launcher, not by the settings.
LAUNCHER = {"PORT", "DEMO_PASSWORD"}


def _read_by_settings() -> set[str]:
    return set(ASKED.findall((BASE / "config" / "settings.py").read_text()))


def test_the_example_lists_every_setting_and_no_other() -> None:
    listed = set(re.findall(r"^# ([A-Z_]+)=", (BASE / ".env.example").read_text(), re.MULTILINE))
    assert listed == _read_by_settings() | LAUNCHER


def test_the_examples_of_the_example_start() -> None:
    """Every line taken as it stands, with a key long enough."""
    lines = re.findall(r"^# ([A-Z_]+)=(.*)$", (BASE / ".env.example").read_text(), re.MULTILINE)
    given = {name: value for name, value in lines if value and name not in {"ENV_FILE", "DATA_DIR", "STATIC_ROOT"}}
    assert _start({**given, "SECRET_KEY": "k" * 60}).returncode == 0


def _start(given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, **given}
    words = [sys.executable, "-c", "import config.settings as s; print(s.DATABASES['default']['USER'])"]
    return subprocess.run(words, cwd=BASE, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({}, "SECRET_KEY"),
        ({"SECRET_KEY": "short", "DATABASE_URL": "postgres://a@/b"}, "至少 50 个字符"),
        ({"SECRET_KEY": "k" * 60}, "DATABASE_URL"),
        ({"SECRET_KEY": "k" * 60, "DATABASE_URL": "sqlite:///x"}, "必须是 PostgreSQL"),
        ({"SECRET_KEY": "k" * 60, "TRUSTED_PROXIES": "the proxy"}, "TRUSTED_PROXIES 应为代理的地址或网段"),
        ({"SECRET_KEY": "k" * 60, "TRUSTED_PROXIES": "0.0.0.0/0"}, "不能是全部地址"),
    ],
)
def test_an_unclear_setting_stops_the_start(given: dict[str, str], complaint: str) -> None:
    done = _start(given)
    assert done.returncode != 0
    assert complaint in done.stderr


def test_only_migrate_uses_the_owners_address() -> None:
    code = (
        "import sys; sys.argv = ['manage.py', '{}']; import config.settings as s; print(s.DATABASES['default']['USER'])"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "ENV_FILE": os.devnull,
        "SECRET_KEY": "k" * 60,
        "DATABASE_URL": "postgres://app@/oms",
        "DATABASE_OWNER_URL": "postgres://owner@/oms",
    }
    users = {
        command: subprocess.run(
            [sys.executable, "-c", code.format(command)], cwd=BASE, env=environment, capture_output=True, text=True
        ).stdout.strip()
        for command in ("migrate", "shell")
    }
    assert users == {"migrate": "owner", "shell": "app"}


def test_past_a_pooler_go_those_who_need_a_connection_of_their_own() -> None:
    code = (
        "import sys; sys.argv = ['manage.py', '{}']; import config.settings as s; "
        "print(s.DATABASES['default']['HOST'], s.DATABASE_POOLED, 'options' in s.DATABASES['default']['OPTIONS'])"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "ENV_FILE": os.devnull,
        "SECRET_KEY": "k" * 60,
        "DATABASE_URL": "postgres://app@pooler/oms",
        "DATABASE_DIRECT_URL": "postgres://app@direct/oms",
        "DATABASE_POOLED": "true",
    }
    said = {
        command: subprocess.run(
            [sys.executable, "-c", code.format(command)], cwd=BASE, env=environment, capture_output=True, text=True
        ).stdout.strip()
        for command in ("migrate", "relay", "demo", "shell")
    }
    direct = dict.fromkeys(("migrate", "relay", "demo"), "direct False False")
    assert said == direct | {"shell": "pooler True False"}


def test_health_is_answered_without_log_in_and_without_a_database() -> None:
    """Without the `db` fixture any query would fail the test."""
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_readiness_is_yes_on_a_migrated_database(db: None) -> None:
    assert Client().get("/readyz").status_code == 200


@override_settings(CELERY_BROKER_URL="redis://127.0.0.1:1/0", REDIS_URL="redis://127.0.0.1:1/0")
def test_B18_readiness_does_not_ask_the_queue(db: None) -> None:
    assert Client().get("/readyz").status_code == 200


def test_readiness_is_no_without_a_database(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert _ready_with(monkeypatch, port) == (503, b"database")


def test_b24_readiness_is_no_in_time_where_the_database_accepts_and_is_silent(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert _ready_with(monkeypatch, silent.getsockname()[1]) == (503, b"database")


def _ready_with(monkeypatch: pytest.MonkeyPatch, port: int) -> tuple[int, bytes]:
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", port)
    monkeypatch.setattr("config.health.SECONDS", 0.3)
    answer = Client().get("/readyz")
    return answer.status_code, answer.content


def test_readiness_is_no_before_the_migrations(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.health.newest_migrations", lambda: {("orders", "9999_later")})
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrations")
