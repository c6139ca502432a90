"""Who the visitor is: the peer, or what a trusted proxy says, and nothing that a visitor wrote (B9, B10)."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from gunicorn.app.wsgiapp import WSGIApplication

from accounts.addresses import ClientAddress, address_of, network_of, networks
from config.settings import BASE_DIR

PROXY, FAR_PROXY = "10.0.0.1", "10.0.0.2"
VISITOR, FORGED = "203.0.113.9", "198.51.100.66"


def seen(peer: str, **headers: str) -> HttpRequest:
    """The request as the views get it."""
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": peer, "SERVER_NAME": "x", "SERVER_PORT": "80", **headers}
    with override_settings(TRUSTED_PROXIES=networks(["10.0.0.0/24", "fd00::/8", "unix"])):
        ClientAddress(lambda _: HttpResponse())(request)
    return request


def told(chain: str, peer: str = PROXY) -> str | None:
    return address_of(seen(peer, HTTP_X_FORWARDED_FOR=chain))


def test_what_a_visitor_writes_is_not_believed() -> None:
    headers = {"HTTP_X_FORWARDED_FOR": FORGED, "HTTP_X_REAL_IP": FORGED, "HTTP_FORWARDED": f"for={FORGED}"}
    request = seen(VISITOR, **headers)
    assert address_of(request) == VISITOR
    assert not headers.keys() & request.META.keys()


@pytest.mark.parametrize(
    ("chain", "address"),
    [
        (VISITOR, VISITOR),
        (f"{FORGED}, {VISITOR}", VISITOR),
        (f"{FORGED}, {VISITOR}, {FAR_PROXY}", VISITOR),
        (f"{VISITOR}:51234", VISITOR),
        (f" {VISITOR} ", VISITOR),
        (f"::ffff:{VISITOR}", VISITOR),
        ("2001:DB8::0:9", "2001:db8::9"),
        ("[2001:db8::9]:443", "2001:db8::9"),
        ('"[2001:db8::9]"', "2001:db8::9"),
        ("fe80::1%eth0", "fe80::1"),
        (f"{VISITOR}, fd00::7", VISITOR),
        (FAR_PROXY, FAR_PROXY),
    ],
)
def test_behind_a_proxy_it_is_the_last_hop_that_is_no_proxy(chain: str, address: str) -> None:
    assert told(chain) == address


SENSELESS = ["", "unknown", ",", "1.2.3", "1.2.3.4.5", "01.2.3.4", "[::1", "[]:1", "::1]", "_hidden", "٣.٣.٣.٣"]
SENSELESS += ["1" * 5000, "\0", f"{VISITOR},", f"{VISITOR}; drop", f"{VISITOR}, garbage", f"{VISITOR}:port"]


@pytest.mark.parametrize("chain", SENSELESS)
def test_a_chain_that_makes_no_sense_leaves_the_proxys_own_address(chain: str) -> None:
    assert told(chain) == PROXY


def test_a_proxy_on_a_unix_socket_is_trusted_by_name_only() -> None:
    assert told(VISITOR, peer="") == VISITOR
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "", "HTTP_X_FORWARDED_FOR": VISITOR}
    with override_settings(TRUSTED_PROXIES=networks(["127.0.0.1"])):
        ClientAddress(lambda _: HttpResponse())(request)
    assert address_of(request) is None and network_of(request) == ""


@pytest.mark.parametrize(("peer", "secure"), [(PROXY, True), (VISITOR, False), ("", True)])
def test_https_is_believed_from_the_proxy_alone(peer: str, secure: bool) -> None:
    assert seen(peer, HTTP_X_FORWARDED_PROTO="https").is_secure() is secure


def test_limits_count_a_household_of_ipv6_as_one() -> None:
    def one(address: str) -> Any:
        return network_of(seen(address))

    assert one("2001:db8:1:2:3::9") == one("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert one("2001:db8:1:3::9") != one("2001:db8:1:2::9")
    assert one("::ffff:203.0.113.9") == VISITOR


def test_gunicorn_believes_nobody_by_itself() -> None:
    app = WSGIApplication.__new__(WSGIApplication)
    app.usage = app.prog = None
    app.load_default_config()
    app.load_config_from_file(str(BASE_DIR / "gunicorn.conf.py"))
    assert (app.cfg.forwarded_allow_ips, app.cfg.secure_scheme_headers, app.cfg.forwarder_headers) == ([], {}, [])
