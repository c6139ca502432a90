"""`manage.py relay`: the process between outbox and broker."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from documents.relay import Relay


class Command(BaseCommand):
    help = "把待发事项交给任务队列（随系统常驻）"

    def handle(self, *args: Any, **options: Any) -> None:
        relay = Relay()
        signal.signal(signal.SIGTERM, relay.stop)
        signal.signal(signal.SIGINT, relay.stop)
        relay.run()
