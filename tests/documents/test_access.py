"""Whatever is kept for somebody can be fetched by somebody: each kind of subject has said who sees its files (B7)."""

import ast
from collections.abc import Iterator
from pathlib import Path

from documents import access

BASE = Path(__file__).resolve().parents[2]
DEPARTMENTS = ["catalog", "customers", "finance", "orders", "portal", "production", "shipping", "stock"]


def kinds_kept() -> Iterator[str]:
    """The third thing given to `store`, wherever it is written out."""
    for path in (path for name in DEPARTMENTS for path in (BASE / name).rglob("*.py")):
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name == "store" and len(call.args) > 2 and isinstance(call.args[2], ast.Constant):
                yield str(call.args[2].value)


def test_every_kind_of_kept_file_is_seen_by_somebody() -> None:
    kept = set(kinds_kept())
    assert len(kept) > 8
    assert kept <= set(access._subjects)
