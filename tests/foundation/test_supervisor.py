"""The supervisor and its guards, over small processes: order, restart, and nothing left behind (B29)."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.foundation.processes import alive, mentioning, until

Start = Callable[..., subprocess.Popen]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[subprocess.Popen] = []

    def begin(*manners: str) -> subprocess.Popen:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "tests.foundation.standin", str(tmp_path), *manners], stdout=subprocess.DEVNULL
        )
        running.append(supervisor)
        assert until((tmp_path / "all-up").exists)
        return supervisor

    yield begin
    for supervisor in running:
        supervisor.kill()
        supervisor.wait()
    assert until(lambda: not mentioning(str(tmp_path)), 8)


def _pid(folder: Path, name: str) -> int:
    return int((folder / name).read_text())


def test_B29_nothing_is_left_five_seconds_after_the_supervisor_is_killed(start: Start, tmp_path: Path) -> None:
    supervisor = start()
    before = mentioning(str(tmp_path))
    assert len(before) == 1 + 3 * 2  # itself, three guards, three programs
    supervisor.kill()
    assert until(lambda: not mentioning(str(tmp_path)), 5)
    assert not alive(_pid(tmp_path, "p0.child"))


def test_B29_a_process_that_will_not_listen_goes_as_well(start: Start, tmp_path: Path) -> None:
    supervisor = start("gentle", "deaf", "deaf")
    supervisor.kill()
    assert until(lambda: not mentioning(str(tmp_path)), 5)
    assert not alive(_pid(tmp_path, "p1.child"))


def test_B29_a_killed_guard_takes_its_process_along(start: Start, tmp_path: Path) -> None:
    start()
    program = _pid(tmp_path, "p1.up")
    guard = int(Path(f"/proc/{program}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(guard, signal.SIGKILL)
    assert until(lambda: not alive(program), 5)


def test_it_stops_the_last_started_first(start: Start, tmp_path: Path) -> None:
    supervisor = start()
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(10) == 0
    assert (tmp_path / "ends").read_text().split() == ["p2", "p1", "p0"]
    assert not mentioning(str(tmp_path))


def test_a_deaf_process_does_not_hold_up_the_stop_for_ever(start: Start, tmp_path: Path) -> None:
    supervisor = start("gentle", "deaf")
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(15) == 0
    assert not mentioning(str(tmp_path))


def test_asked_twice_it_waits_for_nobody(start: Start, tmp_path: Path) -> None:
    supervisor = start("deaf", "deaf", "deaf")
    supervisor.send_signal(signal.SIGTERM)
    until(lambda: False, 0.3)
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(7) == 0


def test_it_starts_again_what_died(start: Start, tmp_path: Path) -> None:
    start()
    first = _pid(tmp_path, "p1.up")
    os.kill(first, signal.SIGKILL)
    assert until(lambda: _pid(tmp_path, "p1.up") != first, 10)
    assert until(lambda: alive(_pid(tmp_path, "p1.up")))
    assert alive(_pid(tmp_path, "p0.up"))


def test_each_line_is_kept_in_the_log_of_its_process(start: Start, tmp_path: Path) -> None:
    start()
    assert until(lambda: "up" in (tmp_path / "log" / "p2.log").read_text())


def test_a_second_one_in_the_same_folder_is_turned_away(start: Start, tmp_path: Path) -> None:
    start()
    second = subprocess.run([sys.executable, "-m", "tests.foundation.standin", str(tmp_path)], timeout=20)
    assert second.returncode == 9


def test_the_next_start_waits_for_what_a_killed_one_left(start: Start, tmp_path: Path) -> None:
    supervisor = start("deaf")
    left = _pid(tmp_path, "p0.up")
    supervisor.kill()
    (tmp_path / "all-up").unlink()
    (tmp_path / "p0.up").unlink()
    start("gentle")
    assert not alive(left)


def test_what_stands_behind_an_errand_starts_at_its_good_end_not_at_its_death(start: Start, tmp_path: Path) -> None:
    start("gentle", "late")
    assert until((tmp_path / "errand1.up").exists)
    first = _pid(tmp_path, "errand1.up")
    os.kill(first, signal.SIGKILL)
    assert until(lambda: _pid(tmp_path, "errand1.up") != first, 10)
    assert not (tmp_path / "p1.up").exists()
    (tmp_path / "errand-done").touch()
    assert until((tmp_path / "p1.up").exists)
    assert until(lambda: not alive(_pid(tmp_path, "errand1.up")))
