"""`./dev test`: pytest beside a PostgreSQL and a Valkey of its own, both gone afterwards."""

import argparse
import os
import subprocess
import sys

from runner.embedded import BASE, Embedded, throwaway

HALVES = ["-n", "2", "--dist", "loadfile"]
# Kinds of tests (tests/kinds.py) that `--fast` leaves out.
SLOW = ("browser", "race", "crash", "long")
PERSONAL = (
    "DATABASE_URL DATABASE_OWNER_URL DATABASE_DIRECT_URL DATABASE_POOLED "
    "REDIS_URL SECRET_KEY DEBUG ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS SITE_URL PORT "
    "EMAIL_URL DEFAULT_FROM_EMAIL TRUSTED_PROXIES STATIC_ROOT CONN_MAX_AGE DATABASE_APP_ROLE DEMO_PASSWORD "
    "OLD_SECRET_KEYS HEADS_ROOT AUDIT_HEADS_EMAIL SESSION_IDLE_MINUTES SESSION_HOURS"
).split()
# Where the orders stand that `./dev fuzz` aims at: at more steps than a short run needs.
MANY_STEPS = "draft submitted approved sent confirmed"


def environment(embedded: Embedded) -> dict[str, str]:
    """Nothing of the person's own settings reaches the tests."""
    kept = {name: value for name, value in os.environ.items() if name not in PERSONAL}
    told = embedded.environment()
    return {
        **kept,
        **told,
        "ENV_FILE": os.devnull,
        "DATABASE_URL": told["DATABASE_OWNER_URL"],
        "SECRET_KEY": "only-for-tests-" + "x" * 50,
        "HTTPS": "false",
        "DATA_DIR": str(embedded.home.data / "data"),
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # the browser tests run a loop beside the database
    }


def asked(words: list[str]) -> list[str]:
    """The whole suite runs in two halves, and so does what `--fast` leaves of it; what is asked for by name in one."""
    if "--fast" in words:
        return ["-m", f"not ({' or '.join(SLOW)})", *HALVES, *(word for word in words if word != "--fast")]
    return words or HALVES


def test(words: list[str]) -> int:
    """pytest with these words, beside servers that are gone afterwards; its exit code."""
    with throwaway("test") as embedded:
        argv = [sys.executable, "-m", "pytest", *asked(words)]
        return subprocess.run(argv, cwd=BASE, env=environment(embedded)).returncode  # noqa: S603


def fuzz(words: list[str]) -> int:
    """Mutated requests without end: what `./dev test` sends a few hundred of (tests/fuzz)."""
    asked = argparse.ArgumentParser(prog="./dev fuzz")
    asked.add_argument("--requests", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", type=int, help="this one request of the seed again")
    given = asked.parse_args(words)
    os.environ |= {"FUZZ_REQUESTS": str(given.requests), "FUZZ_SEED": str(given.seed), "FUZZ_STEPS": MANY_STEPS}
    if given.only is not None:
        os.environ["FUZZ_ONLY"] = str(given.only)
    # Without pytest's own log, which keeps every line until the end.
    return test(["tests/fuzz", "-s", "-p", "no:logging"])
