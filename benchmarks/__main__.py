"""All speed measurements, one after the other: `make bench`.

    make bench                          # all; about ten minutes on a free machine of two cores
    make bench BENCH=--quick            # a tenth of the pages; two minutes
    python -m benchmarks --only reading derive --no-history
    python -m benchmarks --plot         # only draw docs/speed.svg anew from the history

On the captured pages of ../shared/replay where those stand beside the project, else on the demo newsroom. Every figure is a ratio
against a peer or a bound that is measured in the same run, with the CPU seconds and the peak memory of its stage. They end as a table, as
lines of benchmarks/history.csv with date, commit and load, and as a plot of all runs in docs/speed.svg, drawn by what draws the brief's
charts. CPU time counts, so that other work on the machine disturbs little; how far the run is goes to standard error.
"""

from __future__ import annotations

import argparse
import os
import time

from benchmarks import candidates, derive, extract_speed, history, reading
from benchmarks.pages import SHARED

PARTS = {
    "extract": ("extract alone", extract_speed.figures),
    "reading": ("clean and extract every page", reading.figures),
    "candidates": ("two stages", candidates.figures),
    "derive": ("derive", lambda step: derive.figures((derive.PAGES // step, derive.PAGES * 10 // step), "all")),
}


def main() -> None:
    """Run the parts asked for and keep their figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the pages")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="parts to run")
    parser.add_argument("--no-history", action="store_true", help="print only")
    parser.add_argument("--plot", action="store_true", help="measure nothing, draw the history")
    given = parser.parse_args()
    if given.plot:
        history.draw()
        return
    found: list[history.Figure] = []
    pages = ("captured" if (SHARED / "replay").is_dir() else "demo") + (", a tenth" if given.quick else "")
    for number, name in enumerate(given.only, start=1):
        what, figures = PARTS[name]
        print(f"\n== {number}/{len(given.only)}: {what}", flush=True)
        began = time.monotonic()
        of_part = figures(10 if given.quick else 1)
        found += of_part
        if not given.no_history:  # at once: a run that is stopped keeps what it measured
            history.keep(of_part, pages, os.getloadavg()[0])
        print(f"({time.monotonic() - began:.0f} s)", flush=True)
    print(f"\n{history.table(found)}")
    missed = [figure.name for figure in found if figure.is_missed]
    print(f"\n{len(missed)} of {sum(figure.bar is not None for figure in found)} bars missed{': ' if missed else ''}{'; '.join(missed)}")
    if not given.no_history:
        history.draw()
        print(f"kept in {history.HISTORY.name}, drawn in {history.PLOT.name}")


if __name__ == "__main__":
    main()
