"""Spared searches: they find what the cleaner's own find, and are spared only on the page at hand."""

from __future__ import annotations

import re

import trafilatura
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from lxml.etree import XPath
from trafilatura import xpaths

from transforms.discards import ATTRIBUTES, LISTS, REPLACED, SparedXPath, spared_searches

SPARED = [one for expressions in (*LISTS, xpaths.BODY_XPATH[:1]) for one in expressions]
WORDS = sorted({word for one in SPARED for quoted in re.findall(r"'([^']*)'", one.path) for word in re.findall(r"[\w-]{2,}", quoted)})
TAGS = ("div", "p", "section", "span", "ul", "ol", "list", "item", "article", "main", "aside", "details", "h1", "a", "figure")
VALUES = st.lists(st.sampled_from([*WORDS, "story", "Share", "NAV", " ", "-", "x"]), min_size=0, max_size=3).map("".join)
ELEMENTS = st.tuples(st.sampled_from(TAGS), st.lists(st.tuples(st.sampled_from([*ATTRIBUTES, REPLACED, "href"]), VALUES), max_size=3))


def test_the_expressions_are_those_that_this_was_written_for() -> None:
    assert all(isinstance(one, SparedXPath) for one in SPARED), (
        f"trafilatura {trafilatura.__version__} looks for other things: see decision 27, then set KNOWN in transforms/discards.py"
    )


@given(st.lists(ELEMENTS, min_size=1, max_size=12), st.integers(1, 3))
def test_a_spared_search_finds_what_the_expression_finds(elements: list[tuple[str, list[tuple[str, str]]]], depth: int) -> None:
    tree = html.Element("body")
    within = tree
    for number, (tag, attributes) in enumerate(elements):
        element = html.Element(tag)
        for name, value in attributes:
            element.set(name, value)
        within.append(element)
        within = tree if number % depth else element
    for one in SPARED:
        wanted = XPath(one.path, namespaces={"re": xpaths.REGEXP_NS})(tree)
        with spared_searches(tree):
            found = one(tree)
        # Of the article's frame only the first is asked for; the expression leaves out others within one parent.
        assert found[:1] == wanted[:1] if one is xpaths.BODY_XPATH[0] else found == wanted


def test_without_a_page_at_hand_the_expression_itself_is_asked() -> None:
    page, other = (html.fromstring(f'<div><div class="{name}">x</div></div>') for name in ("story", "sidebar"))
    expression = xpaths.OVERALL_DISCARD_XPATH[0]
    with spared_searches(page):
        assert expression(page) == []
    assert len(expression(other)) == 1
