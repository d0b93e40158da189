"""`vigil feeds` and `vigil rejects`: what they list, say and change, and what survives a new list."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.collect import run_collection
from flows.feed_desk import add_feeds
from flows.feed_source import load_feeds
from flows.own_feeds import changed_own_rows, read_own_rows
from flows.runs import utc_now
from flows.settings import Settings, load_settings
from transforms.feedlist import FeedListError, merge_own_rows, parse_feed_rows, parse_opml, render_opml
from transforms.rows import Row
from warehouse.connection import open_work

pytestmark = pytest.mark.slow  # every command a process of its own and a warehouse

Vigil = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def collected(serve: Callable[[], Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Path, Path]]:
    """A world, a list of three of its feeds (one well, one failing, one moved) and a data folder after one collection."""
    folder = tmp_path_factory.mktemp("desk")
    with serve() as world:
        world.links = [f"{world.base}/fault/404", f"{world.base}/fault/500"]
        listed = folder / "list.csv"
        places = {"well": "feed.xml", "gone": "fault/410", "moved": "fault/redirect-permanent"}
        listed.write_text("feed_id,url\n" + "".join(f"{name},{world.base}/{path}\n" for name, path in places.items()))
        limits = {"read_timeout_s": 0.5, "total_timeout_s": 2, "fetch_tries": 1}
        run_collection(load_settings(data_dir=folder / "data", feeds=str(listed), **limits))
        yield world, listed, folder / "data"


@pytest.fixture
def desk(collected: tuple[Any, Path, Path], tmp_path: Path) -> tuple[Any, Path, Path]:
    """The same with a data folder that a test may change."""
    world, listed, data = collected
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "work.duckdb").write_bytes((data / "work.duckdb").read_bytes())
    return world, listed, tmp_path / "data"


def rows_of(text: str) -> list[Row]:
    return [json.loads(line) for line in text.splitlines()]


def test_list_puts_first_what_needs_a_person(desk: tuple[Any, Path, Path], vigil: Vigil) -> None:
    _, listed, data = desk
    code, out, _ = vigil("feeds", "list", "--feeds", listed, "--data-dir", data)
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()[1:4]] == [["gone", "failing"], ["moved", "moved"], ["well", "well"]]
    assert out.splitlines()[-1] == "1 failing, 1 moved, 1 well"
    code, out, _ = vigil("feeds", "list", "--feeds", listed, "--data-dir", data, "--state", "failing", "--format", "json")
    assert [(row["feed_id"], row["last_weight"], row["is_listed"]) for row in rows_of(out)] == [("gone", "hard", True)]


@pytest.mark.parametrize(
    ("feed", "said"),
    [
        ("gone", ["to do: the publisher took it down", "1 failures in a row, the last one hard", "http_410 (hard)"]),
        ("moved", ["to do: its address redirects for good; `vigil feeds move moved` takes the new one", "moved to: http://127"]),
        ("well", ["to do: nothing", "next poll: at the next run", "robots.txt read", "pages refused: 1 http_404", "5 new of 5"]),
    ],
)
def test_why(desk: tuple[Any, Path, Path], vigil: Vigil, feed: str, said: list[str]) -> None:
    _, listed, data = desk
    code, out, _ = vigil("feeds", "why", feed, "--feeds", listed, "--data-dir", data)
    assert code == 0
    for words in said:
        assert words in out


def test_test_asks_and_keeps_nothing(desk: tuple[Any, Path, Path], vigil: Vigil) -> None:
    world, listed, data = desk
    before = (data / "work.duckdb").read_bytes()
    code, out, _ = vigil("feeds", "test", f"{world.base}/feed.xml", "--data-dir", data)
    assert (code, out.splitlines()[0].split(",")[0]) == (0, "ok: rss 'Valley Post'")
    assert "validators: etag" in out
    code, out, _ = vigil("feeds", "test", "gone", "--feeds", listed, "--data-dir", data)
    assert (code, out.startswith("http_410 (hard): ")) == (1, True)
    code, _, err = vigil("feeds", "test", "https://valley.example/rss", "--data-dir", data)
    assert (code, "contact is empty" in err) == (2, True)
    assert (data / "work.duckdb").read_bytes() == before


def test_pause_resume_add_and_move_change_what_the_next_run_polls(desk: tuple[Any, Path, Path], vigil: Vigil) -> None:
    world, listed, data = desk
    flags = ("--feeds", listed, "--data-dir", data)
    settings = load_settings(data_dir=data, feeds=str(listed))

    def polled() -> dict[str, str]:
        return {feed["feed_id"]: feed["url"].removeprefix(world.base) for feed in load_feeds(settings, utc_now) if feed["active"]}

    assert vigil("feeds", "pause", "gone", "--reason", "taken down", *flags)[0] == 0
    assert polled() == {"well": "/feed.xml", "moved": "/fault/redirect-permanent"}
    assert "off (paused: taken down)" in vigil("feeds", "why", "gone", *flags)[1]
    assert "it was off because: paused: taken down" in vigil("feeds", "resume", "gone", *flags)[1]
    code, _, err = vigil("feeds", "move", "moved", *flags)
    assert (code, "is polled already, as well" in err) == (2, True)
    assert vigil("feeds", "move", "moved", f"{world.base}/feed.xml?new", *flags)[0] == 0
    code, out, _ = vigil("feeds", "add", f"{world.base}/feed.xml?more", "--id", "more", "--country", "UA", *flags)
    assert (code, "added as more" in out) == (0, True)
    assert polled() == {"well": "/feed.xml", "gone": "/fault/410", "moved": "/feed.xml?new", "more": "/feed.xml?more"}
    assert [feed["title"] for feed in load_feeds(settings, utc_now) if feed["feed_id"] == "more"] == ["Valley Post"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("add", "{base}/fault/html"), 1, "not added; give its right address"),
        (("add", "{base}/feed.xml", "--unchecked"), 2, "is listed already, as well"),
        (("add", "{base}/feed.xml?x", "--unchecked", "--country", "UK"), 2, "did you mean 'GB'?"),
        (("add", "file:///etc/passwd"), 2, "is no http or https address"),
        (("why", "wel"), 2, "feed 'wel' is not known; did you mean well?"),
        (("pause", "nothing", "--reason", "x"), 2, "`vigil feeds list` shows all"),
        (("move", "well"), 2, "redirects nowhere for good"),
        (("import", "{tmp}/none.opml"), 2, "cannot be read (No such file or directory)"),
        (("export", "{tmp}/no/where.opml"), 2, "cannot be written (No such file or directory)"),
    ],
)
def test_slips_are_named_and_change_nothing(
    desk: tuple[Any, Path, Path], vigil: Vigil, tmp_path: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    world, listed, data = desk
    filled = [word.format(base=world.base, tmp=tmp_path) for word in words]
    found, _, err = vigil("feeds", *filled, "--feeds", listed, "--data-dir", data)
    assert (found, message in err) == (code, True), err
    assert not (data / "feeds.csv").exists() or read_own_rows(data / "feeds.csv") == []


def test_opml_goes_out_and_in_again(desk: tuple[Any, Path, Path], vigil: Vigil, tmp_path: Path) -> None:
    _, listed, data = desk
    out = tmp_path / "out.opml"
    assert vigil("feeds", "export", out, "--feeds", listed, "--data-dir", data)[0] == 0
    assert len(parse_opml(out.read_bytes(), "out")) == 3
    assert "0 added" in vigil("feeds", "import", out, "--feeds", listed, "--data-dir", data)[1]
    out.write_text('<opml><body><outline xmlUrl="https://hill.example/a"/><outline xmlUrl="https://hill.example/b"/></body></opml>')
    assert "2 added" in vigil("feeds", "import", out, "--feeds", listed, "--data-dir", data)[1]
    out.write_text('<!DOCTYPE x [<!ENTITY a "b">]><opml><body><outline xmlUrl="https://hill.example/c"/></body></opml>')
    code, _, err = vigil("feeds", "import", out, "--feeds", listed, "--data-dir", data)
    assert (code, "declares XML entities" in err) == (2, True)


# ---- the own list


def base_of(*feeds: str) -> list[Row]:
    return parse_feed_rows(
        [{"feed_id": feed_id, "url": f"https://{feed_id}.example/rss", "publisher": feed_id, "_line": "2"} for feed_id in feeds], "l"
    )


def own_of(**cells: str) -> dict[str, str]:
    return {"feed_id": "", "url": "", "_line": "2", **cells}


def test_own_rows_change_add_and_wait() -> None:
    own = [
        own_of(feed_id="a", active="false", inactive_reason="paused: x"), own_of(feed_id="new", url="https://new.example/rss"),
        own_of(feed_id="lost", active="false"), own_of(feed_id="mine", url="https://b.example/rss", language="uk"),
    ]  # fmt: skip
    merged = {feed["feed_id"]: feed for feed in merge_own_rows(base_of("a", "b", "c"), own, "own")}
    assert sorted(merged) == ["a", "c", "mine", "new"]
    assert (merged["a"]["active"], merged["a"]["inactive_reason"], merged["a"]["publisher"]) == (False, "paused: x", "a")
    assert (merged["mine"]["url"], merged["mine"]["publisher"], merged["mine"]["language"]) == ("https://b.example/rss", "b", "uk")


def test_a_new_seed_list_keeps_what_the_operator_decided() -> None:
    own = [own_of(feed_id="a", active="false"), own_of(feed_id="mine", url="https://new.example/rss")]
    reseeded = merge_own_rows(base_of("a", "new", "d"), own, "own")
    assert [(feed["feed_id"], feed["active"]) for feed in reseeded] == [("d", True), ("a", False), ("mine", True)]
    gone = merge_own_rows(base_of("d"), own, "own")
    assert [feed["feed_id"] for feed in gone] == ["d", "mine"]


def test_a_slip_in_the_own_list_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "feeds.csv").write_text("feed_id,url,country_iso2\nx,https://x.example/,UK\n")
    with pytest.raises(FeedListError, match=r"feeds\.csv:2: country_iso2 'UK'"):
        load_feeds(load_settings(data_dir=tmp_path), utc_now)


def test_the_own_list_is_written_whole_and_keeps_the_operators_columns(tmp_path: Path) -> None:
    path = tmp_path / "feeds.csv"
    path.write_text("feed_id,url,desk\nx,https://x.example/,Anna\n")
    with changed_own_rows(path) as rows:
        rows["y"] = {"feed_id": "y", "url": "https://y.example/"}
    with path.open() as file:
        assert [(row["feed_id"], row["desk"]) for row in csv.DictReader(file)] == [("x", "Anna"), ("y", "")]
    before = path.read_bytes()
    with pytest.raises(RuntimeError), changed_own_rows(path) as rows:
        rows.clear()
        raise RuntimeError
    assert path.read_bytes() == before


def test_feeds_added_at_once_get_names_of_their_own(tmp_path: Path) -> None:
    settings: Settings = load_settings(data_dir=tmp_path)
    feeds = [row | {"feed_id": "same"} for row in base_of("p", "q")]
    assert add_feeds(settings, feeds, utc_now) == (["same", "same-2"], [])
    assert add_feeds(settings, feeds, utc_now) == ([], ["same", "same-2"])


def test_opml_holds_what_xml_cannot() -> None:
    (feed,) = base_of("a")
    (back,) = parse_opml(render_opml([feed | {"title": 'A\x00\x1b[2J <&">\ud800 B', "language": "uk"}], "t"), "t")
    assert (back["title"], back["language"], back["url"]) == ('A[2J <&"> B', "uk", "https://a.example/rss")


# ---- rejects


def test_rejects_are_listed_and_explained(desk: tuple[Any, Path, Path], vigil: Vigil) -> None:
    world, _, data = desk
    code, out, _ = vigil("rejects", "list", "--data-dir", data)
    assert (code, out.splitlines()[-1]) == (0, "3 open: 1 fetch http_404, 1 fetch http_5xx, 1 poll http_410")
    code, out, _ = vigil("rejects", "list", "--stage", "fetch", "--reason", "http_404", "--format", "json", "--data-dir", data)
    (row,) = rows_of(out)
    assert (row["state"], row["attempts"], row["outlet"]) == ("stopped", 1, world.base.removeprefix("http://"))
    assert vigil("rejects", "list", "--outlet", "hill.example", "--data-dir", data)[1] == "0 open\n"
    code, out, _ = vigil("rejects", "why", f"{world.base}/fault/404", "--data-dir", data)
    assert (code, "answered 404" in out, "not tried again by itself" in out) == (0, True, True)
    assert vigil("rejects", "why", "nothing", "--data-dir", data)[0] == 1
    assert "--stage 'nope' is not known; allowed are" in vigil("rejects", "list", "--stage", "nope", "--data-dir", data)[2]


def test_retry_puts_back_and_drain_gives_up(desk: tuple[Any, Path, Path], vigil: Vigil) -> None:
    world, listed, data = desk
    assert vigil("rejects", "retry", "--data-dir", data)[0] == 2, "nothing narrows the choice"
    code, out, _ = vigil("rejects", "retry", "--all", "--data-dir", data)
    assert (code, out) == (0, "3 put back; the next run tries them\n")
    asked = len(world.asked("/fault/410")), len(world.asked("/fault/404"))
    run_collection(load_settings(data_dir=data, feeds=str(listed), fetch_tries=1))
    assert (len(world.asked("/fault/410")), len(world.asked("/fault/404"))) == (asked[0] + 1, asked[1] + 1)

    code, out, _ = vigil("rejects", "drain", "--stage", "fetch", "--because", "checked by hand", "--data-dir", data)
    assert (code, out) == (0, "2 given up: checked by hand\n")
    assert vigil("rejects", "list", "--data-dir", data)[1].splitlines()[-1] == "1 open: 1 poll http_410"
    assert "given up on" in vigil("rejects", "why", f"{world.base}/fault/500", "--data-dir", data)[1]
    run_collection(load_settings(data_dir=data, feeds=str(listed), fetch_tries=1))
    assert len(world.asked("/fault/404")) == asked[1] + 1, "given up means not asked for"
    con = open_work(data / "work.duckdb")
    con.execute("UPDATE reject SET stage = 'clean' WHERE reason = 'http_404'").fetchall()
    con.close()
    assert "`vigil backfill --stage extract --mode failed`" in vigil("rejects", "retry", "--stage", "clean", "--data-dir", data)[1]
