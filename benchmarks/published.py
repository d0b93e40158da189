"""What measurements publish: a part of a page between its marks, and a plot that is the same bytes for the same figures."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def write_between(page: Path, mark: str, text: str) -> None:
    """Replace what stands between <!-- mark --> and <!-- /mark --> on a page; the rest is somebody else's."""
    head, opening, rest = page.read_text(encoding="utf-8").partition(f"<!-- {mark} -->")
    _, closing, tail = rest.partition(f"<!-- /{mark} -->")
    if not opening or not closing:
        sys.exit(f"{page}: has no <!-- {mark} --> and <!-- /{mark} --> marks; put them where the table belongs")
    page.write_text(f"{head}{opening}\n{text}\n{closing}{tail}", encoding="utf-8")


@contextmanager
def drawn(plot: Path, title: str, size: tuple[float, float]) -> Iterator[Any]:
    """Yield the axes of a plot that is written as SVG afterwards; the same figures give the same bytes.

    Args:
        plot: File to write.
        title: Its title, for readers that cannot see it.
        size: Width and height, inches.
    """
    try:
        import matplotlib as mpl  # noqa: PLC0415  only plots need it
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError:
        sys.exit("matplotlib is not installed; run `uv pip install matplotlib` (the extra `plots`) and again")
    with mpl.rc_context({"svg.hashsalt": "vigil", "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots()
        axes.grid(visible=True, linewidth=0.4)
        yield axes
        figure.savefig(plot, format="svg", metadata={"Date": None, "Title": title})
