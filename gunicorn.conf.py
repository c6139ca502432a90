"""Read by gunicorn from the folder it starts in. Whom to believe is decided in accounts/addresses.py alone: gunicorn
itself would take `X-Forwarded-Proto` and `SCRIPT_NAME` from everybody on this machine."""

import os
from typing import Any

forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""


def worker_exit(server: object, worker: Any) -> None:
    """Every request is answered by now; taking the interpreter apart is a second of every stop.

    The master calls this too, of workers that it misses, and minds the exit code of those that never came up.
    """
    if worker.booted and worker.pid == os.getpid():
        os._exit(0)
