"""One GET: timeouts, byte caps, redirects by hand, addresses checked; every way to fail has a class."""

from __future__ import annotations

import datetime as dt
import email.utils
import functools
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import certifi
import httpcore

from flows.addresses import BlockedAddressError, CheckedBackend, Deadline, Reach, UnknownHostError
from flows.bodies import BodyError, read_body
from flows.settings import Settings
from flows.turns import HostTurns
from transforms.urls import UrlError, canonical_url, is_loopback, site_of

_NAMED = frozenset({401, 403, 404, 410, 429})  # statuses that are a class of their own
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Failures that may pass within minutes; a timeout is not among them, because it has cost its time already.
PASSING = frozenset({"connect", "reset", "dns", "http_5xx", "http_429"})
DRAINED = 65_536  # bytes of an unwanted body that are read so that the connection can be used again
_FAILURES = (
    httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.UnsupportedProtocol, BlockedAddressError,
    UnknownHostError, ssl.SSLError, OSError, ValueError,
)  # fmt: skip
_LEFT_OVER = "illegal status line"  # h11's words where an answer does not begin with one
Headers = tuple[tuple[str, str], ...]
Clock = Callable[[], dt.datetime]
Permit = Callable[[str], None]  # raises FetchError where an address must not be asked for


@dataclass(frozen=True, slots=True)
class Hop:
    """One answer on the way: the address asked, status and headers."""

    url: str
    http_status: int
    headers: Headers


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx or 304 answer, its body with content encodings removed, and the redirects that led to it."""

    url: str
    final_url: str
    http_status: int
    headers: Headers
    body: bytes
    requested_at: dt.datetime
    elapsed_ms: int
    hops: tuple[Hop, ...] = ()
    request_headers: Headers = ()

    def header(self, name: str) -> str | None:
        """Return the first header of that name, exactly as the server wrote its value."""
        return next((value for key, value in self.headers if key.lower() == name), None)


class FetchError(Exception):
    """A request that brought no usable answer. `status` is a class of vocabularies.POLL_STATUS."""

    def __init__(
        self,
        status: str,
        message: str,
        *,
        http_status: int | None = None,
        final_url: str | None = None,
        retry_after: dt.datetime | None = None,
        elapsed_ms: int = 0,
    ) -> None:
        super().__init__(message)
        self.status, self.http_status, self.final_url = status, http_status, final_url
        self.retry_after, self.elapsed_ms = retry_after, elapsed_ms


class Fetcher:
    """Asks hosts; one for all threads of a run. Each thread waits for its own answer."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings, self.clock, self._agent = settings, clock, settings.agent
        self._deadline, self._turns = Deadline(), HostTurns()
        self._tls = _tls_context()
        self._pools = {reach: self._open_pool(reach) for reach in Reach}

    def _open_pool(self, reach: Reach) -> httpcore.ConnectionPool:
        workers = self.settings.fetch_workers
        return httpcore.ConnectionPool(
            self._tls,
            max_connections=2 * workers,
            max_keepalive_connections=workers,
            keepalive_expiry=15.0,
            network_backend=CheckedBackend(reach, self._deadline),
        )

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.close()

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def reach_of(self, feed_url: str) -> Reach:
        """Return how far requests on behalf of a feed may go: to this machine only if the feed itself lies there."""
        if self.settings.allow_private_addresses:
            return Reach.ANY
        return Reach.LOOPBACK if is_loopback(feed_url) else Reach.WEB

    def fetch(
        self, url: str, *, max_bytes: int, reach: Reach, headers: Mapping[str, str] | None = None, permit: Permit | None = None
    ) -> Answer:
        """Ask for an address and follow its redirects.

        Args:
            url: http or https address.
            max_bytes: Largest body, before and after decompression.
            reach: Which addresses may be connected to.
            headers: Further request headers (validators).
            permit: Asked before a redirect to another host is followed.

        Returns:
            A 2xx or a 304 answer.

        Raises:
            FetchError: Anything else; its message names the address that failed.
        """
        began, requested_at, outer = time.monotonic(), self.clock(), self._deadline.at  # permit may ask for a robots.txt in between
        self._deadline.at = began + self.settings.total_timeout_s
        sent = {"User-Agent": self._agent, "Accept": "*/*", "Accept-Encoding": "gzip, deflate", **(headers or {})}
        hops: list[Hop] = []
        current = url
        try:
            while True:
                hop, body = self._ask(current, sent, max_bytes, reach)
                target = next((v for k, v in hop.headers if k.lower() == "location"), None)
                if hop.http_status not in REDIRECTS or target is None:
                    break
                hops.append(hop)
                following = self._follow(current, target, hops)
                if permit and site_of(following) != site_of(current):
                    permit(following)
                current = following
        except FetchError as error:
            error.elapsed_ms, error.final_url = _since(began), current
            if url not in str(error):
                error.args = (f"{url} redirects to {error}",)
            raise
        finally:
            self._deadline.at = outer
        if not (200 <= hop.http_status < 300 or hop.http_status == 304):
            raise self._http_error(hop, _since(began))
        return Answer(url, current, hop.http_status, hop.headers, body, requested_at, _since(began), tuple(hops), tuple(sent.items()))

    def _follow(self, current: str, target: str, hops: list[Hop]) -> str:
        try:
            following = urljoin(current, target.strip())
            canonical_url(following)
        except ValueError as error:
            raise FetchError("redirect_refused", f"{current} redirects to {target[:200]!r}, which is no http or https address") from error
        if len(hops) > self.settings.max_redirects or any(hop.url == following for hop in hops):
            raise FetchError("redirect_loop", f"{hops[0].url} redirects in a circle or too often", http_status=hops[-1].http_status)
        return _escaped(following)

    def _ask(self, url: str, headers: Mapping[str, str], max_bytes: int, reach: Reach) -> tuple[Hop, bytes]:
        """Send one request and read its answer; once more where the connection still held bytes of the answer before (a 304 with a body).

        Those bytes are of another address: they spoil the connection, which is closed, and say nothing about this one.
        """
        try:
            return self._ask_once(url, headers, max_bytes, reach)
        except FetchError as error:
            if _LEFT_OVER not in str(error):
                raise
            return self._ask_once(url, headers, max_bytes, reach)

    def _ask_once(self, url: str, headers: Mapping[str, str], max_bytes: int, reach: Reach) -> tuple[Hop, bytes]:
        """Send one request and read its answer; the body only where it will be used."""
        timeouts = {
            "connect": self.settings.connect_timeout_s,
            "read": self.settings.read_timeout_s,
            "write": self.settings.read_timeout_s,
            "pool": self.settings.total_timeout_s,
        }
        # Latin-1 both ways: a validator goes back byte for byte as it came, whatever it holds.
        raw = [(key.encode("ascii"), value.encode("latin-1", "replace")) for key, value in headers.items()]
        try:
            with (
                self._turns.hold(site_of(url), self._deadline.left(None)),
                self._pools[reach].stream("GET", _escaped(url), headers=raw, extensions={"timeout": timeouts}) as response,
            ):
                received: Headers = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in response.headers)
                hop = Hop(url, response.status, received)
                is_wanted = 200 <= response.status < 300
                encoding = ",".join(v for k, v in received if k.lower() == "content-encoding")
                if is_wanted:
                    return hop, read_body(self._chunks(response), encoding, max_bytes)
                _drain(self._chunks(response))
                return hop, b""
        except BodyError as error:
            raise FetchError(error.status, f"{url}: {error}") from error
        except _FAILURES as error:
            raise FetchError(_class_of(error), f"{url}: {_describe(error)}") from error

    def _chunks(self, response: httpcore.Response) -> Iterator[bytes]:
        for chunk in response.iter_stream():
            if time.monotonic() > self._deadline.at:
                raise httpcore.ReadTimeout(f"the answer took longer than {self.settings.total_timeout_s:g} s")
            yield chunk

    def _http_error(self, hop: Hop, elapsed_ms: int) -> FetchError:
        code = hop.http_status
        named = f"http_{code}" if code in _NAMED else "http_5xx" if code >= 500 else "http_4xx" if code >= 400 else "other"
        asked = next((v for k, v in hop.headers if k.lower() == "retry-after"), None)
        return FetchError(
            named,
            f"{hop.url}: answered {code}",
            http_status=code,
            final_url=hop.url,
            retry_after=parse_retry_after(asked, self.clock()),
            elapsed_ms=elapsed_ms,
        )


@functools.cache
def _tls_context() -> ssl.SSLContext:
    """Load the certificate authorities once a process: it takes longer than most answers."""
    return ssl.create_default_context(cafile=certifi.where())


def _drain(chunks: Iterator[bytes]) -> None:
    """Read a short body to its end; a long one is left, which closes its connection."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > DRAINED:
            return


def parse_retry_after(value: str | None, now: dt.datetime) -> dt.datetime | None:
    """Return the time that a Retry-After header names, in seconds or as a date; None when it is absent or unreadable.

    Source: RFC 9110, section 10.2.3.
    """
    if not value:
        return None
    text = value.strip()
    try:
        if text.isdigit():
            return now + dt.timedelta(seconds=min(int(text[:9]), 366 * 86_400))
        when = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=dt.UTC)


def _class_of(error: BaseException) -> str:
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(causes) < 10:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    if any(isinstance(c, ssl.SSLError) for c in causes):
        return "tls"
    kinds: tuple[tuple[Any, str], ...] = (
        (BlockedAddressError, "blocked_address"),
        (UnknownHostError, "dns"),
        (httpcore.TimeoutException, "timeout"),
        (httpcore.ConnectError, "connect"),
        (httpcore.NetworkError, "reset"),
    )
    for kind, name in kinds:
        if isinstance(error, kind):
            return name
    if isinstance(error, httpcore.RemoteProtocolError):
        text = str(error).lower()
        if "too long" in text:  # headers without end
            return "too_large"
        return "reset" if "without sending a response" in text else "truncated" if "peer closed" in text or "chunk" in text else "other"
    return "other"


def _describe(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


def _escaped(url: str) -> str:
    """Return the address as it may be sent: ASCII, without a fragment; the order and spelling of everything else is kept."""
    parts = urlsplit(url)
    if url.isascii() and not parts.fragment and " " not in url:
        return url
    try:
        return canonical_url(url)
    except UrlError:
        return url


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
