"""The parts of `vigil up` that need no server: ports, the place, environments, what is kept of an operator's changes, dead runs."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows import children
from flows.orchestrator import crash_dead_runs, crash_lost_runs, deploy
from flows.place import AlreadyUpError, hold_place, refuse_second
from flows.ports import choose_port
from flows.settings import SettingsError, load_settings
from flows.up_environment import server_environment, worker_environment
from flows.writer_turn import take_turn


def test_a_taken_port_is_told_with_its_holder() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        holder = rf"process {os.getpid()} \(" if sys.platform == "linux" else "another program"
        with pytest.raises(SettingsError, match=rf"^--port {port}: is taken by {holder}.*; end that, or give another --port$"):
            choose_port("127.0.0.1", port)
    assert choose_port("127.0.0.1", 0) > 0
    with pytest.raises(SettingsError, match=r"^--host no such host: is no address"):
        choose_port("no such host", 0)
    with pytest.raises(SettingsError, match=r"^--host 192\.0\.2\.1 --port 4200: cannot be used"):
        choose_port("192.0.2.1", 4200)


def test_the_place_is_held_once_and_free_afterwards(tmp_path: Path) -> None:
    refuse_second(tmp_path)
    with hold_place(tmp_path) as tell:
        with pytest.raises(AlreadyUpError, match=rf"process {os.getpid()} since .*; it is starting; stop it with Ctrl-C there"):
            refuse_second(tmp_path)
        tell("http://127.0.0.1:4200")
        with pytest.raises(AlreadyUpError, match=r"its UI is at http://127\.0\.0\.1:4200; stop it"), hold_place(tmp_path):
            pass
    refuse_second(tmp_path)
    with hold_place(tmp_path):
        pass


def test_a_second_writer_waits_for_its_turn_until_the_first_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys; from pathlib import Path; from flows.writer_turn import take_turn; take_turn(Path(sys.argv[1]), print);"
    words = [sys.executable, "-c", f"{code} print('writes', flush=True); sys.stdin.read()", str(tmp_path / "data")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout and first.stdout.readline() == "writes\n"
        told: list[str] = []
        monkeypatch.setattr("flows.writer_turn.time.sleep", lambda _: first.kill())
        take_turn(tmp_path / "data", told.append)
        assert told == [f"waits for its turn: process {first.pid} writes to {tmp_path / 'data'}"]
    take_turn(tmp_path / "data", told.append)  # ours until we end
    assert len(told) == 1
    (tmp_path / "file").touch()
    take_turn(tmp_path / "file" / "data", told.append)  # others say that it cannot be written


def test_a_worker_gets_the_settings_in_force_where_it_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(
        "VIGIL_FEEDS=mine.csv\nVIGIL_ALLOW_PRIVATE_ADDRESSES=true\nVIGIL_HOST_PAUSE_S=3\nVIGIL_ALERT_WEBHOOK=https://chat.example.org/1\n"
    )
    monkeypatch.setenv("VIGIL_HOST_PAUSE_S", "4")
    monkeypatch.setenv("PREFECT_API_URL", "https://elsewhere.example.org/api")
    settings = load_settings(data_dir=Path("data"), contact="desk@example.org")
    server = server_environment(settings, "127.0.0.1", 4201, "http://127.0.0.1:4201", "http://here:4201")
    assert server["PREFECT_SERVER_UI_API_URL"] == "http://here:4201/api"
    assert not [name for name in server if name.startswith("VIGIL_")]
    assert server["PREFECT_API_URL"] == "http://127.0.0.1:4201/api" and server["PREFECT_HOME"] == str(tmp_path / "data" / "prefect")
    assert server["DO_NOT_TRACK"] == "1" and server["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    worker = worker_environment(settings, server)
    assert {name: value for name, value in worker.items() if name.startswith("VIGIL_")} == {
        "VIGIL_ALLOW_PRIVATE_ADDRESSES": "true", "VIGIL_ARCHIVE_DIR": str(tmp_path / "data" / "archive"), "VIGIL_CONTACT": "desk@example.org",
        "VIGIL_DATA_DIR": str(tmp_path / "data"), "VIGIL_FEEDS": str(tmp_path / "mine.csv"), "VIGIL_HOST_PAUSE_S": "4.0",
        "VIGIL_ALERT_WEBHOOK": "https://chat.example.org/1",
    }  # fmt: skip


def test_the_command_imports_no_prefect_which_would_leave_its_folder_in_the_home() -> None:
    code = "import sys, flows.cli, flows.up, flows.up_cli; sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_logs_are_turned_and_their_last_words_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "server.log"
    log.write_text("one\nthe database is damaged\n----\n\n")
    child = children.Child("server", log, None)  # type: ignore[arg-type]
    assert child.last_words() == "the database is damaged"
    children.turn_log(log)
    assert log.stat().st_size
    monkeypatch.setattr(children, "LOG_BYTES", 10)
    with log.open("a") as writer:  # a log is cut while its process has it open
        children.turn_log(log)
        writer.write("two\n")
    assert log.read_text() == "two\n" and "damaged" in (tmp_path / "server.log.1").read_text()
    assert children.Child("server", tmp_path / "none.log", None).last_words() == ""  # type: ignore[arg-type]


class FakeServer:
    """A Prefect server that remembers what it was told: deployments by name, runs, workers."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.open_runs: list[dict[str, Any]] = []
        self.offline: list[dict[str, Any]] = []
        self.states: dict[str, dict[str, Any]] = {}

    def deployments(self) -> dict[str, dict[str, Any]]:
        return dict(self.rows)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, *, but: Any = ()) -> Any:
        body = body or {}
        if method == "PATCH" and path.startswith("/deployments/"):
            self.rows[path.rsplit("/", 1)[1]] |= body
        if path == "/flow_runs/filter":
            parents = body["flow_runs"].get("parent_flow_run_id", {}).get("any_")
            return [
                run
                for run in self.open_runs
                if run["id"] not in self.states and (run.get("parent") in parents if parents else "labels" in run)
            ]
        if path.endswith("/set_state"):
            self.states[path.split("/")[2]] = body["state"]
        if path.endswith("/workers/filter"):
            return self.offline
        return {"concurrency_limit": 1}


def at(cron: str, *, active: bool = True) -> dict[str, Any]:
    return {"schedule": {"cron": cron, "timezone": "UTC"}, "active": active}


def test_deployments_are_written_once_and_changed_schedules_stay(tmp_path: Path) -> None:
    server, file, record, written = FakeServer(), tmp_path / "prefect.yaml", tmp_path / "deployed.json", []
    file.write_text("first")

    def write(cron: str) -> Callable[[], None]:
        def run() -> None:
            written.append(cron)
            server.rows |= {name: {"id": name, "name": name, "schedules": [at(cron)]} for name in ("nightly", "hourly")}

        return run

    assert deploy(server, file, record, write("30 2 * * *"))  # type: ignore[arg-type]
    assert not deploy(server, file, record, write("never"))  # type: ignore[arg-type]
    server.rows["nightly"]["schedules"] = [at("0 5 * * *", active=False)]  # an operator, in the UI
    for n, text in enumerate(("second", "third")):
        file.write_text(text)
        assert deploy(server, file, record, write(f"{n} 3 * * *"))  # type: ignore[arg-type]
        assert server.rows["nightly"]["schedules"] == [at("0 5 * * *", active=False)], "changed by a person: stays, however often"
        assert server.rows["hourly"]["schedules"] == [at(f"{n} 3 * * *")], "not changed: follows the file"
    assert written == ["30 2 * * *", "0 3 * * *", "1 3 * * *"]
    del server.rows["hourly"]
    assert deploy(server, file, record, write("1 3 * * *")), "one that was deleted is written again"  # type: ignore[arg-type]
    assert json.loads(record.read_text())["schedules"].keys() == {"nightly", "hourly"}


def test_runs_of_a_lost_worker_are_marked_with_what_they_called_and_no_others() -> None:
    server = FakeServer()
    ours, theirs = {"prefect.worker.name": "ours"}, {"prefect.worker.name": "theirs"}
    server.open_runs = [
        {"id": "night", "name": "night", "labels": ours, "state": {"type": "RUNNING"}},
        {"id": "day", "name": "day", "parent": "night", "state": {"type": "RUNNING"}},
        {"id": "stopped", "name": "stopped", "labels": ours, "state": {"type": "CANCELLING"}},
        {"id": "other", "name": "other", "labels": theirs, "state": {"type": "RUNNING"}},
    ]
    assert crash_dead_runs(server, "ours", "it was stopped") == ["night", "stopped", "day"]  # type: ignore[arg-type]
    assert {run: state["type"] for run, state in server.states.items()} == {"day": "CRASHED", "stopped": "CANCELLED", "night": "CRASHED"}
    assert server.states["night"]["message"].startswith("it was stopped; ") and next(iter(server.states)) == "day"

    now = dt.datetime(2026, 1, 1, 12, 0, tzinfo=dt.UTC)
    server.offline = [{"name": "theirs", "last_heartbeat_time": "2026-01-01T11:55:00Z"}]
    assert crash_lost_runs(server, now) == []  # type: ignore[arg-type]
    server.offline[0]["last_heartbeat_time"] = "2026-01-01T11:45:00Z"
    assert crash_lost_runs(server, now) == ["other"]  # type: ignore[arg-type]
