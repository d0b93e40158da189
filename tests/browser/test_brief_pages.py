"""The brief and the pages of `vigil browse` in a real browser: phone and desk, light and dark, keyboard, accessibility."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from flows.brief_file import write_brief
from flows.browse import listen, make_app
from flows.demo import write_feeds
from flows.newsroom import serve_newsroom
from flows.night import run_night
from flows.publish import run_publication
from flows.settings import Settings
from warehouse.browse import Search, Shelf

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PROJECT = Path(__file__).resolve().parents[2]
PHONE, DESK = 390, 1280
EVENINGS = [dt.datetime(2025, 4, day, 20, 0, tzinfo=dt.UTC) for day in (4, 5)]
QUIET = dt.datetime(2025, 4, 6, 20, 0, tzinfo=dt.UTC)

# Elements that stick out of the page sideways, but for those that lie in a region that scrolls or that are hidden from sight.
STICKING_OUT = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1 && !e.closest('.scroll, .skip, svg') && getComputedStyle(e).position !== 'absolute';
}).map(e => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 40))"""
# Pairs of blocks of one parent that stand on each other, and texts of a chart that do.
OVERLAPPING = """() => {
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
  const found = [];
  const check = items => items.forEach((a, i) => items.slice(i + 1).forEach(b => {
    if (meet(a.getBoundingClientRect(), b.getBoundingClientRect())) found.push(a.textContent.trim().slice(0, 30) + ' / ' + b.textContent.trim().slice(0, 30));
  }));
  document.querySelectorAll('main, header, section, article, .charts > div, .figures').forEach(parent => check(
    [...parent.children].filter(e => e.getClientRects().length === 1 && getComputedStyle(e).position === 'static')));
  document.querySelectorAll('svg').forEach(svg => { if (svg.getClientRects().length) check([...svg.querySelectorAll('text')].filter(t => t.textContent)); });
  return found;
}"""


@dataclass
class Opened:
    """A page in the browser, with what it said and what it asked for."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


Opener = Callable[..., Opened]


@pytest.fixture(scope="module")  # its driver keeps a loop running in this thread: not beyond the tests that need it
def browser() -> Iterator[Any]:
    """Headless Chromium; where it or its driver is absent the tests are skipped."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[browser]'")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder with two nights of the demo newsroom and a quiet one."""
    folder = tmp_path_factory.mktemp("watched")
    with serve_newsroom() as newsroom:
        write_feeds(folder / "feeds.csv", newsroom)
        made = Settings(data_dir=folder / "data", feeds=str(folder / "feeds.csv"), allow_private_addresses=True, derive_processes=1)
        for evening in EVENINGS:
            newsroom.clock = evening
            run_night(made, clock=lambda at=evening: at)  # type: ignore[misc]
    run_publication(made, clock=lambda: QUIET)
    return made


@contextmanager
def _served(shelf: Shelf) -> Iterator[str]:
    with listen(0) as listener:
        server = uvicorn.Server(uvicorn.Config(make_app(shelf), log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def addresses(settings: Settings) -> Iterator[dict[str, str]]:
    """Where each page lies, by its name."""
    briefs = {"night": write_brief(settings, EVENINGS[-1].date()), "quiet": write_brief(settings)}
    shelf = Shelf(settings.published_path)
    (row,) = shelf.search(Search(words="kryvyi"))
    source = shelf.dossier(row["incident_id"]).sources[0]
    with _served(shelf) as base:
        yield {name: paths[0].as_uri() for name, paths in briefs.items()} | {
            "search": f"{base}/?order=toll", "nothing": f"{base}/?q=nosuchword", "incident": f"{base}/incident/{row['incident_id']}",
            "article": f"{base}/article/{source['article_id']}?incident={row['incident_id']}",
        }  # fmt: skip


@pytest.fixture
def opened(browser: Any, addresses: dict[str, str], request: pytest.FixtureRequest) -> Opener:
    """`opened("night", PHONE, "dark")` opens a page with all its parts unfolded."""

    def run(name: str, width: int = DESK, scheme: str = "light") -> Opened:
        result = open_page(browser, addresses[name], width, scheme)
        request.addfinalizer(result.page.context.close)
        return result

    return run


def open_page(browser: Any, address: str, width: int, scheme: str) -> Opened:
    """Open an address in a window of its own; what it says and asks for is kept, all its parts are unfolded."""
    result = Opened(browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page())
    result.page.on("console", lambda message: result.said.append(message.text))
    result.page.on("pageerror", lambda error: result.said.append(str(error)))
    result.page.on("request", lambda asked: result.asked.append(asked.url))
    result.page.goto(address)
    result.page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    return result


def serious_barriers(page: Any) -> list[Any]:
    """What keeps readers out, by axe: rule, impact, where and why."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    results = axe.Axe().run(page).response
    assert len(results["passes"]) > 10
    return [
        (rule["id"], rule["impact"], node["target"], node["failureSummary"])
        for rule in results["violations"] if rule["impact"] in {"serious", "critical"} for node in rule["nodes"][:3]
    ]  # fmt: skip


PAGES = ("night", "quiet", "search", "nothing", "incident", "article")


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_stands_apart_and_asks_for_nothing_else(opened: Opener, addresses: dict[str, str], name: str, width: int) -> None:
    seen = opened(name, width)
    assert seen.said == [] and seen.asked == [addresses[name]]
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.page.evaluate(STICKING_OUT) == []
    assert seen.page.evaluate(OVERLAPPING) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_serious_barrier(opened: Opener, name: str, scheme: str) -> None:
    assert serious_barriers(opened(name, PHONE, scheme).page) == []


def test_light_and_dark_differ_down_to_the_charts(opened: Opener) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        page = opened("night", DESK, scheme).page
        land = page.locator(".desk svg path[fill='var(--land)']").first
        colours[scheme] = (page.evaluate("getComputedStyle(document.body).backgroundColor"), land.evaluate("e => getComputedStyle(e).fill"))
    assert colours["light"][0] != colours["dark"][0] and colours["light"][1] != colours["dark"][1]


def test_every_link_and_summary_is_reached_by_the_keyboard_in_order(opened: Opener) -> None:
    page = opened("night", DESK).page
    stops = page.locator("a[href]:not([tabindex='-1']), summary, .scroll").count()
    seen = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
    assert len(set(seen)) == stops and seen == sorted(seen)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_map_that_fits_the_width_is_shown(opened: Opener) -> None:
    for width, shown, hidden in ((PHONE, ".phone", ".desk"), (DESK, ".desk", ".phone")):
        page = opened("night", width).page
        assert page.locator(f"{shown} svg").is_visible() and not page.locator(f"{hidden} svg").is_visible()
        sizes = page.locator(f"{shown} svg text").evaluate_all("all => all.map(text => text.getBoundingClientRect().height)")
        assert sizes and min(sizes) > 11, "names on the map can be read"


def test_a_circle_leads_to_its_dossier_and_a_source_to_its_words(opened: Opener) -> None:
    page = opened("search").page
    page.locator("figure a[href^='/incident/']").first.dispatch_event("click")
    page.wait_for_url("**/incident/*")
    page.locator("article h3 a").first.click()
    page.wait_for_url("**/article/*")
    assert page.locator(".text mark").count() > 3


def test_the_search_form_works_without_a_script(opened: Opener) -> None:
    page = opened("search").page
    page.get_by_label("Words").fill("kryvyi")
    page.get_by_label("Contested only").check()
    page.get_by_role("button", name="Search").click()
    assert page.locator("tbody tr").count() == 1 and "Kryvyi Rih" in page.locator("tbody").inner_text()
    assert page.get_by_label("Words").input_value() == "kryvyi"


def test_the_brief_prints_on_paper_with_its_addresses(opened: Opener, tmp_path: Path) -> None:
    page = opened("night").page
    page.pdf(path=tmp_path / "brief.pdf", format="A4")
    assert (tmp_path / "brief.pdf").stat().st_size > 30_000
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert "http" in page.locator(".card a[href^='http']").first.evaluate("e => getComputedStyle(e, '::after').content")


NIGHTS = ("2016-03-22T23:00", "2016-03-23T23:59")  # of the captured stream: on the second a toll of the first has grown


@pytest.fixture
def captured_brief(shared: Path, tmp_path: Path) -> Iterator[Path]:
    """The brief of 23 March 2016 of captured pages, replayed on loopback and read as an operator would: two nights, a command each."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{free.getsockname()[1]}"
    server = [
        sys.executable,
        shared / "replay" / "replay_server.py",
        "--port",
        base.rsplit(":", 1)[1],
        "--max-seconds",
        "600",
        "--robots-host",
        "",
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIGIL_")} | {"VIGIL_DERIVE_PROCESSES": "1"}
    feed = f"{base}/all/feed.xml?only=fragment&limit=60"
    with subprocess.Popen(server, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for night in NIGHTS:
                for _ in range(120):
                    try:
                        httpx.get(f"{base}/__clock?set={night}:00", trust_env=False).raise_for_status()
                        break
                    except httpx.TransportError:
                        time.sleep(0.5)
                words = ["ingest", "--feeds", feed, "--at", night, "--data-dir", str(tmp_path)]
                subprocess.run([sys.executable, "-m", "flows.cli", *words], cwd=PROJECT, env=environment, check=True, capture_output=True)
            yield tmp_path / "briefs" / "2016-03-23.html"
        finally:
            process.terminate()


@pytest.mark.corpus
def test_the_brief_of_a_captured_night_reads_as_that_of_the_demo(browser: Any, captured_brief: Path) -> None:
    for width, scheme in ((PHONE, "light"), (PHONE, "dark"), (DESK, "light")):
        seen = open_page(browser, captured_brief.as_uri(), width, scheme)
        assert seen.said == [] and seen.asked == [captured_brief.as_uri()]
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.page.evaluate(STICKING_OUT) == [] and seen.page.evaluate(OVERLAPPING) == []
        if width == PHONE:
            assert serious_barriers(seen.page) == []
        assert "Night of 23 March 2016" in seen.page.locator("h1").inner_text()
        assert "changed toll" in seen.page.locator("header").inner_text()
        changed = seen.page.locator(".card", has_text="Brussels, Belgium").first
        assert "was" in changed.inner_text() and changed.locator("blockquote").count() >= 1
        assert seen.page.locator("svg[role=img]").count() >= 3
        seen.page.context.close()
