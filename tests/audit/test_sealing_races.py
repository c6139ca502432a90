"""What is being written while the night seals is neither missed nor taken for put in later."""

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from audit.errors import Refused
from audit.models import ActionKey, Seal
from audit.sealing import seal
from audit.verifying import verify
from tests.races import at_once


@pytest.fixture(autouse=True)
def root(settings: Any, tmp_path: Path) -> None:
    settings.HEADS_ROOT = tmp_path / "heads"


def key(name: str) -> ActionKey:
    return ActionKey.objects.create(action="x", key=name, digest="", at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_a_row_that_commits_late_below_the_highest_id_is_sealed_the_next_time() -> None:
    drawn, told = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            key("slow")
            drawn.set()
            told.wait(20)

    def night() -> list[str]:
        drawn.wait(20)
        key("quick")
        try:
            return [table.name for table in seal(timezone.now(), patience=0).left]
        finally:
            told.set()

    _, left = at_once(2, lambda index: (slow, night)[index]())
    assert left == ["audit_actionkey"]
    assert seal(timezone.now()).rows == 2
    assert not verify().faults


@pytest.mark.django_db(transaction=True)
def test_two_who_seal_at_once_make_one_seal() -> None:
    sealed, told = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            seal(timezone.now())
            sealed.set()
            told.wait(20)

    def second() -> Any:
        sealed.wait(20)
        try:
            return seal(timezone.now())
        finally:
            told.set()

    outcomes = at_once(2, lambda index: (first, second)[index]())
    assert isinstance(outcomes[1], Refused)
    assert [each.number for each in Seal.objects.all()] == [1] and not verify().faults
