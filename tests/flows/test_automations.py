"""Alerts on a real Prefect server: its automations call a real webhook and a real mail server."""

from __future__ import annotations

import datetime as dt
import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.events.worker import EventsWorker
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Completed, Crashed, Failed, Running

from flows.alerts import make_test_payload
from flows.automations import deploy_automations, emit_alerts, try_automations
from flows.publish import publish_night
from flows.settings import Settings
from warehouse.connection import open_work
from warehouse.query import query

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")]  # in Apprise
LATE_AFTER = dt.timedelta(seconds=20)
PAYLOAD = {
    "source": "vigil", "alert_id": "a1", "kind": "toll.changed", "severity": "notice", "subject": "3f2a", "was_number": 12, "now_number": 16,
    "headline": "Old Town: 16 killed", "message": "Toll changed.", "quote": 'said <b>16</b> were "killed" {{ 7 * 7 }} \u2028',
    "text": "Toll changed. “said ‹b›16‹/b› were {{ 7 * 7 }}” https://a.example/1", "url": "https://a.example/1", "raised_at": "2025-04-05T20:00:00+00:00",
}  # fmt: skip


def load_receivers() -> Any:
    """The module beside this one, by path: under importlib mode tests are no package."""
    path = Path(__file__).with_name("alert_receivers.py")
    spec = importlib.util.spec_from_file_location("alert_receivers", path)
    assert spec is not None and spec.loader is not None
    module = sys.modules.setdefault("alert_receivers", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


@dataclass
class Server:
    """A Prefect server with Vigil's automations, and what they sent."""

    api: str
    settings: Settings
    got: Any
    names: list[str]
    log: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    api = f"http://127.0.0.1:{port}/api"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "VIGIL_"))} | {
        "PREFECT_HOME": str(folder / "prefect"), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1",
        "PREFECT_API_URL": api, "PREFECT_SERVER_EVENTS_PROACTIVE_GRANULARITY": "PT1S",
    }  # fmt: skip
    with ExitStack() as stack:
        got = stack.enter_context(load_receivers().receiving())
        log = stack.enter_context((folder / "log").open("wb"))
        words = [str(Path(sys.executable).with_name("prefect")), "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"]
        process = subprocess.Popen(words, cwd=folder, env=environment, stdout=log, stderr=log)
        stack.callback(process.wait, 30)
        stack.callback(process.terminate)
        for _ in range(240):
            assert process.poll() is None, (folder / "log").read_text()[-2000:]
            try:
                if httpx.get(f"{api}/health", trust_env=False).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.5)
        settings = Settings(data_dir=folder / "data", alert_webhook=got.webhook, alert_email=got.mailbox)
        stack.enter_context(temporary_settings({PREFECT_API_URL: api}))
        names = deploy_automations(settings, late_after=LATE_AFTER)
        yield Server(api, settings, got, names, folder / "log")
        EventsWorker.drain_all()


@flow(name="nightly")
def stand_in() -> None: ...


def end_a_night(*states: Any) -> str:
    """Make a run of the flow `nightly` and take it through states; returns its name."""
    with get_client(sync_client=True) as client:
        run = client.create_flow_run(stand_in, state=Running())
        for state in states:
            client.set_flow_run_state(run.id, state, force=True)
        return str(run.name)


def test_a_night_that_did_not_come_is_told_and_one_that_came_starts_the_time_anew(server: Server) -> None:
    """First, since the time runs from deploying on."""
    late = server.got.wait(lambda: server.got.of("nightly.late"), 120)
    assert len(late) == 1 and "No night completed within" in late[0]["text"], late
    end_a_night(Completed())
    completed = time.monotonic()
    server.got.wait(lambda: len(server.got.of("nightly.late")) == 2, 120)
    assert time.monotonic() - completed > LATE_AFTER.total_seconds() - 2
    assert server.got.wait(lambda: [m for m in server.got.mails if m["Subject"] == "Vigil: No night completed in time"])


def test_an_alert_arrives_word_for_word_by_webhook_and_as_plain_text_by_mail(server: Server) -> None:
    for _ in range(2):  # sent twice, it is one event
        emit_alerts([PAYLOAD])
        EventsWorker.drain_all()
    server.got.wait(lambda: server.got.of("toll.changed"))
    assert server.got.of("toll.changed")[0] == PAYLOAD
    (mail,) = server.got.wait(lambda: [m for m in server.got.mails if m["Subject"] == "Vigil: Old Town: 16 killed"])
    assert mail.get_content_type() == "text/plain" and mail.get_content().strip() == PAYLOAD["text"]
    assert (b"desk", b"s3cret-pw") in server.got.logins
    time.sleep(2)
    assert len(server.got.of("toll.changed")) == 1


@pytest.mark.parametrize(("state", "word"), [(Failed, "Failed"), (Crashed, "Crashed")])
def test_a_failed_night_is_told_with_its_cause(server: Server, state: Any, word: str) -> None:
    name = end_a_night(state(message='disk full at "/data" <b>@all</b>'))
    (told,) = server.got.wait(lambda: [body for body in server.got.of("nightly.failed") if name in body["text"]])
    assert word in told["text"] and 'disk full at "/data" ‹b›＠all‹/b›' in told["text"]
    assert server.got.wait(lambda: [m for m in server.got.mails if m["Subject"] == "Vigil: The night failed" and name in m.get_content()])


def test_a_flow_that_publishes_a_changed_toll_tells_it_by_events(server: Server, watch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    con = open_work(watch.settings.work_path)
    con.execute("DELETE FROM alert").fetchall()
    con.execute("DELETE FROM alert_look WHERE looked_at > '2025-04-05'").fetchall()  # the second evening was not looked at
    con.close()
    monkeypatch.setenv("VIGIL_DATA_DIR", str(watch.folder))
    monkeypatch.setenv("VIGIL_ALERT_WEBHOOK", f"{server.got.webhook}/direct")  # an automation listens: it must not be told twice
    publish_night()
    EventsWorker.drain_all()
    told = server.got.wait(lambda: [b for b in server.got.of("toll.threshold") if "Kryvyi Rih" in b["headline"]])
    assert (told[0]["was_number"], told[0]["now_number"], told[0]["quote"]) == (12, 20, "20 people were killed")
    publish_night()  # once more: once
    EventsWorker.drain_all()
    time.sleep(2)
    assert [len([b for b in server.got.of("toll.threshold") if "Kryvyi Rih" in b["headline"]])] == [1]
    told_by = query(watch.settings.work_path, "SELECT DISTINCT told_by FROM alert WHERE NOT is_summarised").to_dicts()
    assert told_by == [{"told_by": "events"}]


def test_the_trial_says_what_each_action_did(server: Server) -> None:
    done = try_automations(make_test_payload(dt.datetime.now(dt.UTC)))
    assert sorted((what, is_well) for what, is_well, _ in done) == [("call-webhook", True), ("send-notification", True)], done
    server.got.answers[:] = [500]
    done = try_automations(make_test_payload(dt.datetime.now(dt.UTC)))
    assert ("call-webhook", False, "HTTP 500") in done


def test_secrets_are_neither_shown_by_the_server_nor_logged(server: Server) -> None:
    blocks = httpx.post(f"{server.api}/block_documents/filter", json={}, trust_env=False).text
    assert "vigil-webhook" in blocks and "vigil-email" in blocks
    for text in (blocks, server.log.read_text()):
        assert "s3cret-pw" not in text and "t0ken" not in text


def test_deploying_again_renews_keeps_what_was_paused_and_without_channels_removes(server: Server) -> None:
    with get_client(sync_client=True) as client:
        (one,) = client.read_automations_by_name("vigil: feed.silent")
        client.pause_automation(one.id)
        assert deploy_automations(server.settings, server.api, late_after=LATE_AFTER) == server.names
        again = {a.name: a for a in client.read_automations()}
        assert sorted(again) == sorted(server.names) and len(again) == 10
        assert again["vigil: feed.silent"].id == one.id and not again["vigil: feed.silent"].enabled
        assert again["vigil: toll.changed"].enabled and len(again["vigil: toll.changed"].actions) == 2
        only_mail = server.settings.model_copy(update={"alert_webhook": type(server.settings.alert_webhook)("")})
        deploy_automations(only_mail)
        assert [a.type for a in client.read_automations_by_name("vigil: more")[0].actions] == ["send-notification"]
        assert deploy_automations(Settings(data_dir=server.settings.data_dir)) == [] and client.read_automations() == []
