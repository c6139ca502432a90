"""Where one copy of the program keeps its things, and who may use them at the moment.

Everything lies under DATA_DIR (`var/`). Only when root runs the program from a folder that nobody else may enter do
the two servers, which refuse to run as root, keep their data under /var/lib/oms, and `var/` points there.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import secrets
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

SERVANT = "nobody"
# sockaddr_un holds 108 bytes on Linux and 104 on macOS; PostgreSQL adds its own file name.
SOCKET_FOLDER_LIMIT = 80


class HomeError(Exception):
    """Something about the folders is wrong; the message is for the person at the terminal."""


def servant() -> tuple[int | None, int | None]:
    """The unprivileged user of PostgreSQL and Valkey when root starts them; otherwise they run as oneself."""
    if os.geteuid() != 0:
        return None, None
    entry = pwd.getpwnam(SERVANT)
    return entry.pw_uid, entry.pw_gid


def may_enter(path: Path) -> bool:
    """Whether any user may pass through every folder above `path`, as it is named and where it leads."""
    above = {*path.absolute().parents, *path.resolve().parents}
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in above)


def keep_secret(path: Path, word: str) -> None:
    """Never readable to others, not even for a moment."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(word + "\n")


class Home:
    """The folders of one DATA_DIR."""

    def __init__(self, data_dir: Path) -> None:
        self.data = data_dir.resolve()
        self.uid, self.gid = servant()
        self.mark = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        self.log = self.data / "log"
        self.run = self.data / "run"

    def prepare(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.run.mkdir(exist_ok=True)
        self.log.mkdir(mode=0o700, exist_ok=True)

    def servants_folder(self, name: str) -> Path:
        """A folder that only the servers' user opens (and root)."""
        folder = self.data / name
        if self.uid is not None and not may_enter(folder):
            folder = self._outside(name)
        self._own(folder)
        return folder

    def socket_folder(self, name: str) -> Path:
        """Short enough for a socket's address and open to the servers' user alone."""
        folder = self.run / name
        if len(str(folder)) > SOCKET_FOLDER_LIMIT or (self.uid is not None and not may_enter(folder)):
            top = Path("/tmp") / f"oms-{os.geteuid()}-{self.mark}"  # noqa: S108
            top.mkdir(mode=0o711, exist_ok=True)
            # Someone else may have made it first, to read along.
            if top.is_symlink() or top.stat().st_uid != os.geteuid():
                raise HomeError(f"{top} 属于其他用户,请删除后重试")
            top.chmod(0o711)
            folder = top / name
        self._own(folder)
        return folder

    def secret(self, name: str, length: int) -> str:
        """A random word that is made once and kept, readable to its owner alone."""
        path = self.data / name
        with contextlib.suppress(FileNotFoundError):
            if kept := path.read_text().strip():
                return kept
        word = secrets.token_urlsafe(length)
        keep_secret(path, word)
        return word

    def _outside(self, name: str) -> Path:
        folder = Path("/var/lib/oms") / self.mark / name
        folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        link = self.data / name
        if not link.exists():
            link.symlink_to(folder)
        return folder

    def _own(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)


class Locks:
    """Who runs the servers of a home, and who uses them.

    `owner`: held by the one process that started them. `users`: held shared by everyone who needs them, so that an
    owner that was only a passing command leaves last. `guards`: held shared by the guards, so that the next owner waits
    until the processes of a killed one are gone.
    """

    def __init__(self, home: Home) -> None:
        self.files: dict[str, IO[bytes]] = {}
        for name in ("owner", "users", "guards"):
            self.files[name] = (home.run / f"{name}.lock").open("ab")

    def fileno(self, name: str) -> int:
        return self.files[name].fileno()

    def take(self, name: str, *, shared: bool = False, seconds: float = 0) -> bool:
        """Tries for so many seconds."""
        until = time.monotonic() + seconds
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        while True:
            try:
                fcntl.flock(self.files[name], kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    return False
                time.sleep(0.05)
            else:
                return True

    def wait(self, name: str) -> None:
        """Takes the lock for oneself, however long others keep it."""
        fcntl.flock(self.files[name], fcntl.LOCK_EX)

    def free(self, name: str) -> None:
        fcntl.flock(self.files[name], fcntl.LOCK_UN)

    def own(self) -> bool:
        """Becomes the owner, once what a killed owner left is gone; False when somebody else is."""
        if not self.take("owner"):
            return False
        if not self.take("guards", seconds=10):
            raise HomeError("上次运行留下的进程仍未退出,请稍后再试")
        # From here on the lock is the guards'; they inherit it.
        return self.take("guards", shared=True)

    def close(self) -> None:
        for file in self.files.values():
            file.close()


@contextlib.contextmanager
def locks(home: Home) -> Iterator[Locks]:
    held = Locks(home)
    try:
        yield held
    finally:
        held.close()
