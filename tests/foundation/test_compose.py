"""docker-compose.yml, as far as it can be judged without an engine."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from runner.run import QUEUES
from tests.foundation.test_settings import LAUNCHER, _read_by_settings

BASE = Path(__file__).resolve().parent.parent.parent
FILE = BASE / "docker-compose.yml"
TEXT = FILE.read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
WORKERS = ("worker", "mail", "long")
OURS = ("web", "relay", *WORKERS, "beat", "migrate")
TEMPORARY, MEMORY = "/tmp", "/dev/shm"  # noqa: S108
# What the two foreign images read.
OF_THE_IMAGES = {"POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS", "REDISCLI_AUTH"}
SECRETS = ("SECRET_KEY", "APP_PASSWORD", "OWNER_PASSWORD", "POSTGRES_PASSWORD", "REDIS_PASSWORD")

# The part of the compose specification that the file uses, closed against anything else.
TIME = {"type": "string", "pattern": r"^\d+(s|m)$"}
WORDS = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
SERVICE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["image", "restart"],
    "properties": {
        "build": {"type": "string"},
        "image": {"type": "string"},
        "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
        "init": {"type": "boolean"},
        "user": {"enum": ["postgres", "redis"]},
        "read_only": {"type": "boolean"},
        "cap_drop": {"const": ["ALL"]},
        "security_opt": {"const": ["no-new-privileges:true"]},
        "pids_limit": {"type": "integer", "minimum": 64},
        "mem_limit": {"type": "string", "pattern": r"^(\$\{\w+:-)?\d+[mg]\}?$"},
        "tmpfs": {
            "type": "array",
            "items": {"type": "string", "pattern": r"^/[\w/]+:size=\d+[mg],mode=1777,noexec,nosuid,nodev$"},
        },
        "command": WORDS,
        "environment": {"type": "object", "additionalProperties": {"type": "string"}},
        "volumes": {"type": "array", "items": {"type": "string", "pattern": "^[^:]+:/[^:]*(:ro)?$"}},
        "ports": {"type": "array", "items": {"type": "string"}},
        "shm_size": {"type": "string"},
        "stop_grace_period": TIME,
        "depends_on": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["condition"],
                "properties": {"condition": {"enum": ["service_healthy", "service_completed_successfully"]}},
            },
        },
        "healthcheck": {
            "type": "object",
            "additionalProperties": False,
            "required": ["test", "interval", "timeout", "retries"],
            "properties": {
                "test": {"type": "array", "prefixItems": [{"enum": ["CMD", "CMD-SHELL"]}], "minItems": 2},
                "interval": TIME,
                "timeout": TIME,
                "start_period": TIME,
                "retries": {"type": "integer", "minimum": 1},
            },
        },
    },
}
SCHEMA = {
    "type": "object",
    "required": ["services"],
    "additionalProperties": False,
    "patternProperties": {"^x-": {}},
    "properties": {
        "services": {"type": "object", "additionalProperties": SERVICE},
        "volumes": {"type": "object", "additionalProperties": {"type": ["object", "null"]}},
        "networks": {"type": "object", "additionalProperties": {"type": "object"}},
    },
}


def _words(service: str) -> list[str]:
    """The command as the container gets it, with the defaults of its variables."""
    return [re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", word) for word in SERVICES[service]["command"]]


def test_it_has_the_shape_of_a_compose_file() -> None:
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(COMPOSE)] == []


def test_the_services_of_the_production_shape_are_there() -> None:
    assert set(SERVICES) == {*OURS, "postgres", "redis"}


def test_every_dependency_can_be_fulfilled() -> None:
    for service in SERVICES.values():
        for name, need in service.get("depends_on", {}).items():
            one_shot = SERVICES[name]["restart"] == "no"
            assert need["condition"] == ("service_completed_successfully" if one_shot else "service_healthy")
            assert one_shot or "healthcheck" in SERVICES[name]


def test_pages_come_up_without_the_queue() -> None:
    """B18: the web does not wait for Redis."""
    assert "redis" not in SERVICES["web"]["depends_on"]


def test_everything_that_stays_up_tells_its_health() -> None:
    for name, service in SERVICES.items():
        assert ("healthcheck" in service) == (service["restart"] != "no"), name


def test_every_volume_is_declared_and_every_file_is_there() -> None:
    sources = {mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}
    named = {source for source in sources if not source.startswith(".")}
    assert named == set(COMPOSE["volumes"])
    for source in sources - named:
        assert (BASE / source).is_file()


def test_every_variable_is_read_by_somebody() -> None:
    for name in OURS:
        assert set(SERVICES[name]["environment"]) <= _read_by_settings() | LAUNCHER
    roles = set(re.findall(r"\\getenv \w+ (\w+)", (BASE / "docker/postgres/roles.sql").read_text()))
    assert set(SERVICES["postgres"]["environment"]) <= OF_THE_IMAGES | roles
    assert roles == {"OWNER_PASSWORD", "APP_PASSWORD"}
    assert set(SERVICES["redis"]["environment"]) <= OF_THE_IMAGES


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_has_a_default(secret: str) -> None:
    uses = re.findall(r"\$\{" + secret + r"([^}]*)\}", TEXT)
    assert uses
    assert all(use.startswith(":?") for use in uses)


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_can_do_no_more_than_its_work(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["pids_limit"] and service["mem_limit"]


def test_no_container_runs_as_root() -> None:
    dockerfile = (BASE / "Dockerfile").read_text()
    assert re.findall(r"^USER (\w+)$", dockerfile, re.MULTILINE)[-1] == "app"
    assert {name: service["user"] for name, service in SERVICES.items() if name not in OURS} == {
        "postgres": "postgres",
        "redis": "redis",
    }


def _writable(name: str) -> list[str]:
    mounts = [mount.split(":") for mount in SERVICES[name].get("volumes", [])]
    kept = [parts[1] for parts in mounts if parts[-1] != "ro"]
    return [*kept, *(mount.split(":")[0] for mount in SERVICES[name]["tmpfs"]), MEMORY]


def test_what_is_written_lies_in_a_volume_or_in_memory() -> None:
    image = dict(re.findall(r"\b(HOME|XDG_CACHE_HOME)=(\S+)", (BASE / "Dockerfile").read_text()))
    written = [("web", word.partition("=")[2]) for word in _words("web") if word.startswith("--worker-tmp-dir")]
    written += [("beat", word.partition("=")[2]) for word in _words("beat") if word.startswith("--schedule")]
    written += [(name, SERVICES[name]["environment"]["DATA_DIR"]) for name in OURS]
    written += [(name, path) for name in OURS for path in (image["HOME"], image["XDG_CACHE_HOME"], TEMPORARY)]
    written += [("postgres", path) for path in ("/var/lib/postgresql", "/var/run/postgresql", TEMPORARY)]
    written += [("redis", "/data")]
    for name, path in written:
        assert any(path == place or path.startswith(f"{place}/") for place in _writable(name)), (name, path)


def test_nothing_is_open_to_the_network_but_the_web_on_this_machine() -> None:
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "web": ["127.0.0.1:${PORT:-8000}:8000"]
    }


def test_the_proxy_that_is_trusted_is_the_gateway_of_the_networks() -> None:
    (network,) = COMPOSE["networks"]["default"]["ipam"]["config"]
    assert SERVICES["web"]["environment"]["TRUSTED_PROXIES"] == f"${{TRUSTED_PROXIES:-{network['gateway']}}}"


def test_only_migrate_knows_the_owners_password() -> None:
    for name in set(OURS) - {"migrate"}:
        assert "OWNER_PASSWORD" not in str(SERVICES[name])


def test_the_database_is_made_as_the_embedded_one() -> None:
    from runner.postgres import LOCALE

    assert SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()[:3] == list(LOCALE)


def _run(words: list[str], seconds: float = 60) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HTTPS": "false"}
    return subprocess.run(words, cwd=BASE, env=environment, capture_output=True, text=True, timeout=seconds)


def test_the_webs_command_starts() -> None:
    words = [word for word in _words("web")[1:] if not word.startswith("--bind")]
    assert _run([sys.executable, *words, "--check-config"]).returncode == 0


@pytest.mark.parametrize("name", ["relay", "migrate"])
def test_the_management_commands_are_there(name: str) -> None:
    assert _words(name)[:2] == ["python", "manage.py"]
    done = _run([sys.executable, *_words(name)[1:], "--help"])
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", [*WORKERS, "beat"])
def test_the_queues_commands_are_there(name: str) -> None:
    done = _run([sys.executable, *_words(name)[1:], "--help"])
    assert done.returncode == 0, done.stderr


def test_every_queue_has_a_worker_of_its_own_there_and_a_worker_on_one_machine() -> None:
    """A mail server that hangs, or an import of thousands of rows, holds up no paper."""
    served = [word.removeprefix("--queues=") for name in WORKERS for word in _words(name) if "--queues=" in word]
    assert served == ["papers", "mail", "long"]
    assert list(QUEUES.values()) == ["papers", "mail,long"]


def test_the_workers_health_is_told_by_a_worker_that_is_up() -> None:
    """The worker of the file and its own health check, against the queue of the tests."""
    host = "here"
    worker = [word.replace("%h", host) for word in _words("worker")[1:]]
    check = (
        SERVICES["worker"]["healthcheck"]["test"][1].replace("$$HOSTNAME", host).replace("python", sys.executable, 1)
    )
    running = subprocess.Popen(
        [sys.executable, *worker], cwd=BASE, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        assert any(_run(shlex.split(check)).returncode == 0 for _ in range(4))
    finally:
        running.terminate()
        running.wait(20)
    assert _run([*shlex.split(check)]).returncode != 0


def test_the_image_installs_what_dev_installs() -> None:
    """One list of system packages in two files."""
    (packages,) = re.findall(r'^RUN_PACKAGES="([^"]+)"', (BASE / "dev").read_text(), re.MULTILINE)
    dockerfile = (BASE / "Dockerfile").read_text()
    assert packages in dockerfile
    assert "--require-hashes -r requirements.lock" in dockerfile
    assert re.search(r"^USER app$", dockerfile, re.MULTILINE)


def test_the_image_leaves_out_what_is_not_the_programs() -> None:
    ignored = (BASE / ".dockerignore").read_text().split()
    assert {".git", ".env", "var", ".venv"} <= set(ignored)
