"""A real nginx with the file that operations are given: the address a visitor is known by is their own (B9, B10)."""

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from wsgiref.simple_server import make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections

from accounts.addresses import networks
from accounts.models import Tries
from config.settings import BASE_DIR
from portal.models import Word
from tests.portal.visitor import confirming, page_of
from tests.shop import Shop

DOCUMENTED = BASE_DIR / "docker/nginx/oms.conf"
AROUND = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors; events {{}}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    {documented}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def documented(folder: Path, program: int, port: int) -> str:
    """The file as it is, but for ports and paths."""
    text = (
        DOCUMENTED.read_text().replace("127.0.0.1:8000;", f"127.0.0.1:{program};").replace("/etc/ssl/oms", str(folder))
    )
    text = re.sub(r"listen \[::\]:.*", "", text).replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    return text.replace("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;")


@pytest.fixture
def program(db: None) -> Iterator[int]:
    """The program's port; it works in the transaction of the test."""
    server = make_server("127.0.0.1", 0, WSGIHandler())
    shared = connections["default"]
    shared.inc_thread_sharing()
    ends = (request_started, request_finished)
    for end in ends:
        end.disconnect(close_old_connections)

    def serve() -> None:
        connections["default"] = shared
        server.serve_forever()

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()
    for end in ends:
        end.connect(close_old_connections)
    shared.dec_thread_sharing()


@pytest.fixture
def port(program: int, settings: Any, tmp_path: Path) -> Iterator[int]:
    """nginx's, in front of the program, which trusts it."""
    settings.TRUSTED_PROXIES = networks(["127.0.0.1"])
    port = free_port()
    key = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-subj",
        "/CN=x",
        "-days",
        "2",
    ]
    files = ["-keyout", f"{tmp_path}/privkey.pem", "-out", f"{tmp_path}/fullchain.pem"]
    subprocess.run([*key, *files], check=True, capture_output=True)
    text = documented(tmp_path, program, port)
    (tmp_path / "nginx.conf").write_text(AROUND.format(folder=tmp_path, documented=text))
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    running = subprocess.Popen([nginx, "-p", str(tmp_path), "-e", f"{tmp_path}/errors", "-c", f"{tmp_path}/nginx.conf"])
    while socket.socket().connect_ex(("127.0.0.1", port)):
        assert running.poll() is None, (tmp_path / "errors").read_text()
    yield port
    running.terminate()
    running.wait()


class Visitor:
    def __init__(self, port: int, address: str) -> None:
        self.port, self.address = port, address

    def asks(self, path: str, given: dict[str, Any] | None = None, **headers: str) -> http.client.HTTPResponse:
        unchecked = ssl._create_unverified_context()  # noqa: S323 (made for this test)
        line = http.client.HTTPSConnection("127.0.0.1", self.port, source_address=(self.address, 0), context=unchecked)
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        if given is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        line.request("POST" if given else "GET", path, urlencode(given) if given else None, sent)
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer


@pytest.mark.django_db
def test_the_address_is_the_visitors_own_cannot_be_forged_and_a_right_link_works(port: int) -> None:
    order = Shop().sent()
    liar, customer = Visitor(port, "127.0.0.2"), Visitor(port, "127.0.0.3")
    forged = {"X_Real_IP": "127.0.0.3", "Forwarded": "for=127.0.0.3", "X_Forwarded_Proto": "http"}
    tries = [
        liar.asks("/p/guess.guess/", X_Forwarded_For=f"127.0.0.3, 10.0.0.{at}", **forged).status for at in range(25)
    ]
    assert tries == [404] * 21 + [429] * 4
    assert customer.asks("/p/guess.guess/").status == 404
    assert set(Tries.objects.values_list("key", flat=True)) == {"link:127.0.0.2", "link:127.0.0.3"}

    url = page_of(order)
    assert liar.asks(url).status == 200
    answer = customer.asks(url)
    assert answer.status == 200
    token = re.search(r"csrftoken=(\w+)", answer.headers["Set-Cookie"])[1]
    typed = {**confirming(), "csrfmiddlewaretoken": token}
    # Only over https does Django ask where a form came from: the scheme has come through as well.
    assert customer.asks(f"{url}confirm/", typed, Cookie=f"csrftoken={token}").status == 403
    sent = {"Cookie": f"csrftoken={token}", "Referer": "https://127.0.0.1/", "X_Forwarded_For": "127.0.0.2"}
    assert customer.asks(f"{url}confirm/", typed, **sent).status == 302
    assert Word.objects.get().ip == "127.0.0.3"
