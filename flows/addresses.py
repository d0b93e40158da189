"""Which addresses may be connected to, checked at the moment of connecting, so that no name can change in between."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterable
from enum import Enum
from typing import Any

import httpcore

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")  # all that IPv6 routes in public; what lies outside embeds or mimics other addresses
# Public by the registries, but answered inside clouds, with keys and tokens (Azure, Oracle).
_METADATA = (ipaddress.ip_network("168.63.129.16/32"), ipaddress.ip_network("192.0.0.0/24"))
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Reach(Enum):
    """How far a request may go. Each reach has connections of its own, so that none is borrowed past its check."""

    WEB = "public addresses"
    LOOPBACK = "public addresses and this machine"
    ANY = "any address"


class BlockedAddressError(Exception):
    """A host lies on an address that this request may not reach."""


class UnknownHostError(Exception):
    """A host name that does not resolve."""


def is_allowed(address: IPAddress, reach: Reach) -> bool:
    """Tell whether an address may be connected to; an IPv4 address inside an IPv6 one counts as what it is.

    Source: IANA special-purpose registries, as Python's `ipaddress` carries them.
    """
    if reach is Reach.ANY:
        return True
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_allowed(inner, reach)
    if address.is_loopback:
        return reach is Reach.LOOPBACK
    if (address.version == 6 and address not in _UNICAST) or any(
        address in network for network in _METADATA if network.version == address.version
    ):
        return False
    return address.is_global and not address.is_multicast


def find_addresses(host: str, port: int, reach: Reach) -> list[str]:
    """Return the addresses of a host that may be connected to, in the resolver's order.

    Raises:
        UnknownHostError: The name does not resolve.
        BlockedAddressError: One of its addresses may not be reached: a name that mixes both is hostile.
    """
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnknownHostError(f"host {host} does not resolve ({getattr(error, 'strerror', None) or error})") from error
    found = list(dict.fromkeys(str(info[4][0]) for info in infos))
    for text in found:
        if not is_allowed(ipaddress.ip_address(text.split("%", 1)[0]), reach):
            raise BlockedAddressError(f"host {host} lies on {text}; only {reach.value} may be reached from here")
    return found


class Deadline(threading.local):
    """The moment at which the exchange of this thread must be over, on the monotonic clock."""

    at: float = float("inf")

    def left(self, timeout: float | None) -> float:
        """Return the smaller of a timeout and the time left, seconds; a bit above zero when it is over."""
        left = self.at - time.monotonic()
        return max(0.001, left if timeout is None else min(timeout, left))


class CheckedBackend(httpcore.SyncBackend):
    """Connects only to allowed addresses, and lets no exchange outlive its deadline however slowly bytes drip in."""

    def __init__(self, reach: Reach, deadline: Deadline) -> None:
        super().__init__()
        self.reach, self.deadline = reach, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, check every address, connect to the first that answers."""
        failure: Exception | None = None
        for address in find_addresses(host, port, self.reach):
            try:
                stream = super().connect_tcp(address, port, self.deadline.left(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self.deadline)
        raise failure or httpcore.ConnectError(f"host {host} has no address")


class _DeadlineStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> httpcore.NetworkStream:
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
