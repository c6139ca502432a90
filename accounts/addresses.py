"""The client's address, settled once for everything: limits, evidence, logs and libraries read `REMOTE_ADDR` (B9, B10).

What a proxy says (`X-Forwarded-For`, `X-Forwarded-Proto`) is believed only when the peer of the connection is one of
`settings.TRUSTED_PROXIES`; whoever else sends these headers might have written anything there.
"""

import ipaddress
import re
from collections.abc import Callable, Collection

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# The peer of a unix socket has no address; this word in TRUSTED_PROXIES stands for it.
UNIX = "unix"
WITH_PORT = re.compile(r"(?:\[(?P<v6>[^\[\]]+)\]|(?P<v4>[\d.]+))(?::\d+)?", re.ASCII)
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_FORWARDED")


class ClientAddress:
    """The outermost middleware: afterwards `REMOTE_ADDR` is the client's own address, or empty where none is known,
    and of the forwarding headers only a trusted proxy's `X-Forwarded-Proto` is left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        settle(request.META, settings.TRUSTED_PROXIES)
        return self.get_response(request)


def settle(meta: dict[str, str], trusted: Collection[Network | str]) -> None:
    """Make `REMOTE_ADDR` of a request's `meta` the client's, and take away what is not to be believed."""
    given = {name: meta.pop(name, "") for name in FORWARDED}
    peer = parsed(meta.get("REMOTE_ADDR", ""))
    if is_trusted(peer, trusted):
        peer = client_of(given["HTTP_X_FORWARDED_FOR"], trusted) or peer
        if given["HTTP_X_FORWARDED_PROTO"]:
            meta["HTTP_X_FORWARDED_PROTO"] = given["HTTP_X_FORWARDED_PROTO"]
    meta["REMOTE_ADDR"] = str(peer or "")


def client_of(chain: str, trusted: Collection[Network | str]) -> Address | None:
    """The last hop that is no proxy of ours: what stands left of it, the visitor may have written. None if unclear."""
    hop = None
    for text in reversed(chain.split(",")):
        hop = parsed(text)
        if hop is None or not is_trusted(hop, trusted):
            return hop
    return hop


def networks(texts: list[str]) -> list[Network | str]:
    """TRUSTED_PROXIES as it is written. Raises ValueError for what is no network, and for everybody."""
    found = [UNIX if text == UNIX else ipaddress.ip_network(text) for text in map(str.strip, texts) if text]
    if any(not isinstance(each, str) and each.prefixlen == 0 for each in found):
        raise ValueError("every address there is")
    return found


def is_trusted(address: Address | None, trusted: Collection[Network | str]) -> bool:
    if address is None:
        return UNIX in trusted
    return any(address in network for network in trusted if not isinstance(network, str))


def parsed(text: str) -> Address | None:
    """An address as proxies write it: `[2001:db8::1]:443`, `192.0.2.1:80`, `::ffff:192.0.2.1`; None for all else."""
    text = text.strip().strip('"')
    if found := WITH_PORT.fullmatch(text):
        text = found["v6"] or found["v4"]
    try:
        # Without its zone, which means nothing elsewhere and no column takes.
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def address_of(request: HttpRequest) -> str | None:
    """The client's address as text; None where there is none."""
    return request.META.get("REMOTE_ADDR") or None


def network_of(request: HttpRequest) -> str:
    """What limits count by: an IPv4 address, the /64 of an IPv6 one (one household has 2^64 of them); "" for none."""
    address = parsed(request.META.get("REMOTE_ADDR", ""))
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address or "")
