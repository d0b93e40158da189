"""The archive read by other engines gives the rows that one machine gives, also when a worker is lost."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.apart import PartitionError, derive_beyond, desk_of, divide, read_by_tasks
from flows.derive import run_derivation
from flows.partitions import Partition, is_read, load_partition, plan_partitions, read_partition, remove_partition
from flows.reading import extractor_version, read_pages
from warehouse.connection import open_work
from warehouse.store import read_frame

AT = dt.datetime(2025, 4, 9, 8, 0, tzinfo=dt.UTC)
VERSION = "1"


def archived_pages(watch: Any) -> list[dict[str, Any]]:
    con = open_work(watch.settings.work_path)
    try:
        return read_frame(con, "pages_to_derive", mode="all", start=None, end=None, extractor_version=extractor_version()).to_dicts()
    finally:
        con.close()


def derived_rows(batches: Any) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for batch in batches:
        for table, found in batch.rows.items():
            rows.setdefault(table, []).extend({k: v for k, v in row.items() if v is not None} for row in found)
    return rows


def test_rows_that_travel_as_files_are_those_that_are_read_in_place(watch: Any) -> None:
    pages, desk = archived_pages(watch), desk_of(watch.settings)
    pages[0]["sha256"] = "0" * 64  # a page that the archive cannot give back travels, too
    planned = plan_partitions(pages, desk, VERSION)
    assert [p.warc_file for p in planned] == sorted({page["warc_file"] for page in pages}) and len(planned) >= 2
    assert sum(read_partition(desk, p.id) for p in planned) == len(pages)
    travelled = derived_rows(batch for p in planned for batch in load_partition(desk, p, "a run", AT))
    assert travelled == derived_rows([read_pages(pages, watch.settings.shelf, "a run", AT)])
    assert travelled["reject"][0]["reason"] == "archive" and travelled["report"]
    assert not any(desk.folder.iterdir())


def test_what_a_lost_run_has_read_is_taken_up_and_nothing_else(watch: Any) -> None:
    pages, desk = archived_pages(watch), desk_of(watch.settings)
    first, *_ = plan_partitions(pages, desk, VERSION)
    read_partition(desk, first.id)
    written = (desk.folder / first.id / "0000.article.parquet").stat().st_mtime_ns
    assert plan_partitions(pages, desk, VERSION)[0] == first and is_read(desk, first.id)
    read_partition(desk, first.id)
    assert (desk.folder / first.id / "0000.article.parquet").stat().st_mtime_ns == written
    newer, *_ = plan_partitions(pages, desk, "2")
    assert not is_read(desk, newer.id)  # what another extractor read is not taken for this one's
    (desk.folder / f".{first.id}-killed").mkdir()
    remove_partition(desk, first.id)
    assert not list(desk.folder.glob(f"*{first.id}*"))


def test_a_partition_that_nobody_read_is_no_empty_one(watch: Any) -> None:
    desk = desk_of(watch.settings)
    first, *_ = plan_partitions(archived_pages(watch), desk, VERSION)
    with pytest.raises(FileNotFoundError, match=rf"{first.id} of {first.warc_file} was not read"):
        next(load_partition(desk, first, "a run", AT))
    with pytest.raises(FileNotFoundError):
        read_partition(desk, "0123456789abcdef")


@pytest.mark.parametrize(
    ("sizes", "n", "shares"), [([5, 4, 3, 2], 2, [7, 7]), ([9], 4, [9]), ([1, 1], 8, [1, 1]), ([8, 1, 1, 1], 2, [8, 3])]
)
def test_shares_have_about_the_same_bytes(sizes: list[int], n: int, shares: list[int]) -> None:
    divided = divide([Partition(str(i), f"{i}.warc.gz", 1, size) for i, size in enumerate(sizes)], n)
    assert sorted((sum(p.n_bytes for p in share) for share in divided), reverse=True) == shares
    assert sorted(p.id for share in divided for p in share) == [str(i) for i in range(len(sizes))]


# ---- Dask


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory, watched: Any) -> Any:
    """Six nights: an archive file each."""
    watch = watched.copy_to(tmp_path_factory.mktemp("six") / "data")
    shutil.rmtree(watch.folder)
    for day in range(1, 7):
        watch.run_night(dt.datetime(2025, 4, day, 20, 0, tzinfo=dt.UTC))
    run_derivation(watch.settings, mode="all", clock=lambda: AT)
    return watch


@pytest.fixture
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as found:
        yield found


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # Dask's own
def test_a_cluster_of_two_processes_gives_the_same_rows(collected: Any, cluster: Any, tmp_path: Path) -> None:
    watch = collected.copy_to(tmp_path / "data")
    expected = watch.export()
    read, _ = derive_beyond(watch.settings, "dask", scheduler=cluster.scheduler_address, mode="all", clock=lambda: AT)
    assert read.pages == sum(read.outcomes.values()) == len(expected["derivation"]) and not read.damage
    assert watch.export() == expected
    assert not any(desk_of(watch.settings).folder.iterdir())


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_lost_worker_costs_only_its_partition(collected: Any, cluster: Any, tmp_path: Path) -> None:
    watch = collected.copy_to(tmp_path / "data")
    expected, folder, killed = watch.export(), desk_of(watch.settings).folder, []

    def kill_one_that_reads() -> None:
        while not list(folder.glob(".*-*")):
            time.sleep(0.005)
        victim = next(iter(cluster.workers.values()))
        killed.append(victim.pid)
        os.kill(victim.pid, signal.SIGKILL)

    thread = threading.Thread(target=kill_one_that_reads, daemon=True)
    thread.start()
    read, _ = derive_beyond(watch.settings, "dask", scheduler=cluster.scheduler_address, mode="all", clock=lambda: AT)
    thread.join(10)
    assert killed and read.pages == len(expected["derivation"])
    assert watch.export() == expected


@pytest.mark.slow
def test_partitions_that_cannot_be_read_are_named_and_the_others_written(
    collected: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = collected.copy_to(tmp_path / "data")
    bad = archived_pages(watch)[0]["warc_file"]

    class Future:
        def wait(self) -> None: ...

    def submit(desk: Any, partition: Partition) -> Future:
        if partition.warc_file != bad:
            read_partition(desk, partition.id)
        return Future()

    monkeypatch.setattr("flows.apart.read_on_worker", type("Task", (), {"submit": staticmethod(submit)}))
    con = open_work(watch.settings.work_path)
    con.execute("DELETE FROM derivation").fetchall()
    con.close()
    with pytest.raises(PartitionError, match=rf"1 of 6 partitions could not be read.*{bad}"):
        run_derivation(watch.settings, clock=lambda: AT, reader=read_by_tasks)
    left = {page["page_id"] for page in archived_pages(watch) if page["warc_file"] == bad}
    assert len(watch.export("derivation")["derivation"]) == len(archived_pages(watch)) - len(left)
    read = run_derivation(watch.settings, clock=lambda: AT)[0]
    assert read.pages == len(left)


# ---- a work pool


@dataclass
class Pool:
    """A Prefect server with the project's deployments, and workers of its pool, each a process group of its own."""

    api: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[Pool]:
    project, prefect = Path(__file__).resolve().parents[2], str(Path(sys.executable).with_name("prefect"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Pool(f"http://127.0.0.1:{port}/api")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "VIGIL_"))} | {
        "PREFECT_HOME": str(tmp_path / "prefect"), "PREFECT_API_URL": made.api, "PREFECT_WORKER_QUERY_SECONDS": "1", "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "VIGIL_DATA_DIR": str(tmp_path / "data"), "VIGIL_DERIVE_PROCESSES": "1",
    }  # fmt: skip

    with ExitStack() as stack:

        def serve(*words: str) -> subprocess.Popen[bytes]:
            log = stack.enter_context((tmp_path / "log").open("ab"))
            process = subprocess.Popen([prefect, *words], cwd=tmp_path, env=environment, stdout=log, stderr=log, start_new_session=True)

            def end() -> None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait(30)

            stack.callback(end)
            return process

        serve("server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui")
        for _ in range(180):
            try:
                if httpx.get(f"{made.api}/health", trust_env=False).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.5)
        for words in (["work-pool", "create", "vigil", "--type", "process"], ["--no-prompt", "deploy", "--name", "read-partitions"]):
            subprocess.run([prefect, *words], cwd=project, env=environment, check=True, capture_output=True, timeout=120)
        made.workers = [serve("worker", "start", "--pool", "vigil", "--limit", "1") for _ in range(2)]
        yield made


@pytest.mark.slow
def test_workers_of_a_pool_give_the_same_rows_and_what_a_killed_one_had_goes_to_the_other(
    collected: Any, pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = collected.copy_to(tmp_path / "data")
    expected, folder, killed = watch.export(), desk_of(watch.settings).folder, []
    monkeypatch.setattr("flows.apart.SHARES", 1)

    def kill_the_worker_that_reads() -> None:
        while not list(folder.glob(".*-*")):
            time.sleep(0.005)
        for worker in pool.workers:
            children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
            if children and not killed:
                killed.append(worker.pid)
                os.killpg(worker.pid, signal.SIGKILL)

    thread = threading.Thread(target=kill_the_worker_that_reads, daemon=True)
    thread.start()
    with temporary_settings({PREFECT_API_URL: pool.api}):
        read, _ = derive_beyond(watch.settings, "pool", workers=2, lost_after_s=20, mode="all", clock=lambda: AT)
    thread.join(10)
    assert killed and read.pages == len(expected["derivation"])
    assert watch.export() == expected
