"""Numbers and vague quantities that may count people. What counts something else (ages, dates, money, calibres) is left out.

The phrases that bound a number ("at least", "dozens") are rows of seeds/lexicons/en/quantities.csv.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from ahocorasick_rs import AhoCorasick

from transforms.records import Quantity, Span
from transforms.text import find_digits, find_matches

_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve"
        " thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {word: 10 * value for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)} | {
    "fourty": 40
}
_SCALES = {"dozen": 12, "score": 20, "hundred": 100, "thousand": 1_000, "million": 1_000_000}

_SMALL = "|".join(sorted([*_UNITS, *_TENS], key=len, reverse=True))
_SCALE = "|".join(_SCALES)
# "two dozen", "a hundred and four", "twenty-three", "three hundred", "one"; single words too.
_WORDS = (
    rf"(?:(?:(?:{_SMALL})(?:[ -](?:{_SMALL}))?|an?)(?: (?:{_SCALE}))+"
    rf"(?: and (?:{_SMALL})(?:[ -](?:{_SMALL}))?| (?:{_SMALL})(?:[ -](?:{_SMALL}))?)?|(?:{_SMALL})(?:[ -](?:{_SMALL}))?)"
)
_DIGITS = r"\d{1,3}(?:,\d{3})+|\d+"
_NUMBER = rf"(?:(?:{_DIGITS})(?: (?:dozen|hundred|thousand|million))?|{_WORDS})"
_ONE = re.compile(rf"(?:(?<![\w$€£#.,:/-])|(?<=\d-))(?:{_NUMBER})(?![\w]|-year|\.\d|,\d|:\d)")
MOST_PEOPLE = 1_000_000  # more were never harmed by one event; such a number sums up a war, or counts something else
_MOST_DIGITS = 12  # a longer row of digits counts nobody, and Python refuses to read thousands of them

# What follows a number that counts no people.
_NOT_PEOPLE_AFTER = re.compile(
    r"(?:\s*%|\s?-?\s?(?:percent|per cent|km\b|kms?\b|kilomet|miles?\b|met(?:er|re)s?\b|feet\b"
    r"|foot\b|ft\b|inch|cm\b|mm\b|kg|kilogram|kilos?\b|pounds?\b|lbs?\b|tons?\b|tonnes?\b"
    r"|litres?|liters?|acres?|hectares?|degrees?|mph\b|kph|knots|calib|gauge|rounds?\b|bullets?\b|shots\b"
    r"|times\b|dollars?|euros?|rubles?|rupees?|pesos?|naira|million\b|billion|trillion|bn\b|hp\b|mw\b"
    r"|years?\b|year-old|-? (?:and|or|to) \w+-(?:year|month)|months?\b|weeks?\b|days?\b|hours?\b|minutes?\b|mins?\b|seconds?\b|o'clock"
    r"|[ap]\.?m\b|hrs?\b|gmt|utc|yrs?\b|nights?\b|mornings?\b|decades?\b|centur|generations?\b"
    r"|(?:st|nd|rd|th)\b"
    r"|(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b(?! (?:have|had|could|might))"
    r"|(?:(?!(?:after|in|at|on|from|by|during|when|as|near|and|with|the) )[\w'-]+ ){0,2}?"
    r"(?:buildings?|houses?|homes?|vehicles?|cars?|trucks?|buses|tanks?|drones?|missiles?|rockets?|bombs?"
    r"|shells?|mortars?|grenades?|villages?|towns?|cities|districts?|provinces?|states?|countries|schools?|hospitals?"
    r"|apartments?|flats|shops?|stores|churches|mosques|aircraft|planes|helicopters?|jets|ships?|boats?|warplanes"
    r"|airstrikes?|air strikes?|strikes|raids|attacks|explosions?|blasts?|incidents?|clashes|bombings?|shootings"
    r"|famil(?:y|ies)\b(?! members)|groups?|tribes?|clans?|communities|sides?\b|factions?|hospitals?|dailies|newspapers?"
    r"|companies|parties|occasions?|things?|reasons?|factors?|others? (?:was|were) (?:arrested|detained|captured)|minute|hour"
    r"|rifles?|guns?|pistols?|weapons?|seats?|votes?|points?|goals?|games?|matches|runs|wickets|laps"
    r"|floors?|stor(?:ey|ies)\b|rooms?|blocks?|charges?|counts? of|locations?|sites?|targets?|positions?"
    r"|checkpoints?|bases|camps?|sorties|pages|bills|documents|amendments|cows|cattle|sheep|goats|animals|camels|dogs|horses)\b))"
)
# "a dozen people", "two boats": only the nearest noun decides; people nouns between win.
_PEOPLE_NEXT = re.compile(
    r"\s*(?:(?:more|other|others|of|the|them|unarmed|innocent|armed|local|young|elderly|male|female|suspected|alleged)\s+)*(?:people"
    r"|persons?|civilians|men\b|women|children|soldiers|police|troops|officers|fighters|militants|dead|killed|wounded|injured|others)"
)
_PERSONS_NEXT = re.compile(_PEOPLE_NEXT.pattern.replace("|dead|killed|wounded|injured", ""))
# "two high school students": the thing only says which people.
_PEOPLE_OF = re.compile(
    r"(?<!s) (?:students?|pupils|children|workers|staff|employees|officers?"
    r"|guards?|officials|teachers|owners?|drivers|passengers|residents|members)\b"
)
_NOT_PEOPLE_BEFORE = re.compile(  # ends in \Z, not in $, which also matches before a line break
    r"(?:\b(?:mother|father|parent|dad|mom|mum)s?[ -]of[ -]|(?<![\w'])(?:aged|age|ages|page|chapter|section|article|resolution|highway"
    r"|route|flight|room"
    r"|block|number|no\.|nos\.|phase|group|day|unit|brigade|battalion|regiment|division|sector"
    r"|district|ward|zone|gate|channel|radio|version|mark|type|model|street|road|avenue|area|lot"
    r"|ak|m|f|su|mig|il|mi|tu|s|r|t|b|c|jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?|july?"
    r"|aug(?:ust|\.)?|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)[ -]?|[$€£#@]\s?|\bus\$\s?|\.)\Z"
)
_AGES_BEFORE = re.compile(  # "aged 4, 6 and 9", "two men, 20 and 22, were", "one in" four
    r"\bage[ds] [\d, ]+(?:and |to |or )?\Z|\ball but \Z|[a-z], \d{1,2}(?:, \d{1,2})*,? and \Z|\bone in \Z"
)
_ONE_IN = re.compile(
    r" in (?:\d+|two|three|four|five|six|seven|eight|nine|ten) (?:of|people|victims|deaths|children|women|was|were|is|are)\b"
)
_ALL_BUT = re.compile(r"\ball but ([\w-]+) of (?:the |its |their )?\Z")
# "half of the 30 passengers were killed": 30 counts the passengers, not the dead; "most of the 12 people killed" does count these.
_SHARE_BEFORE = re.compile(
    r"\b(?:half|thirds?|quarters?|most|majority|some|many|few|several|part) of (?:the |its |their |those )(?:some |about |nearly )?\Z"
)
_OF_THE = re.compile(r" of (?:the|its|their|his|her|these|those)(?: (?:other|remaining|some|about|more than|at least))? ")
_HARMED_NEXT = re.compile(
    r" (?:[\w'-]+ )?(?:killed|dead|deceased|slain|victims|injured|wounded|casualties|fatalities|deaths|bodies|hurt|shot|missing)\b"
)
_HARMED_AFTER = re.compile(
    r" (?:(?!(?:was|were|are|is|had|have|has) )[\w'-]+ ){0,3}?(?:killed|dead|victims|injured|wounded|casualties|fatalities|deaths|bodies)\b"
)
_ROSE_FROM = re.compile(
    r"\b(?:rose|risen|rises|rising|climbed|increased|raised|revised|jumped|went|grew|grown|up|doubled)\b[\w ,]{0,20}\bfrom \Z"
)
_UP_TO = re.compile(
    r",? (?:and|or|but) (?:(?:possibly|perhaps|maybe|probably|potentially|likely|may be|could be|even) )*(?:as many as|up to|no more than) "
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d$")
_TIME_BEFORE = re.compile(
    r"\b(?:in|since|until|till|of|from|by|during|early|late|mid|before|after|summer|spring|autumn|fall|winter|year)[ -]\Z"
)
_AGE = re.compile(r"[a-z.'\")]+,\s*\Z")
_AGE_AFTER = re.compile(r"\s*(?:,|\.|;|\)|and\b|who\b|was\b|were\b|of\b|from\b|$)")


def read_number(words: str) -> int | None:
    """Return the value of a number written in digits or words, or None when it is none.

    Example:
        >>> read_number("a hundred and four"), read_number("1,200"), read_number("two dozen")
        (104, 1200, 24)
    """
    total = current = 0
    seen = False
    for word in words.replace(",", "").replace("-", " ").split():
        if word.isdecimal():
            if len(word) > _MOST_DIGITS:
                return None
            current += int(word)
        elif word in _UNITS:
            current += _UNITS[word]
        elif word in _TENS:
            current += _TENS[word]
        elif word in {"a", "an"}:
            current = 1
            continue
        elif word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            if _SCALES[word] >= 1_000:
                total, current = total + current, 0
        elif word != "and":
            return None
        seen = True
    return total + current if seen else None


def read_ordinal(word: str) -> int | None:
    """Return the value of an ordinal ("nineteenth", "19th"), or None when it is none. First is not read: it counts nobody else."""
    if word[0].isdigit():
        return int(re.match(r"\d+", word)[0])  # type: ignore[index]
    odd = {"second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12}
    head, _, tail = word.rpartition("-")
    unit = odd.get(tail) or _UNITS.get(tail.removesuffix("th")) or (_TENS.get(tail.removesuffix("ieth") + "y") if not head else None)
    ten = _TENS.get(head, 0) if head else 0
    return ten + unit if unit and (not head or ten) else None


class NumberReader:
    """Finds quantities in folded text. Built once from the rows of quantities.csv."""

    def __init__(self, rows: Sequence[Mapping[str, str]]) -> None:
        self._before = {row["phrase"]: row for row in rows if row["position"] == "before"}
        self._after = {row["phrase"]: row for row in rows if row["position"] == "after"}
        alone = {row["phrase"]: row for row in rows if row["position"] == "alone"}
        self._alone = alone
        self._before_pattern = re.compile(rf"\b({_any(self._before)})(?: (?:the|a|another|other))?\s+\Z")
        self._after_pattern = re.compile(rf"\s?({_any(self._after)})(?!\w)")
        # Where the patterns may match, found at a fraction of their cost.
        self._alone_words = AhoCorasick(list(alone))
        self._number_words = AhoCorasick([*_UNITS, *_TENS, *(f"{article} {scale}" for article in ("a", "an") for scale in _SCALES)])
        self._alone_pattern = re.compile(rf"(?<![\w-])(?:{_any(alone)})(?![\w-])")

    def find(self, folded: str, start: int = 0, end: int | None = None) -> list[Quantity]:
        """Return the quantities between two offsets of a folded text in order, without overlap."""
        return self.find_in(folded, [(start, len(folded) if end is None else end)])[0]

    def find_in(self, folded: str, spans: Sequence[tuple[int, int]]) -> list[list[Quantity]]:
        """Return the quantities of each of several stretches of a folded text, as `find` would; the text is looked through once.

        Args:
            folded: The text.
            spans: First offset and end of each stretch, ascending, without overlap.
        """
        if not spans:
            return []
        first, last = spans[0][0], spans[-1][1]
        numbers = sorted({*_starts(self._number_words, folded, first, last), *find_digits(folded, first, last)})
        vague = sorted(_starts(self._alone_words, folded, first, last))
        return [
            self._within(
                folded,
                numbers[bisect_left(numbers, low) : bisect_left(numbers, high)],
                vague[bisect_left(vague, low) : bisect_left(vague, high)],
                high,
            )
            for low, high in spans
        ]

    def _within(self, folded: str, numbers: Sequence[int], vague: Sequence[int], end: int) -> list[Quantity]:
        found = self._numbers(folded, numbers, end)
        if vague:
            found = sorted([*found, *self._vague(folded, vague, end)], key=lambda q: (q.span.start, -q.span.end))
        kept: list[Quantity] = []
        for quantity in found:  # "half a dozen" holds "a dozen": the one that begins first, then the longer one, counts
            if not kept or quantity.span.start >= kept[-1].span.end:
                kept.append(quantity)
        return kept

    def _numbers(self, folded: str, starts: Sequence[int], last: int) -> list[Quantity]:
        out: list[Quantity] = []
        for match in find_matches(_ONE, folded, starts, last):
            value = read_number(match.group())
            if value is None or value > MOST_PEOPLE or not _counts_people(folded, match):
                continue
            if out and self._joins(folded, out[-1], match.start(), value):
                lower = out.pop()
                low = lower.low if lower.low is not None else lower.best
                begin = lower.span.start
                begin -= 8 if folded.startswith("between ", begin - 8) else 0
                out.append(Quantity(Span(begin, match.end()), low, None, value, "range", "number.range"))
                continue
            if out and (part := self._of_total(folded, out[-1], match, value)):
                out[-1] = part
                continue
            if folded[match.start() - 1 : match.start()] == "-":
                continue  # the second half of a score, a date, a name
            out.append(self._bounded(folded, match.start(), match.end(), value))
        return out

    def _of_total(self, folded: str, part: Quantity, match: re.Match[str], total: int) -> Quantity | None:
        """Read "17 of the 20 hostages" as 17; None where the total counts the dead themselves ("15 of the 20 dead")."""
        link = folded[part.span.end : match.start()]
        if part.best is None or part.best >= total or not _OF_THE.fullmatch(link) or _HARMED_NEXT.match(folded, match.end()):
            return None
        return Quantity(Span(part.span.start, match.end()), part.low, part.best, part.high, part.quantifier, "number.of_total")

    def _joins(self, folded: str, first: Quantity, start: int, value: int) -> bool:
        """Tell whether "N to M", "N-M", "N or M", "between N and M" or "N, and possibly as many as M" make one range."""
        link = folded[first.span.end : start]
        if first.best is None or first.best >= value:
            return False
        if _UP_TO.fullmatch(link):
            return True
        if not re.fullmatch(r"\s?-\s?| (?:to|or) | and ", link):
            return False
        if _ROSE_FROM.search(folded, max(0, first.span.start - 40), first.span.start):
            return False
        return link != " and " or folded[max(0, first.span.start - 8) : first.span.start].endswith("between ")

    def _bounded(self, folded: str, start: int, end: int, value: int) -> Quantity:
        is_share = folded.find(" of ", max(0, start - 16), start) >= 0
        but = _ALL_BUT.search(folded, max(0, start - 40), start) if is_share else None
        if but and (left := value - (read_number(but.group(1)) or value)) > 0:
            return Quantity(Span(but.start(), end), left, left, left, "exact", "number.all_but")
        before = self._before_pattern.search(folded, max(0, start - 30), start)
        if before:
            return _quantity(before.start(1), end, value, self._before[before.group(1)])
        after = self._after_pattern.match(folded, end)
        if after:
            return _quantity(start, after.end(), value, self._after[after.group(1)])
        return Quantity(Span(start, end), value, value, value, "exact", "number.literal")

    def _vague(self, folded: str, starts: Sequence[int], last: int) -> list[Quantity]:
        out: list[Quantity] = []
        for match in find_matches(self._alone_pattern, folded, starts, last):
            row = self._alone[match.group()]
            low, high = (int(row[k]) if row[k] else None for k in ("low", "high"))
            if max(low or 0, high or 0) > MOST_PEOPLE:
                continue
            kind = "exact" if row["bound"] in {"exact", "none"} else "vague"
            start = match.start()
            best = low if kind == "exact" else None
            rule = "number.none" if row["bound"] == "none" else f"number.vague.{row['phrase'].replace(' ', '_')}"
            out.append(Quantity(Span(start, match.end()), low, best, high, kind, rule))
        return out


def _starts(words: AhoCorasick, folded: str, first: int, last: int) -> set[int]:
    """Return where words begin between two offsets, word boundaries left unasked."""
    part = folded if last - first == len(folded) else folded[first:last]
    return {first + start for _, start, _ in words.find_matches_as_indexes(part, overlapping=True)}


def _any(phrases: Mapping[str, object]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))


def _quantity(start: int, end: int, value: int, row: Mapping[str, str]) -> Quantity:
    """Apply one bounding phrase to a number: N, N+1, N-1 in the row's low and high; empty is open.

    "More than 26" is 26 and open above, as recorders keep it: the number that stands there is the number quoted.
    """
    bound = row["bound"]
    shift = {"": None, "N": value, "N+1": value, "N-1": value - 1}
    low, high = shift[row["low"]], shift[row["high"]]
    quantifier = {"more_than": "at_least", "less_than": "at_most"}.get(bound, bound)
    if bound == "about":
        low = high = value
    best = None if bound == "less_than" else value
    return Quantity(Span(start, end), low, best, high, quantifier, f"number.{bound}")


def _counts_people(folded: str, match: re.Match[str]) -> bool:
    """Tell whether a number may count people: not an age, year, date, time, distance, amount, name or score."""
    start, end = match.span()
    before, after = folded[max(0, start - 16) : start], folded[end : end + 60]
    other = _NOT_PEOPLE_AFTER.match(after)
    if other and not _PEOPLE_NEXT.match(after) and not _PEOPLE_OF.match(after, other.end()):
        return False
    if match.group() == "one" and _ONE_IN.match(folded, end):
        return False
    if _NOT_PEOPLE_BEFORE.search(before) or _follows_ages(folded, start):
        return False
    if " of " in before and _SHARE_BEFORE.search(folded, max(0, start - 40), start) and not _HARMED_AFTER.match(after):
        return False
    if match.group().isdigit():
        if _YEAR.match(match.group()) and not _PEOPLE_NEXT.match(after):
            return False
        if match.group().startswith("0"):
            return False
        # "Ahmed Khan, 34, said": a number between commas behind a word is an age, unless people follow it.
        if _AGE.search(before) and _AGE_AFTER.match(after) and int(match.group()) < 110 and not _PERSONS_NEXT.match(after.lstrip(", ")):
            return False
    return not _TIME_BEFORE.search(before) or not _YEAR.match(match.group())


def _follows_ages(folded: str, start: int) -> bool:
    """Tell whether the words before a number make it an age of several, or the rest of a share."""
    low = max(0, start - 40)
    may_match = folded.endswith(("and ", "but ", "one in "), low, start) or folded.find("age", low, start) >= 0
    return may_match and _AGES_BEFORE.search(folded, low, start) is not None
