"""Alerts on a Prefect server: events that flows emit, and the automations and blocks that deliver them (automations.yaml).

The server itself calls the webhook and sends the mail, so that a night that never ran is told, too: no worker is needed.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml
from prefect.blocks.core import Block
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.events import emit_event
from prefect.events.actions import ActionTypes, CallWebhook, SendNotification
from prefect.events.schemas.automations import Automation, AutomationCore, EventTrigger
from prefect.events.worker import EventsWorker
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.types import SecretDict

from flows.alert_channels import channels_of
from flows.mail_block import VigilEmail
from flows.settings import Settings, SettingsError

Row = Mapping[str, Any]
DECLARED = Path(__file__).with_name("automations.yaml")
PREFIX = "vigil: "
WATCHED = "vigil.nightly.watched"  # arms the automation that waits for the first night
BLOCKS = {"webhook": "vigil-webhook", "e-mail": "vigil-email"}
UUIDS = uuid.UUID("6f2b6d0e-7d5c-4a52-9b42-7f8f3a1c9d10")  # of alert ids: an event that is sent twice is one event
EVENT_TEXT = "{{ event.payload.text }}"
EVENT_PAYLOAD = "{{ event.payload | tojson }}"


def deploy_automations(settings: Settings, api_url: str | None = None, *, late_after: dt.timedelta | None = None) -> list[str]:
    """Make or renew blocks and automations on a Prefect server; those that Vigil no longer declares are removed.

    Args:
        settings: Channels, and after how many hours a night is late.
        api_url: The server's API; None: the one of Prefect's own settings.
        late_after: Time after which a night is late, at least 10 s; None: as the settings say.

    Returns:
        Names of the automations; empty where no channel is configured: what was deployed before is then removed.

    Raises:
        SettingsError: A channel's address cannot be used, or no server answers.
    """
    with _server(api_url), _reached(), get_client(sync_client=True) as client:
        actions = _save_blocks(settings)
        wanted = _automations(actions, late_after or dt.timedelta(hours=settings.alert_late_h)) if actions else []
        existing = {a.name: a for a in _all_automations(client)}
        for automation in wanted:
            old = existing.pop(automation.name, None)
            if old is None:
                client.create_automation(automation)
            else:
                # Made anew from all its fields: Prefect's client leaves out what was not set, and its server then refuses it.
                whole = AutomationCore.model_validate(
                    automation.model_dump(mode="json", exclude={"owner_resource"}) | {"enabled": old.enabled}
                )
                client.update_automation(old.id, whole)
        for automation in existing.values():
            client.delete_automation(automation.id)
        if wanted:
            related = [{"prefect.resource.id": "vigil.flow.nightly", "prefect.resource.role": "flow", "prefect.resource.name": "nightly"}]
            emit_event(WATCHED, resource={"prefect.resource.id": "vigil.watch"}, related=related)
            EventsWorker.drain_all()
        return [automation.name for automation in wanted]


def emit_alerts(payloads: Sequence[Row]) -> None:
    """Emit an event for each alert: `vigil.toll.changed`, `vigil.feed.silent` ..., about an incident, a feed or a check."""
    for payload in payloads:
        of = payload["kind"].split(".")[0]
        emit_event(
            f"vigil.{payload['kind']}", payload=dict(payload), id=uuid.uuid5(UUIDS, payload["alert_id"]),
            resource={
                "prefect.resource.id": f"vigil.{'incident' if of == 'toll' else of}.{payload['subject']}",
                "prefect.resource.name": payload["subject"], "vigil.severity": payload["severity"],
            },
        )  # fmt: skip


def is_listening() -> bool:
    """Tell whether automations of Vigil are on the server of this run, paused or not: a paused one was paused on purpose."""
    with get_client(sync_client=True) as client:
        return bool(_all_automations(client))


def try_automations(payload: Row, within_s: float = 60.0) -> list[tuple[str, bool, str]]:
    """Emit a test event on the server of Prefect's settings and wait for what its automation did.

    Returns:
        For each action: what it is, whether it succeeded, and what the server says of it; empty where none was taken in time.

    Raises:
        SettingsError: No server answers.
    """
    with _reached(), get_client(sync_client=True) as client:
        found = [a for a in _all_automations(client) if a.name == f"{PREFIX}test" and a.enabled]
        if not found:
            return []
        emit_alerts([payload])
        EventsWorker.drain_all()
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            told = _actions_of(client, found[0], payload["alert_id"])
            if len(told) >= len(found[0].actions):
                return told
            time.sleep(0.5)
        return told


def _actions_of(client: SyncPrefectClient, automation: Automation, alert_id: str) -> list[tuple[str, bool, str]]:
    names = ["prefect.automation.action.executed", "prefect.automation.action.failed"]
    asked = {"filter": {"event": {"name": names}, "resource": {"id": [f"prefect.automation.{automation.id}"]}}, "limit": 50}
    triggering = str(uuid.uuid5(UUIDS, alert_id))
    told = []
    for event in client.request("POST", "/events/filter", json=asked).json()["events"]:
        payload = event["payload"]
        if not any(r.get("prefect.resource.id") == f"prefect.event.{triggering}" for r in event["related"]):
            continue
        status = payload.get("status_code")
        is_well = event["event"].endswith("executed") and (status is None or 200 <= status < 300)
        says = str(payload.get("reason") or (f"HTTP {status}" if status else "taken"))
        told.append((str(payload.get("action_type")), is_well, says))
    return told


@contextmanager
def _server(api_url: str | None) -> Iterator[None]:
    if api_url is None:
        yield
        return
    with temporary_settings({PREFECT_API_URL: api_url}):
        yield


@contextmanager
def _reached() -> Iterator[None]:
    url = PREFECT_API_URL.value()
    if not url:
        raise SettingsError("PREFECT_API_URL is not set: set it to the address of your Prefect server, such as http://127.0.0.1:4200/api")
    try:
        yield
    except httpx.TransportError as error:
        raise SettingsError(f"no Prefect server answers at {url}: start it, or set PREFECT_API_URL") from error


def _save_blocks(settings: Settings) -> list[Any]:
    """Save a block for each channel; return what makes an action of a text and a payload."""
    makers: list[Any] = []
    for channel in channels_of(settings):
        try:
            block: Block = (
                Webhook(url=settings.alert_webhook, headers=SecretDict({"Content-Type": "application/json"}))
                if channel == "webhook" else VigilEmail(url=settings.alert_email)
            )  # fmt: skip
        except ValueError as error:
            raise SettingsError(f"VIGIL_ALERT_EMAIL: {str(error).splitlines()[0]}") from None
        block_id = uuid.UUID(str(block.save(BLOCKS[channel], overwrite=True)))
        makers.append((channel, block_id))
    return makers


def _actions(blocks: Sequence[tuple[str, uuid.UUID]], headline: str, text: str, payload: str) -> list[ActionTypes]:
    return [
        CallWebhook(block_document_id=block_id, payload=payload) if channel == "webhook"
        else SendNotification(block_document_id=block_id, subject=f"Vigil: {headline}", body=text)
        for channel, block_id in blocks
    ]  # fmt: skip


def _automations(blocks: Sequence[tuple[str, uuid.UUID]], late_after: dt.timedelta) -> list[AutomationCore]:
    declared = yaml.safe_load(DECLARED.read_text(encoding="utf-8"))
    made = []
    for run in declared["runs"]:
        within = {"within": late_after.total_seconds()} if run["trigger"]["posture"] == "Proactive" else {}
        trigger = EventTrigger.model_validate(run["trigger"] | within)
        actions = _actions(blocks, run["headline"], run["text"], _run_payload(run))
        made.append(AutomationCore(name=run["name"], description=run["description"], trigger=trigger, actions=actions, tags=["vigil"]))
    for kind, description in declared["events"].items():
        trigger = EventTrigger(expect={f"vigil.{kind}"}, match={"prefect.resource.id": "vigil.*"})
        actions = _actions(blocks, "{{ event.payload.headline | truncate(140) }}", EVENT_TEXT, EVENT_PAYLOAD)
        made.append(AutomationCore(name=f"{PREFIX}{kind}", description=description, trigger=trigger, actions=actions, tags=["vigil"]))
    return made


def _run_payload(run: Row) -> str:
    """Return the JSON of an alert about a run, as `alert_words.event_payload` makes it; the text is a template in it."""
    text = f"{{% set said %}}{run['text']}{{% endset %}}"
    fixed = f'"source": "vigil", "kind": "{run["kind"]}", "severity": "grave", "subject": "nightly", "headline": "{run["headline"]}"'
    return f'{text}{{"text": {{{{ said | tojson }}}}, "message": {{{{ said | tojson }}}}, {fixed}}}'


def _all_automations(client: SyncPrefectClient) -> list[Automation]:
    return [automation for automation in client.read_automations() if automation.name.startswith(PREFIX)]
