"""A broker, a relay and a worker of a test's own, as real processes; and a mail server that says too little."""

import contextlib
import os
import shutil
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.db import connection

from runner.valkey import packaged
from tests.foundation.processes import until


class Broker:
    """A Valkey on a socket of its own, that can be stopped, started and emptied."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.socket = folder, folder / "valkey.sock"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}?virtual_host=0"

    @property
    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket))

    def start(self) -> None:
        words = [
            "--port",
            "0",
            "--unixsocket",
            self.socket,
            "--dir",
            self.folder,
            "--save",
            "",
            "--loglevel",
            "warning",
        ]
        self.process = subprocess.Popen([packaged(), *words], stdout=subprocess.DEVNULL)
        assert until(self.answers)

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
            self.socket.unlink(missing_ok=True)


@contextlib.contextmanager
def broker(*, running: bool = True) -> Iterator[Broker]:
    folder = Path(tempfile.mkdtemp(prefix="vk-"))
    it = Broker(folder)
    try:
        if running:
            it.start()
        yield it
    finally:
        it.stop()
        shutil.rmtree(folder, ignore_errors=True)


def environment(broker_url: str, **more: str) -> dict[str, str]:
    """What a process needs to work on the test's own database, as the application's role, and on its files."""
    given = urlsplit(os.environ["DATABASE_URL"])
    role, name = settings.DATABASE_APP_ROLE, connection.settings_dict["NAME"]
    address = given._replace(netloc=f"{role}@", path=f"/{name}").geturl()
    told = {"DATABASE_URL": address, "REDIS_URL": broker_url, "DATA_DIR": str(settings.DATA_DIR)}
    return os.environ | told | {"SECRET_KEY": settings.SECRET_KEY} | more


@contextlib.contextmanager
def process(*words: str, broker_url: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    log = (settings.DATA_DIR / f"{words[1]}.log").open("ab")
    it = subprocess.Popen(
        [sys.executable, *words],
        env=environment(broker_url, **more),
        cwd=settings.BASE_DIR,
        start_new_session=True,
        stdout=log,
        stderr=log,
    )
    try:
        yield it
    finally:
        kill(it)
        log.close()


def kill(it: subprocess.Popen[bytes]) -> None:
    """With -9, and with all it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(it.pid, signal.SIGKILL)
    it.wait()


def relay(broker_url: str) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    return process("manage.py", "relay", broker_url=broker_url)


def worker(broker_url: str, **more: str) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    words = ["-m", "celery", "-A", "config", "worker", "-c", "1", "--loglevel", "WARNING", "--without-gossip"]
    return process(*words, "--without-mingle", broker_url=broker_url, **more)


class MailServer(socketserver.ThreadingTCPServer):
    """Takes a mail and, when silent, never says whether it did."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, silent: bool) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.silent, self.mails, self.over = silent, [], threading.Event()

    mails: list[bytes]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                mail = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.mails.append(mail)
                if self.server.silent:
                    self.server.over.wait(60)
                    return
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


@contextlib.contextmanager
def mail_server(*, silent: bool = False) -> Iterator[MailServer]:
    with MailServer(silent=silent) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
