"""The table of what backfills did day by day: a part of the page `schemas`, which lists it."""

from __future__ import annotations

from transforms import vocabularies as v
from transforms.columns import DATE, INT, REAL, TEXT, TIME, Column, Table

c = Column

BACKFILL_DAY = Table("backfill_day", "one day of one stage of one backfill", ("run_id", "stage", "day"), (
    c("run_id", TEXT, "the backfill", required=True),
    c("stage", TEXT, "fetch, clean or extract; the other stages are not cut into days", values=v.DAY_STAGE, required=True),
    c("day", DATE, "day (UTC): fetch: on which entries were first seen; clean, extract: on which pages were fetched", required=True),
    c("mode", TEXT, "which pages of the day were asked for", values=v.BACKFILL_MODE, required=True),
    c("status", TEXT, "planned, running, done; failed: an error ended it; cancelled: by a person or a stop of the machine; crashed: killed",
      values=v.DAY_STATUS, required=True),
    c("n_planned", INT, "pages to ask for or to read when the backfill began", "pages", 0, required=True),
    c("n_in", INT, "pages taken in; NULL: it did not end", "pages", 0),
    c("n_out", INT, "pages that came out; NULL: it did not end", "pages", 0),
    c("n_rejected", INT, "pages refused, each with a reject row; NULL: it did not end", "pages", 0),
    c("elapsed_s", REAL, "wall time; NULL: it did not end", "seconds", 0),
    c("started_at", TIME, "clock of the run when the day began; NULL: it was not reached"),
    c("message", TEXT, "why it failed, or what was left; NULL: nothing to say"),
))  # fmt: skip
