"""Work in a forked child that can be stopped: bounded in time and memory, whatever it is given (B12).

A fork of the warm process starts in milliseconds, and its end gives back all it took.
"""

import contextlib
import ctypes
import os
import resource
import select
import signal
import time
from collections.abc import Callable

MEGABYTE = 1024 * 1024
PR_SET_PDEATHSIG = 1


class TooMuch(Exception):
    """The work took too long, too much memory, or died of it."""


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
    cpu = int(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    with contextlib.suppress(OSError):
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 (one read of a proc file)
            used = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + megabytes * MEGABYTE,) * 2)
