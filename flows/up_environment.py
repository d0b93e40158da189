"""What the processes of `vigil up` find in their environment: nothing but the data folder is written, nobody is told."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from flows.settings import PREFIX, Settings

HEARTBEAT_S = 30  # the shortest that Prefect allows


def folder_of(settings: Settings) -> Path:
    """Return the folder in which Prefect keeps what it writes."""
    return settings.data_dir / "prefect"


def worker_name() -> str:
    """Return the name of the worker that `vigil up` starts here: runs that a killed one left open are found by it."""
    return f"vigil-{socket.gethostname()}"


def server_environment(settings: Settings, host: str, port: int, address: str, shown: str) -> dict[str, str]:
    """Return the environment of the server and of `prefect deploy`; what an operator sets for Prefect himself stays, where it can.

    Args:
        settings: Whose data folder it is.
        host: Address to listen on.
        port: Port to listen on.
        address: Where this machine reaches the server.
        shown: Where browsers reach it.
    """
    home = folder_of(settings)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    for name, value in {
        # SQLite in the folder, unless told otherwise; leases in files, or a server that is killed holds a deployment's place for ever.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",  # runs older than 90 days; the warehouse has its own record
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_UI_API_URL": f"{shown}/api",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_S),
        "PREFECT_WORKER_QUERY_SECONDS": "5",
    }.items():
        environment.setdefault(name, value)
    if login := environment.get("PREFECT_SERVER_API_AUTH_STRING"):
        environment.setdefault("PREFECT_API_AUTH_STRING", login)
    return environment | {
        "PREFECT_HOME": str(home),
        "PREFECT_PROFILES_PATH": str(home / "profiles.toml"),
        "PREFECT_API_URL": f"{address}/api",
        "PREFECT_SERVER_API_HOST": host,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_UI_STATIC_DIRECTORY": str(home / "ui"),  # else it is copied into the installed package
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_CLI_COLORS": "false",
        "PYTHONUNBUFFERED": "1",
    }


def worker_environment(settings: Settings, server: dict[str, str]) -> dict[str, str]:
    """Return the environment of the worker: that of the server, and the settings in force here.

    What it runs works in another folder: neither the `.env` file here nor relative paths would be found there.
    """
    return server | {f"{PREFIX}{name.upper()}": _text(name, getattr(settings, name)) for name in sorted(_in_force(settings))}


def _in_force(settings: Settings) -> set[str]:
    return set(settings.model_fields_set) | {"data_dir", "archive_dir"}


def _text(name: str, value: Any) -> str:
    if name == "feeds" and value and "://" not in value:
        return str(Path(value).expanduser().absolute())
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value).lower() if isinstance(value, bool) else str(value)
