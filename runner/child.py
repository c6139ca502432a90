"""One process behind its guard: started, waited for, stopped."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

GUARD = Path(__file__).with_name("guard.py")


class StartFailed(Exception):
    """A process did not come up; the message is for the person at the terminal."""


@dataclass(frozen=True)
class Service:
    """What to run and how to end it. `stop` is the signal it likes, `hurry` the one when it takes too long.

    Those of one `tier` that were started one after the other do not stand on each other, and stop together.
    """

    name: str
    argv: tuple[str, ...]
    cwd: Path = Path("/")
    env: Mapping[str, str] | None = None
    uid: int | None = None
    gid: int | None = None
    stop: str = "TERM"
    hurry: str = "KILL"
    grace: float = 10.0
    ready: Callable[[], bool] | None = None
    patience: float = 30.0
    tier: str = ""

    def order(self) -> str:
        return json.dumps(
            {
                "argv": list(self.argv),
                "cwd": str(self.cwd),
                "uid": self.uid,
                "gid": self.gid,
                "stop": self.stop,
                "hurry": self.hurry,
                "grace": self.grace,
            }
        )


class Child:
    """A running service. Only this object holds the writing end of the guard's pipe."""

    def __init__(self, service: Service, output: IO[bytes] | int, alive: int | None = None) -> None:
        """`alive` is an open, shared lock that the guard keeps for as long as its child lives (see `runner.home`)."""
        self.service = service
        self.started = time.monotonic()
        self.leash: int | None
        reading, self.leash = os.pipe()
        passed = (reading,) if alive is None else (reading, alive)
        self.guard = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", str(GUARD), str(reading), service.order()],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if service.env is None else dict(service.env),
            pass_fds=passed,
            start_new_session=True,
        )
        os.close(reading)

    @property
    def running(self) -> bool:
        return self.guard.poll() is None

    def wait_ready(self, still_wanted: Callable[[], None] = lambda: None) -> None:
        """Raises StartFailed when the process ends, or is not ready in its time; `still_wanted` may raise as well."""
        until = time.monotonic() + self.service.patience
        while self.service.ready is not None and not self.service.ready():
            if not self.running:
                raise StartFailed(f"{self.service.name} 启动失败(退出码 {self.guard.returncode})")
            still_wanted()
            if time.monotonic() > until:
                raise StartFailed(f"{self.service.name} 在 {self.service.patience:.0f} 秒内没有就绪")
            time.sleep(0.03)

    def ask_to_stop(self) -> None:
        if self.leash is not None:
            with contextlib.suppress(BrokenPipeError):
                os.write(self.leash, b"s")

    def let_go(self) -> None:
        """What happens by itself when the supervisor is killed: the guard hurries the child out."""
        if self.leash is not None:
            os.close(self.leash)
            self.leash = None

    def stop(self) -> None:
        self.ask_to_stop()
        self.guard.wait()
        self.let_go()
