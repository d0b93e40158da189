"""A page's bytes -> its text: byte order mark, valid UTF-8, the header, what the markup declares, and detection last.

UTF-8 stands before the declarations, against the HTML standard: text that is valid UTF-8 and not ASCII is UTF-8 for all
practical purposes, whatever an old template claims; the other way round is the commonest cause of garbled names.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
# What pages call one thing and mean as another. Source: WHATWG Encoding standard, labels.
_MEANT = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs",
    "euc_kr": "cp949", "shift_jis": "cp932", "tis-620": "cp874", "iso8859-11": "cp874", "utf-16": "utf-16-le",
}  # fmt: skip
# Codecs of Python that are no encodings of pages, or can hide markup (UTF-7).
_REFUSED = re.compile(
    r"utf-?7|idna|punycode|unicode.?escape|raw.?unicode|charmap|mbcs|oem|palmos|undefined|rot13|hex|base64|zlib|bz2|quopri|uu"
)
_NAME = rb"[\"'\s]*([\w.:-]{2,40})"
_DECLARED = (
    re.compile(rb"<\?xml[^>]{0,100}?\bencoding\s*=" + _NAME, re.IGNORECASE),
    re.compile(rb"<meta[^>]{0,300}?\bcharset\s*=" + _NAME, re.IGNORECASE),
)
_OF_HEADER = re.compile(r"\bcharset\s*=[\"'\s]*([\w.:-]{2,40})", re.IGNORECASE)
_ESCAPED = re.compile(rb"\x1b[$(]")  # ISO 2022 texts are ASCII bytes and so would pass as UTF-8
HEAD = 4096  # bytes in which a declaration counts; the standard asks for 1024, many pages come later
_SAMPLE = 20_000  # bytes that detection looks at, from both ends: more costs seconds
_MOST_LOST = 0.002  # share of characters that an encoding may fail to read: one broken quote must not send a page to guessing


def decode_page(page: bytes, content_type: str | None = None) -> str:
    """Return the text of a page.

    Args:
        page: Body without content encodings.
        content_type: Content-Type header, which may name the encoding.
    """
    for mark, name in _MARKS:
        if page.startswith(mark):
            return page[len(mark) :].decode("utf-8", "replace") if name == "utf-8" else page.decode(name, "replace")
    as_utf8 = None if b"\0" in page[:200] else _read_utf8(page)
    if as_utf8 is not None and b"\x1b" not in page:
        return as_utf8
    named = _named(page, content_type)
    is_escaped = any(name.startswith("iso2022") for name in named) and _ESCAPED.search(page)
    if as_utf8 is not None and not is_escaped:
        return as_utf8
    for name in named:
        text = page.decode(name, "replace")
        if text.count("\ufffd") <= _MOST_LOST * len(text):
            return text
    return page.decode(_detect(page) or "utf-8", "replace")


def _named(page: bytes, content_type: str | None) -> list[str]:
    """Return the encodings that header and markup name, in this order, without those that are none."""
    header = _OF_HEADER.search(content_type or "")
    labels = [header.group(1)] if header else []
    labels += [match.group(1).decode("ascii", "replace") for pattern in _DECLARED if (match := pattern.search(page[:HEAD]))]
    return list(dict.fromkeys(name for label in labels if (name := find_codec(label))))


def find_codec(label: str) -> str | None:
    """Return the codec that a page means by a label; None for labels that name no encoding of text."""
    try:
        codec = codecs.lookup(label.strip().lower())
    except (LookupError, ValueError, UnicodeError):
        return None
    if _REFUSED.search(codec.name) or not codec._is_text_encoding:
        return None
    return _MEANT.get(codec.name, codec.name)


def _read_utf8(page: bytes) -> str | None:
    try:
        return page.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _detect(page: bytes) -> str | None:
    sample = page if len(page) <= _SAMPLE else page[: _SAMPLE // 2] + page[-_SAMPLE // 2 :]
    found = from_bytes(sample).best()
    name = find_codec(found.encoding) if found else None
    # A sample cut in the middle of a page of UTF-8 with one broken byte is UTF-8 still.
    lost = page.decode("utf-8", "replace").count("\ufffd")
    return "utf-8" if lost <= _MOST_LOST * len(page) else name
