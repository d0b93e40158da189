"""`vigil browse`: the published file as pages on this machine. Read-only, on the loopback address, no script, no foreign request."""

from __future__ import annotations

import datetime as dt
import socket
import webbrowser
from threading import Timer

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from flows.browse_page import render_article, render_incident, render_message, render_search
from flows.settings import Settings, SettingsError
from warehouse.browse import Search, Shelf
from warehouse.connection import open_published
from warehouse.errors import UnknownIncidentError, WarehouseError

ADDRESS = "127.0.0.1"  # nobody but this machine: the file holds what was fetched, unread by any lawyer
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",  # a file published a minute ago is what the next look shows
}
MAX_PAGE = 10_000
MAX_WORDS = 200


def make_app(shelf: Shelf) -> Starlette:
    """Return the pages over a published file; each request opens the file anew, so that a replaced one is seen at once."""

    def search(request: Request) -> Response:
        try:
            asked, wanted = read_search(request.query_params)
        except SettingsError as error:
            return _message("This search cannot be made", str(error), 400)
        return HTMLResponse(render_search(wanted, shelf.search(wanted), shelf.choices(), shelf.state(), asked))

    def incident(request: Request) -> Response:
        dossier = shelf.dossier(request.path_params["incident_id"])
        names = {row["value"]: row["name"] for row in shelf.choices() if row["kind"] == "country"}
        return HTMLResponse(render_incident(dossier, names.get(dossier.incident["country_iso3"]), shelf.state()))

    def article(request: Request) -> Response:
        incident_id = request.query_params.get("incident", "")
        found = shelf.article(request.path_params["article_id"], incident_id)
        if found is None:
            return _message(
                "There is no such article", "It may have been erased since. The incident's page lists those that there are.", 404
            )
        return HTMLResponse(render_article(found, incident_id, shelf.state()))

    def unknown(_: Request, error: Exception) -> Response:
        return _message("There is no such incident", str(error), 404)

    def broken(_: Request, error: Exception) -> Response:
        return _message("The published file cannot be read", str(error), 503)

    def missing(_: Request, __: Exception) -> Response:
        return _message("There is no such page", "Begin with the search.", 404)

    return Starlette(
        routes=[
            Route("/", search, methods=["GET"]),
            Route("/incident/{incident_id}", incident, methods=["GET"]),
            Route("/article/{article_id}", article, methods=["GET"]),
        ],
        # A name that leads here from elsewhere (DNS rebinding) is refused: a foreign page could read the file through it.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[ADDRESS, "localhost"]), Middleware(SafeHeaders)],
        exception_handlers={UnknownIncidentError: unknown, WarehouseError: broken, 404: missing},
    )


class SafeHeaders(BaseHTTPMiddleware):
    """Adds the headers that keep a page from asking any host and from being framed by one."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Answer a request with the headers added."""
        response = await call_next(request)
        response.headers.update(HEADERS)
        return response


def read_search(params: QueryParams) -> tuple[dict[str, str], Search]:
    """Return the words of an address that hold something, and the search that they mean.

    Raises:
        SettingsError: A day or a number is none; the message says which.
    """
    asked = {name: value.strip() for name, value in params.items() if value.strip() and name != "page"}
    return asked, Search(
        words=asked.get("q", "")[:MAX_WORDS],
        country=asked.get("country"),
        weapon=asked.get("weapon"),
        first=_day("From", asked.get("from")),
        last=_day("To", asked.get("to")),
        least=_number("Killed, at least", asked.get("least"), 1_000_000),
        contested="contested" in asked,
        by_toll=asked.get("order") == "toll",
        page=_number("Page", params.get("page"), MAX_PAGE) or 1,
    )


def serve(settings: Settings, port: int, *, is_opened: bool) -> None:
    """Serve the pages until interrupted.

    Args:
        settings: Settings; the published file is theirs.
        port: Port on this machine; 0: any free one.
        is_opened: Open the first page in the browser.

    Raises:
        SettingsError: The port is taken.
        WarehouseError: There is no published file, or it cannot be read.
    """
    open_published(settings.published_path).close()  # now, not with the first page: a wrong folder is the most common mistake
    listener = listen(port)
    address = f"http://{ADDRESS}:{listener.getsockname()[1]}/"
    print(f"{settings.published_path} on {address} (Ctrl-C ends it)", flush=True)  # noqa: T201 -- the command's one line
    if is_opened:
        opener = Timer(0.5, webbrowser.open, [address])
        opener.daemon = True
        opener.start()
    server = uvicorn.Server(uvicorn.Config(make_app(Shelf(settings.published_path)), log_level="warning", access_log=False))
    with listener:
        server.run(sockets=[listener])


def listen(port: int) -> socket.socket:
    """Return a socket that listens on a port of this machine alone.

    Raises:
        SettingsError: The port is taken or not allowed.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((ADDRESS, port))
        listener.listen(64)
    except OSError as error:
        listener.close()
        raise SettingsError(f"--port {port}: cannot be used ({error.strerror or error}); give another, or 0 for any free one") from error
    return listener


def _day(name: str, value: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError as error:
        raise SettingsError(f"{name}: {value!r} is no day; write it as 2025-04-04") from error


def _number(name: str, value: str | None, most: int) -> int | None:
    if not value:
        return None
    if not value.isascii() or not value.isdecimal() or int(value[:12]) > most:
        raise SettingsError(f"{name}: {value[:40]!r} is no whole number from 0 to {most:,}")
    return int(value)


def _message(title: str, message: str, status: int) -> Response:
    return HTMLResponse(render_message(title, message), status_code=status)
