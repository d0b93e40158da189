"""What `vigil doctor` looks at: can this machine run Vigil, and how did the last runs go."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from flows.extraction import load_tools
from flows.settings import Settings, prepare_folders
from warehouse.checks import check_published
from warehouse.errors import WarehouseError
from warehouse.queries import load_sql
from warehouse.query import query
from warehouse.seeds import seed_digest

LOW_DISK_BYTES = 2_000_000_000  # a night of all shipped feeds archives about 0.5 GB
PACKAGES = ("vigil-pipeline", "prefect", "duckdb", "polars", "trafilatura", "feedparser")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at: what it is, whether it is well, and what it says."""

    what: str
    is_well: bool
    says: str


def examine(settings: Settings, *, all_checks: bool = False) -> list[Line]:
    """Look at everything, on request at every published row, too; one broken part does not hide the others."""
    parts: dict[str, Callable[[Settings], str]] = {
        "packages": lambda _: ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "orchestrator": _orchestrator,
        "seeds": lambda _: f"digest {seed_digest()[:12]}",
        "gazetteer": lambda _: f"{len(load_tools()[1])} places",
        "folders": _folders,
        "contact": _contact,
        "published file": _published,
        "last runs": _runs,
        "erasures": _erasures,
    }
    if all_checks:
        parts["checks"] = _checks
    return [_line(what, look, settings) for what, look in parts.items()]


def _line(what: str, look: Callable[[Settings], str], settings: Settings) -> Line:
    try:
        return Line(what, True, look(settings))
    except Exception as error:
        return Line(what, False, " ".join(str(error).split()) or type(error).__name__)


def _orchestrator(_: Settings) -> str:
    import prefect.server.api.server  # breaks with a FastAPI that is too new: better here than at night

    return f"server code of {prefect.__version__} loads"


def _folders(settings: Settings) -> str:
    made = [folder for folder in (settings.archive_dir, settings.data_dir) if not folder.exists()]
    prepare_folders(settings)
    free = shutil.disk_usage(settings.data_dir).free
    for folder in made:  # looking changes nothing: a misspelt folder must not come into being
        folder.rmdir()
    if free < LOW_DISK_BYTES:
        raise RuntimeError(f"{settings.data_dir}: only {free / 1e9:.1f} GB free; a night needs about 0.5 GB")
    return f"{settings.data_dir} can be written, {free / 1e9:.0f} GB free"


def _contact(settings: Settings) -> str:
    return settings.contact or "not set: set VIGIL_CONTACT before you ask hosts of the real web (loopback needs none)"


def _published(settings: Settings) -> str:
    if not settings.published_path.exists():
        return "none yet: run `vigil demo` or `vigil ingest`"
    row = query(settings.published_path, "SELECT count(*) AS n, max(last_changed_at) AS last FROM incidents").to_dicts()[0]
    return f"{settings.published_path}: {row['n']} incidents, last changed {row['last'] or 'never'}"


def _erasures(settings: Settings) -> str:
    if not settings.published_path.exists():
        return "none"
    found = query(settings.published_path, "SELECT count(*) AS n, count(finished_at) AS finished FROM erasure").row(0)
    if found[0] > found[1]:
        raise WarehouseError(f"{found[0] - found[1]} were begun and not finished; run `vigil forget` again with the same address")
    return f"{found[0]} addresses, finished"


def _checks(settings: Settings) -> str:
    if not settings.published_path.exists():
        return "nothing is published yet"
    found = check_published(settings.published_path)
    bad = [f"{row['check_name']} ({row['n_bad']} rows, as {row['sample']})" for row in found if row["n_bad"]]
    if bad:
        raise WarehouseError(f"{len(bad)} of {len(found)} fail on {settings.published_path}: {'; '.join(bad)}")
    return f"{len(found)} pass on every row"


def _runs(settings: Settings) -> str:
    if not settings.published_path.exists():
        return "none yet"
    rows = query(settings.published_path, load_sql("queries/last_runs")).to_dicts()
    bad = [f"{row['flow']} {row['status']}: {row['message']}" for row in rows if row["status"] in {"failed", "crashed"}]
    if bad:
        raise RuntimeError("; ".join(bad))
    return ", ".join(f"{row['flow']} {row['started_at']:%Y-%m-%d %H:%M} {row['status']}" for row in rows)
