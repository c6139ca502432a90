"""`./dev run`, the real thing: all seven processes, killed and started again (B29)."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.foundation.processes import mentioning, until

BASE = Path(__file__).resolve().parent.parent.parent
PARTS = (
    "bin/postgres",
    "valkey-server",
    "gunicorn",
    "manage.py relay",
    "--queues=papers",
    "--queues=mail,long",
    "config beat",
)
Start = Callable[..., subprocess.Popen]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def folder() -> Iterator[Path]:
    """As after the first start: the demo company has tests of its own."""
    path = Path(tempfile.mkdtemp(prefix="oms-r-", dir="/tmp"))
    path.chmod(0o711)
    (path / "demo-users").write_text("sales\n")
    (path / "demo-password").write_text("known\n")
    yield path
    assert until(lambda: not mentioning(str(path)), 8)
    shutil.rmtree(path)


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    running: list[subprocess.Popen] = []

    def begin(port: int, **more: str) -> subprocess.Popen:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        told = {"DATA_DIR": str(folder), "PORT": str(port), "ENV_FILE": os.devnull, **more}
        with (folder / "out").open("wb") as out:
            program = subprocess.Popen(
                [sys.executable, "-m", "runner", "run"], cwd=BASE, env={**kept, **told}, stdout=out, stderr=out
            )
        running.append(program)
        return program

    yield begin
    for program in running:
        program.kill()
        program.wait()


def _said(folder: Path) -> str:
    return (folder / "out").read_text()


def _up(folder: Path) -> bool:
    return until(lambda: "系统已启动" in _said(folder), 180)


def _status(port: int, path: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return int(answer.status)


def _missing_parts(folder: Path) -> list[str]:
    commands = list(mentioning(str(folder)).values())
    return [part for part in PARTS if not any(part in command for command in commands)]


def test_B29_killed_and_started_again(folder: Path, start: Start) -> None:
    (folder / "faces").mkdir()  # cut on the first start; the tests in the browser have it done
    port = _free_port()
    first = start(port)
    assert _up(folder), _said(folder)[-3000:]
    assert until(lambda: not _missing_parts(folder)), _missing_parts(folder)
    assert (_status(port, "/healthz"), _status(port, "/readyz")) == (200, 200)

    first.kill()
    first.wait()
    assert until(lambda: not mentioning(str(folder)), 5), mentioning(str(folder))

    second = start(port)
    assert _up(folder), _said(folder)[-3000:]
    assert _status(port, "/readyz") == 200
    assert "演示用户(用户名即角色):sales" in _said(folder)
    assert "演示密码(所有演示用户相同):known" in _said(folder)
    _is_turned_away(start, folder, port)

    second.send_signal(signal.SIGINT)
    assert second.wait(40) == 0
    assert not mentioning(str(folder))
    stops = [line.split()[-1] for line in (folder / "log" / "dev.log").read_text().splitlines() if " 停止 " in line]
    assert stops[-7:] == ["beat", "slow", "worker", "relay", "web", "valkey", "postgres"]


def _is_turned_away(start: Start, folder: Path, port: int) -> None:
    kept = _said(folder)
    again = start(port)
    assert again.wait(20) == 1
    assert "正被另一个 ./dev 使用" in _said(folder)
    (folder / "out").write_text(kept)


def test_a_port_in_use_is_named_before_anything_is_started(folder: Path, start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert start(port).wait(20) == 1
    assert _said(folder) == f"端口 {port} 已被占用;请用 PORT 另设端口,例如 PORT=8001 ./dev run\n"


@pytest.mark.parametrize("port", ["0", "http", "70000"])
def test_a_port_that_is_none_is_named(folder: Path, start: Start, port: str) -> None:
    assert start(1, PORT=port).wait(20) == 1
    assert _said(folder).startswith("PORT 应为 1 到 65535 之间的数字")
