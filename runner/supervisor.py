"""Starts processes in order, keeps them alive, stops them in the reverse order."""

import contextlib
import signal
import subprocess
import threading
import time
from itertools import groupby
from logging import Formatter, Logger
from logging.handlers import RotatingFileHandler
from pathlib import Path

from runner.child import Child, Service, StartFailed

# A process that dies at once is tried again after half a second, then one, two … and every half minute at last.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
# One that lived this long died of something else than the start.
SETTLED = 60.0
LOOK = 0.1
LOG_SIZE, LOG_COUNT = 5_000_000, 3


class Stopping(StartFailed):
    """The person asked to stop while things were still starting."""


class Output:
    """Each line with the name of its process, on the terminal and in `<name>.log`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self.logs: dict[str, Logger] = {}

    def say(self, line: str, name: str = "dev") -> None:
        with self.lock:
            # The terminal may be gone; the file stays.
            with contextlib.suppress(OSError):
                print(f"{name:<9}| {line}", flush=True)  # noqa: T201
            self._log(name).info(line)

    def _log(self, name: str) -> Logger:
        if name not in self.logs:
            log = self.logs[name] = Logger(name)
            handler = RotatingFileHandler(
                self.folder / f"{name}.log", maxBytes=LOG_SIZE, backupCount=LOG_COUNT, encoding="utf-8"
            )
            handler.setFormatter(Formatter("%(asctime)s %(message)s"))
            log.addHandler(handler)
        return self.logs[name]

    def follow(self, child: Child) -> threading.Thread:
        reader = threading.Thread(target=self._read, args=(child,), daemon=True)
        reader.start()
        return reader

    def _read(self, child: Child) -> None:
        stream = child.guard.stdout
        assert stream is not None  # noqa: S101
        with stream:
            for line in stream:
                self.say(line.decode(errors="replace").rstrip(), child.service.name)


class Supervisor:
    def __init__(self, logs: Path, alive: int | None = None) -> None:
        """`alive`: the guards' lock, see `runner.home.Locks`."""
        self.output = Output(logs)
        self.alive = alive
        self.asked = threading.Event()
        self.children: dict[str, Child] = {}
        self.failures: dict[str, int] = {}
        self.due: dict[str, float] = {}
        self.behind: dict[str, Service] = {}

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, *_: object) -> None:
        if self.asked.is_set():
            # Asked twice: nobody is waited for any more.
            for child in self.children.values():
                child.let_go()
        self.asked.set()

    # Starting

    def start(self, service: Service, *, behind: Service | None = None) -> None:
        """Returns when it is ready; from then on it is kept alive.

        `behind`: an errand that has to come to its good end first, in its own time; it alone is waited for by nobody.
        """
        if behind is not None:
            self.behind[behind.name] = service
            service = behind
        child = self._spawn(service)
        self.children[service.name] = child
        child.wait_ready(self._not_asked)

    def once(self, *services: Service) -> None:
        """What ends by itself, side by side, and must end well before the next may start."""
        running = {service.name: self._spawn(service) for service in services}
        self.children |= running
        while any(child.running for child in running.values()):
            self._not_asked()
            time.sleep(LOOK / 2)
        for name, child in running.items():
            del self.children[name]
            child.let_go()
            if child.guard.returncode:
                raise StartFailed(f"{name} 失败(退出码 {child.guard.returncode}),系统没有启动")

    def _spawn(self, service: Service) -> Child:
        self._not_asked()
        child = Child(service, subprocess.PIPE, self.alive)
        self.output.follow(child)
        return child

    def _not_asked(self) -> None:
        if self.asked.is_set():
            raise Stopping("已停止")

    # Keeping alive

    def watch(self) -> None:
        """Until somebody asks to stop."""
        while not self.asked.wait(LOOK):
            now = time.monotonic()
            for name, child in list(self.children.items()):
                if not child.running:
                    self._revive(name, child, now)

    def _revive(self, name: str, dead: Child, now: float) -> None:
        if name in self.behind and dead.guard.returncode == 0:
            dead.let_go()
            del self.children[name]
            self.start(self.behind.pop(name))
        elif name not in self.due:
            dead.let_go()
            lived = now - dead.started
            self.failures[name] = 0 if lived > SETTLED else self.failures.get(name, -1) + 1
            pause = min(FIRST_PAUSE * 2 ** self.failures[name], LONGEST_PAUSE)
            self.output.say(f"{name} 意外退出(退出码 {dead.guard.returncode}),{pause:g} 秒后重新启动")
            self.due[name] = now + pause
        elif now >= self.due[name]:
            del self.due[name]
            self.children[name] = self._spawn(dead.service)

    # Stopping

    def stop(self) -> None:
        """The last started first, so that nobody loses what it stands on."""
        last_first = reversed(self.children.items())
        for _, tier in groupby(last_first, key=lambda item: item[1].service.tier or item[0]):
            together = list(tier)
            for name, child in together:
                if child.running:
                    self.output.say(f"停止 {name}")
                child.ask_to_stop()
            for _, child in together:
                child.stop()
        self.children.clear()
