"""`orders` stands below the departments: it names no page, template or reverse relation of theirs (design)."""

import ast
import re
from pathlib import Path

from django.apps import apps
from django.conf import settings

BELOW = ("production", "finance", "shipping", "home", "aftersales", "portal", "insights")
ORDERS = Path(settings.BASE_DIR) / "orders"
TEMPLATES = Path(settings.BASE_DIR) / "templates" / "orders"


def strings() -> dict[str, str]:
    """Every string constant of the app but its docstrings, with where it stands."""
    found = {}
    for path in ORDERS.rglob("*.py"):
        tree = ast.parse(path.read_text())
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                found[f"{path.name}:{node.lineno}:{node.col_offset}"] = node.value
    return found


def test_orders_names_no_page_or_template_of_a_department() -> None:
    theirs = re.compile(rf"^({'|'.join(BELOW)})[:/]")
    assert {where: text for where, text in strings().items() if theirs.match(text)} == {}


def test_its_templates_link_to_and_include_nothing_of_a_department() -> None:
    theirs = re.compile(rf"""(url|include|extends)\s+['"]({"|".join(BELOW)})[:/]""")
    assert [path.name for path in TEMPLATES.rglob("*.html") if theirs.search(path.read_text())] == []


def test_it_follows_no_reverse_relation_of_a_department() -> None:
    ours = set(apps.get_app_config("orders").get_models())
    theirs = {
        relation.get_accessor_name()
        for label in BELOW
        if apps.is_installed(label)
        for model in apps.get_app_config(label).get_models()
        for relation in (field.remote_field for field in model._meta.get_fields() if field.is_relation)
        if relation is not None and getattr(relation, "model", None) in ours and not relation.hidden
    }
    own = {field.name for model in ours for field in model._meta.get_fields()}
    code = "\n".join(path.read_text() for path in ORDERS.rglob("*.py"))
    used = {name for name in theirs - own if name and re.search(rf"\.{name}\b|\b{name}__", code)}
    assert used == set()
