"""Alerts of a watched folder: found after a publication, written and sent once, in words that nothing acts on."""

from __future__ import annotations

import datetime as dt
import importlib.util
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from flows.alert_channels import ChannelError, send
from flows.alert_words import event_payload, plain, word_alert
from flows.alerts import look_for_alerts, look_for_late_night, raise_alerts, send_waiting
from flows.mail_block import VigilEmail, as_text
from flows.night import run_night
from flows.publish import run_publication
from flows.settings import Settings, SettingsError, load_settings
from warehouse.connection import open_work
from warehouse.errors import ChecksFailedError, WarehouseError
from warehouse.query import query

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # in Apprise
AT = dt.datetime(2025, 4, 8, 8, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def got() -> Iterator[Any]:
    path = Path(__file__).with_name("alert_receivers.py")
    spec = importlib.util.spec_from_file_location("alert_receivers", path)
    assert spec is not None and spec.loader is not None
    module = sys.modules.setdefault("alert_receivers", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    with module.receiving() as receivers:
        yield receivers


@pytest.fixture
def received(got: Any) -> Any:
    for kept in (got.posted, got.mails, got.answers, got.logins):
        kept.clear()
    return got


def alerts_of(watch: Any, where: str = "true") -> list[dict[str, Any]]:
    return query(watch.settings.work_path, f"SELECT * FROM alert WHERE {where} ORDER BY raised_at, kind, subject").to_dicts()


def change(watch: Any, *statements: str) -> None:
    con = open_work(watch.settings.work_path)
    try:
        for statement in statements:
            con.execute(statement).fetchall()
    finally:
        con.close()


def not_looked_at(watch: Any) -> None:
    """As if the second evening had not been looked at."""
    change(watch, "DELETE FROM alert", "DELETE FROM alert_look WHERE looked_at > '2025-04-05'")


def test_a_toll_that_changed_between_two_nights_is_written_with_its_words(watch: Any) -> None:
    (toll,) = alerts_of(watch, "headline LIKE 'Kryvyi Rih%' AND raised_at > '2025-04-05'")
    assert (toll["kind"], toll["was_number"], toll["now_number"], toll["quote"]) == ("toll.threshold", 12, 20, "20 people were killed")
    assert "published before: at least 12 killed" in toll["headline"] and "“20 people were killed”, according to" in toll["message"]
    assert toll["url"].startswith("https://") and toll["told_by"] == "nobody"
    assert alerts_of(watch, "kind = 'more'") == [] or alerts_of(watch, "is_summarised")


def test_looking_twice_finds_once_and_a_kill_before_the_look_loses_nothing(watch: Any) -> None:
    before = alerts_of(watch)
    assert look_for_alerts(watch.settings, "again", AT) == [] and alerts_of(watch) == before
    change(watch, "DELETE FROM alert WHERE raised_at > '2025-04-05'", "DELETE FROM alert_look WHERE looked_at > '2025-04-05'")
    look_for_alerts(watch.settings, "after the kill", AT + dt.timedelta(hours=1))
    found = {(a["kind"], a["subject"], a["alert_id"]) for a in alerts_of(watch) if a["kind"].startswith("toll.")}
    assert found == {(a["kind"], a["subject"], a["alert_id"]) for a in before if a["kind"].startswith("toll.")}


def test_an_old_warehouse_does_not_tell_its_whole_past(watch: Any) -> None:
    change(watch, "DELETE FROM alert", "DELETE FROM alert_look")
    look_for_alerts(watch.settings, "first", AT)
    assert [a for a in alerts_of(watch) if a["kind"].startswith("toll.")] == []


@pytest.mark.slow
def test_a_failed_check_is_told_and_what_did_not_become_public_waits(watch: Any, received: Any) -> None:
    settings = watch.settings.model_copy(update={"alert_webhook": SecretStr(received.webhook)})
    not_looked_at(watch)
    change(watch, "UPDATE incident SET killed_min = 30 WHERE killed_best = 20")
    with pytest.raises(ChecksFailedError):
        run_publication(settings, clock=lambda: AT)
    assert {a["kind"] for a in alerts_of(watch) if not a["kind"].startswith("feed.")} == {"check.failed"}
    assert "ranges_in_order" in {body["subject"] for body in received.of("check.failed")}
    change(watch, "UPDATE incident SET killed_min = 20 WHERE killed_min = 30")
    run_publication(settings, clock=lambda: AT + dt.timedelta(hours=1))
    assert all(a["ended_at"] for a in alerts_of(watch, "kind = 'check.failed'"))
    assert "toll.threshold" in {body["kind"] for body in received.posted}


def test_channels_get_each_alert_once_and_a_refusal_is_tried_again(watch: Any, received: Any, caplog: pytest.LogCaptureFixture) -> None:
    not_looked_at(watch)
    settings = watch.settings.model_copy(
        update={
            "alert_webhook": SecretStr(received.webhook),
            "alert_email": SecretStr("mailto://desk:s3cret-pw@127.0.0.1:1/?to=a@b.example"),
        }
    )
    received.answers[:] = [404]
    with caplog.at_level(logging.WARNING):
        failures = raise_alerts(settings, "run", AT, is_public=True)
    assert len(failures) == 2 and "webhook at 127.0.0.1: HTTP 404" in failures[0] and "e-mail at 127.0.0.1" in failures[1]
    assert "s3cret" not in caplog.text and "t0ken" not in caplog.text
    waiting = alerts_of(watch, "told_at IS NULL AND NOT is_summarised")
    assert waiting and received.posted == []
    settings = settings.model_copy(update={"alert_email": SecretStr(received.mailbox)})
    assert send_waiting(settings, AT) == []
    assert sorted(body["alert_id"] for body in received.posted) == sorted(a["alert_id"] for a in waiting)
    (mail,) = received.mails
    assert all(body["text"].split(" http")[0][:60] in " ".join(mail.get_content().split()) for body in received.posted)
    assert {a["told_by"] for a in alerts_of(watch, "NOT is_summarised")} == {"webhook, e-mail"}
    assert send_waiting(settings, AT) == [] and len(received.mails) == 1


def test_a_defect_in_alerts_does_not_undo_a_publication(
    watch: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("flows.alerts.find_feed_alerts", lambda *_: 1 / 0)
    assert raise_alerts(watch.settings, "run", AT, is_public=True) == ["ZeroDivisionError: division by zero"]
    assert "alerts were not looked for" in caplog.text and "ZeroDivisionError" in caplog.text


def test_a_night_that_fails_is_told_but_not_a_misspelt_setting(watch: Any, received: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = watch.settings.model_copy(update={"alert_webhook": SecretStr(received.webhook)})

    def fail(*_: Any, **__: Any) -> None:
        raise WarehouseError("work.duckdb: disk full")

    monkeypatch.setattr("flows.night.run_collection", fail)
    with pytest.raises(WarehouseError):
        run_night(settings, clock=lambda: AT)
    assert [body["kind"] for body in received.posted] == ["nightly.failed"] and "disk full" in received.posted[0]["text"]

    def refuse(*_: Any, **__: Any) -> None:
        raise SettingsError("contact is empty")

    monkeypatch.setattr("flows.night.run_collection", refuse)
    with pytest.raises(SettingsError):
        run_night(settings, clock=lambda: AT)
    assert len(received.posted) == 1


def test_a_late_night_is_written_once(watch: Any) -> None:
    last = query(watch.settings.published_path, "SELECT max(started_at) AS at FROM run WHERE flow = 'publish'").to_dicts()[0]["at"]
    assert look_for_late_night(watch.settings, last + dt.timedelta(hours=25)) is None
    late = look_for_late_night(watch.settings, last + dt.timedelta(hours=27))
    assert late and late["headline"] == "No night was published for 27 hours"
    assert look_for_late_night(watch.settings, last + dt.timedelta(hours=40)) is None
    assert len(alerts_of(watch, "kind = 'nightly.late'")) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("16 killed\nat once\x1b[31m", "16 killed at once [31m"),
        ("<!channel> <b>16</b>", "‹!channel› ‹b›16‹/b›"),
        ("@everyone 16 killed", "＠everyone 16 killed"),
        ("[16 killed](https://evil.example)", "[16 killed] (https://evil.example)"),
        ("`16`\u202e killed", "'16' killed"),
        ("x" * 300, "x" * 279 + "…"),
    ],
)
def test_fetched_words_cannot_act(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_an_alert_leaves_without_names_of_private_persons(watch: Any) -> None:
    about = {
        "incident_id": "i1", "is_gone": False, "is_known": False, "place": "Lake Town", "admin1": None, "country": "Freedonia",
        "event_date_start": dt.date(2025, 4, 4), "event_date_end": dt.date(2025, 4, 4), "date_precision": 1,
        **{f"killed_{part}": 20 for part in ("min", "best", "max")}, "killed_quantifier": "exact",
        **{f"injured_{part}": None for part in ("min", "best", "max", "quantifier")},
        "words": "Olena Kovalenko and 19 others were killed", "speaker": "Petro Kovalenko", "speaker_class": "witness", "outlet": "a.example",
        "url": "https://a.example/1", "changed_by": "derive",
    }  # fmt: skip
    alert = {
        "alert_id": "a",
        "kind": "toll.threshold",
        "severity": "grave",
        "subject": "i1",
        "about": about,
        "was_number": None,
        "now_number": 20,
        "is_summarised": False,
    }
    row = word_alert(alert, lambda quote: quote.replace("Olena Kovalenko", "[name]"))
    payload = event_payload({**row, "raised_at": AT})
    assert "Kovalenko" not in str(payload) and "“[name] and 19 others were killed”, according to a witness source" in payload["text"]


def test_mail_is_plain_text_and_a_wrong_address_is_not_quoted() -> None:
    assert as_text("mailto://a:b@c.example/?to=d@e.example") == "mailto://a:b@c.example/?to=d@e.example&format=text"
    assert as_text("mailto://a:b@c.example/?format=html") == "mailto://a:b@c.example/?format=html"
    with pytest.raises(ValueError, match="none that Apprise knows") as refused:
        VigilEmail(url=SecretStr("nonsense://s3cret@host"))
    assert "s3cret" not in str(refused.value)
    with pytest.raises(ChannelError, match="none that Apprise knows"):
        send(Settings(alert_email=SecretStr("nonsense://s3cret@host")), "e-mail", [{"headline": "x", "text": "x"}])


@pytest.mark.parametrize(("name", "value"), [("ALERT_WEBHOOK", "ftp://s3cret"), ("ALERT_EMAIL", "s3cret@host")])
def test_a_wrong_channel_is_refused_without_being_quoted(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"VIGIL_{name}", value)
    with pytest.raises(SettingsError, match=f"VIGIL_{name} is not allowed: write it as") as refused:
        load_settings()
    assert "s3cret" not in str(refused.value) and refused.value.__cause__ is None


def test_the_commands(watch: Any, received: Any, vigil: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ("--data-dir", watch.folder)
    code, out, _ = vigil("alerts", "list", *folder)
    assert code == 0 and "toll.threshold" in out and "Kryvyi Rih" in out
    assert vigil("alerts", "list", "--kind", "toll", *folder)[0] == 2
    code, _, err = vigil("alerts", "test", *folder)
    assert code == 2 and "set VIGIL_ALERT_WEBHOOK or VIGIL_ALERT_EMAIL" in err
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert vigil("alerts", "deploy", *folder)[0] == 2
    monkeypatch.setenv("VIGIL_ALERT_WEBHOOK", received.webhook)
    monkeypatch.setenv("VIGIL_ALERT_EMAIL", received.mailbox)
    code, out, _ = vigil("alerts", "test", *folder)
    assert code == 0 and "ok   webhook: taken" in out and "ok   e-mail: taken" in out
    assert received.posted[0]["kind"] == "test" and received.mails[0]["Subject"] == "Vigil: Test"
    received.answers[:] = [403]
    code, out, _ = vigil("alerts", "test", *folder)
    assert code == 1 and "BAD  webhook: webhook at 127.0.0.1: HTTP 403" in out and "t0ken" not in out
    code, out, _ = vigil("alerts", "check", *folder)
    assert code == 0 and "No night was published for" in out and received.of("nightly.late")
    assert "no new alert" in vigil("alerts", "check", *folder)[1]


@pytest.mark.slow
def test_what_is_forgotten_is_in_no_alert(watch: Any, vigil: Callable[..., tuple[int, str, str]]) -> None:
    (toll,) = alerts_of(watch, "headline LIKE 'Kryvyi Rih%' AND raised_at > '2025-04-05'")
    assert vigil("forget", toll["url"], "--reason", "asked for", "--data-dir", watch.folder)[0] == 0
    assert toll["url"] not in str(alerts_of(watch)) and toll["alert_id"] not in {a["alert_id"] for a in alerts_of(watch)}
    assert toll["url"].encode() not in watch.settings.work_path.read_bytes()
