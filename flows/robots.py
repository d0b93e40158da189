"""robots.txt of each host, asked for once a run."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from protego import Protego

from flows.addresses import Reach
from flows.fetch import Fetcher, FetchError
from transforms.urls import is_loopback, site_of

AGENT = "Vigil"  # the name that robots.txt files address
MAX_ROBOTS_BYTES = 512_000  # RFC 9309 asks parsers for at least 500 KiB
MAX_CRAWL_DELAY_S = 60.0  # longer delays are meant for crawlers of whole sites


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host lets us do. `unreachable` says why its robots.txt could not be read; then pages wait."""

    parsed: Protego | None = None
    unreachable: str | None = None

    def is_allowed(self, url: str) -> bool:
        """Tell whether the rules that were read allow an address; no rules forbid nothing."""
        return self.parsed is None or self.parsed.can_fetch(url, AGENT)


class Robots:
    """The rules of all hosts of a run. A host is asked by the one thread that works on it."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._rules: dict[tuple[str, Reach], Rules] = {}
        self._lock = threading.Lock()

    def rules_of(self, url: str, reach: Reach) -> Rules:
        """Return the rules of the host of an address.

        Source: RFC 9309, section 2.3.1: a missing file allows everything, one that cannot be reached forbids everything.
        """
        key = (site_of(url), reach)
        with self._lock:
            known = self._rules.get(key)
        if known is None:
            known = self._fetch(*key)
            with self._lock:
                self._rules[key] = known
        return known

    def pause_of(self, url: str) -> float:
        """Return the pause between requests that a host wants, seconds; 0 on this machine."""
        if is_loopback(url):
            return 0.0
        site, pause = site_of(url), self._fetcher.settings.pause_of(url)
        with self._lock:
            found = [rules for (known, _), rules in self._rules.items() if known == site and rules.parsed]
        delays = [float(delay) for rules in found if rules.parsed and (delay := rules.parsed.crawl_delay(AGENT))]
        return max([pause, *(min(delay, MAX_CRAWL_DELAY_S) for delay in delays)])

    def _fetch(self, site: str, reach: Reach) -> Rules:
        try:
            answer = self._fetcher.fetch(f"{site}/robots.txt", max_bytes=MAX_ROBOTS_BYTES, reach=reach)
        except FetchError as error:
            is_missing = error.http_status is not None and 400 <= error.http_status < 500 and error.http_status != 429
            # Refused, or too odd to read, is "unavailable" in the RFC's words; silence and server errors are "unreachable".
            # An address that may not be reached is left to the request itself, which names it so.
            is_odd = error.status in {"redirect_loop", "too_large", "bad_encoding", "redirect_refused", "blocked_address"}
            return Rules() if is_missing or is_odd else Rules(unreachable=f"{site}/robots.txt could not be read ({error.status})")
        return Rules(parsed=Protego.parse(answer.body.decode("utf-8", "replace")))
