"""What a file imports does not lead back to it: any file can be read, and moved, after those it stands on."""

import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
ROOMS = PROJECT["tool"]["importlinter"]["root_packages"]


def circle(imports: dict[str, set[str]]) -> list[str]:
    """One of the circles, each file imported by the next; none where there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_file_is_reached_again_by_what_it_imports() -> None:
    graph = grimp.build_graph(*ROOMS, "runner", exclude_type_checking_imports=True)
    assert circle({file: graph.find_modules_directly_imported_by(file) for file in graph.modules}) == []


@pytest.mark.parametrize("files", ["ab", "abc"])
def test_a_circle_is_named(files: str) -> None:
    imports = {file: {files[place - 1]} for place, file in enumerate(files)}
    assert set(circle({**imports, "z": {"a"}})) == set(files)
