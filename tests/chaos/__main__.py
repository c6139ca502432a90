"""`./dev chaos [--kills N] [--seed S] [--clerks C]`: the real system under load, its processes killed with -9 one after
the other, N of each kind; then it is looked whether anything acknowledged was lost, or anything was done twice."""

import argparse
import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.browser.conftest import PASSWORD, answers, free_port, no_demo
from tests.browser.office import BASE, Stack
from tests.chaos.journey import Clerk, Ledger
from tests.chaos.killing import KINDS, firsts, kill
from tests.documents.services import MailServer, mail_server
from tests.foundation.processes import mentioning, until

FOLDER = Path(__file__).parent
VERIFIED = ("verify_owed", "verify_audit", "verify_stock", "verify_documents", "verify_books")
# The longest lease of a row in hand, and some.
DRAINED = 600


@dataclass
class System:
    stack: Stack
    data: Path
    port: int
    process: subprocess.Popen[bytes]

    def ready(self) -> bool:
        return answers(f"{self.stack.url}/readyz")

    def stop(self) -> list[str]:
        """What is left of it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(90)
        until(lambda: not mentioning(str(self.data)), 8)
        return list(mentioning(str(self.data)).values())


def say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", flush=True)  # noqa: T201


@contextlib.contextmanager
def running(mail: MailServer) -> Iterator[System]:
    data = Path(tempfile.mkdtemp(prefix="oms-chaos-", dir="/tmp"))
    data.chmod(0o711)
    no_demo(data)
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    told = {"DATA_DIR": str(data), "PORT": str(port), "DEMO_PASSWORD": PASSWORD, "ENV_FILE": os.devnull}
    stack = Stack(f"http://127.0.0.1:{port}", PASSWORD, kept | told | {"EMAIL_URL": mail.url})
    with (data / "stack.log").open("wb") as log:
        words = [sys.executable, "-m", "runner", "run"]
        process = subprocess.Popen(words, cwd=BASE, env=stack.environment, stdout=log, stderr=log)
    system = System(stack, data, port, process)
    try:
        if not until(lambda: system.ready() or process.poll() is not None, 400) or process.poll() is not None:
            raise RuntimeError((data / "stack.log").read_text()[-3000:])
        yield system
    finally:
        if process.poll() is None:
            process.kill()  # its guards end the rest
            process.wait()
        until(lambda: not mentioning(str(data)), 10)
        if "KEEP" not in os.environ:
            shutil.rmtree(data, ignore_errors=True)


def main(words: list[str]) -> int:
    options = argparse.ArgumentParser(prog="./dev chaos")
    options.add_argument("--kills", type=int, default=10, help="of each kind of process")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--clerks", type=int, default=4, help="orders under way at once")
    options.add_argument("--pause", type=float, default=6.0, help="seconds from kill to kill, in the mean")
    given = options.parse_args(words)
    with mail_server(slow=0.3) as mail, running(mail) as system:
        wrong = [*go(given, system, mail), *verified(system)]
        wrong += [f"still running: {left}" for left in system.stop()]
    for each in wrong:
        say(f"!! {each}")
    say(f"{len(wrong)} wrong" if wrong else "0 lost, 0 doubled")
    return 1 if wrong else 0


def go(given: argparse.Namespace, system: System, mail: MailServer) -> list[str]:
    said = system.stack.manage("shell", "-c", f"exec(open({str(FOLDER / 'company.py')!r}).read())")
    facts = json.loads(said.partition("FACTS ")[2])
    ledger, over = Ledger(), threading.Event()
    clerks = [Clerk(ledger, facts, system.port, PASSWORD, over) for _ in range(given.clerks)]
    say(f"{system.data}, seed {given.seed}")
    for clerk in clerks:
        clerk.start()
    killed = kill_all(given, system, ledger)
    over.set()
    for clerk in clerks:
        clerk.join(120)
    say(f"killed: {', '.join(f'{times} × {kind}' for kind, times in sorted(killed.items()))}")
    say(f"acknowledged: {len(ledger.done)} actions on {len(ledger.orders)} orders")
    until(system.ready, 120)
    return [*ledger.wrong, *drained(system), *judged(system, ledger, mail)]


def kill_all(given: argparse.Namespace, system: System, ledger: Ledger) -> Counter[str]:
    dice = random.Random(given.seed)  # noqa: S311 (to be repeated)
    killed: Counter[str] = Counter()
    until(lambda: len(ledger.done) >= given.clerks * 4, 120)
    while rest := [kind for kind in KINDS if killed[kind] < given.kills]:
        dice.shuffle(rest)
        for kind in rest:
            time.sleep(dice.uniform(0.3, 1.7) * given.pause)
            if kill(str(system.data), kind, dice):
                killed[kind] += 1
                say(f"killed {kind} ({killed[kind]}); {len(ledger.done)} actions, {len(ledger.wrong)} wrong answers")
            if system.process.poll() is not None:
                raise RuntimeError("the supervisor has ended")
    return killed


def drained(system: System) -> list[str]:
    """All that was posted is done once whoever was killed has come back."""
    say("waiting for the outbox")

    def empty() -> bool:
        time.sleep(5)
        return "OPEN 0" in asked(system, "judge.open_rows()")

    until(empty, DRAINED)
    missing = {"web", "relay", "worker", "slow", "beat", "postgres", "valkey"} - set(firsts(str(system.data)))
    return [f"not back: {name}" for name in missing]


def judged(system: System, ledger: Ledger, mail: MailServer) -> list[str]:
    box = re.findall(r"^Message-ID:\s+(\S+)", b"\n".join(mail.mails).decode(errors="replace"), re.MULTILINE)
    path = system.data / "ledger.json"
    done = [(each.order, each.action, each.key) for each in ledger.done]
    path.write_text(
        json.dumps(
            {"done": done, "orders": ledger.orders, "payments": ledger.payments, "mails": ledger.mails, "box": box}
        )
    )
    *wrong, counted = asked(system, f"judge.main({str(path)!r})").strip().splitlines()
    say(counted)
    return wrong


def asked(system: System, words: str) -> str:
    return system.stack.manage("shell", "-v", "0", "-c", f"from tests.chaos import judge; {words}")


def verified(system: System) -> list[str]:
    words = [sys.executable, "-m", "runner", "manage"]
    known = system.stack.manage("help", "--commands").split()
    found = []
    for command in VERIFIED:
        if command in known:
            done = subprocess.run(
                [*words, command], cwd=BASE, env=system.stack.environment, capture_output=True, text=True
            )
            say(f"{command}: {(done.stdout or done.stderr).strip().splitlines()[-1:]}")
            if done.returncode:
                found.append(f"{command}: {done.stderr[-600:]}")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
