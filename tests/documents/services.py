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
from collections.abc import Iterator, Mapping
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


def worker(
    broker_url: str, *, queues: str = "papers,mail,long", **more: str
) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    words = f"-m celery -A config worker -c 1 --queues {queues} --loglevel WARNING --without-gossip --without-mingle"
    return process(*words.split(), broker_url=broker_url, **more)


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mails. What it answers to a word («here» is its greeting, «.» the end of a mail) may be told otherwise:
    None is silence, nothing at all hangs up, and an answer with no end comes a byte at a time."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, answers: Mapping[str, bytes | None], slow: float = 0) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.answers, self.slow, self.mails, self.over = dict(answers), slow, [], threading.Event()

    mails: list[bytes]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        goes_on = self.answer("here", b"220 here\r\n")
        while goes_on and (line := self.rfile.readline()):
            word = line[:4].decode().upper().strip()
            goes_on = self.answer(word, {"DATA": b"354 go on\r\n", "QUIT": b"221 bye\r\n"}.get(word, b"250 ok\r\n"))
            if goes_on and word == "DATA" and "DATA" not in self.server.answers:
                self.server.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.server.over.wait(self.server.slow)
                goes_on = self.answer(".", b"250 ok\r\n")

    def answer(self, word: str, usual: bytes) -> bool:
        told = self.server.answers.get(word, usual)
        if told is None:
            self.server.over.wait(60)
        elif told and not told.endswith(b"\n"):
            self.dribble(told)
        else:
            self.wfile.write(told)
            return bool(told)
        return False

    def dribble(self, told: bytes) -> None:
        with contextlib.suppress(OSError):
            while not self.server.over.wait(0.05):
                self.wfile.write(told)


@contextlib.contextmanager
def mail_server(answers: Mapping[str, bytes | None] | None = None, slow: float = 0) -> Iterator[MailServer]:
    with MailServer(answers or {}, slow) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
