"""What operators are given: systemd units that systemd accepts, deployments of this version, commands of docs/operations.md that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect import Flow

PROJECT = Path(__file__).resolve().parents[1]
UNITS = sorted((PROJECT / "ops" / "systemd").iterdir())
INSTALLED = "/srv/vigil/.venv/bin"


def deployments() -> list[dict[str, Any]]:
    return list(yaml.safe_load((PROJECT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace(INSTALLED, str(Path(sys.executable).parent))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    found = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in UNITS)], check=False, capture_output=True, text=True
    )
    ours = [line for line in found.stderr.splitlines() if "vigil" in line]  # those of the machine's own units are not ours to mend
    assert found.returncode == 0 and not ours, found.stderr


def test_units_start_commands_that_exist() -> None:
    services = [unit for unit in UNITS if unit.suffix == ".service"]
    assert len(services) == 3
    for unit in services:
        (command,) = re.findall(r"^ExecStart=(.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
        assert command.startswith((f"{INSTALLED}/vigil up ", f"{INSTALLED}/vigil backup ", f"{INSTALLED}/prefect worker start ")), command


def test_deployments_have_the_version_of_the_package_and_flows_that_exist() -> None:
    assert {"nightly", "collect-hourly", "backfill", "publish", "brief"} <= {row["name"] for row in deployments()}
    package = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    for row in deployments():
        assert row["version"] == package, f"{row['name']}: write the package's version into prefect.yaml"
        module, _, name = row["entrypoint"].rpartition(".")
        assert isinstance(getattr(import_module(module), name), Flow), row["entrypoint"]
        assert row["tags"][0] == "vigil" and row["description"].endswith(".")
