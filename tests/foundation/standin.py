"""A supervisor over three small processes instead of the real ones: `python -m tests.foundation.standin FOLDER`.

Each writes `<name>.up` with its number when it starts, `<name>.child` with that of a process of its own, and a line to
`ends` when it is stopped as it likes.
"""

import sys
from pathlib import Path

from runner.child import Service, StartFailed
from runner.home import Home, locks
from runner.supervisor import Supervisor

PROGRAM = """
import os, pathlib, signal, subprocess, sys, time
folder, name, manner = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
def end(*_):
    with open(folder / "ends", "a") as file:
        file.write(name + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end if manner == "gentle" else signal.SIG_IGN)
child = subprocess.Popen(["sleep", "600"])
(folder / f"{name}.child").write_text(str(child.pid))
(folder / f"{name}.new").write_text(str(os.getpid()))
(folder / f"{name}.new").rename(folder / f"{name}.up")
print("up", flush=True)
while not (manner == "errand" and (folder / "errand-done").exists()):
    time.sleep(0.05 if manner == "errand" else 1)
"""


def service(folder: Path, name: str, manner: str = "gentle") -> Service:
    return Service(
        name=name,
        argv=(sys.executable, "-c", PROGRAM, str(folder), name, manner),
        cwd=folder,
        grace=3,
        ready=(folder / f"{name}.up").exists,
    )


def main(folder: Path, manners: list[str]) -> int:
    home = Home(folder)
    home.prepare()
    with locks(home) as held:
        if not held.own():
            return 9
        supervisor = Supervisor(home.log, held.fileno("guards"))
        supervisor.listen()
        try:
            for number, manner in enumerate(manners):
                late = service(folder, f"errand{number}", "errand") if manner == "late" else None
                supervisor.start(service(folder, f"p{number}", "gentle" if late else manner), behind=late)
            (folder / "all-up").touch()
            supervisor.watch()
        except StartFailed:
            return 1
        finally:
            supervisor.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:] or ["gentle"] * 3))
