"""The two servers of a home as one thing: started when needed, shared with whoever runs beside, stopped by the last."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from runner.child import Child, Service, StartFailed
from runner.home import Home, HomeError, Locks, locks
from runner.postgres import OWNER, Postgres
from runner.valkey import Valkey

BASE = Path(__file__).resolve().parent.parent


def read_env_file() -> None:
    """`.env`, read as the settings read it; what is set already wins."""
    file = Path(os.environ.get("ENV_FILE", BASE / ".env"))
    if file.is_file():
        import environ

        environ.Env.read_env(file)


class Embedded:
    """PostgreSQL unless DATABASE_URL names one, Valkey unless REDIS_URL does."""

    def __init__(self, home: Home, *, durable: bool = True, given: dict[str, str] | None = None) -> None:
        given = dict(os.environ) if given is None else given
        self.home = home
        self.postgres = None if given.get("DATABASE_URL") else Postgres(home, durable=durable)
        self.valkey = None if given.get("REDIS_URL") else Valkey(home, durable=durable)

    def environment(self) -> dict[str, str]:
        """What the program needs to know beside what the person has set."""
        told = {"DATA_DIR": str(self.home.data)}
        if self.postgres:
            told |= {"DATABASE_URL": self.postgres.url(), "DATABASE_OWNER_URL": self.postgres.url(OWNER)}
        if self.valkey:
            told["REDIS_URL"] = self.valkey.url()
        if not os.environ.get("SECRET_KEY"):
            told["SECRET_KEY"] = self.home.secret("secret-key", 64)
        return told

    def services(self) -> list[Service]:
        """Prepares the folders, and says what to start, in this order."""
        wanted = []
        if self.postgres:
            self.postgres.prepare()
            wanted.append(self.postgres.service())
        if self.valkey:
            wanted.append(self.valkey.service())
        return wanted

    def provision(self) -> None:
        if self.postgres:
            self.postgres.provision()

    def wait_ready(self) -> None:
        """For one who did not start them."""
        for server in (self.postgres, self.valkey):
            if server is not None and not _within(30, server.ready):
                raise StartFailed("数据库或队列没有就绪,请看 ./dev run 的输出")


def _within(seconds: float, holds) -> bool:  # type: ignore[no-untyped-def]
    import time

    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@contextlib.contextmanager
def running(embedded: Embedded, held: Locks) -> Iterator[None]:
    """The servers are there for the length of the block, whoever started them."""
    while not held.own():
        if held.take("users", shared=True, seconds=1):
            # Their owner may have left while we waited for our turn.
            if not held.own():
                embedded.wait_ready()
                try:
                    yield
                finally:
                    held.free("users")
                return
            break
    held.take("users", shared=True)
    with started(embedded, held):
        yield
        held.free("users")
        # Others may have come while we worked; the servers stay until they are through.
        held.wait("users")


@contextlib.contextmanager
def started(embedded: Embedded, held: Locks) -> Iterator[None]:
    children: list[Child] = []
    try:
        for service in embedded.services():
            children.append(Child(service, _log(embedded.home, service.name), held.fileno("guards")))
        for child in children:
            child.wait_ready()
        embedded.provision()
        yield
    finally:
        for child in reversed(children):
            child.ask_to_stop()
        for child in reversed(children):
            child.stop()
        held.free("owner")


@contextlib.contextmanager
def throwaway(name: str, *, durable: bool = False) -> Iterator[Embedded]:
    """Servers in a folder of their own, which their user may enter; both gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"oms-{name}-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        home = Home(folder)
        home.prepare()
        (folder / "data").mkdir()
        embedded = Embedded(home, durable=durable, given={})
        with locks(home) as held:
            held.own()
            with started(embedded, held):
                yield embedded
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _log(home: Home, name: str) -> IO[bytes]:
    return (home.log / f"{name}.log").open("ab")


__all__ = ["BASE", "Embedded", "HomeError", "read_env_file", "running", "started", "throwaway"]
