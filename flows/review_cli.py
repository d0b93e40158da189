"""`vigil review` and `vigil forget`: what needs a person, what persons correct and erase. `cli` adds them to the command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.flags import DataDir

if TYPE_CHECKING:
    from flows.corrections import Corrected, Order
    from flows.settings import Settings

review = typer.Typer(
    name="review",
    help="List what needs a person, and correct it: merge, split, set, discard, undo. Corrections survive every re-run.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Reason = Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why; kept with the correction.")]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who decides.  [default: VIGIL_REVIEWER]")]
Publish = Annotated[bool, typer.Option("--publish", help="Publish at once; else the next night does.")]
Incident = Annotated[str, typer.Argument(metavar="INCIDENT", help="Id, former id or its beginning; or a report of it (id or address).")]


@review.command("list")
def list_matters(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Show so many.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON lines instead of text.")] = False,
    data_dir: DataDir = None,
) -> None:
    """List what needs a person, ranked by people concerned x doubt, each with the commands of which one settles it.

    Examples:
      vigil review list

      vigil review list --limit 5 --data-dir data/demo
    """
    import json
    from dataclasses import asdict

    from flows.terminal import printable
    from warehouse.errors import WarehouseLockedError
    from warehouse.review import find_matters

    settings = _settings(data_dir)
    try:
        matters = find_matters(settings.work_path)
    except WarehouseLockedError:  # a run writes: what it published last is the newest that can be read
        matters = find_matters(settings.published_path)
    for matter in matters[:limit]:
        if as_json:
            typer.echo(json.dumps(asdict(matter) | {"gain": round(matter.gain, 3)}, ensure_ascii=False))
            continue
        where = f" {matter.incident_id}" if matter.incident_id else ""
        typer.echo(printable(f"{matter.gain:8.1f}  {matter.kind}{where}: {matter.says}"))
        for command in matter.commands:
            typer.echo(f"          {command}")
    if not as_json:
        typer.echo(f"{min(limit, len(matters))} of {len(matters)} matters; gain = people concerned x doubt (docs/corrections.md)")


@review.command()
def merge(
    incident: Incident,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The other incident, or a report (id or address) that belongs to it.")],
    reason: Reason,
    by: By = None,
    publish: Publish = False,
    data_dir: DataDir = None,
) -> None:
    """Make two incidents one, or put a report into an incident (or confirm that it belongs there).

    Examples:
      vigil review merge 3f2a 90bc --reason "the same strike, told of two suburbs"
    """
    _correct(data_dir, by, publish, kind="merge", incident=incident, other=other, reason=reason)


@review.command()
def split(
    incident: Incident,
    report: Annotated[list[str], typer.Option("--report", metavar="ID|URL", help="A report that is of another incident; repeat it.")],
    reason: Reason,
    by: By = None,
    publish: Publish = False,
    data_dir: DataDir = None,
) -> None:
    """Take reports out of an incident: together they are another one. Of a report elsewhere: keep it apart.

    Examples:
      vigil review split 3f2a --report https://example.org/news/1 --reason "the strike of the day before"
    """
    _correct(data_dir, by, publish, kind="split", incident=incident, reports=tuple(report), reason=reason)


@review.command("set", context_settings={"ignore_unknown_options": True})  # -1.5 is a longitude
def set_value(
    incident: Incident,
    column: Annotated[str, typer.Argument(metavar="COLUMN", help="Column of the incident table, as docs/dictionary.md lists them.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="Value; items of a list with ; between; null: unknown.")],
    reason: Reason,
    by: By = None,
    publish: Publish = False,
    data_dir: DataDir = None,
) -> None:
    """Set a value of an incident; the rule's is kept in its claims and comes back on undo.

    Examples:
      vigil review set 3f2a killed_best 20 --reason "confirmed by the coroner"
    """
    _correct(data_dir, by, publish, kind="set", incident=incident, column=column, value=value, reason=reason)


@review.command()
def discard(incident: Incident, reason: Reason, by: By = None, publish: Publish = False, data_dir: DataDir = None) -> None:
    """Say that it is no incident (a drill, a film, a misreading): it goes, its reports are kept.

    Examples:
      vigil review discard 3f2a --reason "a civil defence drill"
    """
    _correct(data_dir, by, publish, kind="discard", incident=incident, reason=reason)


@review.command()
def undo(
    decision: Annotated[list[str], typer.Argument(metavar="DECISION", help="Id of a decision or its beginning; several may be given.")],
    reason: Reason,
    by: By = None,
    publish: Publish = False,
    data_dir: DataDir = None,
) -> None:
    """Take corrections back; what the rule says holds again.

    Examples:
      vigil review undo 7c1d --reason "the coroner corrected himself"
    """
    from flows.corrections import undo as undo_decisions

    settings = _settings(data_dir)
    _tell(undo_decisions(settings, decision, reason=reason, decided_by=by or settings.reviewer, publish=publish), "undone")


@review.command("apply")
def apply_file(
    source: Annotated[Path, typer.Argument(metavar="FILE.csv", help="kind,incident,other,report,column,value,reason,decided_by")],
    by: By = None,
    publish: Publish = False,
    data_dir: DataDir = None,
) -> None:
    """Make all corrections of a CSV file, or none: every line is checked first. Twice is as good as once.

    Examples:
      vigil review apply corrections.csv --by "Data desk"
    """
    from flows.review_file import read_orders

    settings = _settings(data_dir)
    _run(settings, read_orders(source, by or settings.reviewer), publish)


@review.command("export")
def export_file(
    target: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Written whole or not at all; `vigil review apply` reads it.")],
    data_dir: DataDir = None,
) -> None:
    """Write all corrections that hold, in the order in which they were made.

    Examples:
      vigil review export corrections.csv
    """
    from flows.review_file import write_orders

    typer.echo(f"{write_orders(_settings(data_dir).work_path, target)} corrections, written to {target}")


def forget(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of the article, as `vigil show` prints it.")],
    reason: Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why, naming nobody; kept with the erasure.")],
    data_dir: DataDir = None,
) -> None:
    """Erase an article and all that came from it: archive, texts, quotes, counts; tolls are computed anew. It is not fetched again.

    Examples:
      vigil forget https://example.org/news/1 --reason "asked for by a family"
    """
    from flows.erasure import forget as forget_article

    done = forget_article(_settings(data_dir), url, reason=reason)
    counts = ", ".join(f"{n} {name.removeprefix('n_')}" for name, n in done.counts.items())
    typer.echo(f"erased: {counts}; {done.n_records} archive records; {done.n_changed} incidents changed, {done.n_gone} gone; published")
    for copy in done.copies:
        typer.echo(f"nearly the same text, not erased: {copy}")


def _settings(data_dir: Path | None) -> Settings:
    from flows.settings import load_settings

    return load_settings(data_dir=data_dir)


def _correct(data_dir: Path | None, by: str | None, publish: bool, **order: Any) -> None:
    from flows.corrections import Order

    settings = _settings(data_dir)
    _run(settings, [Order(**order, decided_by=by or settings.reviewer)], publish)


def _run(settings: Settings, orders: list[Order], publish: bool) -> None:
    from flows.corrections import correct

    _tell(correct(settings, orders, publish=publish), "decided")


def _tell(corrected: Corrected, done: str) -> None:
    for decision_id in corrected.decision_ids:
        typer.echo(f"{done}: {decision_id}")
    if corrected.n_known:
        typer.echo(f"{corrected.n_known} in force already")
    if corrected.match:
        typer.echo(f"{corrected.match.changed_incidents} incidents changed, {corrected.match.gone_incidents} gone")
    if corrected.n_published is None:
        typer.echo("readers see it when it is published: the next night, `vigil backfill --stage publish`, or --publish")
    else:
        typer.echo(f"published: {corrected.n_published} incidents")
