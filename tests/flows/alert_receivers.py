"""Where alerts arrive in the tests: a web server that keeps what is posted, and a mail server that keeps what is sent."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


@dataclass
class Receivers:
    """What arrived, and where it may be sent; `answers` are the next HTTP statuses, then 200."""

    webhook: str = ""
    mailbox: str = ""
    posted: list[dict[str, Any]] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [body for body in self.posted if body["kind"] == kind]

    @staticmethod
    def wait(seen: Callable[[], Any], within_s: float = 60) -> Any:
        """What `seen` returns as soon as that is something."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            if found := seen():
                return found
            time.sleep(0.2)
        raise AssertionError(f"nothing came within {within_s} s")


@contextmanager
def receiving() -> Iterator[Receivers]:
    """Serve both on loopback; the mail server wants a user and a password, as those of the real world do."""
    got = Receivers()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = got.answers.pop(0) if got.answers else 200
            if status == 200:
                assert self.headers["Content-Type"] == "application/json"
                got.posted.append(json.loads(body))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    class Mailbox:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
            got.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
            return "250 taken"

    def login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        got.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"s3cret-pw")

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    smtp = Controller(
        Mailbox(), hostname="127.0.0.1", port=_free_port(), authenticator=login, auth_require_tls=False
    )  # fmt: skip
    smtp.start()
    try:
        got.webhook = f"http://127.0.0.1:{http.server_port}/hooks/t0ken"
        got.mailbox = f"mailto://desk:s3cret-pw@127.0.0.1:{smtp.port}/?from=vigil@example.org&to=desk@example.org&mode=insecure"
        yield got
    finally:
        smtp.stop()
        http.shutdown()
        thread.join()
        http.server_close()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
