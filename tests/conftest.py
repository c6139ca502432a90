"""What every test stands on: a database used as the application uses it, a broker, and no settings but our own."""

import gc
import inspect
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from xdist.scheduler import LoadFileScheduling

from tests import emptying, kinds, remembered


def pytest_configure(config: pytest.Config) -> None:
    """Fast passwords, plain static files, a folder per worker."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.NOTICES_IN_WORKING_TIME = False  # tests are run at night too
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    worker = getattr(config, "workerinput", {}).get("workerid", "one")
    settings.DATA_DIR = Path(settings.DATA_DIR) / worker
    settings.MEDIA_ROOT = settings.DATA_DIR / "files"
    settings.STATIC_ROOT = settings.DATA_DIR / "static"
    for folder in (settings.MEDIA_ROOT, settings.STATIC_ROOT):
        folder.mkdir(parents=True, exist_ok=True)


def pytest_sessionstart(session: pytest.Session) -> None:
    """A service that is not there fails the run; a test never skips for it."""
    if hasattr(session.config, "workerinput"):
        return
    import psycopg2
    import redis
    from django.db import connection

    # kombu's way of writing the address of a socket is not redis-py's.
    broker = settings.REDIS_URL.replace("redis+socket://", "unix://").partition("?")[0]
    try:
        psycopg2.connect(**{**connection.get_connection_params(), "dbname": "postgres"}).close()
        redis.Redis.from_url(broker).ping()
    except (psycopg2.Error, redis.RedisError) as problem:
        pytest.exit(f"测试所需的服务不可用,请用 ./dev test 运行:{problem}", returncode=4)


def pytest_runtestloop() -> None:
    """What is loaded by now stays: the collector need not walk it again and again (a tenth of the whole time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


class ByFile(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return kinds.group(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    # As the tests were collected, which is the longest first; the library would go by how many there are.
    config.option.loadscopereorder = False
    return ByFile(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None, None, None]:
    for item in items:
        for kind in kinds.of(item):
            item.add_marker(kind)
    yield
    if hasattr(config, "workerinput"):
        kinds.longest_first(items)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests with real transactions leave the database as it is now."""
    from django.contrib.auth.signals import user_logged_in
    from django.test import TransactionTestCase

    user_logged_in.disconnect(dispatch_uid="update_last_login")  # our own sign-ins say more, and in a table of theirs
    with django_db_blocker.unblock():
        emptying.note()
    TransactionTestCase._fixture_teardown = lambda case: emptying.empty()  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; one per worker, whichever tests come by (two loops of Playwright refuse each other)."""
    own = {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox", "--lang=zh-CN"]}
    return {**browser_type_launch_args, **own}


@pytest.fixture
def own_files(settings: Any, tmp_path: Path) -> None:
    """For a test that sweeps: what the rows of other tests name, put back from memory, stays there for them."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def as_the_application(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests inside a transaction run as the application's role, which cannot change history.

    Those with real transactions stay the owner: the database is emptied after them.
    """
    if _wants_a_transaction(request):
        request.getfixturevalue("db")
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(f'SET LOCAL ROLE "{settings.DATABASE_APP_ROLE}"')
        if not _may_patch(request):
            remembered.path.begin()
    yield
    remembered.path.leave()


def _may_patch(request: pytest.FixtureRequest) -> bool:
    """Whether what an action does may be another thing in this test; plugins use monkeypatch in every one."""
    by_fixture = "settings" in request.fixturenames or "monkeypatch" in inspect.signature(request.function).parameters
    return by_fixture or "unittest.mock" in kinds.used_by(request.module)


def _wants_a_transaction(request: pytest.FixtureRequest) -> bool:
    marker: Any = request.node.get_closest_marker("django_db")
    return not kinds.wants_real_transactions(request.node) and (marker is not None or "db" in request.fixturenames)
