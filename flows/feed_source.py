"""`--feeds`: a CSV or OPML file, an OPML address or a feed address -> the feeds of a run. What it is, its content decides."""

from __future__ import annotations

import re
from pathlib import Path

from flows.addresses import Reach
from flows.fetch import Clock, Fetcher, FetchError
from flows.own_feeds import read_own_rows
from flows.settings import Settings, require_contact
from transforms.feedlist import REQUIRED, FeedListError, feed_of_url, merge_own_rows, parse_feed_rows, parse_opml
from transforms.feeds import FeedError, parse_feed
from transforms.rows import Row
from transforms.urls import is_loopback
from warehouse.errors import SeedError
from warehouse.seeds import parse_csv, read_seed

_OPML = re.compile(rb"<(?:\w+:)?opml[\s>]", re.IGNORECASE)
_WANTED = "give a CSV with a url column, an OPML file or its address, or the address of a feed"


def load_feeds(settings: Settings, clock: Clock) -> list[Row]:
    """Return the feeds that the setting `feeds` names (empty: those of the shipped list), as the operator's own file changes them.

    Raises:
        FeedListError: The file, address or a line of it cannot be used.
        SettingsError: An address on the real web is to be asked and no contact is set.
    """
    own = read_own_rows(settings.own_feeds_path)
    base = load_base_feeds(settings, clock)
    return merge_own_rows(base, own, str(settings.own_feeds_path)) if own else base


def load_base_feeds(settings: Settings, clock: Clock) -> list[Row]:
    """Return the feeds of the list alone, without the operator's own file.

    Raises:
        FeedListError, SettingsError: As `load_feeds`.
    """
    source = settings.feeds.strip()
    if not source:
        return parse_feed_rows(read_seed("feeds"), "seeds/feeds.csv")
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", source):
        return _load_address(source, settings, clock)
    path = Path(source).expanduser()
    try:
        body = path.read_bytes()
    except OSError as error:
        raise FeedListError(f"{source}: cannot be read ({error.strerror}); {_WANTED}") from error
    return parse_list(body, source)


def _load_address(url: str, settings: Settings, clock: Clock) -> list[Row]:
    named = feed_of_url(url)  # refuses file:// and the like before anything is asked
    require_contact(settings, [url])
    with Fetcher(settings, clock) as fetcher:
        try:
            answer = fetcher.fetch(url, max_bytes=settings.max_feed_bytes, reach=fetcher.reach_of(url))
        except FetchError as error:
            raise FeedListError(f"{error} ({error.status}); check the address") from error
    if _OPML.search(answer.body[:5_000]):
        feeds = parse_opml(answer.body, url)
        # A list from the web must not point our requests at this machine.
        if fetcher.reach_of(url) is Reach.WEB and (inner := next((f["url"] for f in feeds if is_loopback(f["url"])), None)):
            raise FeedListError(f"{url}: lists {inner}, which lies on this machine; remove it, or save the list as a file")
        return feeds
    try:
        parsed = parse_feed(answer.body, answer.final_url, answer.header("content-type"))
    except FeedError as error:
        raise FeedListError(f"{url}: {error}; {_WANTED}") from error
    return [named | {"title": parsed.title, "format": parsed.format}]


def parse_list(body: bytes, source: str) -> list[Row]:
    """Return the feeds of a CSV or OPML document; which it is, its content decides.

    Raises:
        FeedListError: It is neither, or a line of it cannot be used.
    """
    head = body[:5_000].replace(b"\0", b"")
    if _OPML.search(head):
        return parse_opml(body, source)
    if head.lstrip(b"\xef\xbb\xbf \r\n\t\xff\xfe").startswith(b"<"):
        raise FeedListError(f"{source}: is markup but no OPML; {_WANTED}")
    try:
        return parse_feed_rows(parse_csv(body, source, REQUIRED), source)
    except SeedError as error:
        raise FeedListError(str(error)) from error
