"""Fill README.md: the demo query's rows and the scores. `make demo` first; `python -m benchmarks.readme` then."""

from __future__ import annotations

import json
import re
from pathlib import Path

from flows.console import as_table
from warehouse.query import query

PROJECT = Path(__file__).resolve().parents[1]
README = PROJECT / "README.md"
SHOWN = ("killed>0", "killed_false", "injured>0", "date1", "country", "place25", "weapon", "strict")
QUERY = re.compile(r"<!-- demo query -->\n```sql\n(?P<sql>.*?)\n```\n```text\n(?P<rows>.*?)```\n<!-- /demo query -->", re.DOTALL)


def read_query(text: str) -> tuple[str, str]:
    """Return the README's query and the rows it shows."""
    found = QUERY.search(text)
    if found is None:
        raise ValueError("README.md lacks its demo query between <!-- demo query --> marks")
    return found["sql"], found["rows"]


def run_query(sql: str, published: Path) -> str:
    """Return what the README shows for its query on a published file."""
    return as_table(query(published, sql)).rsplit("\n", 2)[0] + "\n"


def main() -> None:
    """Write both blocks."""
    text = README.read_text()
    sql, old = read_query(text)
    text = text.replace(f"```text\n{old}```", f"```text\n{run_query(sql, PROJECT / 'data' / 'demo' / 'vigil.duckdb')}```")
    page = (PROJECT / "docs" / "quality.md").read_text()
    rows = [
        line.strip("| ").split(" | ") for line in page.partition("<!-- scores -->\n")[2].partition("\n<!-- /scores -->")[0].splitlines()
    ]
    header = [cell.strip() for cell in rows[0]]
    kept = [0, *(header.index(name) for name in SHOWN)]
    lines = ["| " + " | ".join(header[i] for i in kept) + " |", "| --- |" + " ---: |" * len(SHOWN)]
    for row in rows[2:]:
        cells = [cell.strip() for cell in row] + [""] * len(header)
        lines.append("| " + " | ".join(cells[i] for i in kept) + " |")
    head, _, rest = text.partition("<!-- scores -->")
    README.write_text(f"{head}<!-- scores -->\n" + "\n".join(lines) + "\n<!-- /scores -->" + rest.partition("<!-- /scores -->")[2])
    print(json.dumps({"rows": len(rows) - 2}))


if __name__ == "__main__":
    main()
