"""Each test's kind is told by what it uses; `./dev test --fast` runs what has none."""

import subprocess
from typing import Any
from unittest import mock

import pytest

from runner import testing
from tests import kinds


class One:
    """A test as pytest collected it."""

    module = pytest
    obj = None

    def __init__(self, *fixtures: str, node: str = "", cost: str = "", **told: Any) -> None:
        self.fixturenames, self.nodeid, self.cost, self.told = fixtures, node, cost, told

    def get_closest_marker(self, name: str) -> Any:
        return self.cost == name or (name == "django_db" and self.told and mock.Mock(kwargs=self.told))


def test_a_test_has_the_kind_of_what_it_uses() -> None:
    assert kinds.of(One("db")) == set()
    assert kinds.of(One("page", "browser", "live_server")) == {"browser", "race"}
    assert kinds.of(One("db", transaction=True)) == {"race"}


def test_a_module_that_starts_processes_is_seen(request: pytest.FixtureRequest) -> None:
    assert subprocess and kinds.of(request.node) == {"crash"}


def test_the_longest_go_first_and_those_in_the_browser_together() -> None:
    plain = [One(node=f"tests/a.py::{number}") for number in range(30)]
    pages = [One(node=f"tests/browser/{name}.py::x", cost="browser") for name in "ab"]
    ordered = [*plain[:1], pages[0], *plain[1:], pages[1]]
    kinds.longest_first(ordered)
    assert [one.nodeid for one in ordered[:2]] == [page.nodeid for page in pages]
    assert ordered[2:] == plain


def test_fast_leaves_out_what_is_slow_and_runs_the_rest_in_two_halves() -> None:
    leaving_out = ["-m", "not (browser or race or crash or long)"]
    assert testing.asked(["--fast", "-x"]) == [*leaving_out, "-n", "2", "--dist", "loadfile", "-x"]


def test_the_whole_suite_runs_in_two_halves_and_what_is_named_in_one() -> None:
    assert testing.asked([]) == ["-n", "2", "--dist", "loadfile"]
    assert testing.asked(["tests/orders"]) == ["tests/orders"]
