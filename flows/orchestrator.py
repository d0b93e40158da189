"""What Vigil keeps on a Prefect server: its work pool and queue, its deployments, and the record of runs whose process is gone."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx

POOL = "vigil"
WRITERS = "writers"  # queue of all deployments that write the work file, which takes one writer
FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
Row = dict[str, Any]


class Orchestrator:
    """A Prefect server's interface, as far as Vigil uses it."""

    def __init__(self, address: str, *, login: str = "") -> None:
        """Take the address of the interface (http://127.0.0.1:4200/api) and the `user:password` that it may ask for."""
        user, _, password = login.partition(":")
        self.client = httpx.Client(base_url=address, timeout=120, trust_env=False, auth=(user, password) if login else None)

    def is_healthy(self) -> bool:
        """It answers."""
        try:
            return self.client.get("/health").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def ask(self, method: str, path: str, body: Row | None = None, *, but: Iterable[int] = ()) -> Any:
        """Return what the server answers; None where the status is one of `but` or there is nothing.

        A 503 says that its database is busy, and is asked again, as Prefect's own clients do.

        Raises:
            httpx.HTTPError: It does not answer, or refuses.
        """
        for _ in range(30):
            answer = self.client.request(method, path, json=body)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(1)
        if answer.status_code in set(but):
            return None
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def deployments(self) -> dict[str, Row]:
        """Return Vigil's deployments by name."""
        found = self.ask("POST", "/deployments/filter", {"work_pools": {"name": {"any_": [POOL]}}})
        return {row["name"]: row for row in found}

    def workers(self) -> list[str]:
        """Return the names of the workers of the pool that are online."""
        return [row["name"] for row in self.ask("POST", f"/work_pools/{POOL}/workers/filter", {}) if row["status"] == "ONLINE"]

    def next_run(self, deployment: str) -> str:
        """Return when a deployment runs next, UTC; empty where nothing is scheduled."""
        found = self.ask(
            "POST",
            "/flow_runs/filter",
            {"deployments": {"name": {"any_": [deployment]}}, "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
             "sort": "NEXT_SCHEDULED_START_TIME_ASC", "limit": 1},
        )  # fmt: skip
        return str(found[0]["next_scheduled_start_time"] or "")[:16].replace("T", " ") if found else ""


def make_pool(api: Orchestrator) -> None:
    """Make the work pool and the queue of writers, where they are not there; what an operator changed about them stays."""
    exists = [httpx.codes.CONFLICT]
    api.ask("POST", "/work_pools/", {"name": POOL, "type": "process", "description": "Vigil's runs"}, but=exists)
    told = "Runs that write the work file, one at a time: a second one waits here"
    queue = {"name": WRITERS, "description": told, "concurrency_limit": 1, "priority": 1}
    if api.ask("POST", f"/work_pools/{POOL}/queues", queue, but=exists) is None:
        # Prefect makes a queue without a limit when a deployment names one that is not there.
        found = api.ask("GET", f"/work_pools/{POOL}/queues/{WRITERS}")
        if found["concurrency_limit"] is None:
            api.ask("PATCH", f"/work_pools/{POOL}/queues/{WRITERS}", {"concurrency_limit": 1})


def find_deployments_file() -> Path:
    """Return the prefect.yaml that belongs to this code: inside the installed package, or at the root of the project."""
    package = Path(__file__).parent
    shipped = package / "prefect.yaml"
    return shipped if shipped.exists() else package.parent / "prefect.yaml"


def deployments_digest(file: Path) -> str:
    """Return what deployments depend on: their file, and the versions of the code that their forms are made from."""
    parts = [file.read_bytes(), version("vigil-pipeline").encode(), version("prefect").encode(), _flow_sources()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _flow_sources() -> bytes:
    """Return a digest of our flows' code: in a checkout it changes without the version."""
    found = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        found.update(path.read_bytes())
    return found.digest()


def deploy(api: Orchestrator, file: Path, record: Path, run: Callable[[], None]) -> bool:
    """Write the deployments of a file to the server, unless those that are there came from the same file and code.

    Schedules that an operator changed in the UI since the last time stay as they are, paused or not.

    Args:
        api: The server.
        file: prefect.yaml.
        record: Where is kept what was deployed, and the schedules as they were then.
        run: Runs `prefect deploy`.

    Returns:
        Whether anything was written.
    """
    digest, there = deployments_digest(file), api.deployments()
    last = json.loads(record.read_text()) if record.exists() else {}
    if last.get("digest") == digest and set(last["schedules"]) <= set(there):
        return False
    make_pool(api)
    run()
    made = api.deployments()
    for name, schedules in {name: _schedules(row) for name, row in there.items()}.items():
        if name in made and name in last.get("schedules", {}) and schedules != last["schedules"][name]:
            api.ask("PATCH", f"/deployments/{made[name]['id']}", {"schedules": schedules})
            made[name] = {**made[name], "schedules": last["schedules"][name]}  # recorded as the file's, and so changed next time, too
    part = record.with_suffix(".new")
    part.write_text(json.dumps({"digest": digest, "schedules": {name: _schedules(row) for name, row in made.items()}}))
    part.replace(record)
    return True


def _schedules(deployment: Row) -> list[Row]:
    kept = ("schedule", "active", "parameters", "slug")
    return [{name: row[name] for name in kept if row.get(name) is not None} for row in deployment.get("schedules") or []]


def crash_dead_runs(api: Orchestrator, worker: str, why: str) -> list[str]:
    """Mark the runs of a worker that is not there any more as crashed, with the flows that they called, and end what is left of them.

    A run whose process was killed with its worker says of itself that it runs, for ever: it would hold the place of the one writer.

    Args:
        api: The server.
        worker: Name of the worker; those of others are theirs.
        why: What happened, for the state's message.

    Returns:
        Names of the runs.
    """
    open_states = {"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}}
    found = api.ask("POST", "/flow_runs/filter", {"flow_runs": open_states, "work_pools": {"name": {"any_": [POOL]}}})
    dead = [run for run in found if run["labels"].get("prefect.worker.name") == worker]
    for run in dead:
        _end_process(run)
    layer = dead
    while layer:
        layer = api.ask(
            "POST", "/flow_runs/filter", {"flow_runs": {**open_states, "parent_flow_run_id": {"any_": [r["id"] for r in layer]}}}
        )
        dead += layer
    for run in reversed(dead):  # called flows first: the caller's end says that all of it has ended
        was_cancelled = run["state"]["type"] == "CANCELLING"
        state = {"type": "CANCELLED" if was_cancelled else "CRASHED", "message": f"{why}; what was written is kept, the next run goes on"}
        api.ask("POST", f"/flow_runs/{run['id']}/set_state", {"state": state, "force": True})
    return [str(run["name"]) for run in dead]


def crash_lost_runs(api: Orchestrator, now: dt.datetime, lost_after_s: float = 600.0) -> list[str]:
    """Mark the runs of workers that have not been heard of for a while as crashed; return their names.

    Args:
        api: The server.
        now: The time.
        lost_after_s: How long a worker may be silent, seconds; it says every 30 s that it is there.
    """
    found = api.ask("POST", f"/work_pools/{POOL}/workers/filter", {"workers": {"status": {"any_": ["OFFLINE"]}}})
    before = now - dt.timedelta(seconds=lost_after_s)
    lost = [row["name"] for row in found if dt.datetime.fromisoformat(row["last_heartbeat_time"]) < before]
    return [name for worker in lost for name in crash_dead_runs(api, worker, f"nothing was heard of its worker {worker}")]


def _end_process(run: Row) -> None:
    """Kill the process of a run and those that it started, if it is still there and still that run's."""
    pid = str(run.get("infrastructure_pid") or "").rsplit(":", 1)[-1]
    with suppress(OSError, ValueError):
        if str(run["id"]).encode() in Path(f"/proc/{int(pid)}/environ").read_bytes():
            os.killpg(int(pid), signal.SIGKILL)
