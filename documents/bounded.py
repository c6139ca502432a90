"""Work in a child that can be stopped: bounded in time and memory, whatever it is given (B12).

Its end gives back all it took. `run` forks: a warm process' child starts in milliseconds, which is for Celery's workers
that have one thread. `run_module` starts a fresh one, for everybody: a web worker has threads and must not fork. This
module imports no Django, so that such a child can ask it for its limits.
"""

import contextlib
import ctypes
import logging
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

MEGABYTE = 1024 * 1024
PR_SET_PDEATHSIG = 1
log = logging.getLogger("documents.bounded")
ROOT = Path(__file__).resolve().parent.parent
# What a fresh child is told of the world: where Python and its packages are, and no secret.
PASSED_ON = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "TZ")
# As many at a time for one process, so that those who hand in what takes long hold no more of its threads.
_turns = threading.BoundedSemaphore(2)
WAIT_FOR_TURN = 15  # seconds


class TooMuch(Exception):
    """The work took too long, too much memory, or died of it."""


class Busy(TooMuch):
    """There was no turn to be had."""


class Failed(Exception):
    """The work raised; the text says what."""


def run(work: Callable[[], bytes], *, seconds: float, megabytes: int) -> bytes:
    """The bytes that `work` makes. Raises TooMuch or Failed; the calling process is never harmed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        be_the_child(work, writing, seconds, megabytes)
    os.close(writing)
    try:
        content = read_until(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return answer_in(content)


def run_module(module: str, *arguments: str, content: bytes, seconds: float) -> bytes:
    """What `python -m module` makes of `content`: it answers `=` and bytes, or `!` and why not.

    The module sets its own `limit`; `seconds` bound its start and its waiting as well. Raises TooMuch or Failed.
    """
    if not _turns.acquire(timeout=WAIT_FOR_TURN):
        raise Busy("正有其他文件在读取")
    try:
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        done = subprocess.run(  # noqa: S603 (our own module, no input among the words)
            [sys.executable, "-W", "ignore", "-m", module, *arguments],
            input=content,
            capture_output=True,
            timeout=seconds,
            cwd=ROOT,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TooMuch("超过时间上限") from None
    finally:
        _turns.release()
    if done.stdout[:1] not in (b"=", b"!"):
        log.warning("%s ended with %s: %s", module, done.returncode, done.stderr[-500:].decode(errors="replace"))
    return answer_in(done.stdout)


def answer_in(content: bytes) -> bytes:
    if content[:1] == b"!":
        raise Failed(content[1:].decode(errors="replace"))
    if content[:1] != b"=":
        raise TooMuch("内存不足或中途停止")
    return content[1:]


def read_until(reading: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            raise TooMuch("超过时间上限")
        part = os.read(reading, MEGABYTE)
        if not part:
            return b"".join(parts)
        parts.append(part)


def be_the_child(work: Callable[[], bytes], writing: int, seconds: float, megabytes: int) -> None:
    """Never returns. Ends by `_exit`, so that nothing of the parent (connections, handlers) is touched."""
    try:
        limit(seconds, megabytes)
        answer = b"=" + work()
    except MemoryError:
        os._exit(1)
    except BaseException as error:  # noqa: BLE001 (whatever it was, the parent is told and the child ends)
        answer = b"!" + f"{type(error).__name__}: {error}"[:500].encode(errors="replace")
    try:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(answer)
    finally:
        os._exit(0)


def limit(seconds: float, megabytes: int) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    with contextlib.suppress(OSError, AttributeError):  # Linux: don't outlive a killed worker
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    cpu = int(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    with contextlib.suppress(OSError, ValueError):  # macOS has neither; there time alone is bounded
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 (one read of a proc file)
            used = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + megabytes * MEGABYTE,) * 2)
