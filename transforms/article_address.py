"""The one address of an article: what its page declares as canonical if that can be meant, else where it was fetched.

AMP and mobile variants of a page stand for the ordinary one, so that an article is counted once and its versions line up.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from transforms.urls import UrlError, canonical_url, host_of, is_loopback

_AMP_CACHE = re.compile(r"^(?:[\w-]+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)$")
_AMP_VIEWER = re.compile(r"^(?:www\.)?google\.[a-z.]{2,6}$")
_CACHE_PATH = re.compile(r"^/(?:[acvi]/)?(?P<secure>s/)?(?P<rest>[\w-]+\.[^/]+/.+)$")
_VIEWER_PATH = re.compile(r"^/amp/(?P<secure>s/)?(?P<rest>[\w-]+\.[^/]+/.+)$")
_AMP_QUERY = re.compile(r"(?:amp(?:=(?:1|true|yes|)?)?|outputtype=amp|output=amp|platform=amp|view=amp)", re.IGNORECASE)
_VARIANT_LABEL = re.compile(r"^(?:www\.)?(?:amp|m|mobile|touch|wap)\.(?:www\.)?(?=[^.]+\.[^.])")
# Last parts of a path that name a form of an article, not the article.
_FORMS = re.compile(r"^(?:amp|print|index\.\w+|all|full|single-?page|\d{1,2})$", re.IGNORECASE)
_NAMES_ARTICLE = re.compile(
    r"^(?:id|p|nid|aid|sid|article|articleid|article_id|story|storyid|news|newsid|news_id|post|postid|itemid|key)$", re.IGNORECASE
)


def article_address(fetched: str, declared: str | None) -> str:
    """Return the address under which an article is remembered.

    A declaration is believed on the publisher's own host (or one that differs only by www, m, amp and the like): believed
    anywhere, a page could take over another outlet's article. It is not believed where it names the home page, a section
    above the article, or leaves out the parameter that says which article it is: templates do that for all their pages.
    On loopback, where the demo newsroom and replays stand in for real outlets, the host may be another.

    Args:
        fetched: Address that answered.
        declared: rel=canonical or og:url of the page; None: none.
    """
    own = main_address(fetched)
    try:
        meant = main_address(urljoin(fetched, declared or ""))
    except ValueError:  # none, or a malformed one
        return own
    is_own_host = _bare_host(meant) == _bare_host(own) or is_loopback(own)
    return meant if is_own_host and _is_of_article(meant, own) else own


def main_address(url: str) -> str:
    """Return the address of the ordinary page that an AMP or mobile variant stands for; any other one in its usual spelling.

    Only spellings that are used for variants and nothing else: AMP caches, /amp at either end of the path, `amp` in the query,
    a first label `amp`, `m`, `mobile`, `touch` or `wap` of the host.

    Raises:
        UrlError: It is no http or https address.
    """
    parts = urlsplit(canonical_url(_outside_cache(canonical_url(url))))
    path = re.sub(r"^/amp(?=/.)", "", parts.path)
    path = re.sub(r"(?<=.)/amp/?$", "", path)
    path = re.sub(r"\.amp(?=(?:\.html?)?$)", "", path)
    query = "&".join(p for p in parts.query.split("&") if p and not _AMP_QUERY.fullmatch(p))
    return canonical_url(urlunsplit((parts.scheme, _VARIANT_LABEL.sub("www.", parts.netloc), path or "/", query, "")))


def _bare_host(url: str) -> str:
    return _VARIANT_LABEL.sub("", host_of(url))


def _is_of_article(meant: str, own: str) -> bool:
    ours, theirs = urlsplit(own), urlsplit(meant)
    steps, named = [s for s in ours.path.split("/") if s], [s for s in theirs.path.split("/") if s]
    if not named and not theirs.query and (steps or ours.query):
        return False
    is_above = len(named) < len(steps) and steps[: len(named)] == named
    if is_above and not all(_FORMS.match(step) for step in steps[len(named) :]):
        return False
    lost = {p.split("=", 1)[0] for p in ours.query.split("&")} - {p.split("=", 1)[0] for p in theirs.query.split("&")}
    return steps != named or not any(_NAMES_ARTICLE.match(name) for name in lost)


def _outside_cache(url: str) -> str:
    """Return the address that an AMP cache or viewer shows."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    pattern = _CACHE_PATH if _AMP_CACHE.match(host) else _VIEWER_PATH if _AMP_VIEWER.match(host) else None
    match = pattern.match(parts.path) if pattern else None
    if match is None:
        return url
    inner = f"{'https' if match['secure'] else 'http'}://{match['rest']}{f'?{parts.query}' if parts.query else ''}"
    try:
        return canonical_url(inner)
    except UrlError:
        return url
