"""`vigil extract --explain`: every value stands beside its rule and words, in a terminal and on a page that asks nothing of anybody."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from flows.explain import explain_source
from flows.explain_page import render_page, shown
from transforms.explanation import Mark, cut_text
from transforms.records import Span

Vigil = Callable[..., tuple[int, str, str]]
TITLE = "Three farmers killed near Anka"
TEXT = (
    "Gunmen killed three farmers near the town of Anka in Nigeria's Zamfara state on Thursday, police said. Two others were wounded.\n\n"
    "The army blamed bandits for the raid."
)
QUIET = "The council approved a new library on Thursday. It will open in May."
SPANISH = "Dos campesinos murieron el jueves cuando pisaron una mina en una vereda del norte del país, informó la policía. " * 4
HOSTILE = 'Gunmen <script>alert(1)</script> killed three \x1b[2Jfarmers & \u202etwo goats\x07 in Anka, Nigeria, police "said" on Monday.'


@dataclass
class Page(HTMLParser):
    """What a page holds: marks of the text with their numbers, ids, links, table rows, tags, and everything visible."""

    marks: list[tuple[tuple[int, ...], str]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self._in_text = 0
        self._spans: tuple[int, ...] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.attributes |= set(given)
        self.ids += [given["id"]] if given.get("id") else []
        self.links += [given["href"]] if given.get("href") else []
        self._open.append(tag)
        if given.get("class") == "text":
            self._in_text = len(self._open)
        if "data-spans" in given:
            self._spans = tuple(map(int, str(given["data-spans"]).split()))
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
        if tag in {"h1", "h2", "h3"}:
            self.headings.append(tag)
        if tag in {"meta", "br", "link", "img", "input"}:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"</{tag}> closes something else"
        if len(self._open) < self._in_text:
            self._in_text = 0
        if tag == "mark":
            self._spans = None

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        if self.rows and self.rows[-1] and {"td", "th"} & set(self._open):
            self.rows[-1][-1] += data
        if self._in_text and "sup" not in self._open:
            self.text.append(data)
            if self._spans:
                self.marks.append((self._spans, data))

    def quote(self, number: int) -> str:
        return "".join(words for numbers, words in self.marks if number in numbers)


def parse(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    assert page._open == []
    return page


def story(folder: Path, text: str = TEXT, name: str = "story.txt") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_terminal_shows_each_value_with_rule_and_words(vigil: Vigil, tmp_path: Path) -> None:
    code, out, err = vigil("extract", "--explain", story(tmp_path), "--title", TITLE, "--published", "2025-04-04")
    assert (code, err) == (0, "") and "\x1b" not in out, "no colours where the output is no terminal"
    assert re.search(r"^Reports an incident: relevance [01]\.\d\d, an incident from 0\.\d\d up\.$", out, re.MULTILINE)
    assert re.search(r"^ +[+-]\d\.\d .* in (title|lead|body): ", out, re.MULTILINE), "triage says why"
    assert re.search(r"^killed_min +3 .* casualty\.\w+.* \[\d+\] Three farmers killed$", out, re.MULTILINE)
    assert re.search(r"^event_date_start +2025-04-03 .* date\.weekday +\[\d+\] Thursday$", out, re.MULTILINE)
    assert re.search(r"^place +Anka .*\[(\d+)\] Anka", out, re.MULTILINE)
    assert re.search(r"^Not stated: .*missing", out, re.MULTILINE)
    assert re.search(r"^killed 3, .*police", out, re.MULTILINE), "claims name their speaker"
    assert re.search(r"^date +2025-04-03 +date\.weekday +\d+-\d+ +Thursday$", out, re.MULTILINE), "mentions carry offsets"


def test_numbers_in_the_text_follow_the_words_that_lines_point_to(vigil: Vigil, tmp_path: Path) -> None:
    _, out, _ = vigil("extract", "--explain", story(tmp_path), "--title", TITLE, "--published", "2025-04-04")
    flat = " ".join(out.split("Event 1")[0].split())
    (number,) = set(re.findall(r"^event_date_start .*\[(\d+)\] Thursday$", out, re.MULTILINE))
    assert f"Thursday[{number}]" in flat


def test_control_characters_of_a_text_reach_no_terminal(vigil: Vigil, tmp_path: Path) -> None:
    code, out, _ = vigil("extract", "--explain", story(tmp_path, HOSTILE), "--title", "\x1b]0;owned\x07Killed", "--published", "2025-04-04")
    assert code == 0 and "<script>alert(1)</script>" in out, "markup is only text here"
    assert not {"\x1b", "\x07", "\u202e"} & set(out)


def test_a_terminal_is_not_flooded(vigil: Vigil, tmp_path: Path) -> None:
    _, out, _ = vigil("extract", "--explain", story(tmp_path, f"{TEXT}\n\n" * 60), "--published", "2025-04-04")
    assert re.search(r"^\d{3} more; --html OUT\.html shows all$", out, re.MULTILINE)
    assert out.count("\ntargets ") + out.count("\nplace ") + out.count("\ncount ") + out.count("\ndate ") <= 301


def test_standard_input_is_a_text(vigil: Vigil, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(TEXT.encode())))
    code, out, _ = vigil("extract", "--explain", "-")
    assert code == 0 and out.startswith("standard input\n") and "killed_min" in out


def test_one_line_of_json_lines_by_its_id(vigil: Vigil, tmp_path: Path) -> None:
    rows = [{"id": "a1", "text": QUIET}, {"id": "a2", "text": TEXT, "title": TITLE, "published": "2025-04-04"}]
    source = story(tmp_path, "".join(json.dumps(row) + "\n" for row in rows), "texts.jsonl")
    code, out, _ = vigil("extract", "--explain", source, "--id", "a2")
    assert code == 0 and out.startswith("a2\n") and re.search(r"^event_date_start +2025-04-03", out, re.MULTILINE)
    only = story(tmp_path, json.dumps(rows[0]) + "\n", "one.jsonl")
    assert vigil("extract", "--explain", only)[1].startswith("a1\nReports no incident: relevance 0.00")


def test_a_text_without_incident_says_why_and_shows_what_was_seen(vigil: Vigil, tmp_path: Path) -> None:
    film = "In the film, a gunman kills four people in a bank. The film opens on Friday; critics praised the actors and the music."
    code, out, _ = vigil("extract", "--explain", story(tmp_path, film), "--title", "Film review: The Last Bank")
    assert code == 0 and "Reports no incident: relevance 0." in out and "No value is read from such a text." in out
    assert re.search(r"^  -\d\.\d .*film", out, re.MULTILINE | re.IGNORECASE)
    assert re.search(r"^count +killed 4, ", out, re.MULTILINE)
    assert "Event 1" not in out


def test_a_text_in_another_language_says_that_it_is_not_read(vigil: Vigil, tmp_path: Path) -> None:
    source = story(tmp_path, SPANISH)
    code, out, _ = vigil("extract", "--explain", source)
    assert code == 0 and "Not read: language es is not read yet. Texts in other languages are kept and counted" in out
    assert "Dos campesinos murieron" in out and "Event 1" not in out
    assert vigil("extract", "--explain", source, "--html", tmp_path / "es.html")[0] == 0
    page = parse((tmp_path / "es.html").read_text())
    assert "".join(page.text) == SPANISH and page.marks == []


def test_marks_of_a_page_slice_to_the_quotes_that_lines_give(tmp_path: Path) -> None:
    explained = explain_source(story(tmp_path), title=TITLE, published="2025-04-04")
    html = render_page(explained)
    page = parse(html)
    assert "".join(page.text) == f"{TITLE}\n\n{TEXT}", "the text is there once, whole, in order"
    assert explained.parts is not None and explained.parts.events[0].claims
    for mark in explained.parts.marks:
        assert page.quote(mark.number) == mark.quote == f"{TITLE}\n\n{TEXT}"[mark.span.start : mark.span.end]
    (killed,) = [row for row in page.rows if row and "killed_best" in row[0]]
    assert killed[1].startswith("33") and killed[3].startswith("casualty.")
    numbered = re.findall(r"\[(\d+)\] ([^\[]+)", killed[4])
    assert numbered and all(page.quote(int(number)) == quote for number, quote in numbered)


def test_a_page_is_whole_by_itself_and_can_be_walked(tmp_path: Path) -> None:
    html = render_page(explain_source(story(tmp_path), title=TITLE, published="2025-04-04"))
    page = parse(html)
    assert not page.tags & {"script", "link", "img", "iframe", "object", "embed", "video", "audio"}
    assert "default-src 'none'" in html and not re.search(r"url\(|@import|https?://", html), "nothing is asked of any host"
    assert all(link.startswith("#") for link in page.links)
    assert {link[1:] for link in page.links} <= set(page.ids), "every link leads somewhere"
    assert len(page.ids) == len(set(page.ids)), "an id stands once"
    assert page.headings[0] == "h1" and page.headings.count("h1") == 1 and page.headings.index("h3") > page.headings.index("h2")
    assert 'lang="en"' in html and 'name="viewport"' in html and "prefers-color-scheme: dark" in html
    assert not {name for name in page.attributes if name.startswith("on")}


def test_a_page_escapes_every_text(tmp_path: Path) -> None:
    source = story(tmp_path, HOSTILE, "<img src=x>.txt")
    html = render_page(explain_source(source, title='"><script>x</script>', published="2025-04-04"))
    page = parse(html)
    assert not page.tags & {"script", "img"} and "<script" not in html
    assert "<script>alert(1)</script> killed three" in "".join(page.text)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", html)


def test_a_reader_that_asks_for_a_page_gets_a_file(vigil: Vigil, tmp_path: Path) -> None:
    code, out, err = vigil("extract", "--explain", story(tmp_path), "--html", tmp_path / "out.html")
    assert (code, out) == (0, "") and err.startswith("Reports an incident") and "out.html" in err
    assert (tmp_path / "out.html").read_text().startswith("<!doctype html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.html", "story.txt"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["absent.txt"], r"absent\.txt: no such file; give a text file, a \.jsonl with --id, or - for standard input"),
        (["."], r"\.: is a folder; give"),
        (["empty.txt"], r"empty\.txt: is empty"),
        (["bytes.txt"], r"bytes\.txt: is not UTF-8 .* save the text as UTF-8"),
        (["two.jsonl"], r"two\.jsonl: holds 2 texts; choose one with --id, for example --id first"),
        (["two.jsonl", "--id", "frist"], r"no line has the id 'frist'; did you mean first\?"),
        (["story.txt", "--id", "x"], r"story\.txt:1: no JSON object"),
        (["story.txt", "--published", "soon"], r"--published 'soon' is no time; write it as 2025-04-04"),
        (["story.txt", "--html", "absent/out.html"], r"--html absent/out\.html: cannot be written \(its folder does not exist\)"),
        (["story.txt", "out.jsonl"], r"--explain writes no out\.jsonl; .*--html out\.html"),
    ],
)  # fmt: skip
def test_a_slip_is_one_line_and_nothing_is_written(
    vigil: Vigil, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    story(tmp_path)
    story(tmp_path, "  \n", "empty.txt")
    story(tmp_path, '{"id": "first", "text": "x"}\n{"id": "second", "text": "y"}\n', "two.jsonl")
    (tmp_path / "bytes.txt").write_bytes(b"seven \xff dead")
    before = sorted(path.name for path in tmp_path.iterdir())
    code, out, err = vigil("extract", "--explain", *words)
    assert (code, out) == (2, "") and re.search(said, err) and err.count("\n") == 1, err
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize("option", ["--html", "--id", "--title", "--published"])
def test_options_of_an_explanation_need_it(vigil: Vigil, tmp_path: Path, option: str) -> None:
    code, _, err = vigil("extract", story(tmp_path, "{}", "in.jsonl"), tmp_path / "out.jsonl", option, "2025-04-04")
    assert code == 2 and f"{option} goes with --explain" in err


def marks_of(*spans: tuple[int, int]) -> list[Mark]:
    return [Mark(number, Span(start, end), "toll", "") for number, (start, end) in enumerate(spans, start=1)]


@pytest.mark.parametrize(
    ("spans", "pieces"),
    [
        ([], [("abcdef", ())]),
        ([(0, 6)], [("abcdef", (1,))]),
        ([(1, 3)], [("a", ()), ("bc", (1,)), ("def", ())]),
        ([(0, 4), (2, 6)], [("ab", (1,)), ("cd", (1, 2)), ("ef", (2,))]),  # crossing
        ([(0, 6), (2, 3)], [("ab", (1,)), ("c", (2, 1)), ("def", (1,))]),  # nested: the shorter comes first
        ([(2, 2)], [("abcdef", ())]),  # no words, no mark
    ],
)  # fmt: skip
def test_overlapping_marks_share_the_pieces_they_share(spans: list[tuple[int, int]], pieces: list[tuple[str, Any]]) -> None:
    cut = list(cut_text("abcdef", marks_of(*spans)))
    assert [(piece.text, tuple(mark.number for mark in piece.marks)) for piece in cut] == pieces


@pytest.mark.parametrize(
    ("text", "on_page"), [("a\nb\tc", "a\nb\tc"), ("\x1b\x00\x85", "\ufffd" * 3), ("\u202e", "\ufffd"), ("۱۲\u200c", "۱۲\u200c"), ("\udc80", "\ufffd")]
)  # fmt: skip
def test_characters_that_no_page_may_hold_are_replaced(text: str, on_page: str) -> None:
    assert shown(text) == on_page
