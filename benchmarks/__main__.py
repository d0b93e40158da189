"""All measurements, one after the other: `make bench`."""

from __future__ import annotations

from benchmarks import derive, extract_speed

print("== extraction alone")
extract_speed.main()
print("\n== derive against bare trafilatura, the same pages")
derive.main()
