"""prefect.yaml and `vigil up`: a real Prefect server with a real worker; deployed, run, refused, stopped, killed, one at a time.

One server serves the tests, which follow each other as an operator's first days would.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import prefect
import pytest

from flows.demo import write_feeds
from flows.newsroom import Newsroom, serve_newsroom
from flows.runs import load_flow_settings
from flows.settings import SettingsError
from warehouse.query import query

pytestmark = pytest.mark.slow
PROJECT = Path(__file__).resolve().parents[2]
VIGIL = str(Path(sys.executable).with_name("vigil"))
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
TIMEOUT_S = 240  # of a machine that does other things, too


def wait_until(is_done: Callable[[], bool], what: str, log: Callable[[], str] = str) -> None:
    until = time.monotonic() + TIMEOUT_S
    while not is_done():
        assert time.monotonic() < until, f"{what}: nothing after {TIMEOUT_S} s:\n{log()[-3000:]}"
        time.sleep(0.2)


@dataclass
class Orchestrator:
    """A running `vigil up`: its Prefect server, and the data folder that its worker writes."""

    api: httpx.Client
    data_dir: Path
    folder: Path
    environment: dict[str, str]
    newsroom: Newsroom
    process: subprocess.Popen[str] | None = None

    @property
    def log(self) -> Path:
        return self.data_dir / "prefect" / "logs" / "worker.log"

    @property
    def said(self) -> str:
        return (self.folder.parent / "said").read_text()

    def up(self) -> None:
        """Start it and wait until it says that it is up."""
        (self.folder.parent / "said").write_text("")
        with (self.folder.parent / "said").open("a") as out:
            words = [VIGIL, "up", "--port", "0", "--data-dir", str(self.data_dir)]
            # A session of its own, as a terminal gives it one: a Ctrl-C there reaches the whole of it.
            self.process = subprocess.Popen(
                words, cwd=self.folder, env=self.environment, text=True, stdout=out, stderr=out, start_new_session=True
            )
        wait_until(lambda: "Ctrl-C stops it." in self.said or self.process.poll() is not None, "vigil up", lambda: self.said)
        assert self.process.poll() is None, self.said
        self.api.base_url = httpx.URL(self.address + "/api")

    @property
    def address(self) -> str:
        return re.search(r"The UI is at (http://127.0.0.1:\d+)", self.said)[1]  # type: ignore[index]

    def press_ctrl_c(self) -> int:
        """Stop it as a terminal does, and return its exit code."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(TIMEOUT_S)

    def end(self) -> None:
        """Leave nothing running, whatever a test came to."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(TIMEOUT_S)
        for pid in self.strays():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def strays(self) -> list[int]:
        """Processes that have our data folder in their environment: server, worker, runs, and what these started."""
        mark, found = f"PREFECT_HOME={self.data_dir}/".encode(), []
        for environ in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                if mark in environ.read_bytes():
                    found.append(int(environ.parent.name))
        return found

    def running(self, name: str) -> dict[str, Any]:
        """Start runs until one works, and return it: one that comes while another is at work is cancelled."""
        until = time.monotonic() + TIMEOUT_S
        while time.monotonic() < until:
            run_id, state = self.start(name), "SCHEDULED"
            while state not in {"RUNNING", *ENDED} and time.monotonic() < until:
                time.sleep(0.2)
                run = self.ask("GET", f"/flow_runs/{run_id}")
                state = run["state"]["type"]
            if state == "RUNNING":
                return dict(run)
        raise AssertionError(f"no run of {name} works after {TIMEOUT_S} s; worker log:\n{self.log.read_text()[-3000:]}")

    def runs(self, **which: Any) -> list[dict[str, Any]]:
        """Runs of the deployment nightly, in the order in which they were due."""
        body = {"flow_runs": which, "deployments": {"name": {"any_": ["nightly"]}}, "sort": "EXPECTED_START_TIME_ASC"}
        return list(self.ask("POST", "/flow_runs/filter", body))

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The JSON that the server answers; a 503 (its database is busy) is asked again, as Prefect's own clients do."""
        for _ in range(10):
            answer = self.api.request(method, path, json=body)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(1)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def deployment(self, name: str) -> dict[str, Any]:
        return dict(self.ask("GET", f"/deployments/name/{name}"))

    def start(self, name: str, **parameters: Any) -> str:
        # The key makes asking again safe: a run that was made after all is not made twice.
        body = {"parameters": parameters, "idempotency_key": uuid.uuid4().hex}
        return str(self.ask("POST", f"/deployments/{self.deployment(name)['id']}/create_flow_run", body)["id"])

    def end_of(self, run_id: str, within_s: float = TIMEOUT_S) -> dict[str, Any]:
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            state = self.ask("GET", f"/flow_runs/{run_id}")["state"]
            if state["type"] in ENDED:
                return dict(state)
            time.sleep(0.5)
        raise AssertionError(f"still {state['type']} after {within_s} s; worker log:\n{self.log.read_text()[-3000:]}")


@pytest.fixture(scope="module")
def orchestrator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orchestrator]:
    """`vigil up` in a folder with an operator's `.env` and feeds, nothing of the project in sight; the newsroom answers on loopback."""
    folder = tmp_path_factory.mktemp("orchestrator")
    elsewhere, home = folder / "elsewhere", folder / "home"
    elsewhere.mkdir()
    home.mkdir()
    api = httpx.Client(timeout=TIMEOUT_S, trust_env=False)
    with api, serve_newsroom(clock=dt.datetime(2025, 4, 4, 20, 0, tzinfo=dt.UTC)) as newsroom:
        write_feeds(elsewhere / "feeds.csv", newsroom)
        (elsewhere / ".env").write_text("VIGIL_FEEDS=feeds.csv\nVIGIL_ALLOW_PRIVATE_ADDRESSES=true\nVIGIL_DERIVE_PROCESSES=1\n")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "VIGIL_"))} | {
            "HOME": str(home), "PREFECT_WORKER_QUERY_SECONDS": "1", "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
        }  # fmt: skip
        found = Orchestrator(api, folder / "data", elsewhere, environment, newsroom)
        try:
            found.up()
            yield found
        finally:
            found.end()


def test_deployments_are_as_an_operator_needs_them(orchestrator: Orchestrator) -> None:
    nightly = orchestrator.deployment("nightly/nightly")
    (schedule,) = nightly["schedules"]
    assert (schedule["schedule"]["cron"], schedule["schedule"]["timezone"], schedule["active"]) == ("30 2 * * *", "UTC", True)
    for name in ("nightly/nightly", "backfill/backfill", "collect/collect-hourly", "derive/derive", "publish/publish", "brief/brief"):
        deployment = orchestrator.deployment(name)
        assert (
            deployment["work_pool_name"] == "vigil"
            and "vigil" in deployment["tags"]
            and deployment["description"]
            and deployment["version"]
        )
        assert deployment["global_concurrency_limit"]["limit"] == 1
        assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
        assert not deployment["pull_steps"], "a folder of the machine that deployed would be frozen into it"
        assert name.startswith("nightly") or not [row for row in deployment["schedules"] if row["active"]]
        assert deployment["work_queue_name"] == ("default" if name == "brief/brief" else "writers")
    (hourly,) = orchestrator.deployment("collect/collect-hourly")["schedules"]
    assert (hourly["schedule"]["cron"], hourly["schedule"]["timezone"], hourly["active"]) == ("5 * * * *", "UTC", False)
    assert orchestrator.ask("GET", "/work_pools/vigil/queues/writers")["concurrency_limit"] == 1
    day = orchestrator.deployment("brief/brief")["parameter_openapi_schema"]["properties"]["date"]
    assert {choice.get("format") for choice in day["anyOf"]} >= {"date"} and "last night on record" in day["description"]


def test_the_form_of_a_backfill_describes_every_parameter(orchestrator: Orchestrator) -> None:
    schema = orchestrator.deployment("backfill/backfill")["parameter_openapi_schema"]
    form = schema["properties"]
    assert list(form) == ["start", "end", "stage", "mode", "feeds", "order", "dry_run", "reason"]
    assert all(form[name]["description"] for name in form)
    assert form["stage"]["enum"] == ["fetch", "clean", "extract", "match", "publish", "all"]
    assert form["mode"]["enum"] == ["missing", "failed", "stale", "all"] and form["order"]["enum"] == ["oldest", "newest"]
    assert form["reason"]["maxLength"] == 500 and form["dry_run"]["type"] == "boolean"
    assert {choice.get("format") for choice in form["start"]["anyOf"]} >= {"date"}
    assert "First day" in form["start"]["description"] and "Last day" in form["end"]["description"]
    assert not schema.get("required")


def test_a_night_and_a_backfill_complete_and_a_bad_backfill_says_why(orchestrator: Orchestrator) -> None:
    nightly = orchestrator.end_of(first := orchestrator.start("nightly/nightly"))
    assert nightly["type"] == "COMPLETED", (nightly, orchestrator.log.read_text()[-3000:])
    published = orchestrator.data_dir / "vigil.duckdb"
    before = query(published, "SELECT place, killed FROM incidents WHERE place = 'Kryvyi Rih'").to_dicts()
    assert before == [{"place": "Kryvyi Rih", "killed": 12}]

    assert orchestrator.end_of(orchestrator.start("backfill/backfill", mode="all"))["type"] == "COMPLETED"
    assert query(published, "SELECT place, killed FROM incidents WHERE place = 'Kryvyi Rih'").to_dicts() == before
    state = orchestrator.end_of(orchestrator.start("backfill/backfill", start="2025-04-06", end="2025-04-01"))
    assert state["type"] == "FAILED" and "start 2025-04-06 is after end 2025-04-01; give the earlier day first" in state["message"]

    run = orchestrator.ask("GET", f"/flow_runs/{first}")
    assert run["name"] == f"night of {run['start_time'][:10]}"
    left = {a["key"]: a for a in orchestrator.ask("POST", "/artifacts/filter", {"flow_runs": {"id": {"any_": [first]}}})}
    assert set(left) == {"night-progress", "night-summary", "night-brief"} and left["night-progress"]["data"] == 100.0
    assert all(words in left["night-summary"]["data"] for words in ("feeds polled", "| new incidents |", "| checks passed |", "briefs/"))
    tasks = orchestrator.ask("POST", "/task_runs/filter", {"flow_runs": {"id": {"any_": [first]}}})
    assert sorted(task["name"].split("-")[0] for task in tasks) == ["brief", "collect", "derive", "publish"]
    said = orchestrator.log.read_text()
    assert "Traceback" not in said.split("is after end")[0] and "elemetry" not in said


def test_runs_at_the_same_time_take_turns_whatever_their_deployment(orchestrator: Orchestrator) -> None:
    before = dt.datetime.now(dt.UTC)
    started = [orchestrator.start(name) for name in ("nightly/nightly", "nightly/nightly", "derive/derive", "publish/publish")]
    ends = [orchestrator.end_of(run)["type"] for run in started]
    # Of two of one deployment the second waits, or is cancelled where both were fetched at once.
    assert sorted(ends[:2]) in (["COMPLETED", "COMPLETED"], ["CANCELLED", "COMPLETED"]) and ends[2:] == ["COMPLETED", "COMPLETED"]
    sql = "SELECT flow, status, started_at, finished_at FROM run WHERE flow <> 'backfill' ORDER BY started_at"
    runs = [row for row in query(orchestrator.data_dir / "vigil.duckdb", sql).to_dicts() if row["started_at"] > before]
    assert len(runs) >= 5 and {row["status"] for row in runs} <= {"completed", "running"}, runs  # what published it was still running
    assert all(one["finished_at"] <= other["started_at"] for one, other in itertools.pairwise(runs)), runs


def test_the_schedule_brings_the_night_in_by_itself(orchestrator: Orchestrator) -> None:
    orchestrator.newsroom.clock = dt.datetime(2025, 4, 5, 20, 0, tzinfo=dt.UTC)
    nightly = orchestrator.deployment("nightly/nightly")
    known = {run["id"] for run in orchestrator.runs()}

    def completed() -> list[dict[str, Any]]:
        found = orchestrator.runs(state={"type": {"any_": ["COMPLETED"]}})
        return [run for run in found if run["auto_scheduled"] and run["id"] not in known]

    every = {"schedule": {"interval": 5.0, "anchor_date": "2025-01-01T00:00:00Z", "timezone": "UTC"}, "active": True}
    orchestrator.ask("PATCH", f"/deployments/{nightly['id']}", {"schedules": [every]})
    wait_until(lambda: bool(completed()), "a scheduled night", orchestrator.log.read_text)
    kept = [{key: row[key] for key in ("schedule", "active")} for row in nightly["schedules"]]
    orchestrator.ask("PATCH", f"/deployments/{nightly['id']}", {"schedules": kept})
    wait_until(lambda: not orchestrator.runs(state={"type": {"any_": ["PENDING", "RUNNING"]}}), "the last scheduled night")
    published = orchestrator.data_dir / "vigil.duckdb"
    assert query(published, "SELECT killed > 12 AS moved FROM incidents WHERE place = 'Kryvyi Rih'").to_dicts() == [{"moved": True}]
    assert {run["state"]["type"] for run in orchestrator.runs() if run["id"] not in known} <= {"COMPLETED", "CANCELLED", "SCHEDULED"}


def test_a_killed_run_is_marked_and_the_next_one_completes(orchestrator: Orchestrator) -> None:
    run = orchestrator.running("nightly/nightly")
    os.kill(int(str(run["infrastructure_pid"]).rsplit(":", 1)[-1]), signal.SIGKILL)
    assert orchestrator.end_of(run["id"])["type"] == "CRASHED"
    assert orchestrator.end_of(orchestrator.running("nightly/nightly")["id"])["type"] == "COMPLETED"


def test_a_second_start_says_where_the_first_is_and_a_taken_port_by_whom(orchestrator: Orchestrator) -> None:
    def vigil_up(*words: str) -> subprocess.CompletedProcess[str]:
        how = {"cwd": orchestrator.folder, "env": orchestrator.environment, "timeout": TIMEOUT_S}
        return subprocess.run([VIGIL, "up", *words], check=False, text=True, capture_output=True, **how)  # type: ignore[call-overload,no-any-return]

    assert orchestrator.process
    second = vigil_up("--data-dir", str(orchestrator.data_dir))
    assert second.returncode == 0 and not second.stderr
    assert f"process {orchestrator.process.pid} since" in second.stdout and f"its UI is at {orchestrator.address};" in second.stdout
    port = orchestrator.address.rsplit(":", 1)[1]
    taken = vigil_up("--data-dir", str(orchestrator.folder.parent / "other"), "--port", port)
    assert taken.returncode == 2 and not taken.stdout
    assert re.fullmatch(
        rf"vigil: --port {port}: is taken by process \d+ \(.*prefect server start.*\); end that, or give another --port\n", taken.stderr
    )
    assert not (orchestrator.folder.parent / "other").exists()
    assert orchestrator.process.poll() is None


def test_the_ui_answers_and_nobody_is_told(orchestrator: Orchestrator) -> None:
    page = httpx.get(orchestrator.address, trust_env=False, follow_redirects=True, headers={"Accept": "text/html"}, timeout=60)
    assert page.status_code == 200 and "<title>Prefect" in page.text
    assert httpx.get(f"{orchestrator.address}/ui-settings", trust_env=False, timeout=60).json()["api_url"] == f"{orchestrator.address}/api"
    assert orchestrator.ask("GET", "/admin/settings")["server"]["analytics_enabled"] is False
    for log in orchestrator.log.parent.iterdir():
        assert "elemetry" not in log.read_text()


def test_ctrl_c_stops_all_and_what_it_cut_off_or_missed_is_one_night_of_work(orchestrator: Orchestrator) -> None:
    deployment = orchestrator.deployment("nightly/nightly")
    cut = orchestrator.running("nightly/nightly")["id"]
    # Ten nights that the schedule missed, as after ten days without a machine.
    now = dt.datetime.now(dt.UTC)
    span = {"start_time": (now - dt.timedelta(days=10)).isoformat(), "end_time": now.isoformat(), "min_runs": 10, "max_runs": 10}
    orchestrator.ask("POST", f"/deployments/{deployment['id']}/schedule", span)
    assert orchestrator.press_ctrl_c() == 0, orchestrator.said
    assert "cut off and marked as crashed" in orchestrator.said and orchestrator.said.endswith("stopped\n")
    assert not orchestrator.strays()

    orchestrator.up()
    state = orchestrator.ask("GET", f"/flow_runs/{cut}")["state"]
    assert state["type"] == "CRASHED" and "vigil up was stopped while it ran" in state["message"]

    def missed() -> list[dict[str, Any]]:
        return orchestrator.runs(expected_start_time={"before_": now.isoformat(), "after_": (now - dt.timedelta(days=11)).isoformat()})

    def scheduled() -> list[dict[str, Any]]:
        return [run for run in missed() if run["auto_scheduled"] and run["expected_start_time"] < (now - dt.timedelta(hours=1)).isoformat()]

    wait_until(lambda: all(run["state"]["type"] in ENDED for run in scheduled()), "missed nights", orchestrator.log.read_text)
    late = scheduled()
    assert len(late) >= 9 and [run["state"]["type"] for run in late].count("COMPLETED") == 1, late
    let_go = [run["state"]["message"] for run in late if run["state"]["type"] == "CANCELLED"]
    assert len(let_go) >= len(late) - 2, "all others, but for one that the Ctrl-C may have cut off"
    assert all("missed while nothing ran" in message or "concurrency limit reached" in message for message in let_go)
    assert any("missed while nothing ran" in message for message in let_go)


def test_a_lost_worker_ends_it_all_with_its_log_named_and_its_run_marked(orchestrator: Orchestrator) -> None:
    assert orchestrator.process
    run = orchestrator.running("nightly/nightly")["id"]
    (worker,) = [pid for pid in orchestrator.strays() if b"\0worker\0start\0" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(worker, signal.SIGKILL)
    assert orchestrator.process.wait(TIMEOUT_S) == 1
    assert "vigil: the worker was ended by signal 9" in orchestrator.said and f"its log is {orchestrator.log}" in orchestrator.said
    assert not orchestrator.strays()
    with closing(sqlite3.connect(orchestrator.data_dir / "prefect" / "prefect.db")) as database:
        (state,) = database.execute("SELECT state_type FROM flow_run WHERE id = ?", [str(uuid.UUID(run))]).fetchall()
    assert state == ("CRASHED",)


def test_a_vigil_up_that_is_killed_outright_takes_its_server_with_it(orchestrator: Orchestrator) -> None:
    words = [VIGIL, "up", "--port", "0", "--no-worker", "--data-dir", str(orchestrator.data_dir)]
    with subprocess.Popen(
        words, cwd=orchestrator.folder, env=orchestrator.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as up:
        wait_until(
            lambda: any(b"\0server\0start\0" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in orchestrator.strays()), "the server"
        )
        up.kill()
    wait_until(lambda: not orchestrator.strays(), "the server's end")


def test_nothing_was_written_outside_the_data_folder(orchestrator: Orchestrator) -> None:
    assert not list((orchestrator.folder.parent / "home").rglob("*"))
    assert sorted(path.name for path in orchestrator.folder.iterdir()) == [".env", "feeds.csv"]
    for folder in (prefect.__ui_static_subpath__, prefect.__ui_v2_static_subpath__):
        assert not folder.exists() or folder.stat().st_mtime < (orchestrator.folder / "feeds.csv").stat().st_mtime
    assert {path.name for path in orchestrator.folder.parent.iterdir()} == {"data", "elsewhere", "home", "said"}


def test_the_deployments_are_found_where_only_the_wheel_is(tmp_path: Path) -> None:
    words = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--disable-pip-version-check",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
        str(PROJECT),
    ]
    subprocess.run(words, check=True, capture_output=True, timeout=TIMEOUT_S)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as content:
        content.extractall(tmp_path / "site")
    code = "from flows.orchestrator import find_deployments_file as find; print(find())"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), os.environ.get("PYTHONPATH", "")])}
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True).stdout
    assert Path(found.strip()) == tmp_path / "site" / "flows" / "prefect.yaml"
    assert Path(found.strip()).read_bytes() == (PROJECT / "prefect.yaml").read_bytes()


def test_a_worker_without_a_data_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIGIL_DATA_DIR", raising=False)
    assert load_flow_settings().data_dir.name == "data", "a flow that is called in a shell writes beside it"
    monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", "some-deployment")
    with pytest.raises(SettingsError, match="VIGIL_DATA_DIR is not set for the worker"):
        load_flow_settings()
    monkeypatch.setenv("VIGIL_DATA_DIR", str(tmp_path))
    assert load_flow_settings().data_dir == tmp_path
