"""The real stack — web, relay, worker, beat, PostgreSQL, Valkey — started as `./dev run` starts it, in a folder of
its own, and a window of headless Chromium for each role."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser

from tests.browser.office import Office, Stack
from tests.foundation.processes import until

BASE = Path(__file__).resolve().parents[2]
PASSWORD = "Liu-Cheng-2026"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 (our own)
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def no_demo(data: Path) -> None:
    """The marks that the demo company leaves: these tests bring a company of their own."""
    (data / "demo-password").write_text(PASSWORD)
    (data / "demo-users").write_text("sales")


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    # Where the servers' user may enter.
    data = Path(tempfile.mkdtemp(prefix="oms-s-", dir="/tmp"))
    data.chmod(0o711)
    no_demo(data)
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    own = {"DATA_DIR": str(data), "PORT": str(port), "DEMO_PASSWORD": PASSWORD, "ENV_FILE": os.devnull}
    found = Stack(f"http://127.0.0.1:{port}", PASSWORD, kept | own)
    log = (data / "stack.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", "run"], cwd=BASE, env=found.environment, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        until(lambda: answers(f"{found.url}/readyz") or process.poll() is not None, 300)
        assert process.poll() is None and answers(f"{found.url}/readyz"), (data / "stack.log").read_text()[-4000:]
        found.manage("shell", "-c", f"exec(open({str(Path(__file__).with_name('company.py'))!r}).read())")
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        log.close()
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="session")
def office(stack: Stack, browser: Browser) -> Office:
    return Office(stack, browser)
