"""Addresses: one spelling for one page, the host a request goes to, and whether that host is this machine."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import parse_qs, quote, urljoin, urlsplit, urlunsplit

MAX_URL = 4_000  # characters; longer ones are data in disguise, and servers refuse them
PORTS = {"http": 80, "https": 443}
# Parameters that say where a reader came from and never which page is shown. Only names that no site uses otherwise.
TRACKING = re.compile(
    r"(?:utm_\w+|at_(?:medium|campaign|format|link_\w+|bbc_team|ptr_name|custom\d)|ns_(?:mchannel|source|campaign|linkname|fee)|mc_[ce]id"
    r"|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|ftag|cmpid"
    r"|intcmp|icid|ocid|smid|sr_share|traffic_source|_ga|__twitter_impression"
    r"|(?:pk|mtm|piwik|matomo)_(?:campaign|kwd|keyword|source|medium|content|cid|group|placement)|hsa_\w+|_hsenc|_hsmi|mkt_tok|wt_z?mc|xtor"
    r"|li_fat_id|ttclid|srsltid|_gl|gad_source|gad_campaignid|guccounter|guce_referrer(?:_sig)?|oly_(?:enc|anon)_id|vero_(?:conv|id)|s_cid)",
    re.IGNORECASE,
)
# Services that stand between a feed and the article, and the parameter that holds the article's address.
_WRAPPERS = {
    "google.com/url": ("url", "q"), "bing.com/news/apiclick.aspx": ("url",), "l.facebook.com/l.php": ("u",), "t.umblr.com/redirect": ("z",),
    "news.url.google.com/url": ("url", "q"), "getpocket.com/redirect": ("url",), "out.reddit.com/": ("url",),
}  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x20\x7f]+")
_SAFE = "!$%&'*()+,/:;=?@[]~-._"


class UrlError(ValueError):
    """Text that is no address of a web page; the message says why."""


def canonical_url(url: str, base: str | None = None) -> str:
    """Return the one spelling under which an address is asked for and remembered.

    Scheme and host are lower-cased, an international host is written in ASCII, default port, fragment and tracking
    parameters go, white space and non-ASCII characters of the path are escaped. The order of parameters stays: it may matter.

    Args:
        url: Address, absolute or relative to `base`.
        base: Address of the document that holds it.

    Raises:
        UrlError: It is no http or https address, or longer than `MAX_URL`.
    """
    text = url.strip()
    try:
        parts = urlsplit(urljoin(base, text) if base else text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise UrlError(f"{text[:200]!r} is no address ({error})") from error
    if parts.scheme not in PORTS:
        raise UrlError(f"{text[:200]!r} is no http or https address")
    if not host or _CONTROL.search(host):
        raise UrlError(f"{text[:200]!r} names no host")
    place = f"[{host}]" if ":" in host else host
    if port and port != PORTS[parts.scheme]:
        place += f":{port}"
    query = "&".join(p for p in parts.query.split("&") if p and not TRACKING.fullmatch(p.split("=", 1)[0]))
    clean = urlunsplit((parts.scheme, place, _escape(parts.path) or "/", _escape(query), ""))
    if len(clean) > MAX_URL:
        raise UrlError(f"{clean[:80]}... is longer than {MAX_URL} characters")
    return clean


def _escape(text: str) -> str:
    return quote(text, safe=_SAFE, errors="replace")


def unwrap_url(url: str) -> str:
    """Return the article's address where a known service wraps it in its own; any other address as it is.

    The service would only redirect there, after it has counted the reader.
    """
    try:
        parts = urlsplit(url)
        place = f"{(parts.hostname or '').removeprefix('www.')}{parts.path}"
        names = _WRAPPERS.get(place, ())
        for name in names:
            for inner in parse_qs(parts.query).get(name, ()):
                if inner.startswith(("http://", "https://")):
                    return canonical_url(inner)
    except ValueError:
        pass
    return url


def host_of(url: str) -> str:
    """Return the publisher domain of an address: its host without `www.`, with its port where that is not the default."""
    place = site_of(url).split("//", 1)[1]
    return place.removeprefix("www.")


def site_of(url: str) -> str:
    """Return scheme, host and port of an address: what robots.txt, pauses and connections belong to.

    Raises:
        UrlError: It is no http or https address.
    """
    parts = urlsplit(canonical_url(url))
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(url: str) -> bool:
    """Tell whether an address spells this machine: localhost, 127.0.0.0/8 or ::1. Names are not looked up."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
