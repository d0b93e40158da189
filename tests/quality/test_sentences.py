"""Every rule of the extractor on sentences of our own: one that makes it fire, one that only looks like it.

A row of sentences/<family>.csv is one text, one column and one rule. `fires` = yes: the rule reads `value` for the column from
the words `quote`. `fires` = no: the words `quote` stand in the text and tempt the rule, which must stay silent; `value` is what
the column holds instead, often nothing. `known` = yes: what is expected here is right and the extractor is not there yet; the
test fails as soon as it is, and the mark goes.

Each text is read as `vigil extract` reads it, but past triage, which has rows of its own: else a new weight there would empty
the rows of all other families. Lines are broken by a literal backslash and n. Invented people, real places.

Rule names the code makes up as it runs are counted by their parts: `casualty.passive.one.shot` proves the form
(`casualty.passive`), and that it knows single victims (`casualty.*.one`) and shots (`casualty.*.shot`). `place.in.country`
proves `place.in` and `place.*.country`; `number.vague.dozens` proves `number.vague`; `denial.responsibility.said` proves
`denial.responsibility` and `denial.*.said`. The parts themselves are read from the code and the lexicons, so that a new
rule fails here until it has its two sentences. Triage and events name no rules; their rows carry names of this table.
"""

from __future__ import annotations

import ast
import csv
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from flows.extraction import load_tools
from transforms.casualty_mentions import find_casualty_mentions
from transforms.document import Document, Source
from transforms.events import find_events
from transforms.extract import read_document, read_event
from transforms.party_roles import ROLE_WEIGHT
from transforms.place_words import AREA_OF, ATTACKED, BEYOND, BODY_OF, KIND_OF, PREPOSITIONS, TOWN_OF
from transforms.records import ClaimRecord, ReportRecord, Span

FOLDER = Path(__file__).with_name("sentences")
CODE = Path(__file__).resolve().parents[2] / "transforms"
COLUMNS = ["id", "rule", "fires", "published", "title", "text", "column", "value", "quote", "known"]
ROWS_AT_LEAST, KNOWN_AT_MOST = 400, 0.08
NAMESPACES = (
    "number", "casualty", "claim", "denial", "reply", "speech", "date", "place", "weapon", "launch", "perpetrator", "attribution", "victim_side",
    "event_class", "target",
)  # fmt: skip
DENIED = ("responsibility", "targeting_civilians", "civilian_harm", "count")


class Found(NamedTuple):
    """One value that one rule read from some words."""

    column: str
    value: str
    rule: str
    quote: str


def read_rows() -> Iterator[tuple[str, dict[str, str]]]:
    for path in sorted(FOLDER.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                yield path.stem, row


ROWS = list(read_rows())


def as_text(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.2f}"  # degrees; a hundredth is about a kilometre
    return "" if value is None else str(value)


@cache
def document_of(title: str, text: str, published: str) -> Document:
    lexicons, gazetteer = load_tools()
    day = dt.date.fromisoformat(published) if published else None
    return Document(title or None, text.replace("\\n", "\n"), Source(day), lexicons, gazetteer)


@cache
def read_events(doc: Document) -> list[ReportRecord]:
    mentions = find_casualty_mentions(doc)
    return [read_event(doc, scope, mentions) for scope in find_events(doc, mentions)]


def numbers_of(doc: Document) -> list[Found]:
    """Quantities that stand in the text, and those that a victim without a number counts for."""
    mentioned = [mention.quantity for mention in find_casualty_mentions(doc)]
    stated = doc.lexicons.numbers.find(doc.folded)
    return [
        Found(column, as_text(value), quantity.rule, doc.quote(quantity.span))
        for quantity in [*(q for q in mentioned if q.rule == "number.ordinal"), *stated, *mentioned]
        for column, value in (("low", quantity.low), ("best", quantity.best), ("high", quantity.high))
    ]


def claim_values(doc: Document, claim: ClaimRecord) -> Iterator[Found]:
    """What a claim says, by the rule of the claim; who says it and how, by the rule of the speech."""
    for column, value in (("claim_type", claim.claim_type), ("accuses", claim.accuses), ("denies", claim.denies)):
        yield Found(column, as_text(value), claim.rule, doc.quote(claim.span))
    speech, speaker = claim.speech, claim.speech.speaker_span or Span(claim.span.start, claim.span.end)
    for column, value in (
        ("speaker", speech.speaker),
        ("speaker_class", speech.speaker_class),
        ("stance", speech.stance),
        ("mode", speech.mode),
    ):
        yield Found(column, as_text(value), speech.rule, doc.quote(speaker))


def read_row(family: str, row: dict[str, str]) -> tuple[str, list[Found]]:
    """Return what the row's column holds, and every value found for it with rule and words."""
    doc, column = document_of(row["title"], row["text"], row["published"]), row["column"]
    if family == "triage":
        value = as_text(read_document(doc).relevance.is_incident)
        return value, shown_by(row, value)
    reports = read_events(doc)
    if family == "events":
        value = as_text(event_value(reports, column))
        return value, shown_by(row, value)
    if family == "numbers":
        found = [item for item in numbers_of(doc) if item.column == column]
        return next((item.value for item in found), ""), found
    if family == "claims":
        found = [item for report in reports for claim in report.claims for item in claim_values(doc, claim) if item.column == column]
        return "|".join(dict.fromkeys(item.value for item in found if item.value)), [item for item in found if item.value]
    report, name = report_of(reports, column)
    found = [Found(column, as_text(f.value), f.rule, doc.quote(f.span)) for f in report.findings if f.column == name]
    return as_text(report.values[name]), found


def shown_by(row: dict[str, str], value: str) -> list[Found]:
    """Where no rule is named, the row's own name stands for it."""
    return [Found(row["column"], value, row["rule"], row["quote"])] if row["fires"] == "yes" else []


def report_of(reports: list[ReportRecord], column: str) -> tuple[ReportRecord, str]:
    """Return the event that a column speaks of, and the column's name: the primary event, or with "2." in front the second."""
    number, _, name = column.rpartition(".")
    return reports[int(number or 1) - 1], name


def event_value(reports: list[ReportRecord], column: str) -> Any:
    """`n_events`, a column of an event, or what its scope says of it."""
    if column == "n_events":
        return len(reports)
    report, name = report_of(reports, column)
    return getattr(report.scope, name) if hasattr(report.scope, name) else report.values[name]


def parts_of(rule: str) -> set[str]:
    """Split a rule name into the parts that it proves; see the head of this file."""
    words = rule.split(".")
    base = ".".join(words[:2])
    if words[:2] == ["number", "vague"]:
        return {base}
    return {base, *(f"{words[0]}.*.{suffix}" for suffix in words[2:])}


@cache
def rules_in_code() -> frozenset[str]:
    """Every rule that the code can name: its string literals, and its patterns filled from code and lexicons."""
    phrases = load_tools()[0].rows("time_expressions")
    found: set[str] = {row["rule"] for row in phrases if row["phrases"]}
    for path in sorted(CODE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_rule(node.value):
                found |= parts_of(node.value)
            elif isinstance(node, ast.JoinedStr) and is_rule(pattern := pattern_of(node)):
                found |= {part for name in fill(pattern) for part in parts_of(name)}
            elif isinstance(node, ast.JoinedStr) and pattern_of(node) in OPEN:
                found |= OPEN[pattern_of(node)]
    return frozenset(found)


def is_rule(text: str) -> bool:
    space, dot, rest = text.partition(".")
    return bool(dot) and space in NAMESPACES and not set(rest) & set(" ()[]|\\/") and bool(rest)


def pattern_of(node: ast.JoinedStr) -> str:
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def rows_of(name: str, column: str) -> set[str]:
    return {str(row[column]) for row in load_tools()[0].rows(name) if row.get(column)}


def forms() -> set[str]:
    return {"passive", "reduced", *(rows_of("harm", "form") - {"skip", "toll", "lives", "tail"})}


def cues() -> set[str]:
    listed = [*PREPOSITIONS.values(), KIND_OF, AREA_OF, TOWN_OF, ATTACKED, BEYOND, BODY_OF]
    return {"named", "body", "care", "dateline", "chain", "compound", "outlet", *(cue for cue, _ in listed if cue)}


def class_rules() -> set[str]:
    """Names that the lines of the rule for event classes return third."""
    tree = ast.parse((CODE / "fields" / "event_class.py").read_text(encoding="utf-8"))
    returned = (node.value for node in ast.walk(tree) if isinstance(node, ast.Return))
    tuples = (value.body if isinstance(value, ast.IfExp) else value for value in returned)
    thirds = (value.elts[2] for value in tuples if isinstance(value, ast.Tuple) and len(value.elts) == 3)
    return {str(third.value) for third in thirds if isinstance(third, ast.Constant)}


def fill(pattern: str) -> set[str]:
    """Return the names that a pattern of the code may become."""
    if pattern.startswith("casualty."):
        suffix = pattern.removeprefix("casualty.{}").removesuffix("{}")
        return {f"casualty.{form}{suffix}" for form in forms()}
    assert pattern in FILLED, f"the code makes up rules like {pattern}: say here what may stand in its gap"
    return FILLED[pattern]()


FILLED: dict[str, Callable[[], set[str]]] = {
    "number.{}": lambda: (
        {f"number.{bound}" for bound in rows_of("quantities", "bound") - {"vague", "exact"}} | {"number.one", "number.plural"}
    ),
    "number.vague.{}": lambda: {"number.vague"},
    "claim.{}": set,  # the rule of a counted casualty once more
    "denial.{}": lambda: {f"denial.{what}" for what in DENIED},
    "denial.{}.said": lambda: {"denial.responsibility.said", "denial.targeting_civilians.said"},
    "date.{}s_ago": lambda: {f"date.{unit}s_ago" for unit in ("day", "week", "month", "year")},
    "place.{}": lambda: {f"place.{cue}" for cue in cues()},
    "weapon.{}": lambda: {f"weapon.{form}" for form in ("system", "act", "weapon", "generic", "weak")},
    "perpetrator.{}": lambda: {f"perpetrator.{role}" for role in (*ROLE_WEIGHT, "named", "state", "words")},
    "event_class.{}": lambda: {f"event_class.{name}" for name in class_rules()},
}
OPEN = {"{}.shot": {"casualty.*.shot"}, "{}.country": {"place.*.country"}, "{}.admin1": {"place.*.admin1"}}  # added to any rule
# Rules that no sentence can show, and why.
UNSHOWN: dict[str, str] = {}


def known(row: dict[str, str]) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(strict=True, reason="the extractor is not there yet")] if row["known"] == "yes" else []


@pytest.mark.parametrize(("family", "row"), [pytest.param(f, r, id=f"{f}:{r['id']}", marks=known(r)) for f, r in ROWS])
def test_sentence(family: str, row: dict[str, str]) -> None:
    value, found = read_row(family, row)
    if row["fires"] == "yes":
        wanted = Found(row["column"], row["value"], row["rule"], row["quote"])
        assert wanted in found
        assert row["value"] in value.split("|")
    else:
        assert value == row["value"]
        assert [item for item in found if is_tempted(item, row)] == []


def is_tempted(item: Found, row: dict[str, str]) -> bool:
    """Tell whether the row's rule read something from the words that must not make it fire."""
    beside = row["quote"] in item.quote or item.quote in row["quote"]
    return beside and parts_of(item.rule) >= parts_of(row["rule"])


def test_rows_are_whole() -> None:
    for path in FOLDER.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as lines:
            assert next(csv.reader(lines)) == COLUMNS, path.name
    for family, row in ROWS:
        where = f"{family}.csv: {row['id']}"
        assert row["fires"] in {"yes", "no"}, where
        assert row["known"] in {"", "yes"}, where
        assert row["quote"], f"{where}: has no words"
        assert row["quote"] in f"{row['title']}\n\n{row['text']}".replace("\\n", "\n"), f"{where}: its words do not stand in the text"
    twice = [name for name, count in Counter((family, row["id"]) for family, row in ROWS).items() if count > 1]
    assert twice == []


def test_there_are_rows_enough() -> None:
    assert len(ROWS) >= ROWS_AT_LEAST
    assert sum(row["known"] == "yes" for _, row in ROWS) <= KNOWN_AT_MOST * len(ROWS)


@pytest.mark.parametrize("fires", ["yes", "no"])
def test_every_rule_has_its_sentences(fires: str) -> None:
    shown = {part for _, row in ROWS if row["fires"] == fires for part in parts_of(row["rule"])}
    assert sorted(rules_in_code() - shown - UNSHOWN.keys()) == []


def test_no_row_names_a_rule_that_is_gone() -> None:
    named = {part for family, row in ROWS if family not in {"triage", "events"} for part in parts_of(row["rule"])}
    assert sorted(named - rules_in_code()) == []
