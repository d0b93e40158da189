"""`vigil up`. `cli` adds it to the command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.flags import DataDir, Processes, stop


def up(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0: all of this machine's.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of UI and server; 0: any free one.")] = 4200,
    is_working: Annotated[bool, typer.Option("--worker/--no-worker", help="Start a worker here, too.")] = True,
    worker_limit: Annotated[int, typer.Option(min=1, max=256, help="Runs that the worker works on at the same time.")] = 3,
    deployments: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A prefect.yaml of your own.  [default: the one shipped with Vigil]")
    ] = None,
    feeds: Annotated[str | None, typer.Option(metavar="FILE|URL", help="Feeds of the nights, as in `vigil ingest`.")] = None,
    contact: Annotated[str | None, typer.Option(help="Mail or web address under which hosts reach you; needed for the real web.")] = None,
    data_dir: DataDir = None,
    processes: Processes = None,
) -> None:
    """Run Vigil every night by itself: a Prefect server with its UI, the deployments and a worker, on this machine, until Ctrl-C.

    Everything is kept in the data folder, also what Prefect writes. Started twice, the second says where the first is.

    Examples:
      vigil up --contact desk@example.org

      vigil up --data-dir /srv/vigil --port 4300

      vigil up --host 0.0.0.0 --no-worker
    """
    from flows.place import AlreadyUpError
    from flows.settings import load_settings
    from flows.terminal import say
    from flows.up import Plan, UpError, run_up

    settings = load_settings(data_dir=data_dir, feeds=feeds, contact=contact, derive_processes=processes)
    try:
        run_up(settings, Plan(host, port, is_working, worker_limit, deployments))
    except AlreadyUpError as error:
        say(str(error))
    except UpError as error:
        stop(str(error), 1)
