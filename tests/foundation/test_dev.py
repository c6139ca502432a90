"""The script that everything begins with."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The script alone, in a folder of its own, with a bare machine's commands before it."""
    shutil.copy(BASE / "dev", tmp_path / "dev")
    commands = tmp_path / "bin"
    commands.mkdir()
    for name in ("dpkg-query", "sudo", "apt-get", "id"):
        _command(commands / name, "exit 1")
    _command(commands / "id", "echo 1000")
    _command(commands / "python3", "exit 0")
    return tmp_path


def _command(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def _dev(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{folder / 'bin'}:/usr/bin:/bin"}
    return subprocess.run([folder / "dev", *words], env=environment, capture_output=True, text=True, timeout=60)


def test_without_root_it_names_what_to_install_in_one_line(copy: Path) -> None:
    done = _dev(copy, "run")
    assert done.returncode == 3
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "apt-get install -y --no-install-recommends libpango-1.0-0" in done.stderr
    assert "chromium" not in done.stderr


def test_the_tests_need_a_browser_as_well(copy: Path) -> None:
    done = _dev(copy, "test")
    assert done.returncode == 3
    assert "chromium poppler-utils nginx-light openssl" in done.stderr


def test_python_itself_is_asked_for_when_it_cannot_make_an_environment(copy: Path) -> None:
    _command(copy / "bin" / "python3", "exit 1")
    assert "python3 python3-venv libpango" in _dev(copy, "run").stderr


def test_with_sudo_it_installs_by_itself(copy: Path) -> None:
    _command(copy / "bin" / "sudo", f"printf '%s\\n' \"$*\" >> {copy}/asked")
    _dev(copy, "run")
    asked = (copy / "asked").read_text().splitlines()
    assert asked[0] == "-n true"
    assert asked[1].startswith("-n env DEBIAN_FRONTEND=noninteractive apt-get update")
    assert "libharfbuzz-subset0" in asked[2]


def test_a_failed_installation_ends_in_the_same_line(copy: Path) -> None:
    _command(copy / "bin" / "id", "echo 0")
    done = _dev(copy, "run")
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].startswith("缺少系统软件包,且无法自动安装。请以 root 执行:apt-get")


def test_an_old_python_is_refused(copy: Path) -> None:
    _command(copy / "bin" / "dpkg-query", "echo installed")
    _command(copy / "bin" / "python3", 'case "$2" in *version_info*) exit 1;; esac')
    (copy / "requirements.lock").touch()
    done = _dev(copy, "run")
    assert (done.returncode, done.stderr) == (3, "需要 Python 3.11 或更高版本\n")


def test_packages_are_installed_only_when_the_lock_has_changed(copy: Path) -> None:
    _command(copy / "bin" / "dpkg-query", "echo installed")
    (copy / ".venv" / "bin").mkdir(parents=True)
    _command(copy / ".venv" / "bin" / "python", f'echo "$@" >> {copy}/asked')
    (copy / "requirements.lock").write_text("django==5.2\n")
    _dev(copy, "run")
    _dev(copy, "run")
    (copy / "requirements.lock").write_text("django==5.2.1\n")
    _dev(copy, "manage", "check")
    installs = [line for line in (copy / "asked").read_text().splitlines() if "install" in line]
    assert len(installs) == 2
    assert all("--require-hashes" in line for line in installs)


def test_help_names_every_command(copy: Path) -> None:
    words = _dev(copy, "help").stdout
    for command in ["run", "test", "check", "fmt", "demo", "bench", "shell", "manage", "lock", "help"]:
        assert f"  {command} " in words


def test_an_unknown_command_is_named(copy: Path) -> None:
    done = _dev(copy, "fly")
    assert done.returncode == 2
    assert "没有这个命令:fly" in done.stderr
