"""The relay: takes due rows from the outbox and hands their ids to Celery. It does none of the work itself.

It wakes by NOTIFY or each second, holds no lock while handing over, and outlives a missing broker and a restarted
database: rows wait in the database meanwhile (B18, B19).
"""

import logging
import select
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from documents import outbox
from documents.tasks import deliver

log = logging.getLogger("documents.relay")

BATCH = 200
BROKER_AWAY = timedelta(seconds=3)


class Relay:
    def __init__(self, pause: float = 1.0) -> None:
        self.pause = pause
        self.stopping = False
        self.listening = False

    def run(self) -> None:
        autodiscover_modules("tasks")  # every app's channels: which of them are safe to repeat
        log.info("relay started")
        while not self.stopping:
            try:
                self.listen()
                if self.sweep() < BATCH:
                    self.wait()
            except (OperationalError, InterfaceError) as error:
                log.warning("database away: %s", error)
                self.forget_connection()
                time.sleep(self.pause)
        log.info("relay stopped")

    def stop(self, *args: object) -> None:
        self.stopping = True

    def listen(self) -> None:
        if not self.listening:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {outbox.CHANNEL_NOTIFY}")
            self.listening = True

    def sweep(self) -> int:
        """One round: what ran out, then what is due. The number of rows handed over."""
        now = timezone.now()
        outbox.settle_run_out(now)
        rows = outbox.claim_waiting(now, BATCH)
        return len(rows) if hand_over(rows, self.publish) else 0

    @staticmethod
    def publish(row_id: int, queue: str) -> None:
        deliver.apply_async((row_id,), queue=queue, retry=False)

    def wait(self) -> None:
        """Until someone posts, a second at most. A posted row that isn't due yet is found by a later round."""
        wire = connection.connection
        if wire is None:
            raise InterfaceError("connection lost")
        select.select([wire], [], [], self.pause)
        wire.poll()
        wire.notifies.clear()

    def forget_connection(self) -> None:
        self.listening = False
        connection.close()


def hand_over(rows: Mapping[int, str], publish: Callable[[int, str], None]) -> bool:
    """Give the ids to the broker, each to its queue; if it is away, free those it did not take and say so."""
    for position, (row_id, queue) in enumerate(rows.items()):
        try:
            publish(row_id, queue)
        except Exception as error:  # noqa: BLE001 (a broker fails in many ways; each means: later)
            log.warning("broker away: %s", error)
            outbox.hand_back(list(rows)[position:], timezone.now() + BROKER_AWAY)
            return False
    return True
