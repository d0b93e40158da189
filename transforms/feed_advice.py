"""What an operator can do about a feed: one sentence for each state of `feed_health` and each class of failure."""

from __future__ import annotations

STATE_ADVICE = {
    "off": "it is not polled; `vigil feeds resume {feed_id}` switches it on",
    "new": "it was not polled yet; the next run does, `vigil feeds test {feed_id}` asks now and writes nothing",
    "moved": "its address redirects for good; `vigil feeds move {feed_id}` takes the new one",
    "silent": "it answers and brings nothing new for longer than its own gaps explain: look whether the publisher left it behind",
    "overflowing": "all its entries were new at a recent poll, so some may be lost: run `collect` more often, or look for a longer feed",
    "flooded": "it brings far more than usual: look whether it repeats old items under new ids",
    "dropped": "it brings far less than usual: look whether sections moved to another feed",
    "well": "nothing",
}
STATUS_ADVICE = {
    "http_404": "look for the feed's new address on its home page, then `vigil feeds add`",
    "http_410": "the publisher took it down: look for another feed, then `vigil feeds pause {feed_id}`",
    "http_401": "it wants a password: pause it",
    "http_403": "the host refuses Vigil: write to the publisher, and pause it until you agree",
    "robots": "robots.txt forbids it: pause it, or ask the publisher to allow Vigil",
    "not_a_feed": "a page comes in its place: look for the feed's new address",
    "unsafe_xml": "it declares XML entities and was not read: tell the publisher",
    "blocked_address": "its name leads to a private address: if that is meant, set VIGIL_ALLOW_PRIVATE_ADDRESSES",
    "redirect_refused": "it redirects to what is no web address: look for its new address",
    "redirect_loop": "it redirects in a circle: look for its new address",
    "tls": "its certificate is wrong: open the address in a browser to see how",
    "dns": "its name does not resolve: the host is down, or the domain is gone",
    "too_large": "it is larger than VIGIL_MAX_FEED_BYTES: raise that, or look for a shorter feed",
    "host_wait": "nothing: its host wants to be left alone for a while",
    "http_429": "nothing: it is asked again when its host allows; raise VIGIL_HOST_PAUSE_S if it comes back often",
}
PASSING = "nothing: it is asked again by itself, ever more slowly"


def advise(feed_id: str, state: str, last_status: str | None) -> str:
    """Return what an operator can do about a feed in a state of `feed_health`; of a failing one, about its last failure."""
    text = STATUS_ADVICE.get(last_status or "", PASSING) if state == "failing" else STATE_ADVICE[state]
    return text.format(feed_id=feed_id)
