"""`./dev check`, `./dev fmt`, `./dev lock`: what is asked of the code without running it."""

import contextlib
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runner.embedded import BASE

TOOLS = Path(sys.executable).parent
FOLDERS = (
    "config audit accounts documents flow catalog stock customers orders production quality finance shipping portal"
    " home bench runner"
).split()
LOCKS = ("requirements.lock", "requirements-dev.lock")
# Any package that has been on the index for ever: if even this one is not known there, nothing has been audited.
KNOWN_PACKAGE = "django==5.2"


def production_environment() -> dict[str, str]:
    """As a real site sets it. No database is reached by any of the checks."""
    named = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONDONTWRITEBYTECODE")
    return {
        **{name: os.environ[name] for name in named if name in os.environ},
        "ENV_FILE": os.devnull,
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_URL": "postgres://oms_app:secret@127.0.0.1:1/oms",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "ALLOWED_HOSTS": "orders.example.com",
        "CSRF_TRUSTED_ORIGINS": "https://orders.example.com",
        "SITE_URL": "https://orders.example.com",
        "HTTPS": "true",
        "TRUSTED_PROXIES": "127.0.0.1",
    }


@dataclass(frozen=True)
class Check:
    name: str
    argv: list[str]
    env: Mapping[str, str] = field(default_factory=production_environment)


def tool(name: str, *words: str) -> list[str]:
    return [str(TOOLS / name), *words]


def manage(*words: str) -> list[str]:
    return [sys.executable, *words]


def checks() -> list[Check]:
    return [
        Check("ruff", tool("ruff", "check", ".")),
        Check("format", tool("ruff", "format", "--check", ".")),
        Check("mypy", tool("mypy", ".")),
        Check("djlint", tool("djlint", "--quiet", "--lint", "templates")),
        Check("imports", tool("lint-imports", "--no-cache")),
        # The history of a database that is not there cannot be compared; the files can.
        Check(
            "migrations", manage("-W", "ignore::RuntimeWarning", "manage.py", "makemigrations", "--check", "--dry-run")
        ),
        Check("deploy", manage("manage.py", "check", "--deploy", "--fail-level", "WARNING")),
        Check("bandit", tool("bandit", "-q", "-ll", "-c", "pyproject.toml", "-r", *FOLDERS)),
    ]


def run(check: Check) -> bool:
    return subprocess.run(check.argv, cwd=BASE, env=dict(check.env)).returncode == 0  # noqa: S603


def audit(lock: str) -> tuple[bool, str]:
    """Whether no known hole is in the lock, and what to tell. Only an unreachable service is let pass, and said."""
    done = _pip_audit(str(BASE / lock))
    if done.returncode == 0:
        return True, ""
    if "known vulnerabilit" not in done.stderr + done.stdout and not _service_reached():
        return True, f"警告:{lock} 未经审计:漏洞数据服务从这台机器连不上,请在能上网的机器上再运行一次"
    return False, done.stdout + done.stderr


def _pip_audit(requirements: str, *words: str) -> subprocess.CompletedProcess[str]:
    argv = tool("pip-audit", "--strict", "--progress-spinner=off", "--disable-pip", *words, "-r", requirements)
    # The person's own environment: the way out of the house may be a proxy that is set there.
    return subprocess.run(argv, cwd=BASE, capture_output=True, text=True)  # noqa: S603


def _service_reached() -> bool:
    """Asks for a package that is certainly known and has known holes: an answer names them."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as one:
        one.write(KNOWN_PACKAGE + "\n")
        one.flush()
        done = _pip_audit(one.name, "--no-deps")
    return done.returncode == 0 or "known vulnerabilit" in done.stderr + done.stdout


def check_all(only: list[str]) -> int:
    """All of them, so that one failure does not hide the next; `./dev check mypy ruff` runs just these."""
    results: list[tuple[str, bool, float]] = []

    def timed(name: str, ask: Callable[[], bool]) -> None:
        if only and name not in only:
            return
        print(f"── {name}", flush=True)  # noqa: T201
        began = time.monotonic()
        results.append((name, ask(), time.monotonic() - began))

    for check in checks():
        timed(check.name, lambda check=check: run(check))  # type: ignore[misc]
    for lock in LOCKS:
        timed("audit", lambda lock=lock: _tell(*audit(lock)))  # type: ignore[misc]
    for name, passed, seconds in results:
        print(f"{'通过' if passed else '失败'}  {name:<12}{seconds:6.1f} s")  # noqa: T201
    return 0 if all(passed for _, passed, _ in results) else 1


def _tell(passed: bool, words: str) -> bool:
    if words:
        print(words, flush=True)  # noqa: T201
    return passed


def fmt(words: list[str]) -> int:
    wanted = words or ["."]
    fixed = run(Check("ruff", tool("ruff", "check", "--fix-only", "--quiet", *wanted)))
    return 0 if run(Check("format", tool("ruff", "format", *wanted))) and fixed else 1


def lock(words: list[str]) -> int:
    """Both files anew; the second one holds the first one's versions. `--upgrade` takes newer ones."""
    compile_ = tool(
        "uv", *"pip compile -q --generate-hashes --universal --python-version 3.11 --no-header --no-annotate".split()
    )
    everything = [*compile_, *words, "pyproject.toml", "--extra=embedded", "--extra=dev", "-o", "requirements-dev.lock"]
    with contextlib.chdir(BASE):
        for argv in (
            everything,
            [*compile_, "pyproject.toml", "--extra=embedded", "-c", "requirements-dev.lock", "-o", "requirements.lock"],
        ):
            if code := subprocess.run(argv).returncode:  # noqa: S603
                return code
    return 0
