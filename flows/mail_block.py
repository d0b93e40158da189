"""The e-mail block: Prefect's server sends an automation's notification through it, `vigil ingest` sends alerts through it.

Declared as an entry point of the group `prefect.collections`: a server whose environment holds Vigil knows it from its start.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from prefect.blocks.notifications import AppriseNotificationBlock
from pydantic import Field, SecretStr


class VigilEmail(AppriseNotificationBlock):
    """A mail box that alerts are sent to, written as Apprise writes addresses."""

    _block_type_name = "Vigil E-mail"
    _block_type_slug = "vigil-email"

    url: SecretStr = Field(
        default=...,
        title="Address",
        description="Mail box as Apprise writes it; the mail is sent as plain text.",
        examples=["mailtos://USER:PASSWORD@smtp.example.org:587/?from=vigil@example.org&to=desk@example.org"],
    )

    def block_initialization(self) -> None:
        """Make the sender; refuse what is no address of Apprise, without quoting it."""
        self._start_apprise_client(SecretStr(as_text(self.url.get_secret_value())))
        client: Any = self._apprise_client
        if not len(client):
            raise ValueError("the address is none that Apprise knows; write it as mailtos://USER:PASSWORD@HOST:PORT/?from=A&to=B")


def as_text(url: str) -> str:
    """Return an address with the text format asked for, unless it names one: Apprise's mails are HTML by default, and would show
    a quote's angle brackets as tags.
    """
    parts = urlsplit(url)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    if any(name == "format" for name, _ in asked):
        return url
    return urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, urlencode({"format": "text"})]))))
