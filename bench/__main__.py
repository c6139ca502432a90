"""`./dev bench --orders N [--write]`: a PostgreSQL and a Valkey of its own, gone afterwards; then bench.run in them."""

import os
import subprocess
import sys

from runner.embedded import BASE, Embedded, throwaway
from runner.postgres import SUPERUSER


def environment(embedded: Embedded) -> dict[str, str]:
    """As production has it; nothing of the person's own settings."""
    named = ("PATH", "HOME", "LANG", "TMPDIR")
    assert embedded.postgres is not None  # noqa: S101 (asked for below)
    return {
        **{name: os.environ[name] for name in named if name in os.environ},
        **embedded.environment(),
        "ENV_FILE": os.devnull,
        "SECRET_KEY": "of-the-bench-" + "x" * 50,
        "HTTPS": "false",
        "DATA_DIR": str(embedded.home.data / "data"),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        # The bench itself fills tables faster than any role of the program may; the server it drives is the program's.
        "BENCH_DATABASE_URL": embedded.postgres.url(SUPERUSER),
    }


def main(words: list[str]) -> int:
    with throwaway("bench", durable=True) as embedded:
        told = environment(embedded)
        for step in ("migrate -v0", "collectstatic --noinput -v0", "make_faces"):
            subprocess.run([sys.executable, "manage.py", *step.split()], cwd=BASE, env=told, check=True)  # noqa: S603
        told_bench = {**told, "SERVER_DATABASE_URL": told["DATABASE_URL"]}
        told_bench["DATABASE_URL"] = told_bench.pop("BENCH_DATABASE_URL")
        return subprocess.run([sys.executable, "-m", "bench.run", *words], cwd=BASE, env=told_bench).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
