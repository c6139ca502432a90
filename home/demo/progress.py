"""How much of the demo company is in: a file beside the data, which every page may look at without a statement."""

from contextlib import suppress
from pathlib import Path

from django.conf import settings


def path() -> Path:
    return Path(settings.DATA_DIR) / "demo-progress"


def note(percent: int) -> None:
    fresh = path().with_suffix(".new")
    fresh.write_text(str(percent))
    fresh.replace(path())


def end() -> None:
    path().unlink(missing_ok=True)


def percent() -> int | None:
    """None where nothing is being loaded."""
    with suppress(FileNotFoundError, ValueError):
        return int(path().read_text())
    return None
