"""What kind a test is of, told by what it uses and by no list: `./dev test --fast` leaves out whatever has one.

They also say how long it takes, roughly, so that the two processes of a whole run end at the same time.
"""

from functools import cache
from inspect import ismodule
from typing import Any

import pytest

# Folders whose files share what is dear to make: a running system with a browser, the demo company.
TOGETHER = ("tests/browser/", "tests/demo/")
# What each kind costs, a plain test being 1.
COSTS = {"browser": 40, "crash": 10, "race": 3, "long": 20}
LONG = ("bench", "home.demo", "hypothesis.stateful", "runner.schema", "tests.fuzz")
WATCHED = {"browser", "stack", "live_server"}
REAL = {"transactional_db", "live_server", "django_db_reset_sequences"}


def of(item: Any) -> set[str]:
    """browser; crash: processes of its own; race: real transactions; long: the demo company, bench, fuzz …"""
    used = used_by(item.module)
    found = {
        "browser": bool(WATCHED & set(item.fixturenames)),
        "crash": bool({"subprocess", "tests.foundation.processes", "tests.documents.services"} & used),
        "race": wants_real_transactions(item),
        "long": getattr(item.obj, "is_hypothesis_test", False)
        or "company" in item.fixturenames
        or any(name.startswith(LONG) for name in used),
    }
    return {kind for kind, is_one in found.items() if is_one}


@cache
def used_by(module: Any) -> frozenset[str]:
    """The modules that it names or takes something from."""
    named = [str(getattr(each, "__name__", "")) for each in vars(module).values() if ismodule(each)]
    return frozenset([*named, *(str(getattr(each, "__module__", "")) for each in vars(module).values())])


def wants_real_transactions(item: Any) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = marker and (marker.kwargs.get("transaction") or marker.kwargs.get("reset_sequences"))
    return bool(asked or REAL & set(item.fixturenames))


def group(nodeid: str) -> str:
    """The file, whose tests go to one process, and some folders as a whole: what they stand on is made once."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def longest_first(items: list[pytest.Item]) -> None:
    """The groups by what they cost, each in its own order."""
    costs: dict[str, int] = {}
    for item in items:
        cost = max((cost for kind, cost in COSTS.items() if item.get_closest_marker(kind)), default=1)
        costs[group(item.nodeid)] = costs.get(group(item.nodeid), 0) + cost
    items.sort(key=lambda item: (-costs[group(item.nodeid)], group(item.nodeid)))
