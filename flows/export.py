"""`vigil export`: incidents in the shapes that other tools read. Imports what it needs when it runs, as all commands do."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


class Shape(StrEnum):
    """Shapes of an export."""

    ucdp_ged = "ucdp-ged"
    aoav = "aoav"
    geojson = "geojson"
    csv = "csv"
    parquet = "parquet"


def export(
    shape: Annotated[Shape, typer.Option("--shape", help="Columns and file format; docs/exports.md explains each.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Written whole or not at all.")],
    first: Annotated[str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="First day of the events.  [default: all]")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Last day, included.  [default: all]")] = None,
    country: Annotated[
        list[str] | None, typer.Option("--country", metavar="COUNTRY", help="ISO 3166 code or English name; may be repeated.")
    ] = None,
    mask: Annotated[
        bool, typer.Option("--mask", help="For publication: mask the names of private persons. Children's are masked in every export.")
    ] = False,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", metavar="FOLDER", help="Where the archive and the warehouse lie.  [default: data]")
    ] = None,
) -> None:
    """Write the published incidents for other tools: UCDP GED, AOAV, GeoJSON, CSV or Parquet.

    Examples:
      vigil export --shape ucdp-ged --from 2025-04-01 --to 2025-04-30 --country UKR --out april.csv

      vigil export --shape csv --mask --out for-publication.csv

      vigil export --shape geojson --out incidents.geojson --data-dir data/demo
    """
    from flows.settings import load_settings  # noqa: PLC0415 -- see above
    from warehouse.export import ExportError  # noqa: PLC0415

    settings = load_settings(data_dir=data_dir)
    days = {"first": parse_day("--from", first), "last": parse_day("--to", last)}
    if out.is_dir() or not out.name:
        raise ExportError(f"--out {out}: is a folder; give the name of a file in it")
    try:
        count = export_incidents(settings.published_path, shape.value, out, mask=mask, countries=country or [], **days)
    except OSError as error:
        raise ExportError(f"--out {out}: cannot be written ({error.strerror or error}); give another file") from error
    typer.echo(f"{count} incidents written to {out}", err=True)


def export_incidents(published: Path, shape: str, out: Path, *, mask: bool, **chosen: Any) -> int:
    """Write incidents for other tools; the names of children are masked whatever is asked for.

    Args:
        published: The published file.
        shape: Columns and file format.
        out: File to write.
        mask: Mask the names of adults too, but those who speak in an office.
        chosen: Days and countries, as `warehouse.export.export` takes them.

    Returns:
        Number of incidents written.
    """
    from functools import partial  # noqa: PLC0415

    from flows.extraction import load_tools  # noqa: PLC0415
    from transforms.masked_rows import mask_row  # noqa: PLC0415
    from transforms.masking import gather_public_names  # noqa: PLC0415
    from warehouse.export import export as write_export  # noqa: PLC0415
    from warehouse.export import read_publishers  # noqa: PLC0415

    known = gather_public_names(*load_tools(), outlets=read_publishers(published))
    return write_export(published, shape, out, mask=partial(mask_row, known=known, everybody=mask), **chosen)


def parse_day(name: str, value: str | None) -> dt.date | None:
    """Return the day of an option.

    Raises:
        ExportError: It is no day; names the option.
    """
    from warehouse.export import ExportError  # noqa: PLC0415

    try:
        return dt.date.fromisoformat(value) if value is not None else None
    except ValueError as error:
        raise ExportError(f"{name} {value!r} is no day; write it as 2025-04-04") from error
