"""The chain: its arrows, held in Python and in the database alike."""

import importlib
from itertools import product
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django_fsm import TransitionNotAllowed

from audit.frame import open_action
from orders.models import Order, Revision, Shipment, State
from tests.shop import Shop

pytestmark = pytest.mark.django_db

# Written from rules.md, not from the code.
CHAIN = {
    ("submit", "DRAFT", "PENDING"),
    ("send_back", "PENDING", "DRAFT"),
    ("approve", "PENDING", "APPROVED"),
    ("release", "APPROVED", "PRODUCTION"),
    ("finish", "PRODUCTION", "QUALITY"),
    ("pass_quality", "QUALITY", "SHIPPING"),
    ("rework", "QUALITY", "PRODUCTION"),
    ("rework", "SHIPPING", "PRODUCTION"),
    ("complete", "SHIPPING", "COMPLETED"),
    ("reopen", "COMPLETED", "SHIPPING"),
    ("cancel", "DRAFT", "CANCELLED"),
    ("cancel", "PENDING", "CANCELLED"),
    ("cancel", "APPROVED", "CANCELLED"),
    ("cancel_released", "PRODUCTION", "CANCELLED"),
    ("cancel_released", "QUALITY", "CANCELLED"),
    ("cancel_released", "SHIPPING", "CANCELLED"),
}


def arrows(model: Any, field: str) -> set[tuple[str, str, str]]:
    return {(t.name, str(t.source), str(t.target)) for t in model._meta.get_field(field).get_all_transitions(model)}


def test_the_machine_has_exactly_the_arrows_of_the_rules() -> None:
    assert arrows(Order, "state") == CHAIN


@pytest.mark.parametrize(("model", "field"), [(Order, "state"), (Revision, "status"), (Shipment, "state")])
def test_the_database_allows_exactly_the_machines_arrows(model: Any, field: str) -> None:
    migration = importlib.import_module("orders.migrations.0002_state_machine")
    declared = set(migration.ARROWS[model._meta.db_table, field])
    assert {f"{source}>{target}" for _, source, target in arrows(model, field)} == declared


def write(order: Order, state: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET state = %s WHERE id = %s", [state, order.pk])


def test_a_state_written_outside_an_action_is_refused_by_the_database() -> None:
    order = Shop().draft()
    with pytest.raises(DatabaseError, match="only inside an action"):
        write(order, "PENDING")


def test_an_undeclared_step_is_refused_by_the_database_even_inside_an_action() -> None:
    order = Shop().draft()
    allowed = {target for _, source, target in CHAIN if source == "DRAFT"}
    for target in set(State.values) - allowed - {"DRAFT"}:
        with pytest.raises(DatabaseError, match="no transition"), transaction.atomic():
            open_action("test")
            write(order, target)


@pytest.mark.parametrize(("name", "state"), sorted(product({arrow[0] for arrow in CHAIN}, State.values)))
def test_a_state_method_called_outside_an_action_passes_no_closed_gate(name: str, state: str) -> None:
    """No method moves an order that has no signature at all, whatever its state is said to be."""
    order = Shop().draft(header={"requested_on": None})
    order.__dict__["state"] = state
    free = {"cancel", "rework", "reopen"} | ({"send_back"} if state == "PENDING" else set())
    if name in free and any(arrow[:2] == (name, state) for arrow in CHAIN):
        getattr(order, name)()
    else:
        with pytest.raises(TransitionNotAllowed):
            getattr(order, name)()
