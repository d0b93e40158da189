"""Backfills as an operator lives them: `vigil up`, the Prefect UI in a real browser, runs that end well, badly, in part, or are cancelled.

Screenshots are kept in $VIGIL_SCREENSHOTS where it is set, else in the test's folder.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from flows.demo import write_feeds
from flows.newsroom import serve_newsroom
from flows.night import run_night
from flows.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DAYS = [dt.date(2025, 4, day) for day in (3, 4, 5)]
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
PATIENCE_S = 300  # the machine may be busy with other tests
STEP_S, TRIES = 45, 3  # patience with one step of the page, and how often the form is filled anew


class NoRunError(AssertionError):
    """The form was submitted, and no run came of it."""


def playwright_timeout() -> type[Exception]:
    """What Playwright raises where a page does not show what was waited for."""
    from playwright.sync_api import TimeoutError as LateError  # noqa: PLC0415 -- the package may be absent

    return LateError


@dataclass
class Cockpit:
    """A running Vigil: its UI, its server, and the data folder that its worker writes."""

    address: str
    settings: Settings
    api: httpx.Client
    known: set[str] = field(default_factory=set)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The JSON that the server answers; a 503 (its database is busy) is asked again."""
        for _ in range(20):
            answer = self.api.request(method, path, json=body)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(1)
        answer.raise_for_status()
        return answer.json()

    def new_run(self, patience_s: float) -> str:
        """The id of the run that has come since the last call."""
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            runs = {run["id"] for run in self.ask("POST", "/flow_runs/filter", {"flows": {"name": {"any_": ["backfill"]}}})}
            if fresh := runs - self.known:
                self.known |= fresh
                return fresh.pop()
            time.sleep(0.5)
        raise NoRunError("no run was made")

    def run(self, run_id: str) -> dict[str, Any]:
        return dict(self.ask("GET", f"/flow_runs/{run_id}"))

    def wait(self, run_id: str, is_there: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The run once it is as it shall be."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            if is_there(run := self.run(run_id)):
                return run
            time.sleep(0.5)
        raise AssertionError(f"the run {run['name']} is {run['state']['type']} ({run['state']['message']}) after {PATIENCE_S} s")

    def end_of(self, run_id: str) -> dict[str, Any]:
        return self.wait(run_id, lambda run: run["state"]["type"] in ENDED)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the work file, between runs."""
        con = duckdb.connect(str(self.settings.work_path), read_only=True)
        try:
            return con.sql(sql).fetchall()
        finally:
            con.close()

    def last_days(self) -> list[tuple[str, str, str | None]]:
        """Days of the last backfill: day, status, message."""
        return self.rows(
            "SELECT CAST(day AS VARCHAR), d.status, d.message FROM backfill_day AS d JOIN run AS r USING (run_id)"
            " WHERE r.started_at = (SELECT max(started_at) FROM run WHERE flow = 'backfill') ORDER BY day"
        )

    def outcome(self) -> list[tuple[Any, ...]]:
        """What readers see."""
        con = duckdb.connect(str(self.settings.published_path), read_only=True)
        try:
            return con.sql("SELECT incident_id, place, killed, injured, n_sources FROM incidents ORDER BY ALL").fetchall()
        finally:
            con.close()

    def archive_file(self, day: dt.date) -> Path:
        ((name,),) = self.rows(f"SELECT DISTINCT warc_file FROM page WHERE CAST(fetched_at AS DATE) = DATE '{day}'")
        return self.settings.archive_dir / str(name)


@contextmanager
def running(settings: Settings, folder: Path) -> Iterator[Cockpit]:
    """Vigil up on a data folder. The one place that knows how the server is started."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "VIGIL_"))} | {
        "VIGIL_ALLOW_PRIVATE_ADDRESSES": "true", "PREFECT_WORKER_QUERY_SECONDS": "1", "DO_NOT_TRACK": "1", "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    words = ["up", "--port", "0", "--data-dir", settings.data_dir, "--feeds", settings.feeds, "--processes", "1"]
    log = folder / "up.log"
    with (
        log.open("w") as said,
        subprocess.Popen(
            [sys.executable, "-m", "flows.cli", *map(str, words)], cwd=folder, env=environment, stdout=said, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            address = _address(process, log)
            with httpx.Client(base_url=f"{address}/api", timeout=60, trust_env=False) as api:
                yield Cockpit(address, settings, api)
        finally:
            process.terminate()  # as systemd would: Ctrl-C is ignored where a shell runs the tests in the background
            try:
                process.wait(90)
            except subprocess.TimeoutExpired:
                process.kill()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + 2 * PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        if found := re.search(r"The UI is at (http://\S+)", log.read_text()):
            return found.group(1)
        time.sleep(0.5)
    raise AssertionError(f"vigil up did not come up:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="module")
def cockpit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cockpit]:
    """Three evenings of the demo newsroom, and Vigil up on them."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    folder = tmp_path_factory.mktemp("cockpit")
    with serve_newsroom() as newsroom:
        write_feeds(folder / "feeds.csv", newsroom)
        settings = Settings(data_dir=folder / "data", feeds=str(folder / "feeds.csv"), allow_private_addresses=True, derive_processes=1)
        for day in DAYS:
            newsroom.clock = dt.datetime.combine(day, dt.time(20), dt.UTC)
            run_night(settings, clock=lambda at=newsroom.clock: at)  # type: ignore[misc]
        with running(settings, folder) as made:
            yield made


@pytest.fixture(scope="module")  # its driver keeps a loop running in this thread: not beyond the tests that need it
def browser() -> Iterator[Any]:
    """Headless Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[browser]'")
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@dataclass
class Operator:
    """A person at the UI."""

    page: Any
    cockpit: Cockpit
    shots: Path

    def shoot(self, name: str) -> None:
        self.page.screenshot(path=self.shots / f"{name}.png", full_page=True)

    def open_form(self) -> None:
        self.page.goto(f"{self.cockpit.address}/deployments")
        self.page.get_by_role("link", name="backfill", exact=True).first.click()
        self.page.get_by_role("button", name="Run", exact=True).click()
        self.page.get_by_text("Custom run").click()
        self.page.get_by_text("Why, in your words; kept with the run.").wait_for()

    def field(self, name: str) -> Any:
        return self.page.locator(".schema-form-property").filter(has=self.page.get_by_text(f"{name} (Optional)", exact=True))

    def fill_day(self, name: str, day: dt.date) -> None:
        self.field(name).get_by_role("button", name="date", exact=True).click()
        self.field(name).locator(".p-date-button__control").click()
        self.page.locator("input[type=date]").fill(day.isoformat())
        self.page.get_by_role("button", name="Apply").click()

    def choose(self, name: str, value: str) -> None:
        self.field(name).locator(".p-select-button__control").focus()
        self.page.keyboard.press("ArrowDown")  # opens the list; a click right after another field was left may only move the focus
        self.page.locator(".p-select-option__text").get_by_text(value, exact=True).click()

    def order(self, *, start: dt.date | None = None, end: dt.date | None = None, mode: str = "", reason: str = "") -> str:
        """Fill the form and submit it; return the run's id. Where the page loses a click on a busy machine, begin again as a person would."""
        for attempt in range(1, TRIES + 1):
            try:
                self.open_form()
                for name, day in (("start", start), ("end", end)):
                    if day:
                        self.fill_day(name, day)
                if mode:
                    self.choose("mode", mode)
                if reason:
                    self.field("reason").locator("textarea").fill(reason)
                self.shoot(f"form-{attempt}")
                self.page.get_by_role("button", name="Submit").click()
                return self.cockpit.new_run(STEP_S)
            except (NoRunError, playwright_timeout()):
                self.shoot(f"form-{attempt}-lost")
                if attempt == TRIES:
                    raise
        raise AssertionError("unreachable")

    def look_at(self, run_id: str, words: str) -> None:
        """Open a run's page and wait until it says something."""
        self.page.goto(f"{self.cockpit.address}/runs/flow-run/{run_id}")
        self.page.get_by_text(words).first.wait_for()

    def artifact(self, run_id: str, key: str, words: str = "") -> str:
        """Open an artifact from the run's page and return what it shows, once it shows some words."""
        self.page.goto(f"{self.cockpit.address}/runs/flow-run/{run_id}")
        self.page.get_by_text("Artifacts", exact=True).last.click()
        self.page.get_by_text(key, exact=True).first.click()
        self.page.get_by_text(words or key).first.wait_for()
        self.shoot(f"artifact-{key}")
        return str(self.page.locator("body").inner_text())


@pytest.fixture
def operator(browser: Any, cockpit: Cockpit, tmp_path: Path, request: pytest.FixtureRequest) -> Operator:
    shots = Path(os.environ.get("VIGIL_SCREENSHOTS") or tmp_path)
    shots.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, color_scheme="dark")
    context.set_default_timeout(STEP_S * 1000)
    request.addfinalizer(context.close)
    return Operator(context.new_page(), cockpit, shots)


def test_three_days_are_read_again_and_the_run_shows_what_it_did(operator: Operator) -> None:
    cockpit, before = operator.cockpit, operator.cockpit.outcome()
    run_id = operator.order(start=DAYS[0], end=DAYS[-1], mode="all", reason="to see | whether <b>it</b> works")
    run = cockpit.end_of(run_id)
    assert (run["state"]["type"], run["name"]) == ("COMPLETED", "backfill 2025-04-03..05 all, all")
    assert cockpit.last_days() == [(str(day), "done", None) for day in DAYS]
    assert cockpit.outcome() == before

    operator.look_at(run_id, "Completed")
    operator.shoot("run-completed")
    summary = operator.artifact(run_id, "backfill-summary", "all checks passed")
    assert "to see | whether <b>it</b> works" in summary, "what a person wrote is shown and steers nothing"
    assert all(str(day) in summary for day in DAYS) and "all checks passed" in summary
    assert "No difference" in operator.artifact(run_id, "backfill-difference", "No difference")
    assert "3 done" in operator.artifact(run_id, "archive-days", "Days by state")
    operator.artifact(run_id, "backfill-progress")


def test_an_end_before_the_start_fails_at_once_and_says_why(operator: Operator) -> None:
    cockpit, runs = operator.cockpit, operator.cockpit.rows("SELECT count(*) FROM run")
    run = cockpit.end_of(run_id := operator.order(start=DAYS[-1], end=DAYS[0]))
    why = "start 2025-04-05 is after end 2025-04-03; give the earlier day first"
    assert run["state"]["type"] == "FAILED" and why in run["state"]["message"]
    operator.look_at(run_id, why)
    operator.shoot("run-refused")
    assert cockpit.rows("SELECT count(*) FROM run") == runs, "nothing was written"


def test_after_a_day_was_broken_only_that_day_runs_again(operator: Operator) -> None:
    cockpit, before = operator.cockpit, operator.cockpit.outcome()
    broken = cockpit.archive_file(DAYS[1])
    away = broken.rename(broken.with_suffix(".away"))
    try:
        cockpit.end_of(run_id := operator.order(mode="all"))
        grid = operator.artifact(run_id, "archive-days", "Days by state")
        operator.shoot("grid-with-a-broken-day")
        assert re.search(r"extract: 1 failed, 2 done", grid), grid
    finally:
        away.rename(broken)
    assert cockpit.outcome() == before, "an archive that is away empties nothing"

    run = cockpit.end_of(run_id := operator.order(mode="failed"))
    assert (run["state"]["type"], run["name"]) == ("COMPLETED", "backfill all days all, failed")
    assert cockpit.last_days() == [(str(DAYS[1]), "done", None)], "only that day"
    operator.look_at(run_id, "Completed")
    operator.shoot("run-of-the-broken-day")
    assert cockpit.outcome() == before
    assert cockpit.rows("SELECT count(*) FROM reject WHERE reason = 'archive' AND resolved_at IS NULL") == [(0,)]


def test_a_run_that_is_cancelled_in_the_middle_is_gone_on_with(operator: Operator) -> None:
    cockpit, before = operator.cockpit, operator.cockpit.outcome()
    held = cockpit.archive_file(DAYS[1])
    away = held.rename(held.with_suffix(".away"))
    os.mkfifo(held)  # a disk that does not answer: the second day waits for it until it is cancelled
    try:
        run_id = operator.order(start=DAYS[0], end=DAYS[-1], mode="all")
        tasks = {"flow_runs": {"id": {"any_": [run_id]}}}
        cockpit.wait(
            run_id, lambda _: any(task["name"] == f"extract {DAYS[1]}" for task in cockpit.ask("POST", "/task_runs/filter", tasks))
        )
        operator.look_at(run_id, "Running")
        operator.shoot("run-in-the-middle")
        operator.page.get_by_role("button", name="Cancel", exact=True).first.click()
        operator.page.get_by_role("button", name="Confirm", exact=True).last.click()
        # A worker that is slow to say so first sees its process die, and corrects itself.
        cockpit.wait(run_id, lambda run: run["state"]["type"] == "CANCELLED")
    finally:
        held.unlink()
        away.rename(held)
    operator.look_at(run_id, "Cancelled")
    operator.shoot("run-cancelled")
    until = time.monotonic() + 60
    while time.monotonic() < until:  # the server may know before the process has closed the file
        try:
            days = cockpit.last_days()
            break
        except duckdb.IOException:
            time.sleep(0.5)
    assert days == [
        (str(DAYS[0]), "done", None), (str(DAYS[1]), "cancelled", "stopped within; what was written is kept"), (str(DAYS[2]), "cancelled", "not begun"),
    ]  # fmt: skip
    ((status,),) = cockpit.rows("SELECT status FROM run WHERE flow = 'backfill' ORDER BY started_at DESC LIMIT 1")
    assert status == "cancelled" and cockpit.outcome() == before

    run = cockpit.end_of(operator.order(mode="failed"))
    assert run["state"]["type"] == "COMPLETED"
    assert cockpit.last_days() == [(str(day), "done", None) for day in DAYS[1:]], "it goes on with what was left"
    assert cockpit.outcome() == before
