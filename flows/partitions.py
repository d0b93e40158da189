"""Partitions: the pages of one archive file, read anywhere, answered as Parquet, loaded by the one writer.

plan: FOLDER/<id>.pages.parquet (rows of queries/pages_to_derive.sql) -> read: FOLDER/<id>/0000.<table>.parquet ... -> load, in order

A reader needs this folder, the archive, and no database. A folder <id>/ is there whole or not at all; its id is a digest of the pages
and of the extractor's version, so that what a lost run had read is taken up by the next one, and nothing else is.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import polars as pl

from flows.reading import TABLES, BatchRows, Clean, batches_by_bytes, read_pages
from flows.shelf import Shelf
from transforms.rows import Row, make_id
from transforms.schemas import BY_NAME

PAGES_A_PART = 500  # pages in memory at once, and in one part of the answer
_REJECTS = pl.Schema(
    {name: pl.String() for name in ("stage", "input_ref", "reason", "message", "run_id")} | {"at": pl.Datetime("us", "UTC")}
)


@dataclass(frozen=True, slots=True)
class Partition:
    """Pages that are read together: those of one archive file, or a part of them.

    Attributes:
        id: Digest of what is read and by which version.
        warc_file: The archive file, relative to the archive.
        n_pages, n_bytes: Pages and their bytes.
    """

    id: str
    warc_file: str
    n_pages: int
    n_bytes: int


@dataclass(frozen=True, slots=True)
class Desk:
    """What a reader on any machine must know: where partitions and archive lie, what is withheld and what is left uncleaned."""

    folder: Path
    shelf: Shelf
    min_confidence: float = 0.0
    batch_bytes: int = 8_000_000
    clean: Clean = "all"


def plan_partitions(pages: Iterable[Row], desk: Desk, version: str) -> list[Partition]:
    """Write the pages of each archive file into the folder, in order, and return the partitions; those read before stay as they are.

    Args:
        pages: Rows of queries/pages_to_derive.sql, ordered by archive file.
        desk: The folder; made if absent.
        version: The extractor's version, part of each id.
    """
    desk.folder.mkdir(parents=True, exist_ok=True)
    planned = []
    for warc_file, group in groupby(pages, key=lambda page: page["warc_file"]):
        own = list(group)
        partition = Partition(
            make_id(version, desk.min_confidence, *(page["page_id"] for page in own)),
            warc_file, len(own), sum(page["n_bytes"] for page in own),
        )  # fmt: skip
        pl.DataFrame(own, infer_schema_length=None).write_parquet(_pages_path(desk.folder, partition.id))
        planned.append(partition)
    return planned


def read_partition(desk: Desk, partition_id: str) -> int:
    """Read the pages of a partition and write their rows; done already: nothing. Return the number of its pages.

    Raises:
        FileNotFoundError: No such partition was planned, or this machine does not see the folder.
        OSError: The answer cannot be written.
    """
    pages = pl.read_parquet(_pages_path(desk.folder, partition_id)).to_dicts()
    done = desk.folder / partition_id
    if done.is_dir():
        return len(pages)
    # Beside its place and moved there whole: a reader that is killed leaves nothing that looks like an answer.
    with tempfile.TemporaryDirectory(prefix=f".{partition_id}-", dir=desk.folder) as unfinished:
        answer = Path(unfinished) / "answer"
        answer.mkdir()
        for number, batch in enumerate(batches_by_bytes(pages, desk.batch_bytes, PAGES_A_PART)):
            _write_part(
                answer, number, read_pages(batch, desk.shelf, "", dt.datetime.fromtimestamp(0, dt.UTC), desk.min_confidence, desk.clean)
            )
        try:
            answer.rename(done)
        except OSError:
            if not done.is_dir():  # another reader of the same partition may have been faster, with the same rows
                raise
    return len(pages)


def load_partition(desk: Desk, partition: Partition, run_id: str, at: dt.datetime) -> Iterator[BatchRows]:
    """Yield the rows of a partition in the order of its pages, stamped with the run that writes them; then remove its files.

    Raises:
        FileNotFoundError: It was not read.
    """
    folder = desk.folder / partition.id
    numbers = sorted(path.name.split(".")[0] for path in folder.glob("*.derivation.parquet"))
    if not numbers:
        raise FileNotFoundError(f"{folder}: partition {partition.id} of {partition.warc_file} was not read")
    share = partition.n_bytes // len(numbers)
    for number in numbers:
        batch = BatchRows(n_bytes=share)
        for table in TABLES:
            batch.rows[table] = pl.read_parquet(folder / f"{number}.{table}.parquet").to_dicts()
        for row in (*batch.rows["derivation"], *batch.rows["reject"]):
            row["run_id"] = run_id
        for row in batch.rows["reject"]:
            row["at"] = at
        yield batch
    remove_partition(desk, partition.id)


def remove_partition(desk: Desk, partition_id: str) -> None:
    """Remove the files of a partition, read or not, and what readers that were killed left of it."""
    for folder in (desk.folder / partition_id, *desk.folder.glob(f".{partition_id}-*")):
        shutil.rmtree(folder, ignore_errors=True)
    _pages_path(desk.folder, partition_id).unlink(missing_ok=True)


def is_read(desk: Desk, partition_id: str) -> bool:
    """Tell whether the answer of a partition is there."""
    return (desk.folder / partition_id).is_dir()


def _write_part(folder: Path, number: int, batch: BatchRows) -> None:
    for table, rows in batch.rows.items():
        frame = pl.DataFrame(rows, schema=_REJECTS) if table == "reject" else BY_NAME[table].frame(rows)
        frame.write_parquet(folder / f"{number:04d}.{table}.parquet")


def _pages_path(folder: Path, partition_id: str) -> Path:
    return folder / f"{partition_id}.pages.parquet"
