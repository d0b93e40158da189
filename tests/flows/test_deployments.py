"""prefect.yaml on a real Prefect server with a real worker: deployed, run, refused, one at a time."""

from __future__ import annotations

import datetime as dt
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.demo import write_feeds
from flows.newsroom import serve_newsroom
from flows.runs import load_flow_settings
from flows.settings import SettingsError
from warehouse.query import query

pytestmark = pytest.mark.slow
PROJECT = Path(__file__).resolve().parents[2]
PREFECT = str(Path(sys.executable).with_name("prefect"))
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


@dataclass
class Orchestrator:
    """A Prefect server of this test, its deployments, and the data folder that its worker writes."""

    api: httpx.Client
    data_dir: Path
    log: Path
    environment: dict[str, str]

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The JSON that the server answers; a 503 (its database is busy) is asked again, as Prefect's own clients do."""
        for _ in range(10):
            answer = self.api.request(method, path, json=body)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(1)
        answer.raise_for_status()
        return answer.json()

    def deployment(self, name: str) -> dict[str, Any]:
        return dict(self.ask("GET", f"/deployments/name/{name}"))

    def start(self, name: str, **parameters: Any) -> str:
        # The key makes asking again safe: a run that was made after all is not made twice.
        body = {"parameters": parameters, "idempotency_key": uuid.uuid4().hex}
        return str(self.ask("POST", f"/deployments/{self.deployment(name)['id']}/create_flow_run", body)["id"])

    def end_of(self, run_id: str, within_s: float = 180) -> dict[str, Any]:
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            state = self.ask("GET", f"/flow_runs/{run_id}")["state"]
            if state["type"] in ENDED:
                return dict(state)
            time.sleep(0.5)
        raise AssertionError(f"still {state['type']} after {within_s} s; worker log:\n{self.log.read_text()[-3000:]}")


@pytest.fixture(scope="module")
def orchestrator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orchestrator]:
    """Server, work pool, deployments and worker, as the head of prefect.yaml tells; the newsroom answers on loopback."""
    folder = tmp_path_factory.mktemp("orchestrator")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with ExitStack() as stack:
        newsroom = stack.enter_context(serve_newsroom(clock=dt.datetime(2025, 4, 4, 20, 0, tzinfo=dt.UTC)))
        write_feeds(folder / "feeds.csv", newsroom)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "VIGIL_"))} | {
            "PREFECT_HOME": str(folder / "prefect"), "PREFECT_API_URL": f"http://127.0.0.1:{port}/api", "PREFECT_WORKER_QUERY_SECONDS": "2",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1", "PREFECT_CLI_COLORS": "false",
            "VIGIL_DATA_DIR": str(folder / "data"), "VIGIL_FEEDS": str(folder / "feeds.csv"), "VIGIL_ALLOW_PRIVATE_ADDRESSES": "true", "VIGIL_DERIVE_PROCESSES": "1",
        }  # fmt: skip
        elsewhere = folder / "elsewhere"
        elsewhere.mkdir()

        def run(*words: str) -> None:
            subprocess.run([PREFECT, *words], cwd=PROJECT, env=environment, check=True, capture_output=True, timeout=120)

        def serve(log: str, *words: str) -> None:
            file = stack.enter_context((folder / log).open("w"))
            process = subprocess.Popen([PREFECT, *words], cwd=elsewhere, env=environment, stdout=file, stderr=subprocess.STDOUT)
            stack.callback(process.wait, 30)
            stack.callback(process.terminate)

        serve("server.log", "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui")
        api = stack.enter_context(httpx.Client(base_url=environment["PREFECT_API_URL"], timeout=30, trust_env=False))
        wait_for(api, folder / "server.log")
        run("work-pool", "create", "vigil", "--type", "process")
        run("--no-prompt", "deploy", "--all")
        serve("worker.log", "worker", "start", "--pool", "vigil")
        yield Orchestrator(api, folder / "data", folder / "worker.log", environment)


def wait_for(api: httpx.Client, log: Path) -> None:
    for _ in range(180):
        try:
            if api.get("/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.5)
    raise AssertionError(f"the server did not start:\n{log.read_text()[-3000:]}")


def test_deployments_are_as_an_operator_needs_them(orchestrator: Orchestrator) -> None:
    nightly = orchestrator.deployment("nightly/nightly")
    (schedule,) = nightly["schedules"]
    assert (schedule["schedule"]["cron"], schedule["schedule"]["timezone"], schedule["active"]) == ("30 2 * * *", "UTC", True)
    for name in ("nightly/nightly", "backfill/backfill", "collect/collect", "derive/derive", "publish/publish"):
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
        assert name.startswith("nightly") or not deployment["schedules"]


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


def test_of_two_nights_at_once_one_runs(orchestrator: Orchestrator) -> None:
    runs = [orchestrator.start("nightly/nightly") for _ in range(2)]
    ends = [orchestrator.end_of(run) for run in runs]
    assert sorted(state["type"] for state in ends) == ["CANCELLED", "COMPLETED"], ends
    assert query(
        orchestrator.data_dir / "vigil.duckdb", "SELECT count(*) AS n FROM run WHERE status IN ('failed', 'crashed') AND flow <> 'backfill'"
    ).to_dicts() == [{"n": 0}]


def test_a_worker_without_a_data_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIGIL_DATA_DIR", raising=False)
    assert load_flow_settings().data_dir.name == "data", "a flow that is called in a shell writes beside it"
    monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", "some-deployment")
    with pytest.raises(SettingsError, match="VIGIL_DATA_DIR is not set for the worker"):
        load_flow_settings()
    monkeypatch.setenv("VIGIL_DATA_DIR", str(tmp_path))
    assert load_flow_settings().data_dir == tmp_path
