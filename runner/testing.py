"""`./dev test`: pytest beside a PostgreSQL and a Valkey of its own, both gone afterwards.

Migrating from nothing takes longer than most runs, so a migrated cluster is kept for as long as no migration changes.
What follows each `migrate` (permissions, grants) is done anew all the same: pytest-django migrates what it finds.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from runner import postgres
from runner.embedded import BASE, Embedded, started
from runner.home import Home, locks
from runner.postgres import OWNER, ROLES, Postgres

CACHE = BASE / "var" / "test-cache"
KEPT = 3
DATABASE = "test_oms"
# A database for each process of pytest-xdist that may be asked for.
PROCESSES = 4
PERSONAL = (
    "DATABASE_URL DATABASE_OWNER_URL REDIS_URL SECRET_KEY DEBUG ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS SITE_URL PORT "
    "EMAIL_URL DEFAULT_FROM_EMAIL BEHIND_PROXY STATIC_ROOT CONN_MAX_AGE DATABASE_APP_ROLE DEMO_PASSWORD"
).split()


def environment(embedded: Embedded, folder: Path) -> dict[str, str]:
    """Nothing of the person's own settings reaches the tests."""
    kept = {name: value for name, value in os.environ.items() if name not in PERSONAL}
    told = embedded.environment()
    return {
        **kept,
        **told,
        "ENV_FILE": os.devnull,
        "DATABASE_URL": told["DATABASE_OWNER_URL"],
        "SECRET_KEY": "only-for-tests-" + "x" * 50,
        "HTTPS": "false",
        "DATA_DIR": str(folder / "data"),
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # the browser tests run a loop beside the database
    }


def test(words: list[str]) -> int:
    """The whole suite runs in two halves; what is asked for by name runs in one."""
    words = words or ["-n", "2", "--dist", "loadfile"]
    folder = Path(tempfile.mkdtemp(prefix="oms-test-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        return _test(words, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _test(words: list[str], folder: Path) -> int:
    home = Home(folder)
    home.prepare()
    (folder / "data").mkdir()
    embedded = Embedded(home, durable=False, given={})
    server = embedded.postgres
    assert server is not None  # noqa: S101
    migrated = fetch(server) or _migrate(embedded, server, folder)
    with locks(home) as held:
        held.own()
        with started(embedded, held):
            if migrated:
                words = ["--reuse-db", *words]
                copies = [f"CREATE DATABASE {DATABASE}_gw{n} TEMPLATE {DATABASE}" for n in range(PROCESSES)]
                server.tell(OWNER, "postgres", *copies)
            argv = [sys.executable, "-m", "pytest", *words]
            return subprocess.run(argv, cwd=BASE, env=environment(embedded, folder)).returncode  # noqa: S603


# The kept cluster


def mark() -> str:
    """Changes with whatever makes the tables."""
    files = [*sorted(BASE.glob("*/migrations/*.py")), BASE / "requirements.lock", ROLES]
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path.relative_to(BASE)).encode() + path.read_bytes())
    return f"{digest.hexdigest()[:16]}-{os.geteuid()}"


def fetch(server: Postgres, cache: Path = CACHE) -> bool:
    """Lays the kept cluster where the server will look for its data."""
    kept = cache / mark()
    if not kept.is_dir():
        return False
    server.install()
    try:
        for part in (server.major, f"{server.major}.roles"):
            _copy(kept / part, server.top / part)
    except subprocess.CalledProcessError:
        # Thrown away by another run in this moment.
        shutil.rmtree(server.data(server.major), ignore_errors=True)
        return False
    os.utime(kept)
    return True


def keep(server: Postgres, name: str, cache: Path = CACHE) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=cache))
    _copy(server.data(server.major), fresh / server.major)
    _copy(server.top / f"{server.major}.roles", fresh / f"{server.major}.roles")
    try:
        fresh.rename(cache / name)
    except OSError:
        shutil.rmtree(fresh)  # another run was faster
    for old in sorted(cache.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """With its owner, who is not always oneself."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True, capture_output=True)  # noqa: S603, S607


def _migrate(embedded: Embedded, server: Postgres, folder: Path) -> bool:
    """A new cluster, migrated and kept. When that fails pytest will say why, in its own words."""
    name = mark()
    with locks(embedded.home) as held:
        held.own()
        with started(embedded, held):
            told = {**environment(embedded, folder), "DATABASE_URL": server.url(OWNER, postgres.DATABASE)}
            told.pop("DATABASE_OWNER_URL")
            argv = [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity", "0"]
            done = subprocess.run(argv, cwd=BASE, env=told, capture_output=True)  # noqa: S603
            if done.returncode:
                return False
            server.tell(OWNER, "postgres", f"CREATE DATABASE {DATABASE} TEMPLATE {postgres.DATABASE}")
    # Only a cluster at rest can be copied.
    keep(server, name)
    return True
