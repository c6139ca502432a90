"""Someone who needs the servers of a home for a while: `python -m tests.foundation.visitor FOLDER SECONDS`.

Touches `FOLDER/<pid>.in` once they are there, asks the database something at the end, and leaves.
"""

import os
import sys
import time
from pathlib import Path

import psycopg2

from runner.embedded import Embedded, running
from runner.home import Home, locks


def main(folder: Path, seconds: float) -> None:
    home = Home(folder)
    home.prepare()
    embedded = Embedded(home, durable=False, given={})
    assert embedded.postgres is not None
    with locks(home) as held, running(embedded, held):
        (folder / f"{os.getpid()}.in").touch()
        time.sleep(seconds)
        psycopg2.connect(embedded.postgres.url()).close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
