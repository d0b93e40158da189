"""The record of a run: what it was asked, on which clock it ran, what every stage took in, let out and refused."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import duckdb
from prefect import get_run_logger, runtime

from flows.settings import Settings, SettingsError, load_settings
from flows.stopping import is_stop
from flows.writer_turn import take_turn
from transforms.rows import Row, make_id
from transforms.schemas import BY_NAME
from warehouse.backfill import end_days
from warehouse.connection import disk_errors
from warehouse.errors import DiskError
from warehouse.seeds import seed_digest
from warehouse.store import transaction, upsert


def load_flow_settings(**flags: Any) -> Settings:
    """Return the settings of a flow that writes; a deployed one waits for its turn first (flows.writer_turn).

    Raises:
        SettingsError: As `load_reader_settings`.
    """
    settings = load_reader_settings(**flags)
    if runtime.deployment.id:
        take_turn(settings.data_dir, lambda text: get_run_logger().info(text))
    return settings


def load_reader_settings(**flags: Any) -> Settings:
    """Return the settings of a flow that writes no work file; a deployed one must be told where its data lies.

    Raises:
        SettingsError: A setting cannot be used, or VIGIL_DATA_DIR is not set where a worker runs the flow.
    """
    settings = load_settings(**flags)
    if runtime.deployment.id and "data_dir" not in settings.model_fields_set:
        raise SettingsError(
            "VIGIL_DATA_DIR is not set for the worker, and a deployed run works in a folder that is deleted after it: "
            "set it to an absolute path and start the worker again"
        )
    return settings


def utc_now() -> dt.datetime:
    """Return the time now, in UTC."""
    return dt.datetime.now(dt.UTC)


def name_run(what: str) -> Callable[[], str]:
    """Return a function that names a flow run in the UI by what it does and when it began: `collect of 2025-04-04 02:30`."""
    return lambda: f"{what} of {utc_now():%Y-%m-%d %H:%M}"


@dataclass(slots=True)
class Run:
    """One run of one flow. `at` is its clock: every row it writes is stamped with it, so a replay can be told a time.

    `problem` is what a run could not do though it came to its end; it is then recorded as failed, with these words.
    """

    run_id: str
    flow: str
    at: dt.datetime
    stages: dict[str, Row] = field(default_factory=dict)
    problem: str | None = None

    def count(self, stage: str, n_in: int, n_out: int, n_rejected: int, elapsed_s: float) -> None:
        """Add the counts of one stage; n_in = n_out + n_rejected, or a thing was dropped silently."""
        row = self.stages.setdefault(
            stage, {"run_id": self.run_id, "stage": stage, "n_in": 0, "n_out": 0, "n_rejected": 0, "elapsed_s": 0.0}
        )
        for key, more in {"n_in": n_in, "n_out": n_out, "n_rejected": n_rejected, "elapsed_s": elapsed_s}.items():
            row[key] += more


@contextmanager
def recorded_run(con: duckdb.DuckDBPyConnection, flow: str, clock: Callable[[], dt.datetime], parameters: dict[str, Any]) -> Iterator[Run]:
    """Record a run around a block: running, then completed, cancelled, or failed with the error's first line.

    A run that was killed stays "running" in the warehouse; the next one, being the only writer, marks it crashed.
    """
    at = clock()
    run = Run(make_id("run", flow, at.isoformat(), json.dumps(parameters, sort_keys=True, default=str)), flow, at)
    row: Row = {
        "run_id": run.run_id, "flow": flow, "started_at": at, "finished_at": None, "status": "running",
        "parameters": json.dumps(parameters, sort_keys=True, default=str), "code_version": version("vigil-pipeline"),
        "seed_digest": seed_digest(), "message": None,
    }  # fmt: skip
    with transaction(con):
        con.execute("UPDATE run SET status = 'crashed', message = 'killed: it never ended' WHERE status = 'running'").fetchall()
        end_days(con, None, "crashed")
        upsert(con, BY_NAME["run"], BY_NAME["run"].frame([row]))
    try:
        with disk_errors():
            yield run
    except BaseException as error:
        status = "cancelled" if is_stop(error) else "failed"
        message = "stopped; what was written is kept" if is_stop(error) else f"{type(error).__name__}: {error}".split("\n", 1)[0][:500]
        with suppress(duckdb.Error, DiskError):  # on a full disk it stays "running"; the cause must not be lost over it
            _finish(con, run, row | {"finished_at": clock()}, status, message)
        raise
    _finish(con, run, row | {"finished_at": clock()}, "failed" if run.problem else "completed", run.problem)


def _finish(con: duckdb.DuckDBPyConnection, run: Run, row: Row, status: str, message: str | None) -> None:
    with transaction(con):
        upsert(con, BY_NAME["run_stage"], BY_NAME["run_stage"].frame(run.stages.values()))
        upsert(con, BY_NAME["run"], BY_NAME["run"].frame([{**row, "status": status, "message": message}]))
