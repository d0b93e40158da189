"""Which articles are the same text: copies of an earlier article, and the news agency a text is credited to.

Two hundred reprints of one agency text are one source. A copy is found by its words (MinHash of word 5-shingles), the agency
by its credit, which stands in few places: the author line, the dateline, the last lines.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import eq
from typing import TYPE_CHECKING

from rensa import RMinHash

from transforms.lexicons import Lexicons
from transforms.text import fold

if TYPE_CHECKING:
    import polars as pl

N_HASHES = 128  # the estimate of a likeness of 0.7 is right to 0.04
SEED = 20_250_404  # any number; changing it makes stored signatures useless
SHINGLE_WORDS = 5
MIN_WORDS = 40  # below, two texts share their shingles by chance and by boilerplate
COPY_LIKENESS = 0.7  # shingles shared, of all shingles of both
CUT_LIKENESS = 0.45  # a copy that was cut shares fewer of all ...
CUT_SHARE = 0.8  # ... but nearly all of its own
COPY_TIME = dt.timedelta(days=7)  # a syndicated text appears within a week, or it is another story
BANDS, BAND_ROWS = 42, 3  # a pair of likeness 0.45 meets in a band with probability 0.98, one of 0.1 with 0.04

_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class ArticleSketch:
    """What is needed of an article version to tell whether it is a copy.

    Attributes:
        article_id: Article version.
        canonical_url: Its address: versions of one address are updates of each other, not copies.
        at: Publication time, else fetch time.
        minhash: What `minhash` returned for its body; None: too short to compare.
        n_words: Words of the body, as `count_words` counts them.
        duplicate_of: The original that an earlier search found; None: it is no copy, or was not looked at.
    """

    article_id: str
    canonical_url: str
    at: dt.datetime
    minhash: Sequence[int] | None
    n_words: int
    duplicate_of: str | None = None


def count_words(text: str) -> int:
    """Return how many words a text has, as shingles count them."""
    return sum(1 for _ in _TOKEN.finditer(text))


def minhash(text: str) -> list[int] | None:
    """Return the MinHash signature of a text's word 5-shingles; letter case and punctuation do not count.

    Args:
        text: The body, without the headline: outlets write their own over an agency's text.

    Returns:
        128 numbers, the same in every process and on every machine; None under 40 words.
    """
    words = _TOKEN.findall(fold(text))
    if len(words) < MIN_WORDS:
        return None
    signature = RMinHash(N_HASHES, SEED)
    signature.update([" ".join(words[at : at + SHINGLE_WORDS]) for at in range(len(words) - SHINGLE_WORDS + 1)])
    return [int(value) for value in signature.digest()]


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """Return the estimated share of shingles that two texts have in common (Jaccard), 0..1."""
    same: int = sum(map(eq, one, other))
    return same / N_HASHES


def is_copy(one: ArticleSketch, other: ArticleSketch) -> bool:
    """Tell whether two articles carry nearly the same text, or one a cut version of the other's; updates of one address do not."""
    if one.minhash is None or other.minhash is None or one.canonical_url == other.canonical_url:
        return False
    shared = likeness(one.minhash, other.minhash)
    if shared >= COPY_LIKENESS:
        return True
    # |A and B| = J / (1 + J) * (|A| + |B|); measured against the shorter text.
    in_both = shared / (1 + shared) * (one.n_words + other.n_words)
    return shared >= CUT_LIKENESS and in_both / min(one.n_words, other.n_words) >= CUT_SHARE


def find_meeting(signatures: pl.Series) -> pl.Series:
    """Tell for each MinHash signature whether another one shares a band: most share none and are neither copies nor copied."""
    import polars as pl  # noqa: PLC0415 -- readers of pages need none

    hashes = signatures.to_frame("s").select(pl.col("s").list.get(at).alias(str(at)) for at in range(BANDS * BAND_ROWS))
    bands = (pl.struct(str(at) for at in range(band * BAND_ROWS, (band + 1) * BAND_ROWS)) for band in range(BANDS))
    meets = pl.any_horizontal(band.is_duplicated() for band in bands) & pl.col("0").is_not_null()
    return hashes.select(meets.alias("meets"))["meets"]


def find_duplicates(articles: Iterable[ArticleSketch], since: dt.datetime | None = None) -> dict[str, str]:
    """Return, for each copy, the article that it copies. The result depends on the set of articles, not on their order.

    Articles are looked at by age (then by id). Each is a copy of the earliest original of the week before that it is like, else
    an original itself; so a copy is always like its original (no chain of small edits drifts away), no original is a copy, and a
    later article changes nothing about earlier ones. LSH banding keeps the work near-linear: an article meets only originals of
    its bands.

    Args:
        articles: Article versions.
        since: Only what is as old or younger is looked at; of older ones `duplicate_of` is true. Give all of the week before.

    Returns:
        article_id of the copy -> article_id of its original.
    """
    originals: dict[tuple[int, ...], list[tuple[int, ArticleSketch]]] = {}
    copies: dict[str, str] = {}
    for number, article in enumerate(sorted(articles, key=lambda a: (a.at, a.article_id))):
        is_known = since is not None and article.at < since
        if article.minhash is None or (is_known and article.duplicate_of):
            continue
        bands = [(band, *article.minhash[band * BAND_ROWS : (band + 1) * BAND_ROWS]) for band in range(BANDS)]
        if not is_known:
            met = {place: other for band in bands for place, other in originals.get(band, ()) if article.at - other.at <= COPY_TIME}
            original = next((met[place] for place in sorted(met) if is_copy(met[place], article)), None)
            if original is not None:
                copies[article.article_id] = original.article_id
                continue
        for band in bands:
            originals.setdefault(band, []).append((number, article))
    return copies


def _cell(row: Mapping[str, str], column: str) -> list[str]:
    return [item for item in (row.get(column) or "").split("|") if item]


class AgencyCredits:
    """The agencies lexicon, compiled once per Lexicons: the places where a credit stands."""

    def __init__(self, rows: Sequence[Mapping[str, str]]) -> None:
        self.by_name = {fold(name): row["agency"] for row in rows for name in (row["agency"], *_cell(row, "aliases"))}
        self.marks = tuple((fold(mark), row["agency"]) for row in rows for mark in _cell(row, "marks"))
        names = "|".join(re.escape(name) for name in sorted(self.by_name, key=len, reverse=True)) or "(?!)"
        agency = rf"(?P<agency>{names})"
        # "KYIV, April 4 (Reuters) - ", "(AFP) -", "MOSCOW, April 5. /TASS/.", "Reuters - ": opens a line of the first few.
        # A sentence before the bracket ("the Armed Forces of the Philippines (AFP)") is no dateline.
        bracketed = rf"(?:(?!the\s|\s-)[^\n(/]){{0,60}}[(/]\s*{agency}\s*[)/]\s*(?:-{{1,2}}|[.:]\s)"
        self.dateline = re.compile(rf"^(?:{bracketed}|(?P<bare>{names})\s+-{{1,2}}\s)", re.MULTILINE)
        # "Source: Xinhua", "- Reuters", "(AFP)", "(c) 2025 AFP", "first published by Reuters": closes the text.
        self.closing = re.compile(
            rf"(?:^\s*(?:sources?|credit)\s*:\s*(?:the\s+)?{agency}\b(?!['/-])"
            rf"|^\s*[-(\[]*\s*(?P<alone>{names})\s*[)\]]*\.?\s*$|[.!?\"'][ ]*(?:-{{1,2}}[ ]*|\()(?P<tail>{names})\)?\s*$"
            rf"|(?:©|\(c\)|copyright)\s*(?:\d{{4}}\s*)?(?:the\s+)?(?P<owner>{names})\b"
            rf"|(?:first|originally)\s+(?:published|reported|distributed)\s+by\s+(?:the\s+)?(?P<first>{names})\b)",
            re.MULTILINE,
        )

    @classmethod
    @lru_cache(maxsize=4)
    def of(cls, lexicons: Lexicons) -> AgencyCredits:
        """Return the agencies of a language."""
        return cls(lexicons.rows("agencies"))

    def names_in(self, found: Iterable[re.Match[str]]) -> Iterator[str]:
        """Yield the agency of each match."""
        for match in found:
            yield self.by_name[next(name for name in match.groupdict().values() if name)]


OPENING_CHARS = 600  # title, blank line and the first words of the body
CLOSING_CHARS = 500
_BYLINE_PART = re.compile(r"\s*(?:[,;/|&·•()]|\band\b|\bwith\b|\bfor\b|\bvia\b|\s-+\s)\s*")
_BYLINE_EDGE = re.compile(r"^(?:by|from|source:?)\s+|^the\s+|\s+(?:staff|writers?|reporters?|correspondents?|agency|in\s+\w+)$")


def find_wire_origin(text: str, byline: str | None, lexicons: Lexicons) -> str | None:
    """Return the news agency that a text is credited to, by its canonical name; None where no credit stands.

    Only places of credit count: author line, dateline, last lines. "AFP" inside a sentence may be the Armed Forces of the
    Philippines, a photo credit names who took the picture, and "AP contributed to this report" is help, not origin.

    Args:
        text: Text of the article, with or without its title.
        byline: Author line.
        lexicons: Words of the language; those of `agencies.csv` are used.
    """
    credits = AgencyCredits.of(lexicons)
    for part in _BYLINE_PART.split(fold(byline or "")):
        name = part.strip()
        while (shorter := _BYLINE_EDGE.sub("", name)) != name:
            name = shorter
        if name in credits.by_name:
            return credits.by_name[name]
    opening, ending = fold(text[:OPENING_CHARS]), fold(text[-CLOSING_CHARS:].rstrip())
    for agency in credits.names_in(credits.dateline.finditer(opening)):
        return agency
    for agency in credits.names_in(credits.closing.finditer(ending)):
        return agency
    return next((agency for mark, agency in credits.marks if mark in ending), None)
