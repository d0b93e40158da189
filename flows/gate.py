"""May this address be asked for, now? robots.txt, hosts that want to be left alone, and what publishers reserve, in one place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from flows.addresses import Reach
from flows.fetch import Answer, Fetcher, FetchError
from flows.host_book import HostBook
from flows.robots import Robots
from transforms.intervals import judge_host
from transforms.optouts import HONOURED, Signal, find_reservation, find_signals
from transforms.rows import Row
from transforms.schedule import MAX_BACKOFF
from transforms.urls import host_of, is_loopback, site_of

REFUSING = frozenset({429, 503})
TDMREP = "/.well-known/tdmrep.json"
MAX_TDMREP_BYTES = 100_000
TDMREP_AGE = dt.timedelta(days=7)  # a reservation in it is seen within a week; those in headers and pages at once
LOOK_AGAIN = dt.timedelta(days=7)  # a page that its publisher reserves is asked about again so much later


class Gate:
    """What stands between a run and the hosts. One for all threads; each host is worked on by one thread at a time."""

    def __init__(self, fetcher: Fetcher, hosts: Iterable[Row] = ()) -> None:
        self.fetcher = fetcher
        self.book = HostBook(hosts)
        self.robots = Robots(fetcher, self.book)
        self._honoured = HONOURED[fetcher.settings.honour_opt_outs]

    def pause_of(self, url: str) -> float:
        """Return the pause between requests that a host wants, seconds."""
        return self.robots.pause_of(url)

    def ask_rules(self, url: str, reach: Reach, *, for_page: bool = False) -> bool:
        """Ask the host for its robots.txt, then for its reservations, where they are not known.

        Returns:
            Whether it was asked now, so that a pause follows before the next request.
        """
        if self.closed_until(url):
            return False
        if not self.robots.is_known(url, reach):
            self.robots.rules_of(url, reach)
            return True
        return for_page and self.robots.rules_of(url, reach).is_allowed(url) and self._ask_tdmrep(site_of(url), reach)

    def closed_until(self, url: str) -> dt.datetime | None:
        """Return until when the host wants to be left alone; None: it may be asked.

        A time further away than any back-off was written by a clock that has been set back since.
        """
        until: dt.datetime | None = self.book.row_of(site_of(url))["closed_until"]
        now = self.fetcher.clock()
        return until if until is not None and now < until <= now + MAX_BACKOFF else None

    def check_feed(self, url: str, reach: Reach) -> None:
        """Refuse a feed whose host is closed or whose robots.txt forbids it.

        The operator chose the feed: a robots.txt that cannot be read does not forbid it, a rule in it does.

        Raises:
            FetchError: host_wait or robots.
        """
        self._check_closed(url)
        if not self.robots.rules_of(url, reach).is_allowed(url):
            raise FetchError("robots", f"{url}: robots.txt forbids it; switch the feed off or ask the publisher")

    def check_page(self, url: str, reach: Reach) -> None:
        """Refuse a page whose host is closed, whose robots.txt forbids it or cannot be read, or that its publisher reserves.

        Raises:
            FetchError: host_wait, robots_unreachable, robots or opted_out.
        """
        self._check_closed(url)
        rules = self.robots.rules_of(url, reach)
        if rules.unreachable:
            raise FetchError("robots_unreachable", f"{url}: not asked for, because {rules.unreachable}")
        if not rules.is_allowed(url):
            raise FetchError("robots", f"{url}: robots.txt forbids it")
        found = [rules.ai_rules, self._reservation(url, reach)]
        self._judge(url, [signal for signal in found if signal])

    def check_redirect(self, url: str, reach: Reach) -> None:
        """Refuse a redirect to a host that is closed or whose robots.txt forbids the address.

        Raises:
            FetchError: host_wait or robots.
        """
        self._check_closed(url)
        if not self.robots.rules_of(url, reach).is_allowed(url):
            raise FetchError("robots", f"{url}: robots.txt of the host redirected to forbids it")

    def read_answer(self, url: str, answer: Answer) -> None:
        """Note what an answer reserves; refuse to keep it where that is honoured.

        Raises:
            FetchError: opted_out.
        """
        self._judge(answer.final_url, find_signals(answer.headers, answer.body), asked=url)

    def note_reservations(self, answer: Answer) -> None:
        """Note what the headers of a feed reserve; the feed itself is published for machines and is read."""
        for signal in find_signals(answer.headers, b""):
            self._note(answer.final_url, signal)

    def note_success(self, url: str) -> None:
        """Open a host that answered."""
        self.book.update(site_of(url), closed_until=None, n_refusals=0)

    def note_failure(self, url: str, error: FetchError) -> None:
        """Close a host that answered 429 or 503 to the last try of a run, for all its addresses; loopback stands for many hosts."""
        refused = error.final_url or url  # a redirect may have led to another host
        if error.http_status not in REFUSING or is_loopback(refused):
            return
        site, now = site_of(refused), self.fetcher.clock()
        n, until = judge_host(self.book.row_of(site), now, error.retry_after, MAX_BACKOFF)
        self.book.update(site, closed_until=until, n_refusals=n)

    def _check_closed(self, url: str) -> None:
        if until := self.closed_until(url):
            said = f"{url}: not asked for, its host is left alone until {until:%Y-%m-%d %H:%M} UTC"
            raise FetchError("host_wait", said, retry_after=until)

    def _reservation(self, url: str, reach: Reach) -> Signal | None:
        self._ask_tdmrep(site_of(url), reach)
        text = self.book.row_of(site_of(url))["tdmrep_text"]
        return find_reservation(text, url) if text else None

    def _ask_tdmrep(self, site: str, reach: Reach) -> bool:
        """Read the host's tdmrep.json again once it is a week old; return whether the host was asked. This machine publishes none."""
        row, now = self.book.row_of(site), self.fetcher.clock()
        asked: dt.datetime | None = row["tdmrep_asked_at"]
        if is_loopback(site) or (asked is not None and asked <= now < asked + TDMREP_AGE):
            return False
        self.book.update(site, tdmrep_asked_at=now, tdmrep_text=self._fetch_tdmrep(site, reach, row))
        return True

    def _fetch_tdmrep(self, site: str, reach: Reach, row: Mapping[str, object]) -> str | None:
        if not self.robots.rules_of(f"{site}{TDMREP}", reach).is_allowed(f"{site}{TDMREP}"):
            return None
        try:
            answer = self.fetcher.fetch(f"{site}{TDMREP}", max_bytes=MAX_TDMREP_BYTES, reach=reach)
        except FetchError as error:
            kept = row["tdmrep_text"]  # a server that is down takes no reservation back
            return kept if isinstance(kept, str) and error.http_status is None else None
        text = answer.body.decode("utf-8", "replace").replace("\0", "")
        return text if text.lstrip("\ufeff \t\r\n").startswith("[") else None

    def _judge(self, url: str, signals: Iterable[Signal], asked: str | None = None) -> None:
        refused: Signal | None = None
        for signal in signals:
            self._note(url, signal)
            if signal.signal in self._honoured:
                refused = refused or signal
        if refused:
            said = f"its publisher reserves it ({refused.signal} in {refused.origin}{f': {refused.detail}' if refused.detail else ''})"
            raise FetchError("opted_out", f"{asked or url}: not kept, {said}", retry_after=self.fetcher.clock() + LOOK_AGAIN)

    def _note(self, url: str, signal: Signal) -> None:
        at = self.fetcher.clock()
        self.book.note_opt_out(
            {
                "outlet": host_of(url), "signal": signal.signal, "origin": signal.origin, "detail": signal.detail, "site": site_of(url),
                "first_seen_at": at, "last_seen_at": at,
            }
        )  # fmt: skip
