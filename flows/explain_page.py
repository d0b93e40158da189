"""An explanation as one HTML page that asks nothing of any host: no script, no image, no font, a policy that forbids them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from flows.explain import Explained
from flows.extraction import InputError
from flows.page_text import shown
from transforms.explanation import FAMILIES, Source


def render_page(explained: Explained) -> str:
    """Return the page; every text is escaped, characters that HTML forbids are replaced."""
    environment = Environment(
        loader=PackageLoader("flows", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["shown"] = shown
    told: set[int] = set()

    def first_told(sources: Iterable[Source]) -> list[int]:
        """Return the numbers that no earlier line points to: an id may stand once on a page."""
        fresh = list(dict.fromkeys(s.mark.number for s in sources if s.mark.number not in told))
        told.update(fresh)
        return fresh

    template = environment.get_template("explanation.html")
    return template.render(explained=explained, parts=explained.parts, families=FAMILIES, first_told=first_told)


def write_page(explained: Explained, target: Path) -> None:
    """Write the page, whole or not at all.

    Raises:
        InputError: The file cannot be written.
    """
    if target.is_dir() or not target.parent.is_dir():
        why = "is a folder" if target.is_dir() else "its folder does not exist"
        raise InputError(f"--html {target}: cannot be written ({why}); give another file")
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_text(render_page(explained), encoding="utf-8")
        part.replace(target)
    except OSError as error:
        raise InputError(f"--html {target}: cannot be written ({error.strerror or error}); give another file") from error
    finally:
        part.unlink(missing_ok=True)
