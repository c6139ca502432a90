"""How long one waits for the database. A server that hangs says nothing, so no time limit of its own ends the wait."""

import select
import time
from typing import Any

import psycopg2
from psycopg2 import extensions

# Seconds. A page needs none of them; a thread of the web that waits longer is missing to everybody else (B24).
CONNECTING, ANSWER = 3.0, 30.0
ESTABLISHED = {extensions.STATUS_READY, extensions.STATUS_BEGIN, extensions.STATUS_PREPARED}
DIRECTIONS = {extensions.POLL_READ: select.POLLIN, extensions.POLL_WRITE: select.POLLOUT}


def until(wire: Any, deadline: float) -> None:
    """Wait until the database has done what it was asked. Raises OperationalError at `deadline` (monotonic seconds)."""
    while (wants := wire.poll()) != extensions.POLL_OK:
        poll = select.poll()
        poll.register(wire.fileno(), DIRECTIONS[wants])
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise psycopg2.OperationalError("the database does not answer")


def bound_all() -> None:
    """From now on every wait of this process ends: the web's, where people wait. A job may take its time."""
    extensions.set_wait_callback(wait)


def wait(wire: Any) -> None:
    until(wire, time.monotonic() + (ANSWER if wire.status in ESTABLISHED else CONNECTING))
