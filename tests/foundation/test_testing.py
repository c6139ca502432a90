"""The migrated cluster that the tests start from."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner import testing
from runner.home import Home
from runner.postgres import Postgres


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="oms-k-", dir="/tmp"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


def _cluster(folder: Path, name: str) -> Postgres:
    home = Home(folder / name)
    home.prepare()
    return Postgres(home, durable=False)


def test_a_kept_cluster_is_laid_out_with_its_owner(folder: Path) -> None:
    made, cache = _cluster(folder, "made"), folder / "cache"
    made.prepare()
    (made.top / f"{made.major}.roles").write_text("as given")
    testing.keep(made, testing.mark(), cache)
    used = _cluster(folder, "used")
    assert testing.fetch(used, cache)
    assert (used.top / f"{used.major}.roles").read_text() == "as given"
    kept, laid = (server.data(server.major) for server in (made, used))
    assert (laid.stat().st_uid, laid.stat().st_mode) == (kept.stat().st_uid, kept.stat().st_mode)
    assert used.top.stat().st_mode == made.top.stat().st_mode
    assert subprocess.run(["diff", "-r", kept, laid]).returncode == 0


def test_nothing_is_fetched_when_a_migration_has_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, cache = _cluster(folder, "made"), folder / "cache"
    made.prepare()
    (made.top / f"{made.major}.roles").touch()
    testing.keep(made, "of-yesterday", cache)
    assert not testing.fetch(_cluster(folder, "used"), cache)


def test_only_the_latest_are_kept(folder: Path) -> None:
    made, cache = _cluster(folder, "made"), folder / "cache"
    made.prepare()
    (made.top / f"{made.major}.roles").touch()
    for number in range(testing.KEPT + 2):
        testing.keep(made, f"mark-{number}", cache)
    assert len(list(cache.iterdir())) == testing.KEPT
