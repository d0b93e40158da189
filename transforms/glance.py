"""A glance at a page: what its head declares and what its paragraphs say, by a scan of the markup, without parsing it.

A tenth of the time that parsing takes. What it sees may hold more than the article (teasers, a notice) and in odd markup less, which
is why it decides only whether a page is worth cleaning, never what is read from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from transforms.text import fold

MAX_HEAD = 40_000  # characters in which <title> and <meta> are looked for where no <body> ends them
SHORT_PARAGRAPH = 20  # characters; "Share", "Read more"
_ENDS = (
    "p|div|li|ul|ol|h[1-6]|td|tr|table|article|section|aside|main|figure|header|footer|nav|blockquote|body|html|form|script|style|iframe"
)
# Possessive, and no tag reaches over the next one, so that what never ends costs its length once. A whole group is not: Python before
# 3.11.5 gets that wrong (gh-106052); nothing follows it here, so that it is never tried again either.
_PARAGRAPH = re.compile(rf"<p(?:\s[^<>]*+)?>((?:[^<]++|<(?!/?(?:{_ENDS})\b))*)", re.IGNORECASE)
_LONG_TEXT = re.compile(r">([^<>{}]{80,}+)<")  # outside of any <p>, and no program
_TAG = re.compile(r"<[^>]*+>?")
_META = re.compile(r"<meta\b[^<>]*+>", re.IGNORECASE)
_SAYS = re.compile(
    r"\b(?:name|property)\s*+=\s*+[\"']?(?:og:title|twitter:title|og:description|twitter:description|description)[\"'\s]", re.I
)
_CONTENT = re.compile(r"\bcontent\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]*+>([^<]*+)", re.IGNORECASE)
_BODY = re.compile(r"<body\b", re.IGNORECASE)
_OTHERWISE = 1.5  # so much more text outside of paragraphs than in them: the page is not written in paragraphs


@dataclass(frozen=True, slots=True)
class Glance:
    """What was seen of a page, folded (`transforms.text.fold`).

    Attributes:
        head: Titles and descriptions, each once, one a line.
        text: Text of the paragraphs, one a line; where a page is not written in paragraphs, every long text in it.
    """

    head: str
    text: str


def glance_at(markup: str, *more: str | None) -> Glance:
    """Scan a page's markup.

    Args:
        markup: The decoded page.
        more: What else is known: title and full text of the feed item; None where absent.
    """
    body = _BODY.search(markup)
    top = markup[: body.start() if body else MAX_HEAD]
    heads = _TITLE.findall(top)
    for meta in _META.findall(top):
        if _SAYS.search(meta) and (content := _CONTENT.search(meta)):
            heads.append(content[1] or content[2] or "")
    title, *rest = (*more, None)
    said = "\n".join(paragraph for paragraph in _PARAGRAPH.findall(markup) if len(paragraph) >= SHORT_PARAGRAPH)
    if len(markup) > _OTHERWISE * len(said):  # else there is not so much text
        other = _LONG_TEXT.findall(markup)
        if sum(map(len, other)) > _OTHERWISE * len(said):
            said = "\n".join([said, *other])
    return Glance(
        _plain("\n".join(dict.fromkeys([title or "", *(head.strip() for head in heads)]))), _plain("\n".join([said, *filter(None, rest)]))
    )


def _plain(markup: str) -> str:
    text = _TAG.sub("", markup)
    return fold(unescape(text) if "&" in text else text)
