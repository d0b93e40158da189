"""Derive beyond one machine: partitions of the archive, read by Dask or by the workers of a work pool, loaded by the one writer.

Why Dask, and why rows travel as files: docs/decisions/0013. What it brings and costs: docs/scaling.md.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from prefect import flow, get_client, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Cancelling
from pydantic import Field

from flows.derive import DeriveSummary, PageRows, Reader, run_derivation
from flows.matching import MatchSummary
from flows.partitions import Desk, Partition, is_read, load_partition, plan_partitions, read_partition
from flows.reading import BatchRows, extractor_version
from flows.runs import Run, load_flow_settings, load_reader_settings
from flows.settings import Settings
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from prefect_dask.task_runners import DaskTaskRunner

TRIES = 3  # readings of a partition, each on another worker where one was lost
SHARES = 4  # flow runs per worker of a pool: small enough that the last one is not waited for long
LOOK_S = 1.0  # pause between two looks at what the pool has done
READ_DEPLOYMENT = "read-partitions/read-partitions"
Engine = Literal["processes", "dask", "pool"]
Mode = Literal["missing", "stale", "failed", "all"]


class PartitionError(WarehouseError):
    """Partitions that no worker could read; names them. What was read was written, and a further run reads what is missing."""


def desk_of(settings: Settings) -> Desk:
    """Return where partitions lie: a folder that every worker must see under the same path."""
    return Desk(settings.data_dir / "partitions", settings.shelf, settings.min_confidence, settings.batch_bytes, settings.clean)


# ---- Dask


@task(
    name="read partition", task_run_name="{partition.warc_file}", retries=TRIES - 1, retry_delay_seconds=1,
    cache_policy=NO_CACHE, persist_result=False,
)  # fmt: skip
def read_on_worker(desk: Desk, partition: Partition) -> int:
    """Read one partition wherever the flow's task runner sends it; return its pages."""
    return read_partition(desk, partition.id)


def read_by_tasks(pages: PageRows, settings: Settings, run: Run) -> Iterator[BatchRows]:
    """Read each partition in a task of the flow that this runs in: the `Reader` of an engine with a task runner.

    Raises:
        PartitionError: Some partitions could not be read; all others were yielded before.
    """
    desk = desk_of(settings)
    planned = plan_partitions(pages, desk, extractor_version(settings.min_confidence, settings.clean))
    waiting = {partition.id: read_on_worker.submit(desk, partition) for partition in planned if not is_read(desk, partition.id)}

    def settle(partition: Partition) -> None:
        if future := waiting.get(partition.id):
            future.wait()

    yield from _loaded(desk, planned, run, settle)


def make_runner(scheduler: str | None, workers: int) -> DaskTaskRunner:
    """Return a task runner on the Dask cluster at an address, or on one of this machine with so many processes.

    Raises:
        PartitionError: The extra `dask` is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise PartitionError("the engine dask needs the extra: pip install 'vigil-pipeline[dask]'") from error
    if scheduler:
        try:
            Client(scheduler, timeout=10, set_as_default=False).close()  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise PartitionError(f"no Dask scheduler answers at {scheduler} ({error}); start one with `dask scheduler`") from error
        return DaskTaskRunner(address=scheduler)
    return DaskTaskRunner(cluster_kwargs={"n_workers": workers, "threads_per_worker": 1, "dashboard_address": ":0"})


@flow(name="read-archive", log_prints=False, validate_parameters=False, persist_result=False)
def _derive_in_tasks(settings: Settings, how: dict[str, Any]) -> dict[str, tuple[DeriveSummary, MatchSummary]]:
    return {"found": run_derivation(settings, **how, reader=read_by_tasks)}


# ---- a work pool


@flow(name="read-partitions", log_prints=False)
def read_partitions(partition_ids: list[str]) -> int:
    """Read planned partitions on whatever worker got this run; the run that planned them loads the rows.

    Args:
        partition_ids: Names of partitions in the data folder.
    """
    desk, logger, failed = desk_of(load_reader_settings()), get_run_logger(), []
    n_pages = 0
    for partition_id in partition_ids:
        try:
            n_pages += read_partition(desk, partition_id)
            logger.info("partition %s: read", partition_id)
        except Exception as error:
            failed.append(partition_id)
            logger.error("partition %s: %s: %s", partition_id, type(error).__name__, error)
    if failed:
        raise PartitionError(f"not read: {', '.join(failed)}; see the log for why")
    return n_pages


def make_pool_reader(workers: int, lost_after_s: float) -> Reader:
    """Return a `Reader` that hands partitions to the workers of a work pool, as runs of the deployment read-partitions.

    Args:
        workers: Workers that the partitions are divided for.
        lost_after_s: Time without any new partition after which runs are taken for lost and their partitions given to others, seconds.
    """

    def read_by_pool(pages: PageRows, settings: Settings, run: Run) -> Iterator[BatchRows]:
        desk = desk_of(settings)
        planned = plan_partitions(pages, desk, extractor_version(settings.min_confidence, settings.clean))
        for _ in range(TRIES):
            left = [partition for partition in planned if not is_read(desk, partition.id)]
            if not left:
                break
            runs = [_hand_out(share) for share in divide(left, workers * SHARES)]
            _await_pool(desk, left, runs, lost_after_s)
        yield from _loaded(desk, planned, run, lambda _: None)

    return read_by_pool


def divide(partitions: Sequence[Partition], n: int) -> list[list[Partition]]:
    """Divide partitions into at most n shares of about the same bytes, the largest dealt first; none is empty."""
    shares: list[list[Partition]] = [[] for _ in range(max(1, min(n, len(partitions))))]
    for partition in sorted(partitions, key=lambda p: (-p.n_bytes, p.id)):
        min(shares, key=lambda share: sum(p.n_bytes for p in share)).append(partition)
    return shares


def _hand_out(share: Sequence[Partition]) -> UUID:
    try:
        # _sync: where a loop runs in this thread (a notebook, a browser driver), Prefect would hand back a coroutine instead.
        made = run_deployment(READ_DEPLOYMENT, parameters={"partition_ids": [p.id for p in share]}, timeout=0, _sync=True)  # type: ignore[call-arg]
    except ObjectNotFound as error:
        raise PartitionError(f"the deployment {READ_DEPLOYMENT} is not known to the Prefect server; deploy prefect.yaml first") from error
    return made.id  # type: ignore[union-attr]


def _await_pool(desk: Desk, left: Sequence[Partition], runs: Sequence[UUID], lost_after_s: float) -> None:
    """Wait until all runs have ended, or nothing more comes of them; those are cancelled, and their partitions are left."""
    n_done, last = 0, time.monotonic()
    with get_client(sync_client=True) as client:
        while True:
            states = [client.read_flow_run(run).state for run in runs]
            if all(state is not None and state.is_final() for state in states):
                return
            now_done = sum(is_read(desk, partition.id) for partition in left)
            if now_done > n_done:
                n_done, last = now_done, time.monotonic()
            if now_done == len(left) or time.monotonic() - last > lost_after_s:
                break
            time.sleep(LOOK_S)
        for run, state in zip(runs, states, strict=True):
            if now_done < len(left) and (state is None or not state.is_final()):
                client.set_flow_run_state(run, Cancelling(message="nothing came of it; its partitions are given to another worker"))


# ---- both


def derive_beyond(
    settings: Settings, engine: Engine, *, scheduler: str | None = None, workers: int | None = None, lost_after_s: float = 900.0, **how: Any
) -> tuple[DeriveSummary, MatchSummary]:
    """Read pages on an engine, then match and resolve here, as one recorded run: the same rows as `run_derivation` writes.

    Args:
        settings: Archive and warehouse; every worker must see them under the same paths.
        engine: processes of this machine; dask; pool: workers of a work pool of a Prefect server.
        scheduler: Address of a Dask scheduler (tcp://host:8786); None: a cluster on this machine.
        workers: Workers to divide the work for; None: the processes of the settings.
        lost_after_s: Of a pool: time without anything new after which runs are taken for lost, seconds.
        how: clock, mode, start, end, progress of `run_derivation`.

    Raises:
        PartitionError: Partitions were left after all tries; everything else was written.
        WarehouseError: As `run_derivation`.
    """
    n = workers or settings.derive_processes
    if engine == "processes":
        return run_derivation(settings.model_copy(update={"derive_processes": n}), **how)
    if engine == "pool":
        return run_derivation(settings, **how, reader=make_pool_reader(n, lost_after_s))
    with _one_server():
        return _derive_in_tasks.with_options(task_runner=make_runner(scheduler, n))(settings, how)["found"]  # type: ignore[arg-type]


@flow(name="derive-beyond", log_prints=False)
def derive_apart(
    engine: Engine = "dask",
    mode: Mode = "missing",
    scheduler: str | None = None,
    workers: Annotated[int, Field(ge=1, le=1000)] | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
) -> dict[str, object]:
    """Read archived pages on several machines, then match and resolve. No network but to the workers.

    Args:
        engine: processes of this machine; dask: a Dask cluster; pool: the workers of the work pool.
        mode: missing: never read; stale: also those read by another extractor; failed: those refused; all.
        scheduler: Address of a Dask scheduler; empty: a cluster on the worker's machine.
        workers: Workers to divide the work for; empty: one a core.
        start: First day, by fetch time; empty: the archive's first.
        end: Last day, included; empty: the archive's last.
    """
    read, matched = derive_beyond(
        load_flow_settings(), engine, scheduler=scheduler, workers=workers, mode=mode, start=day_start(start), end=day_start(end, 1)
    )
    summary = {**asdict(read), "outcomes": dict(read.outcomes), "match": asdict(matched)}
    get_run_logger().info("derived: %s", summary)
    return summary


def day_start(day: dt.date | None, later: int = 0) -> dt.datetime | None:
    """Return midnight (UTC) of a day, or of one so many days later; None stays None."""
    return None if day is None else dt.datetime.combine(day + dt.timedelta(days=later), dt.time(), dt.UTC)


@contextmanager
def _one_server() -> Iterator[None]:
    """Let this process and all workers use one Prefect server: the one that is set, or one for this run; else each would start its own."""
    if PREFECT_API_URL.value():
        yield
        return
    from prefect.server.api.server import SubprocessASGIServer  # as much start-up as all else here: not for who only reads

    with SubprocessASGIServer() as server, temporary_settings({PREFECT_API_URL: server.api_url}):
        yield


def _loaded(desk: Desk, planned: Sequence[Partition], run: Run, settle: Any) -> Iterator[BatchRows]:
    """Yield the rows of all partitions in order, each as soon as it is settled; those that were not read end it with an error."""
    missing = []
    for partition in planned:
        settle(partition)
        if is_read(desk, partition.id):
            yield from load_partition(desk, partition, run.run_id, run.at)
        else:
            missing.append(partition.warc_file)
    if missing:
        raise PartitionError(
            f"{len(missing)} of {len(planned)} partitions could not be read, the others were written: {', '.join(missing[:5])};"
            " look at the workers' logs, then run again with mode missing"
        )
