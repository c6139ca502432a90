"""The program behind PgBouncer in transaction mode, where each transaction may have another connection."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as of_tests
from django.db import connection
from django.test import Client

from orders.models import Order, State
from tests.foundation.processes import until
from tests.races import at_once
from tests.shop import Shop

CONNECTIONS = 2
CONFIGURATION = """
[databases]
{name} = host={host} user={role}
[pgbouncer]
pool_mode = transaction
default_pool_size = {connections}
listen_addr =
unix_socket_dir = {folder}
auth_type = any
"""


@pytest.fixture
def pooled(transactional_db: None, settings: Any) -> Iterator[None]:
    """Everybody shares two connections, as the application's role; the test becomes the owner again afterwards."""
    settings.DATABASE_POOLED = True
    own = dict(connection.settings_dict)
    # As the servers' user, whom alone the database's socket lets in.
    host = connection.get_connection_params()["host"]
    user = (Path(host) / ".s.PGSQL.5432").stat().st_uid
    folder = Path(tempfile.mkdtemp(prefix="oms-pool-", dir="/tmp"))
    folder.chmod(0o711)
    told = {"name": own["NAME"], "host": host, "role": of_tests.DATABASE_APP_ROLE, "folder": folder}
    (folder / "pool.ini").write_text(CONFIGURATION.format(**told, connections=CONNECTIONS))
    for path in (folder, folder / "pool.ini"):
        os.chown(path, user, -1)
    as_user = {"user": user, "extra_groups": []} if os.geteuid() == 0 else {}
    argv = [shutil.which("pgbouncer", path="/usr/sbin:/usr/bin") or "pgbouncer", "-q", "pool.ini"]
    with subprocess.Popen(argv, cwd=folder, **as_user) as pooler:  # type: ignore[call-overload]
        try:
            assert until(lambda: (folder / ".s.PGSQL.6432").exists()), "pgbouncer does not start"
            connection.close()
            connection.settings_dict |= {"HOST": str(folder), "PORT": "6432", "DISABLE_SERVER_SIDE_CURSORS": True}
            yield
        finally:
            connection.close()
            connection.settings_dict |= own
            pooler.terminate()
    shutil.rmtree(folder)


def ask(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_an_order_goes_from_its_draft_to_its_end(pooled: None) -> None:
    shop = Shop()
    order = shop.completed()
    assert order.state == State.COMPLETED
    reader = Client()
    reader.force_login(shop.who["customer_service"])
    for page in ("/", "/orders/", f"/orders/{order.number}/", "/documents/", "/orders/new/"):
        assert reader.get(page).status_code == 200


def test_more_people_than_connections_work_at_once(pooled: None) -> None:
    shop = Shop()
    drafts = [shop.draft() for _ in range(3 * CONNECTIONS)]
    at_once(len(drafts), lambda index: Order.objects.get(pk=drafts[index].pk).lines.get())
    submitted = at_once(len(drafts), lambda index: shop.submitted())
    assert [order.state for order in submitted] == [State.PENDING] * len(drafts)
    of_role = "FROM pg_stat_activity WHERE usename = current_user AND datname = current_database()"
    assert ask(f"SELECT count(*) {of_role}") <= CONNECTIONS


def test_nothing_is_kept_in_a_connection_that_the_next_one_gets(pooled: None) -> None:
    Shop().signed()
    assert ask("SELECT count(*) FROM pg_prepared_statements") == 0
    assert ask("SELECT count(*) FROM pg_cursors") == 0


def test_the_database_plans_as_the_settings_say(pooled: None) -> None:
    """A pooler takes no options at the start of a connection: they are habits of the role."""
    assert {name: ask(f"SHOW {name}") for name in of_tests.SESSIONS} == {
        name: str(value) for name, value in of_tests.SESSIONS.items()
    }
