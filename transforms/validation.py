"""Which rows may be loaded: the bounds and closed sets of `schemas`, and the few rules that span columns or tables.

A row that breaks a rule is handed back with the rule's name and a sentence; nothing is dropped and nothing is mended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from transforms.columns import Column, Table
from transforms.schemas import BY_NAME, EVENT_COLUMNS, PARTS, TOLL_EFFECTS

REASON, MESSAGE = "reason", "message"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing a row must not be: `broken` is true for rows that break it, NULL counts as kept."""

    reason: str
    message: str
    broken: pl.Expr


def column_rules(column: Column) -> Iterator[Rule]:
    """Yield what follows from one line of schemas.py: required, closed set, bounds."""
    value, name = pl.col(column.name), column.name
    if column.required:
        yield Rule("missing", f"{name} is missing", value.is_null())
    if column.values is not None:
        allowed = list(column.values)
        if column.kind.is_list:
            broken = value.list.eval(~pl.element().is_in(allowed) | pl.element().is_null()).list.any()
        else:
            broken = ~value.is_in(allowed)
        yield Rule("not_in_set", f"{name} is none of its allowed values", broken)
    if column.minimum is not None:
        yield Rule("out_of_bounds", f"{name} is below {column.minimum}", value < column.minimum)
    if column.maximum is not None:
        yield Rule("out_of_bounds", f"{name} is above {column.maximum}", value > column.maximum)  # NaN is above everything


def event_rules() -> Iterator[Rule]:
    """Yield the rules of reports and incidents: dates in order, ranges in order, parts within wholes."""
    start, end = pl.col("event_date_start"), pl.col("event_date_end")
    yield Rule(
        "dates", "event_date_start and event_date_end must both be there, in order", (start > end) | (start.is_null() != end.is_null())
    )
    yield Rule("coordinates", "latitude without longitude or the reverse", pl.col("latitude").is_null() != pl.col("longitude").is_null())
    for effect in TOLL_EFFECTS:
        yield Rule(
            "range", f"{effect}_min, _best, _max are not in order", _is_disordered(f"{effect}_min", f"{effect}_best", f"{effect}_max")
        )
    for part, whole in PARTS.items():
        broken = (pl.col(f"{part}_best") > pl.col(f"{whole}_best")) | (pl.col(f"{part}_min") > pl.col(f"{whole}_max"))
        yield Rule("part_exceeds_whole", f"{part} exceeds {whole}", broken)


def row_rules(table: Table) -> Iterator[Rule]:
    """Yield the rules of one table that span columns."""
    names = set(table.names)
    if {column.name for column in EVENT_COLUMNS} <= names:
        yield from event_rules()
    if "span_start" in names:
        yield Rule("span", "span_end lies before span_start", pl.col("span_start") > pl.col("span_end"))
    if table.name == "claim":
        yield Rule("range", "count_min, count_best, count_max are not in order", _is_disordered("count_min", "count_best", "count_max"))
        is_count = pl.col("claim_type") == "casualties"
        yield Rule("claim", "a casualty claim needs its effect, another has none", is_count != pl.col("effect").is_not_null())
    if table.name == "evidence":
        length = pl.col("span_end") - pl.col("span_start")
        yield Rule("quote", "quote is not as long as its span", pl.col("quote").str.len_chars().cast(pl.Int64) != length)
    if table.name == "article":
        yield Rule("body_start", "body_start lies behind the text", pl.col("body_start") > pl.col("text").str.len_chars().cast(pl.Int64))


@cache
def rules_of(table: Table) -> tuple[Rule, ...]:
    """Return all rules of one table, in the order in which a row's first broken one is looked for."""
    return (*(rule for column in table for rule in column_rules(column)), *row_rules(table))


def split_rows(table: Table, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split a frame into rows that may be loaded and rows that may not.

    Args:
        table: Table of `schemas`.
        frame: Rows of it; may lack columns, which then stay as they are in the warehouse.

    Returns:
        Good rows, and refused rows with two more columns: `reason` (class of the first broken rule) and `message`. Order is kept.

    Raises:
        ValueError: A column is not the table's or has another dtype: a mistake of the caller, not of a row.
    """
    for name, dtype in frame.schema.items():
        if name not in table.names:
            raise ValueError(f"table {table.name} has no column {name!r}")
        if dtype != table[name].dtype:
            raise ValueError(f"{table.name}.{name} has dtype {dtype}, schemas.py says {table[name].dtype}; build frames with Table.frame()")
    judged = _judgement(table, tuple(frame.columns))
    if judged is None or (numbers := frame.select(judged.number).to_series()).null_count() == frame.height:
        return frame, _no_refusals(table, tuple(frame.columns))
    bad = frame.filter(numbers.is_not_null()).with_columns(
        numbers.drop_nulls().replace_strict(judged.reasons, return_dtype=pl.String).alias(REASON),
        numbers.drop_nulls().replace_strict(judged.messages, return_dtype=pl.String).alias(MESSAGE),
    )
    return frame.filter(numbers.is_null()), bad


@dataclass(frozen=True, slots=True)
class Judgement:
    """The rules of one table over some of its columns: one expression that numbers the first broken one, NULL for none."""

    number: pl.Expr
    reasons: dict[int, str]
    messages: dict[int, str]


@cache
def _judgement(table: Table, columns: tuple[str, ...]) -> Judgement | None:
    """Return the rules that can be asked of these columns; None where there are none. Building 200 expressions takes 20 ms."""
    usable = [rule for rule in rules_of(table) if set(rule.broken.meta.root_names()) <= set(columns)]
    if not usable:
        return None
    first = pl.coalesce(pl.when(rule.broken).then(pl.lit(number)) for number, rule in enumerate(usable))
    return Judgement(
        first.cast(pl.Int32), dict(enumerate(rule.reason for rule in usable)), dict(enumerate(rule.message for rule in usable))
    )


@cache
def _no_refusals(table: Table, columns: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(schema={**{name: table[name].dtype for name in columns}, REASON: pl.String, MESSAGE: pl.String})


def find_unsound_articles(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the articles of which at least one row may not be loaded: an article goes in whole or not at all.

    Half an article would leave counts without their words, or claims of a report that is not there.

    Args:
        frames: `article`, `report`, `claim`, `evidence` of one batch.

    Returns:
        One row an article, ordered by article_id: article_id, reason, message (the first broken rule, with its table).
    """
    tables = ("article", "report", "claim", "evidence")
    found = [
        split_rows(BY_NAME[name], frames[name])[1].select("article_id", REASON, pl.format(f"{name}: {{}}", pl.col(MESSAGE)).alias(MESSAGE))
        for name in tables
    ]
    texts = frames["article"].select("article_id", "text")
    found += [_find_wrong_quotes(frames["evidence"], texts), _find_unproven_tolls(frames["report"], frames["evidence"])]
    return pl.concat(found).unique("article_id", keep="first", maintain_order=True).sort("article_id")


def _is_disordered(low: str, best: str, high: str) -> pl.Expr:
    pairs = ((low, best), (best, high), (low, high))
    return pl.any_horizontal((pl.col(a) > pl.col(b)).fill_null(value=False) for a, b in pairs)


def _find_wrong_quotes(evidence: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    span = pl.col("text").str.slice(pl.col("span_start"), pl.col("span_end") - pl.col("span_start"))
    wrong = evidence.filter(pl.col("span_end") >= pl.col("span_start")).join(texts, on="article_id", how="left", maintain_order="left")
    wrong = wrong.filter(span.ne_missing(pl.col("quote")))
    return wrong.select(
        "article_id",
        pl.lit("quote").alias(REASON),
        pl.format("evidence: {} quotes other words than stand in the text at {}", "column_name", "span_start").alias(MESSAGE),
    )


def _find_unproven_tolls(reports: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    effects = [effect for effect in TOLL_EFFECTS if f"{effect}_min" in reports.columns]
    stated = reports.select(
        "article_id", "report_id",
        pl.concat_list(pl.when(_is_stated(effect)).then(pl.lit(effect)) for effect in effects).list.drop_nulls().alias("effect"),
    ).explode("effect", empty_as_null=False)  # fmt: skip
    proven = evidence.filter(pl.col("row_table") == "report").select(
        pl.col("row_id").alias("report_id"), pl.col("column_name").str.replace("_(min|best|max|quantifier)$", "").alias("effect")
    )
    bare = stated.join(proven.unique(), on=["report_id", "effect"], how="anti", maintain_order="left")
    return bare.select("article_id", pl.lit("no_evidence").alias(REASON), pl.format("report: {} has no evidence", "effect").alias(MESSAGE))


def _is_stated(effect: str) -> pl.Expr:
    return pl.any_horizontal(pl.col(f"{effect}_{part}").is_not_null() for part in ("min", "best", "max"))
