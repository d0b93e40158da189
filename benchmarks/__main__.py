"""All speed measurements, one after the other: `make bench`.

    make bench                          # all; about half an hour on a free machine of two cores
    make bench BENCH=--quick            # a tenth of the pages; minutes
    python -m benchmarks --only reading derive --no-history

On the captured pages of ../shared/replay where those stand beside the project, else on the demo newsroom. Every figure is a ratio
against a peer or a bound that is measured in the same run. They end as a table, as lines of benchmarks/history.csv with date and
commit, and as a plot of all runs in docs/speed.svg.
"""

from __future__ import annotations

import argparse
import importlib.util

from benchmarks import candidates, derive, extract_speed, history, reading
from benchmarks.pages import SHARED

PARTS = ("extract", "reading", "candidates", "derive")


def main() -> None:
    """Run the parts asked for and keep their figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the pages")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="parts to run")
    parser.add_argument("--no-history", action="store_true", help="print only")
    given = parser.parse_args()
    step = 10 if given.quick else 1
    found: list[history.Figure] = []
    if "extract" in given.only:
        print("== extract alone, by stage")
        extract_speed.main()
    if "reading" in given.only:
        print("\n== clean and extract every page")
        found += reading.figures(step)
    if "candidates" in given.only:
        print("\n== two stages")
        found += candidates.figures(step)
    if "derive" in given.only:
        print("\n== derive")
        sizes = (derive.PAGES // step, derive.PAGES * 10 // step)
        found += derive.figures(sizes, "all")
    print(f"\n{history.table(found)}")
    if given.no_history or not found:
        return
    history.keep(found, "captured" if (SHARED / "replay").is_dir() else "demo")
    if importlib.util.find_spec("matplotlib"):
        history.draw()
    else:
        print("no plot: matplotlib is not installed (the extra `plots`)")


if __name__ == "__main__":
    main()
