"""Sending alerts without an orchestrator: to the webhook and the mail box of the settings. No message names an address' secrets."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from flows.settings import Settings

Row = Mapping[str, Any]
TIMEOUT_S = 10.0
TRIES = 3
WAIT_S = 1.0  # before the second try, doubled for the third
MAX_SUBJECT = 150


class ChannelError(RuntimeError):
    """A channel that did not take an alert; the message says which and why, and no secret."""


def channels_of(settings: Settings) -> list[str]:
    """Return the names of the channels that are configured."""
    return [name for name, value in (("webhook", settings.alert_webhook), ("e-mail", settings.alert_email)) if value.get_secret_value()]


def send(settings: Settings, channel: str, payloads: Sequence[Row]) -> None:
    """Send alerts by one channel: a request each by the webhook, all in one mail.

    Args:
        settings: Where to.
        channel: One of `channels_of`.
        payloads: What `alert_words.event_payload` makes; not empty.

    Raises:
        ChannelError: It was not taken.
    """
    if channel == "e-mail":
        _mail(settings.alert_email.get_secret_value(), payloads)
        return
    with httpx.Client(timeout=TIMEOUT_S) as client:
        for payload in payloads:
            _post(client, settings.alert_webhook.get_secret_value(), payload)


def _post(client: httpx.Client, url: str, payload: Row) -> None:
    host, why = urlsplit(url).hostname, ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(WAIT_S * attempt)
        try:
            answer = client.post(url, json=dict(payload))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            why = type(error).__name__  # its words may hold the address
            continue
        if answer.is_success:
            return
        why = f"HTTP {answer.status_code}"
        if answer.status_code < 500 and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
            break
    raise ChannelError(f"webhook at {host}: {why}; look at VIGIL_ALERT_WEBHOOK and at what answers there")


def _mail(url: str, payloads: Sequence[Row]) -> None:
    from prefect.blocks.abstract import NotificationError  # noqa: PLC0415 -- a second of start-up that only a mail needs

    from flows.mail_block import VigilEmail  # noqa: PLC0415

    first = payloads[0]["headline"]
    subject = f"Vigil: {first}" if len(payloads) == 1 else f"Vigil: {len(payloads)} alerts; {first}"
    subject = subject if len(subject) <= MAX_SUBJECT else subject[: MAX_SUBJECT - 1] + "…"
    try:
        block = VigilEmail(url=SecretStr(url))
        with block.raise_on_failure():
            block.notify(body="\n\n".join(payload["text"] for payload in payloads), subject=subject)
    except (NotificationError, ValueError) as error:
        host = urlsplit(url).hostname
        why = "the address is none that Apprise knows" if isinstance(error, ValueError) else "its server did not take the mail"
        raise ChannelError(f"e-mail at {host}: {why}; look at VIGIL_ALERT_EMAIL, `vigil alerts test` tries it") from None
