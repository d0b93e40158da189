"""Writing a batch: one transaction, upserts by natural key, refused rows kept as rejects.

Every write is idempotent: the same batch twice leaves what it left once. No function reads a clock; times are arguments.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from transforms.columns import Table
from transforms.schemas import BY_NAME
from transforms.validation import find_unsound_articles, split_rows
from warehouse.connection import disk_errors
from warehouse.errors import WarehouseError
from warehouse.gather import few_rows
from warehouse.lookup import read_by_key, read_by_time
from warehouse.queries import ask, load_sql

DERIVED = ("article", "report", "claim", "evidence")
# What an upsert keeps or adds up instead of overwriting: the first time something was seen, and how often it failed.
MERGED: dict[str, dict[str, str]] = {
    "entry": {
        "first_seen_at": "least(entry.first_seen_at, excluded.first_seen_at)",
        "last_changed_at": "CASE WHEN (entry.url, entry.title, entry.published_at, entry.updated_at, entry.summary)"
        " IS DISTINCT FROM (excluded.url, excluded.title, excluded.published_at, excluded.updated_at, excluded.summary)"
        " THEN excluded.last_changed_at ELSE entry.last_changed_at END",
    },
    "reject": {
        # What was not asked for has not failed: pages of a host that wants to be left alone must not run out of attempts.
        "attempts": "CASE WHEN reject.run_id = excluded.run_id OR excluded.reason IN ('host_wait', 'robots_unreachable')"
        " THEN reject.attempts ELSE reject.attempts + excluded.attempts END",
        "first_at": "least(reject.first_at, excluded.first_at)",
    },
    "opt_out": {"first_seen_at": "least(opt_out.first_seen_at, excluded.first_seen_at)"},
}


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Run the block in one transaction: all of it is kept, or after any exception none of it.

    Raises:
        DiskError: The disk takes no more.
    """
    with disk_errors():
        con.execute("BEGIN")
        try:
            yield
        except BaseException:
            with suppress(duckdb.Error):  # a disk that takes no more may have ended it
                con.execute("ROLLBACK")
            raise
        con.execute("COMMIT")


def read_frame(con: duckdb.DuckDBPyConnection, query: str, **parameters: Any) -> pl.DataFrame:
    """Return the result of a file of warehouse/sql/queries as a frame, its `$name` parameters filled.

    Raises:
        KeyError: There is no such query.
    """
    return ask(con, load_sql(f"queries/{query}"), parameters)


def read_known_entries(con: duckdb.DuckDBPyConnection, entry_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return those of the entries that exist, by entry_id, with what tells whether they changed."""
    if not entry_ids:
        return {}
    # A frame and not a list parameter: for every value of a list DuckDB looks for pandas anew, 0.5 ms each.
    with registered(con, "batch_entry", pl.DataFrame({"entry_id": list(entry_ids)}, schema={"entry_id": pl.String})):
        rows = read_frame(con, "known_entries").to_dicts()
    return {row["entry_id"]: row for row in rows}


def write_batch(
    con: duckdb.DuckDBPyConnection, frames: Mapping[str, pl.DataFrame], *, run_id: str, at: datetime
) -> dict[str, tuple[int, int]]:
    """Write rows of several tables in one transaction; rows that break a rule of schemas.py become `reject` rows.

    A frame may lack columns: an existing row keeps its own values there. Of rows with the same key the last one counts.

    Args:
        con: Connection of `open_work`.
        frames: Rows by table name.
        run_id: Run that writes, for its rejects.
        at: The run's clock, for its rejects.

    Returns:
        By table name: rows written (after de-duplication), rows refused.

    Raises:
        ValueError: A frame has a column that its table lacks, or of another dtype.
    """
    counts: dict[str, tuple[int, int]] = {}
    with transaction(con):
        for name, frame in frames.items():
            good, bad = split_rows(BY_NAME[name], frame)
            written = upsert(con, BY_NAME[name], good)
            refused = [
                reject_row("load", f"{name} {_key_text(BY_NAME[name], r)}", r["reason"], r["message"], run_id, at) for r in bad.to_dicts()
            ]
            upsert(con, BY_NAME["reject"], BY_NAME["reject"].frame(refused))
            counts[name] = (written, len(refused))
    return counts


def replace_article_rows(
    con: duckdb.DuckDBPyConnection, frames: Mapping[str, pl.DataFrame], *, run_id: str, at: datetime
) -> tuple[int, pl.DataFrame]:
    """Write what was read from a batch of pages: the old reports, claims and evidence of each article make way for the new.

    An article goes in whole or not at all. One with a broken rule leaves no row but its `derivation` (outcome rejected)
    and a `reject` of stage load; rows of it from an earlier reading go, too, as if the archive were read afresh.
    Memberships of the batch's reports are removed: match them again before publishing (checks insist).

    Args:
        con: Connection of `open_work`.
        frames: `article`, `report`, `claim`, `evidence`, `derivation` of the batch; others (`reject`) are upserted with them.
        run_id: Run that writes.
        at: The run's clock.

    Returns:
        Number of articles written; refused ones (article_id, reason, message).

    Raises:
        ValueError: An article comes without the derivation of its page: a later reading of the page would not find it.
    """
    full = {name: frames.get(name, BY_NAME[name].frame([])) for name in (*DERIVED, "derivation")}
    if lost := set(full["article"]["page_id"]) - set(full["derivation"]["page_id"]):
        raise ValueError(f"articles without the derivation of their page: {', '.join(sorted(lost)[:5])}")
    # Every article is written with the derivation of its page, which names it.
    read_before = read_by_time(con, BY_NAME["derivation"], full["derivation"], ["article_id"])["article_id"]
    known_ids = [*full["article"]["article_id"], *read_before.drop_nulls()]
    of_article = ["article_id", "page_id", "fetched_at", "coalesce(published_at, fetched_at) AS as_of", "rowid AS n"]
    known = read_by_key(con, "article", known_ids, of_article)
    full |= _from_first_page(con, {name: full[name] for name in DERIVED}, known)
    unsound = find_unsound_articles(full)
    refused_ids = unsound["article_id"].implode()
    good = {name: full[name].filter(~pl.col("article_id").is_in(refused_ids)) for name in DERIVED}
    is_refused = pl.col("article_id").is_in(refused_ids).fill_null(value=False)
    derivation = full["derivation"].with_columns(
        pl.when(is_refused).then(pl.lit("rejected")).otherwise("outcome").alias("outcome"),
        pl.when(is_refused).then(0).otherwise("n_reports").alias("n_reports"),
        pl.when(is_refused).then(None).otherwise("article_id").alias("article_id"),
    )
    pages = dict(full["article"].select("article_id", "page_id").iter_rows())
    refused = [
        reject_row("load", pages.get(row["article_id"]) or row["article_id"], row["reason"], row["message"], run_id, at)
        for row in unsound.to_dicts()
    ]
    others = {name: frame for name, frame in frames.items() if name not in full}
    with transaction(con):
        is_replaced = pl.col("article_id").is_in(full["article"]["article_id"].implode())
        forgotten = known.filter(is_replaced | pl.col("page_id").is_in(derivation["page_id"].implode()))
        with (
            registered(con, "batch_article", full["article"].select("article_id").unique(maintain_order=True)),
            registered(con, "batch_page", derivation.select("page_id")),
            registered(con, "forgotten", forgotten),
        ):
            con.execute(load_sql("queries/queue_articles"))
            if forgotten.height:
                with few_rows(con):
                    con.execute(load_sql("queries/forget_articles"))
        for name, frame in {**good, "derivation": derivation, **others}.items():
            if name == "article":
                is_new = not set(frame["article_id"]) & set(known["article_id"])
            else:
                is_new = not BY_NAME[name].has_index and (name != "derivation" or read_before.is_empty())
            upsert(con, BY_NAME[name], split_rows(BY_NAME[name], frame)[0], is_new=is_new)
        upsert(con, BY_NAME["reject"], BY_NAME["reject"].frame(refused))
        waiting = good["article"].select("article_id", as_of=pl.coalesce("published_at", "fetched_at"))
        upsert(con, BY_NAME["match_queue"], waiting)
    return good["article"]["article_id"].n_unique(), unsound


def _from_first_page(con: duckdb.DuckDBPyConnection, frames: Mapping[str, pl.DataFrame], known: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Leave out articles that an earlier page already brought: the same address and text fetched again is the same article.

    Within a batch the first row of a key counts, so pages come in the order of their fetch. Which page an article is
    read from must not depend on the order of batches.
    """
    ordered = frames["article"].sort("fetched_at", "page_id", maintain_order=True)
    with registered(con, "batch_article", ordered.select("article_id", "page_id", "fetched_at")), registered(con, "known_article", known):
        kept = con.sql(load_sql("queries/articles_kept")).pl()["article_id"].implode()
    found = {}
    for name, frame in {**frames, "article": ordered}.items():
        first = frame.unique(list(BY_NAME[name].key), keep="first", maintain_order=True)
        found[name] = first.filter(~pl.col("article_id").is_in(kept))
    return found


def upsert(con: duckdb.DuckDBPyConnection, table: Table, frame: pl.DataFrame, *, is_new: bool = False) -> int:
    """Insert or update rows by the table's key, inside the caller's transaction; of rows with the same key the last one counts.

    Args:
        con: Connection of `open_work`.
        table: Their table.
        frame: Rows; may lack columns, which then stay as they are, where the table has an index or a time to find rows by.
        is_new: The caller knows that no row has these keys: nothing need be looked for, which halves the cost where there is an index.

    Returns:
        Rows written.
    """
    if frame.is_empty():
        return 0
    is_found = table.has_index or table.found_by is not None
    needed = (*table.key, *filter(None, (table.found_by,))) if is_found else table.names  # else rows are written anew, whole
    if missing := set(needed) - set(frame.columns):
        raise ValueError(f"rows of {table.name} lack the column {', '.join(sorted(missing))}")
    # DuckDB merges duplicates within one insert silently, in no stated order: decide here which one counts.
    delta = frame.unique(list(table.key), keep="last", maintain_order=True)
    with registered(con, "batch_rows", delta):
        if is_new:
            con.execute(f"INSERT INTO {table.name} BY NAME FROM batch_rows").fetchall()
        elif table.has_index:
            con.execute(upsert_statement(table, frame.columns, "batch_rows")).fetchall()
        else:
            _replace(con, table, frame.columns)
    return delta.height


def _replace(con: duckdb.DuckDBPyConnection, table: Table, columns: Sequence[str]) -> None:
    """Write `batch_rows` into a table without an index: rows with their keys go, and leave them the columns that they lack."""
    by = ", ".join((*table.key, *filter(None, (table.found_by,))))
    kept = "".join(f", o.{name}" for name in table.names if name not in columns)
    with few_rows(con):
        con.execute(f"CREATE OR REPLACE TEMP TABLE replaced AS SELECT rowid AS n FROM {table.name} SEMI JOIN batch_rows USING ({by})")  # noqa: S608
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE batch_whole AS SELECT b.*{kept} FROM batch_rows AS b"  # noqa: S608 -- our names
            f" LEFT JOIN (FROM {table.name} WHERE rowid IN (FROM replaced)) AS o USING ({by})"
        )
        con.execute(f"DELETE FROM {table.name} WHERE rowid IN (FROM replaced)").fetchall()  # noqa: S608 -- our names
    con.execute(f"INSERT INTO {table.name} BY NAME FROM batch_whole").fetchall()
    con.execute("DROP TABLE batch_whole; DROP TABLE replaced")


def upsert_statement(table: Table, columns: Sequence[str], source: str) -> str:
    """Return the SQL that inserts or updates these columns from a table whose keys are unique; others keep their values."""
    merged = dict(MERGED.get(table.name, {}))
    for absent in set(table.names) - set(columns):
        merged = {name: re.sub(rf"\bexcluded\.{absent}\b", f"{table.name}.{absent}", sql) for name, sql in merged.items()}
    updates = [f"{name} = {merged.get(name, f'excluded.{name}')}" for name in columns if name not in table.key]
    action = f"UPDATE SET {', '.join(updates)}" if updates else "NOTHING"
    names, key = ", ".join(columns), ", ".join(table.key)
    return f"INSERT INTO {table.name} BY NAME SELECT {names} FROM {source} ON CONFLICT ({key}) DO {action}"  # noqa: S608 -- our names


def reject_row(
    stage: str, input_ref: str, reason: str, message: str, run_id: str, at: datetime, retry_after: datetime | None = None
) -> dict[str, object]:
    """Return one `reject` row; writing it again in a later run counts one attempt more and keeps the first time."""
    digest = hashlib.sha256(f"{stage}\0{input_ref}".encode()).hexdigest()[:24]
    return {
        "reject_id": digest, "run_id": run_id, "stage": stage, "input_ref": input_ref, "reason": reason,
        "message": " ".join(message.split()), "attempts": 1, "first_at": at, "last_at": at, "retry_after": retry_after,
        "resolved_at": None,
    }  # fmt: skip


def resolve_rejects(con: duckdb.DuckDBPyConnection, stage: str, input_refs: Sequence[str], at: datetime) -> None:
    """Mark open rejects of a stage as resolved, for inputs that went through after all."""
    if not input_refs:
        return
    # A frame and not a list parameter: for each list DuckDB looks for pandas anew, which costs 100 ms.
    with registered(con, "batch_refs", pl.DataFrame({"input_ref": list(input_refs)}, schema={"input_ref": pl.String})):
        con.execute(load_sql("queries/resolve_rejects"), {"stage": stage, "at": at}).fetchall()


def _key_text(table: Table, row: Mapping[str, object]) -> str:
    return "/".join(str(row.get(name)) for name in table.key)


@contextmanager
def registered(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> Iterator[None]:
    """Make a frame readable as a table for the block."""
    con.register(name, frame)
    try:
        yield
    finally:
        con.unregister(name)


def require_utc(at: datetime) -> datetime:
    """Return a time that knows its zone.

    Raises:
        WarehouseError: It does not: it would be read in the machine's zone.
    """
    if at.tzinfo is None:
        raise WarehouseError(f"time {at.isoformat()} has no zone; pass UTC times")
    return at
