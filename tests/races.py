"""Real threads on PostgreSQL: everyone starts at the same moment, each on a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def at_once(count: int, do: Callable[[int], Any]) -> list[Any]:
    """What each of `count` simultaneous calls `do(index)` returned, or the exception it raised."""
    start = threading.Barrier(count)
    outcomes: list[Any] = [None] * count

    def run(index: int) -> None:
        try:
            start.wait()
            outcomes[index] = do(index)
        except Exception as error:  # noqa: BLE001 (an outcome like any other)
            outcomes[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[index]) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def of_kind(outcomes: list[Any], kind: type) -> list[Any]:
    return [outcome for outcome in outcomes if isinstance(outcome, kind)]
