"""Whatever is kept for somebody can be fetched by somebody: each kind of subject has said who sees its files (B7)."""

import ast
from collections.abc import Iterator
from pathlib import Path

from documents import access

BASE = Path(__file__).resolve().parents[2]
DEPARTMENTS = ["catalog", "customers", "finance", "orders", "portal", "production", "quality", "shipping", "stock"]


# The actions whose files every department may open; what any other keeps is for those who see prices.
PLAIN = {
    "file_sample",  # 封样
    "keep",  # what was made, sent and signed of a sample
    "sign_technical",  # the formula that the customer signed
    "raise_anomaly",  # photos
    "inspect_batch",  # reports and photos
}
# Judged by what went along: tests/shipping/test_answering.py.
BY_WHAT_WENT = {"take_receipt"}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Each `store(…)` with the function that it stands in."""
    for path in (path for name in DEPARTMENTS for path in (BASE / name).rglob("*.py")):
        for function in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)):
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                if getattr(call.func, "id", getattr(call.func, "attr", "")) == "store" and len(call.args) > 2:
                    yield function.name, call


def test_only_what_carries_no_price_is_kept_for_every_department() -> None:
    said = {name for name, call in calls() if len(call.args) > 4}
    assert said == PLAIN | BY_WHAT_WENT
    assert not any(call.keywords for _, call in calls())


def test_every_kind_of_kept_file_is_seen_by_somebody() -> None:
    kept = {str(call.args[2].value) for _, call in calls() if isinstance(call.args[2], ast.Constant)}
    assert len(kept) > 8
    assert kept <= set(access._subjects)
