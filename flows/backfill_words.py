"""What a backfill says of itself in the UI, as Markdown: plan, days, difference, grid. Every value is escaped.

No title and no quote of an article stands in it: artifacts stay in the orchestrator's database, where `vigil forget` cannot reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flows.artifacts import cell, table
from flows.backfill_days import BackfillSummary
from flows.backfill_request import Plan, Request
from flows.collection import CollectSummary
from flows.derive import DeriveSummary
from flows.difference import Difference
from transforms.day_grid import STAGES, Grid, count_states, grid_rows

SHOWN_DAYS = 120  # rows of the grid in the UI; `vigil status` shows all
SHOWN_CHANGES = 100  # changed values of incidents in the UI; `vigil backfill --difference` writes all


def plan_markdown(request: Request, plan: Plan) -> str:
    """Return what a dry run says."""
    parts = [f"# Dry run: {cell(request.name)}", *_asked(request), "Nothing was changed.", f"**{cell(plan.time())}**"]
    if plan.days:
        parts.append(table(("stage", "day", "pages"), [(day.stage, day.day, day.n) for day in plan.days]))
    if plan.n_reports:
        parts.append(f"Then {plan.n_reports} reports are matched afresh.")
    if request.stage in {"extract", "clean", "match", "all"}:
        parts.append("Which values would change: `vigil backfill --dry-run` with the same choice.")
    return "\n\n".join(parts) + "\n"


def summary_markdown(request: Request, summary: BackfillSummary, published: str) -> str:
    """Return what a backfill did, day by day."""
    parts = [f"# Backfill: {cell(request.name)}", *_asked(request)]
    rows = [*_day_rows("fetch", summary.fetched), *_day_rows(request.steps[0], summary.days)]
    parts.append(table(("stage", "day", "pages", "went through", "refused", "reports"), rows) if rows else "No day had anything to do.")
    if summary.failed_days:
        parts += ["## Days that failed", table(("day", "why"), list(summary.failed_days.items()))]
        parts.append("Run again with mode `failed`: it takes up these days.")
    if summary.refused:
        parts += ["## Refused", table(("stage", "reason", "pages"), summary.refused), "`vigil rejects list` shows each with its message."]
    if summary.match:
        found = summary.match
        parts.append(
            f"{found.joined} of {found.reports} reports belong to an incident; {found.changed_incidents} incidents new or changed,"
            f" {found.gone_incidents} gone."
        )
    if summary.n_incidents is not None:
        parts.append(f"Published: {summary.n_incidents} incidents in {cell(published)}; all checks passed.")
    return "\n\n".join(parts) + "\n"


def grid_markdown(grid: Grid) -> str:
    """Return the grid, newest day first, with the number of days by state."""
    if not grid:
        return "The archive holds no day yet.\n"
    counts = count_states(grid)
    lines = [f"- {stage}: {', '.join(f'{n} {state}' for state, n in counts[stage].items())}" for stage in counts]
    rows = grid_rows(grid)[::-1]
    more = f"\n\nand {len(rows) - SHOWN_DAYS} earlier days; `vigil status` shows them" if len(rows) > SHOWN_DAYS else ""
    return "\n".join(["Days by state:", "", *lines, "", table(("day", *STAGES), rows[:SHOWN_DAYS])]) + more + "\n"


def difference_markdown(change: Difference) -> str:
    """Return how many values changed by table and column, and the changed values of incidents."""
    if change.counts.is_empty():
        return "No difference: every value is as it was published.\n"
    counts = [(row["table"], row["kind"], row["column"] or "", row["n"]) for row in change.counts.to_dicts()]
    parts = ["## Rows and values", table(("table", "kind", "column", "number"), counts)]
    incidents = [row for row in change.changes.to_dicts() if row["table"] == "incident"]
    if incidents:
        shown = [(row["about"], row["kind"], row["column"] or "", row["before"], row["after"]) for row in incidents[:SHOWN_CHANGES]]
        parts += ["## Incidents", table(("incident", "kind", "value", "before", "after"), shown)]
    if len(incidents) > SHOWN_CHANGES:
        parts.append(f"and {len(incidents) - SHOWN_CHANGES} more")
    return "\n\n".join([*parts, "`vigil backfill --difference FOLDER` writes all of it with the words."]) + "\n"


def summary_lines(summary: BackfillSummary) -> Iterator[str]:
    """Yield what a backfill did as lines for a log or a terminal: a line a day, then matching."""
    for day, asked in summary.fetched.items():
        yield f"{day}: {asked.pages_asked} pages asked for, {asked.pages} fetched" + _refused(sum(asked.page_rejects.values()))
    for day, read in summary.days.items():
        yield f"{day}: {read.pages} pages, {read.reports} reports" + _refused(read.outcomes["rejected"])
    if not summary.plan.days:
        yield "no day had anything to do"
    if summary.match:
        found = summary.match
        yield f"{found.joined} of {found.reports} reports belong to an incident; {found.changed_incidents} incidents changed"


def _refused(n: int) -> str:
    return f", {n} refused" if n else ""


def _asked(request: Request) -> Iterable[str]:
    feeds = f"Feeds: {cell(', '.join(request.feeds))}." if request.feeds else ""
    return filter(None, [f"Reason: {cell(request.reason)}" if request.reason else "", feeds])


def _day_rows(stage: str, days: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    for day, done in days.items():
        if isinstance(done, CollectSummary):
            yield stage, day, done.pages_asked, done.pages, sum(done.page_rejects.values()), ""
        elif isinstance(done, DeriveSummary):
            refused = done.outcomes["rejected"]
            yield stage, day, done.pages, done.pages - refused, refused, done.reports
