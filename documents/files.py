"""Files beside the database: a file is whole and on the disk before the row that names it (B14)."""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from django.conf import settings

Room = Literal["renderings", "attachments", "logos", "bundles"]
ROOMS: tuple[Room, ...] = ("renderings", "attachments", "logos", "bundles")


class Damaged(Exception):
    """The file a row names is not there, or is no longer what was written."""


def path_of(room: Room, name: str) -> Path:
    """Spread over 256 folders, so that none grows without end."""
    if not name.isalnum():
        raise ValueError(f"not a stored name: {name!r}")
    return Path(settings.MEDIA_ROOT) / room / name[:2] / name


def write(room: Room, name: str, chunks: Iterable[bytes]) -> None:
    """Write, fsync, rename, fsync the folder: after this returns, a crash can't lose the file or leave half of it.

    Raises OSError (a full disk, say) and then leaves nothing behind.
    """
    path = path_of(room, name)
    make_folder(path.parent)
    half = path.with_name(f".{name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        sync_folder(path.parent)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def write_by_hash(room: Room, content: bytes) -> str:
    name = hashlib.sha256(content).hexdigest()
    write(room, name, [content])
    return name


def read(room: Room, name: str, sha256: str = "") -> bytes:
    """The bytes, compared with their hash (the name itself where none is given). Raises Damaged."""
    try:
        content = path_of(room, name).read_bytes()
    except OSError as error:
        raise Damaged(name) from error
    if hashlib.sha256(content).hexdigest() != (sha256 or name):
        raise Damaged(name)
    return content


def remove(room: Room, name: str) -> None:
    with contextlib.suppress(OSError):
        path_of(room, name).unlink()


def make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
