"""Start-up checks: what must be on the machine for papers to come out right."""

import ctypes
from typing import Any

from django.core import checks

# The names WeasyPrint itself tries.
SUBSETTER = ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll")


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


@checks.register
def font_subsetting(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Without HarfBuzz's subsetter a page takes seconds, and nobody would know why."""
    if any(loads(name) for name in SUBSETTER):
        return []
    return [
        checks.Error(
            "缺少 libharfbuzz-subset，单据生成会慢几十倍。",
            hint="apt-get install libharfbuzz-subset0",
            id="documents.E001",
        )
    ]
