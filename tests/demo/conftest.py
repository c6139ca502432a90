"""One small company for all tests here, interrupted on its way and gone on with; rolled back after the last."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from home.demo import loading


class Interrupted(Exception):
    pass


def stop_midway(words: str) -> None:
    if " 250 /" in words:
        raise Interrupted


@pytest.fixture(scope="package")
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        with pytest.raises(Interrupted):
            loading.build("Demo-2026-pass", seed=7, count=31, say=stop_midway)
        begun = loading.unfinished()
        assert begun is not None and begun.done == 250
        loading.go_on(begun, say=lambda words: None, forgiving=False)
        yield
        transaction.set_rollback(True)
