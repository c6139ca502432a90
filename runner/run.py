"""`./dev run`: the whole system on one machine, under one supervisor."""

import hashlib
import os
import socket
import sys
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.error import URLError

from runner.child import Service, StartFailed
from runner.embedded import BASE, Embedded
from runner.home import Home, keep_secret, locks
from runner.postgres import DATABASE, OWNER
from runner.supervisor import Stopping, Supervisor

MEMORY = Path("/dev/shm")  # noqa: S108
GUNICORN = (
    "-m gunicorn config.wsgi --worker-class gthread --workers 2 --threads 4 --no-control-socket "
    "--timeout 60 --graceful-timeout 8"
)
WORKER = "-m celery -A config worker --concurrency 2 --loglevel INFO --without-gossip --without-mingle"
# A mail server that hangs, or an import of thousands of rows, holds up no paper. Each of these takes 150 MB and more,
# so mail and long jobs share one here.
QUEUES = {"worker": "papers", "slow": "mail,long"}
BEAT = "-m celery -A config beat --loglevel INFO --pidfile="


class Plan:
    """What runs, in which order, with which environment."""

    def __init__(self, home: Home, embedded: Embedded, given: Mapping[str, str]) -> None:
        self.home = home
        self.embedded = embedded
        self.port = port(given)
        self.address = given.get("SITE_URL") or f"http://127.0.0.1:{self.port}"
        self.demo_password = demo_password(home, given)
        self.environment = {
            "HTTPS": "false",
            "PYTHONUNBUFFERED": "1",
            "TZ": "Asia/Shanghai",  # one clock in all logs
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **given,
            **embedded.environment(),
            "SITE_URL": self.address,
            "DEMO_PASSWORD": self.demo_password,
        }
        self.static_root = Path(given.get("STATIC_ROOT") or home.data / "static")

    def _python(self, name: str, *words: str, gives_way: bool = False, **more: object) -> Service:
        """`gives_way`: to the pages, where both want the processor."""
        argv = (*(("nice", "-n", "10") if gives_way else ()), sys.executable, *words)
        return Service(name=name, argv=argv, cwd=BASE, env=self.environment, tier="program", **more)  # type: ignore[arg-type]

    def preparations(self) -> Iterator[list[Service]]:
        """What must end well before the program starts, side by side where it can; asked for when its turn has come."""
        first = []
        code, server = fingerprint(programs(), (BASE / "requirements.lock").read_text()), self.embedded.postgres
        if server is None or server.migrated_by() != code:
            first.append(self._python("migrate", "manage.py", "migrate", "--noinput", "--verbosity", "1"))
        stamp, files = self.home.run / "static.stamp", fingerprint((BASE / "static").rglob("*"), str(self.static_root))
        if not (stamp.exists() and stamp.read_text() == files and self.static_root.is_dir()):
            first.append(self._python("static", "manage.py", "collectstatic", "--noinput", "--verbosity", "0"))
        yield first
        stamp.write_text(files)
        if server is not None:
            server.note_migrated(code)
        if self.wants_demo():
            yield [self._python("demo", "-m", "runner.first")]
            if server is not None:
                # Else the planner takes the new tables for empty until the first round of autovacuum.
                server.tell(OWNER, DATABASE, "ANALYZE")
            keep_secret(self.home.data / "demo-password", self.demo_password)

    def wants_demo(self) -> bool:
        """Never into a database of the person's own: there `./dev demo` must be said."""
        loaded = (self.home.data / "demo-users").exists()
        kept = (self.home.data / "demo-password").read_text().strip()
        return self.embedded.postgres is not None and (not loaded or kept != self.demo_password)

    def program(self) -> list[Service]:
        gunicorn = f"{GUNICORN} --bind 127.0.0.1:{self.port}".split()
        if MEMORY.is_dir():
            gunicorn += ["--worker-tmp-dir", str(MEMORY)]
        return [
            self._python("web", *gunicorn, ready=self.web_answers, patience=60),
            self._python("relay", "manage.py", "relay"),
            *(
                self._python(name, *WORKER.split(), f"--queues={queues}", f"--hostname={name}@%h", gives_way=True)
                for name, queues in QUEUES.items()
            ),
        ]

    def clock(self) -> Service:
        schedule = f"--schedule={self.home.run / 'celerybeat-schedule'}"
        return self._python("beat", *BEAT.split(), schedule)

    def errand(self) -> Service | None:
        """The orders of the demo company, as long as they are not all there."""
        if self.embedded.postgres is None or not (self.home.data / "demo-progress").exists():
            return None
        return self._python("demo", "manage.py", "demo")

    def web_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return answer.status == 200
        except (URLError, OSError):
            return False

    def demo_log_ins(self) -> Iterator[str]:
        users = self.home.data / "demo-users"
        if users.exists():
            yield f"演示用户(用户名即角色):{users.read_text().strip()}"
            yield f"演示密码(所有演示用户相同):{self.demo_password}"

    def greeting(self) -> Iterator[str]:
        yield f"系统已启动:{self.address}/"
        if self.embedded.postgres is not None:
            yield from self.demo_log_ins()
        if self.errand() is not None:
            yield "演示公司的订单正在陆续装入,现在就可以登录查看"
        yield f"数据目录:{self.home.data};按 Ctrl-C 停止"


def fingerprint(files: Iterable[Path], *more: str) -> str:
    """Changes with what is in these files, as far as their sizes and times tell."""
    facts = sorted(f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in files if path.is_file())
    return hashlib.sha256("\n".join([*facts, *more]).encode()).hexdigest()


def programs() -> Iterator[Path]:
    for package in BASE.glob("[a-z]*/__init__.py"):
        yield from package.parent.rglob("*.py")


def port(given: Mapping[str, str]) -> int:
    text = given.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise StartFailed(f"PORT 应为 1 到 65535 之间的数字,现在是「{text}」")
    return int(text)


def demo_password(home: Home, given: Mapping[str, str]) -> str:
    """The person's own, else a random one that is kept."""
    kept = home.secret("demo-password", 9)
    return given.get("DEMO_PASSWORD") or kept


def port_is_free(number: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True


def run() -> int:
    home = Home(Path(os.environ.get("DATA_DIR") or BASE / "var"))
    home.prepare()
    with locks(home) as held:
        if not held.own():
            raise StartFailed(f"数据目录 {home.data} 正被另一个 ./dev 使用;请先停止它,或用 DATA_DIR 另设目录")
        plan = Plan(home, Embedded(home), os.environ)
        if not port_is_free(plan.port):
            raise StartFailed(f"端口 {plan.port} 已被占用;请用 PORT 另设端口,例如 PORT=8001 ./dev run")
        supervisor = Supervisor(home.log, held.fileno("guards"))
        supervisor.listen()
        try:
            bring_up(plan, supervisor)
            supervisor.watch()
        except Stopping:
            pass
        finally:
            supervisor.stop()
    supervisor.output.say("已停止")
    return 0


def bring_up(plan: Plan, supervisor: Supervisor) -> None:
    for service in plan.embedded.services():
        supervisor.start(service)
    plan.embedded.provision()
    for services in plan.preparations():
        supervisor.once(*services)
    for service in plan.program():
        supervisor.start(service)
    # What the demo company tells of long ago is not overdue today: the clock starts when all of it is there.
    supervisor.start(plan.clock(), behind=plan.errand())
    for line in plan.greeting():
        supervisor.output.say(line)
