"""`python -m runner COMMAND`: what `./dev` calls once the environment stands."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from runner.checks import check_all, fmt, lock
from runner.child import StartFailed
from runner.embedded import BASE, Embedded, read_env_file, running
from runner.home import Home, HomeError, keep_secret, locks
from runner.run import Plan, run
from runner.schema import schema
from runner.testing import fuzz, test


def data_dir() -> Path:
    return Path(os.environ.get("DATA_DIR") or BASE / "var")


def manage(words: list[str]) -> int:
    """A management command beside its database, which is started for it when nobody has."""
    return beside_servers(["manage.py", *words])


def run_all(words: list[str]) -> int:
    read_env_file()
    return run()


def beside_servers(*steps: list[str]) -> int:
    """Runs each step in the program's environment, up to the first that fails."""
    read_env_file()
    home = Home(data_dir())
    home.prepare()
    embedded = Embedded(home)
    environment = Plan(home, embedded, os.environ).environment
    with locks(home) as held, running(embedded, held):
        for step in steps:
            if code := subprocess.run([sys.executable, *step], cwd=BASE, env=environment).returncode:  # noqa: S603
                return code
    return 0


def demo(words: list[str]) -> int:
    code = beside_servers(["manage.py", "migrate", "--verbosity", "0"], ["-m", "runner.first", "--again", *words])
    if code == 0:
        home = Home(data_dir())
        plan = Plan(home, Embedded(home), os.environ)
        keep_secret(home.data / "demo-password", plan.demo_password)
        for line in plan.demo_log_ins():
            print(line)
    return code


def bench(words: list[str]) -> int:
    """With servers of its own, gone afterwards, so that the person's data stay as they are."""
    return subprocess.run([sys.executable, "-m", "bench", *words], cwd=BASE).returncode  # noqa: S603


def chaos(words: list[str]) -> int:
    """A system of its own, with a company of its own, gone afterwards."""
    return subprocess.run([sys.executable, "-m", "tests.chaos", *words], cwd=BASE).returncode  # noqa: S603


COMMANDS = {
    "run": run_all,
    "manage": manage,
    "demo": demo,
    "bench": bench,
    "chaos": chaos,
    "test": test,
    "fuzz": fuzz,
    "check": check_all,
    "fmt": fmt,
    "lock": lock,
    "schema": schema,
}


def main(words: list[str]) -> int:
    command = COMMANDS[words[0]]
    # Ends in order, and takes along what it runs; `run` listens by itself.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return command(words[1:])
    except (StartFailed, HomeError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
