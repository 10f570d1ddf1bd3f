"""Who is knocking: the name and the address that failed logins are counted by."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

NAME_LENGTH = 255  # column of the table of attempts


def attempted_name(request: HttpRequest, credentials: dict | None) -> str:
    """The user name as it counts: "Admin " and "admin" are one account to a guesser."""
    source = credentials if credentials else request.POST
    return str(source.get("username") or "").strip().casefold()[:NAME_LENGTH]


def client_address(request: HttpRequest) -> str | None:
    """Where the request comes from; of IPv6 the network, since one visitor has all addresses of his /64.

    X-Forwarded-For is believed only when the peer is in TRUSTED_PROXIES, and of it only the
    last entry that is not such a proxy: the entries before it are what the client wrote.
    """
    peer = request.META.get("REMOTE_ADDR") or None
    if peer not in settings.TRUSTED_PROXIES:
        return _network(peer) if peer else None
    for entry in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        try:
            address = str(ip_address(entry.strip()))
        except ValueError:
            return peer
        if address not in settings.TRUSTED_PROXIES:
            return _network(address)
    return peer


def _network(address: str) -> str:
    if ":" not in address:
        return address
    found = ip_address(address.partition("%")[0])
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False).network_address)
