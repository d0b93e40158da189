"""What a night says of itself in the UI, as Markdown: feeds, pages, articles, incidents, what was refused, what to do. All is escaped.

Like the pages of a backfill it holds no title and no quote of an article: `vigil forget` cannot reach the orchestrator's database.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.artifacts import cell, table
from transforms.feedlist import FeedListError
from transforms.rows import Row
from warehouse.errors import ChecksFailedError, WarehouseLockedError

# How much of a night is done when a stage begins, and when it ends; collecting waits for hosts, and takes longest.
_SHARES = {
    "poll": (0.0, 0.1), "fetch": (0.1, 0.5), "update": (0.5, 0.55), "derive": (0.55, 0.9), "match": (0.9, 0.95), "publish": (0.95, 0.98),
    "brief": (0.98, 1.0),
}  # fmt: skip


def share_of_night(stage: str, done: int, total: int) -> float:
    """Return how much of a night is done, 0 to 1."""
    first, last = _SHARES.get(stage, (0.0, 0.0))
    return first + (last - first) * (done / total if total else 0.0)


def night_markdown(done: Mapping[str, Any], night: Row | None, error: Exception | None) -> str:
    """Return what a night did, as far as it came.

    Args:
        done: What its stages answered, by stage; those that it did not come to are absent.
        night: What the published file says of it (`flows.status.read_night`); None: it was not published, or cannot be read.
        error: What ended it; None: it came to its end.
    """
    parts = ["# The night" + (f" of {night['night']}" if night else "")]
    if error is not None:
        parts += [f"**It stopped: {cell(error)}**", f"What to do: {cell(what_to_do(error))}"]
    parts.append(table(("what", "how many"), _counts(done, night)))
    rejects = (night or {}).get("rejects") or []
    if not night and "collect" in done:
        rejects = [("fetch", reason, n, "") for reason, n in done["collect"]["page_rejects"].items()]
    if rejects:
        parts += [
            "## Refused",
            table(("stage", "reason", "number", "still open"), rejects),
            "`vigil rejects list` shows each with its message.",
        ]
    if moved := done.get("collect", {}).get("feeds_moved"):
        parts += [
            "## Feeds that have moved for good",
            table(("feed", "to"), list(moved.items())),
            "`vigil feeds why FEED` says what to do.",
        ]
    if briefs := done.get("brief"):
        parts += ["## The morning brief", f"On the machine that ran it: {', '.join(cell(path) for path in briefs)}"]
    return "\n\n".join(parts) + "\n"


def what_to_do(error: BaseException) -> str:
    """Return what a person can do about what ended a run."""
    if isinstance(error, WarehouseLockedError):
        return "another run writes; wait until it ends, then run again: a night goes on where it stopped"
    if isinstance(error, ChecksFailedError):
        return "what was published before stays; mend the rows that the message names, then run the deployment publish"
    if isinstance(error, FeedListError):
        return "mend the list of feeds that the message names, then run again; nothing was asked for"
    if type(error).__name__ == "SettingsError":
        return "set what the message names in the worker's environment, start the worker again, then run again"
    if isinstance(error, OSError):
        return "see to the disk or the network that the message names, then run again: a night goes on where it stopped"
    return (
        "the log has the details; `vigil doctor` on the worker's machine says what is wrong with it; run again, it goes on where it stopped"
    )


def _counts(done: Mapping[str, Any], night: Row | None) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    if collected := done.get("collect"):
        polls = collected["polls"]
        rows += [
            ("feeds polled", _listed(sum(polls.values()), polls)),
            ("feeds not due yet, switched off", f"{collected['feeds_waiting']}, {collected['feeds_inactive']}"),
            ("new feed items", collected["entries_new"]),
            ("pages asked for, fetched", f"{collected['pages_asked']}, {collected['pages']}"),
        ]
        if collected["updates"]:
            rows.append(("pages looked at again", _listed(sum(collected["updates"].values()), collected["updates"])))
    if derived := done.get("derive"):
        rows += [("pages read", _listed(derived["pages"], derived["outcomes"])), ("reports of an incident", derived["reports"])]
        if derived["damage"]:
            rows.append(("pages that the archive could not give back", len(derived["damage"])))
    if night:
        rows += [
            ("articles", night["n_articles"]),
            ("new incidents", night["n_new"]),
            ("incidents whose toll changed", night["n_changed"]),
            ("incidents that changed in something else", night["n_otherwise_changed"]),
            ("incidents in all", night["n_incidents"]),
            ("checks passed", f"{night['n_checks'] - len(night['failed_checks'])} of {night['n_checks']}"),
        ]
    return rows


def _listed(n: int, counts: Mapping[str, int]) -> str:
    parts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(counts.items(), key=lambda i: -i[1]) if count)
    return f"{n}: {parts}" if parts else str(n)
