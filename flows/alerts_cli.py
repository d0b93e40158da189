"""`vigil alerts`: put them on a Prefect server, list them, try their way, look whether the night is late. `cli` adds it to the command."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from flows.flags import DataDir, stop

alerts = typer.Typer(
    name="alerts",
    help="Who is told what: webhook and e-mail for silent feeds, failed and late nights, tolls that changed. docs/alerts.md has them all.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
SHOWN = ("raised_at", "kind", "subject", "was_number", "now_number", "headline", "told_by")


class Form(StrEnum):
    """Forms of a list."""

    table = "table"
    json = "json"
    csv = "csv"


@alerts.command()
def deploy(
    data_dir: DataDir = None,
    api_url: Annotated[str | None, typer.Option("--api-url", metavar="URL", help="API of the server.  [default: PREFECT_API_URL]")] = None,
) -> None:
    """Make or renew the automations on a Prefect server, with the webhook and the mail box of the settings. Do it again after a change.

    Examples:
      VIGIL_ALERT_WEBHOOK=https://chat.example.org/hooks/1 vigil alerts deploy --api-url http://127.0.0.1:4200/api
    """
    from flows.alert_channels import channels_of
    from flows.automations import deploy_automations
    from flows.settings import load_settings

    settings = load_settings(data_dir=data_dir)
    made = deploy_automations(settings, api_url)
    if not made:
        stop("no channel is configured, so no automation is on the server: set VIGIL_ALERT_WEBHOOK or VIGIL_ALERT_EMAIL", 2)
    for name in made:
        typer.echo(name)
    typer.echo(f"{len(made)} automations, by {' and '.join(channels_of(settings))}; `vigil alerts test` tries them")


@alerts.command("list")
def list_alerts(
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="Only these: toll.changed, feed.silent ...")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Show so many.")] = 20,
    form: Annotated[Form, typer.Option("--format", help="table, json (a line an alert, with its words) or csv.")] = Form.table,
    data_dir: DataDir = None,
) -> None:
    """List the last alerts, the newest first: what was seen, from which number to which, and by what it was told.

    Examples:
      vigil alerts list

      vigil alerts list --kind toll.changed --format json
    """
    from flows.console import write_result
    from flows.settings import SettingsError, load_settings
    from transforms.alert_tables import KINDS
    from warehouse.alerts import read_last
    from warehouse.errors import WarehouseError, WarehouseLockedError

    if kind is not None and kind not in KINDS:
        raise SettingsError(f"--kind {kind!r} is none; it is one of {', '.join(KINDS)}")
    settings = load_settings(data_dir=data_dir)
    paths = [path for path in (settings.work_path, settings.published_path) if path.exists()]
    if not paths:
        raise WarehouseError(f"{settings.work_path}: does not exist; run `vigil ingest` first")
    try:
        rows = read_last(paths[0], kind, limit)
    except WarehouseLockedError:  # a run writes: what it published last is the newest that can be read
        rows = read_last(paths[-1], kind, limit)
    if rows.is_empty():
        typer.echo("no alerts", err=form is not Form.table)
    else:
        write_result(rows.select(SHOWN) if form is Form.table else rows, form.value, None)


@alerts.command()
def test(data_dir: DataDir = None) -> None:
    """Send a test alert by every way that is configured and say what happened. Exit code 1 when one failed, 2 when there is none.

    Tried are the webhook and the mail box of the settings, and, where PREFECT_API_URL is set, the automations on that server.

    Examples:
      vigil alerts test
    """
    import os

    from flows.alert_channels import ChannelError, channels_of, send
    from flows.alerts import make_test_payload
    from flows.runs import utc_now
    from flows.settings import load_settings
    from flows.terminal import printable

    settings, payload = load_settings(data_dir=data_dir), make_test_payload(utc_now())
    ways: list[tuple[str, bool, str]] = []
    for channel in channels_of(settings):
        try:
            send(settings, channel, [payload])
            ways.append((channel, True, "taken"))
        except ChannelError as error:
            ways.append((channel, False, str(error)))
    if os.environ.get("PREFECT_API_URL"):
        from flows.automations import try_automations

        done = try_automations(payload)
        ways += [(f"automation, {what}", is_well, says) for what, is_well, says in done]
        if not done:
            ways.append(("automation", False, "none answered: `vigil alerts deploy` puts them on the server; it may be paused there"))
    if not ways:
        stop("no channel is configured: set VIGIL_ALERT_WEBHOOK or VIGIL_ALERT_EMAIL", 2)
    for way, is_well, says in ways:
        typer.echo(printable(f"{'ok  ' if is_well else 'BAD '} {way}: {says}"))
    if not all(is_well for _, is_well, _ in ways):
        raise typer.Exit(1)


@alerts.command()
def check(data_dir: DataDir = None) -> None:
    """Tell when no night was published in time, and send what waits. For cron, at another hour than the night; not needed with Prefect.

    Examples:
      vigil alerts check

      30 9 * * *  vigil alerts check --data-dir /srv/vigil
    """
    from flows.alerts import look_for_late_night, send_waiting
    from flows.runs import utc_now
    from flows.settings import load_settings
    from warehouse.errors import WarehouseLockedError

    settings, now = load_settings(data_dir=data_dir), utc_now()
    try:
        late = look_for_late_night(settings, now)
        failures = send_waiting(settings, now)
    except WarehouseLockedError:
        typer.echo("a run is writing: nothing was looked at")
        return
    typer.echo(
        late["message"] if late else f"no new alert: the last night was published within {settings.alert_late_h:g} hours, or was told"
    )
    if failures:
        stop(f"{len(failures)} not sent: {failures[0]}", 1)
