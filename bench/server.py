"""The real server, started as `./dev run` starts it, but for the address of the bench's two empty views."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

from runner.embedded import BASE
from runner.run import GUNICORN, MEMORY


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving() -> Iterator[tuple[int, int]]:
    """(port, process id of gunicorn's master)"""
    port = free_port()
    words = f"{GUNICORN} --bind 127.0.0.1:{port} --log-level warning".replace("config.wsgi", "bench.wsgi").split()
    if MEMORY.is_dir():
        words += ["--worker-tmp-dir", str(MEMORY)]
    told = {**os.environ, "DATABASE_URL": os.environ["SERVER_DATABASE_URL"]}
    with (Path(os.environ["DATA_DIR"]) / "web.log").open("wb") as log:
        master = subprocess.Popen([sys.executable, *words], cwd=BASE, env=told, stdout=log, stderr=log)  # noqa: S603
    try:
        wait(port, master)
        yield port, master.pid
    finally:
        master.terminate()
        master.wait()


def wait(port: int, master: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and master.poll() is None:
        with contextlib.suppress(URLError, OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz"):
            return
        time.sleep(0.2)
    log = Path(os.environ["DATA_DIR"]) / "web.log"
    raise RuntimeError("the server did not start: " + log.read_text(errors="replace")[-2000:])


def memory_of(master: int) -> list[int]:
    """Resident megabytes of each worker."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            facts = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            if int(facts["PPid"]) == master:
                found.append(int(facts.get("VmRSS", "0").split()[0]) // 1024)
    return sorted(found)
