"""Spares the cleaner's searches for furniture and for the article's frame on a page where they can find nothing.

trafilatura looks for class names such as "sidebar" with XPath expressions that try patterns of many words on the attributes of every
element, again and again on the same: a third of the time of cleaning. Here a pattern is tried on a value once; what may match is then
judged by the expression itself. Outside of `spared_searches` nothing changes, and of expressions other than those that this was written
for none is spared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property, lru_cache, partial
from hashlib import sha256
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement
from trafilatura import xpaths

REMEMBERED = 20_000  # values of attributes for each expression, some 2 MB: a site's pages say the same over and over
# Each finds elements by what an attribute of ATTRIBUTES holds (quoted in the expression as a pattern or as plain words; single letters are
# those that translate() makes small), one also by REPLACED. Of the last list only the first is asked on most pages.
LISTS = (
    xpaths.RAW_TREE_PRUNE_XPATH, xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH, xpaths.OVERALL_DISCARD_XPATH, xpaths.DISCARD_IMAGE_ELEMENTS,
)  # fmt: skip
KNOWN = "b30053b1151763e4"  # digest of these expressions in trafilatura 2.3.1
ATTRIBUTES = ("id", "class", "role", "style", "aria-hidden", "data-component", "itemprop")
REPLACED = "data-lp-replacement-content"
_NAMES = XPath("//@id|//@class", smart_strings=False)
_OTHERS = XPath("|".join(f"//@{name}" for name in ATTRIBUTES[2:]), smart_strings=False)
_IS_REPLACED = XPath(f"boolean(//@{REPLACED})")
_HOLDING = XPath(f".//*[{' or '.join(f'@{name}' for name in ATTRIBUTES)}]")
_QUOTED = re.compile(r"'([^']*)'")
_BUT = re.compile(r"\(\?![^)]*\)|\(\?:\^\| \)|\^")  # "(?!ary)", "(?:^| )", "^"


class _Attributes:
    """What the attributes of a page hold, each value once, gathered when first asked for."""

    def __init__(self, tree: HtmlElement) -> None:
        self._tree = tree

    @cached_property
    def names(self) -> set[str]:
        return set(_NAMES(self._tree))

    @cached_property
    def others(self) -> set[str]:
        return set(_OTHERS(self._tree))

    @cached_property
    def is_replaced(self) -> bool:
        return bool(_IS_REPLACED(self._tree))


_page: ContextVar[_Attributes | None] = ContextVar("_page", default=None)


class SparedXPath:
    """An expression that within `spared_searches` is asked only of elements that it may find."""

    def __init__(self, expression: XPath) -> None:
        self.path: str = expression.path
        self._expression = expression
        self._own = XPath(self.path.replace(".//*", "self::*", 1), namespaces={"re": xpaths.REGEXP_NS})
        self._attributes = [name for name in ATTRIBUTES if f"@{name}" in self.path]
        self._asks_others = any(name not in ("id", "class") for name in self._attributes)
        words = "|".join(dict.fromkeys(word for word in _QUOTED.findall(self.path) if len(word) > 1))
        # Of small letters, without what only forbids: where most words begin with a letter, a search is three times as fast.
        self._may_match = lru_cache(REMEMBERED)(partial(_holds, re.compile(_BUT.sub("", words).lower())))

    def __call__(self, tree: HtmlElement) -> list[Any]:
        """Return what the expression finds in a tree: the page's, or a part or copy of it."""
        page = _page.get()
        if page is None or page.is_replaced:
            found: list[Any] = self._expression(tree)
            return found
        if not any(map(self._may_match, page.names)) and not (self._asks_others and any(map(self._may_match, page.others))):
            return []
        return [
            element for element in _HOLDING(tree) if any(map(self._may_match, map(element.get, self._attributes))) and self._own(element)
        ]


def _holds(words: re.Pattern[str], value: str | None) -> bool:
    return value is not None and words.search(value.lower()) is not None


@contextmanager
def spared_searches(tree: HtmlElement) -> Iterator[None]:
    """Spare, meanwhile and on this thread, the searches that can find nothing in this page."""
    token = _page.set(_Attributes(tree))
    try:
        yield
    finally:
        _page.reset(token)


def digest_of(lists: Sequence[Sequence[Any]]) -> str:
    """Return the digest of expressions."""
    return sha256("\n".join(expression.path for one in lists for expression in one).encode()).hexdigest()[:16]


if digest_of((*LISTS, xpaths.BODY_XPATH[:1])) == KNOWN:
    for one in LISTS:
        one[:] = map(SparedXPath, one)
    xpaths.BODY_XPATH[0] = SparedXPath(xpaths.BODY_XPATH[0])
