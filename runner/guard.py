"""Stands between the supervisor and one child, so that the child never outlives the supervisor (B29).

Run as a script of its own: `python -I -S guard.py FD JSON`. FD is the reading end of a pipe whose writing end only
the supervisor holds. A byte asks for an orderly stop; its closing means that the supervisor is gone, and the child is
hurried out within four seconds. The guard ends with the child's own exit code.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
# Once the supervisor is gone: this long for the child's own stop, and this long again after the rougher signal.
ORPHANED = 1.5


def die_with_parent(signal_number: int) -> None:
    """Should the guard itself be killed, the kernel tells the child. Linux only; elsewhere the pipe must do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)


def start(order: dict) -> subprocess.Popen:
    hurry = getattr(signal, f"SIG{order['hurry']}")
    as_user = {}
    if order["uid"] is not None:
        as_user = {"user": order["uid"], "group": order["gid"], "extra_groups": []}
    return subprocess.Popen(  # noqa: S603
        order["argv"],
        stdin=subprocess.DEVNULL,
        cwd=order["cwd"],
        start_new_session=True,
        preexec_fn=lambda: die_with_parent(hurry),
        **as_user,
    )


def ended_within(child: subprocess.Popen, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while child.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    return child.returncode is not None


def end(child: subprocess.Popen, order: dict, grace: float) -> None:
    """First as the child likes it, then roughly, then for good."""
    for name, patience in ((order["stop"], grace), (order["hurry"], ORPHANED), ("KILL", 5.0)):
        if child.poll() is not None:
            return
        child.send_signal(getattr(signal, f"SIG{name}"))
        if ended_within(child, patience):
            return


def watch(child: subprocess.Popen, pipe: int, order: dict) -> None:
    """Returns when the child has ended, by itself or because it was asked to."""
    awake, wake = os.pipe()
    os.set_blocking(awake, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    asked: list[int] = []
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
    while child.poll() is None:
        ready, _, _ = select.select([pipe, awake], [], [], 5)
        if awake in ready:
            os.read(awake, 512)
        if pipe in ready:
            end(child, order, order["grace"] if os.read(pipe, 1) else min(ORPHANED, order["grace"]))
        elif asked:
            end(child, order, order["grace"])


def main(pipe: int, order: dict) -> int:
    for name in (signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    try:
        child = start(order)
    except OSError as problem:
        print(f"{order['argv'][0]}: {problem}", file=sys.stderr, flush=True)  # noqa: T201
        return 127
    watch(child, pipe, order)
    # What it left behind in its group.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), json.loads(sys.argv[2])))
