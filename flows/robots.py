"""robots.txt of each host: asked for once a day at most, kept across runs, with rules of its own for when it cannot be read."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass

from protego import Protego

from flows.addresses import Reach
from flows.fetch import Fetcher, FetchError
from flows.host_book import HostBook
from transforms.optouts import Signal, find_ai_rules
from transforms.rows import Row
from transforms.urls import is_loopback, site_of

AGENT = "Vigil"  # the name that robots.txt files address
MAX_ROBOTS_BYTES = 512_000  # RFC 9309 asks parsers for at least 500 KiB
MAX_CRAWL_DELAY_S = 60.0  # longer delays are meant for crawlers of whole sites
RELIED_ON_FOR = dt.timedelta(hours=24)  # RFC 9309, section 2.4
RETRY_LOST = dt.timedelta(hours=1)  # a host whose robots.txt could not be reached is asked for it again so much later
LOST_FOR_GOOD = dt.timedelta(days=30)  # RFC 9309, section 2.3.1.4: then a file that cannot be reached counts as missing
# Refused, or too odd to read, is "unavailable" in the RFC's words; silence and server errors are "unreachable".
ODD = frozenset({"redirect_loop", "too_large", "bad_encoding", "redirect_refused"})


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host lets us do. `unreachable` says why its robots.txt could not be read, when no older copy is known either."""

    parsed: Protego | None = None
    unreachable: str | None = None
    ai_rules: Signal | None = None

    def is_allowed(self, url: str) -> bool:
        """Tell whether the rules that were read allow an address; no rules forbid nothing."""
        return self.parsed is None or self.parsed.can_fetch(url, AGENT)


class Robots:
    """The rules of all hosts. A host is asked by the one thread that works on it."""

    def __init__(self, fetcher: Fetcher, book: HostBook | None = None) -> None:
        self._fetcher = fetcher
        self.book = book or HostBook()
        self._rules: dict[tuple[str, Reach], Rules] = {}
        self._lock = threading.Lock()

    def is_known(self, url: str, reach: Reach) -> bool:
        """Tell whether the rules of an address can be had without asking its host."""
        site = site_of(url)
        with self._lock:
            return (site, reach) in self._rules or self._is_fresh(self.book.row_of(site))

    def rules_of(self, url: str, reach: Reach) -> Rules:
        """Return the rules of the host of an address.

        A missing file allows everything. One that cannot be reached forbids everything, unless a copy of it is known: then that
        holds; after 30 days without an answer it counts as missing.

        Source: RFC 9309, sections 2.3.1 and 2.4.
        """
        site = site_of(url)
        with self._lock:
            known = self._rules.get((site, reach))
        if known is None:
            row = self.book.row_of(site)
            known = self._read(row) if self._is_fresh(row) else self._fetch(site, reach)
            with self._lock:
                self._rules[site, reach] = known
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

    def _is_fresh(self, row: Row) -> bool:
        """Tell whether robots.txt as known may be relied on; a time in the future was written by a clock that was set back since."""
        asked: dt.datetime | None = row["robots_asked_at"]
        age = RETRY_LOST if row["robots_status"] == "unreachable" else RELIED_ON_FOR
        return asked is not None and asked <= self._fetcher.clock() < asked + age

    def _fetch(self, site: str, reach: Reach) -> Rules:
        now = self._fetcher.clock()
        try:
            answer = self._fetcher.fetch(f"{site}/robots.txt", max_bytes=MAX_ROBOTS_BYTES, reach=reach)
        except FetchError as error:
            if error.status == "blocked_address":  # left to the request itself, which names it so; nothing is learnt of the host
                return Rules()
            is_missing = error.http_status is not None and 400 <= error.http_status < 500 and error.http_status != 429
            status = "missing" if is_missing else "odd" if error.status in ODD else "unreachable"
            lost_at = (self.book.row_of(site)["robots_lost_at"] or now) if status == "unreachable" else None
            kept = {} if status == "unreachable" else {"robots_text": None}
            self.book.update(site, robots_status=status, robots_asked_at=now, robots_lost_at=lost_at, **kept)
        else:
            text = answer.body.decode("utf-8", "replace").replace("\0", "")
            self.book.update(site, robots_status="read", robots_text=text, robots_asked_at=now, robots_lost_at=None)
        return self._read(self.book.row_of(site))

    def _read(self, row: Row) -> Rules:
        if row["robots_status"] == "unreachable" and row["robots_text"] is None:
            lost_at: dt.datetime = row["robots_lost_at"] or self._fetcher.clock()
            if self._fetcher.clock() - lost_at >= LOST_FOR_GOOD:
                return Rules()
            return Rules(unreachable=f"{row['site']}/robots.txt cannot be read since {lost_at:%Y-%m-%d %H:%M} UTC")
        if row["robots_text"] is None:
            return Rules()
        parsed = Protego.parse(row["robots_text"])
        return Rules(parsed=parsed, ai_rules=find_ai_rules(parsed, row["robots_text"], row["site"]))
