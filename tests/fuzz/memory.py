"""What this process holds, when what nobody holds any more is gone."""

import gc
import resource
import sys
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import Any


def resident() -> float:
    """MB of the machine's memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def blocks() -> int:
    """Pieces of memory that Python has given out: grows with whatever is kept, and knows no chance of the allocator."""
    gc.collect()
    return sys.getallocatedblocks()


def bounded() -> Iterator[Any]:
    """The caches that keep so many answers and no more."""
    for module in list(sys.modules.values()):
        for each in list(vars(module).values()):
            if type(each) is _lru_cache_wrapper and each.cache_parameters()["maxsize"]:
                yield each


def empty_what_is_bounded() -> None:
    """What is left and still grows has no bound."""
    for cache in bounded():
        cache.cache_clear()
