"""Who runs in a system, and ending one of them with -9, or making it hang."""

import contextlib
import os
import random
import signal
import time
from pathlib import Path

from tests.foundation.processes import mentioning

# What stands in its command line; «one» is the first process of it, «of» any of those it has started.
COMMANDS = {
    "web": "-m gunicorn",
    "relay": "manage.py relay",
    "worker": "--queues=papers",
    "slow": "--queues=mail,long",
    "beat": "config beat",
    "postgres": "bin/postgres",
    "valkey": "valkey-server",
}
PARTS = ["web: a process", "worker: a process", "slow: a process", "postgres: a session"]
HANGS = ["postgres: hangs", "valkey: hangs"]
KINDS = [*COMMANDS, *PARTS, *HANGS]
HANGING = 6.0


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def firsts(data: str) -> dict[str, int]:
    """The first process of each kind in the system on that folder."""
    running = {pid: words for pid, words in mentioning(data).items() if "guard.py" not in words}
    found: dict[str, int] = {}
    for name, words in COMMANDS.items():
        of_kind = {pid for pid, command in running.items() if words in command}
        found.update((name, pid) for pid in of_kind if parent_of(pid) not in of_kind)
    return found


def children_of(pid: int) -> list[int]:
    return [int(each.name) for each in Path("/proc").glob("[0-9]*") if parent_of(int(each.name)) == pid]


def sessions_of(postmaster: int) -> list[int]:
    """Those that serve somebody of the application."""
    found = []
    for pid in children_of(postmaster):
        with contextlib.suppress(OSError):
            if b"oms_app" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def kill(data: str, kind: str, dice: random.Random) -> bool:
    """Whether there was one to kill, or to hold still for some seconds: it accepts, and is silent."""
    name, _, one_of_it = kind.partition(": ")
    first = firsts(data).get(name)
    if first is None:
        return False
    if kind in HANGS:
        all_of_it = [first, *children_of(first)]
        signal_all(all_of_it, signal.SIGSTOP)
        time.sleep(HANGING)
        signal_all(all_of_it, signal.SIGCONT)
        return True
    offered = [first] if not one_of_it else sessions_of(first) if name == "postgres" else children_of(first)
    if not offered:
        return False
    signal_all([dice.choice(offered)], signal.SIGKILL)
    return True


def signal_all(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
