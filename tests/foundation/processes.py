"""What the tests of the launcher share: looking at processes from outside."""

import os
import time
from collections.abc import Callable
from pathlib import Path


def until(holds: Callable[[], object], seconds: float = 20) -> bool:
    """Whether it came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return bool(holds())


def alive(pid: int) -> bool:
    """A zombie that nobody has collected yet is dead all the same."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def mentioning(mark: str) -> dict[int, str]:
    """The living processes with these words in their command line or their environment, other than ourselves."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = (folder / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        pid = int(folder.name)
        if (mark in command or mark in environment) and pid != os.getpid() and alive(pid):
            found[pid] = command.strip()
    return found
