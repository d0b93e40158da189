"""`vigil show`: one incident as a dossier with its words, and what happens when the id is not one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from warehouse.dossier import read_dossier

Vigil = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def kryvyi_rih(watched: Any) -> str:
    (row,) = watched.ask("SELECT incident_id FROM incidents WHERE place = 'Kryvyi Rih'")
    return str(row["incident_id"])


def test_a_dossier_has_values_claims_sources_and_history_with_their_words(watched: Any, vigil: Vigil, kryvyi_rih: str) -> None:
    code, out, err = vigil("show", kryvyi_rih[:8], "--data-dir", watched.folder)
    assert (code, err) == (0, "")
    assert out.startswith("Kryvyi Rih, Dnipropetrovsk, UKR | 2025-04-04 | explosive.missile_or_rocket")
    for part in ("VALUES", "TOLL", "WHO SAYS WHICH NUMBER", "WHO SAYS WHAT ELSE", "SOURCES", "HISTORY"):
        assert f"\n{part}\n" in out
    assert "killed           20" in out and "killed_best 12" in out and "killed_best 12 -> " in out
    assert "Serhiy Lysak (regional governor, local_official, speaks for UA)" in out
    assert "denies targeting_civilians" in out and "counts the other side's dead" in out
    assert max(map(len, out.splitlines())) <= 200


def test_every_value_but_the_tolls_stands_with_words_of_a_source(watched: Any, kryvyi_rih: str) -> None:
    dossier = read_dossier(watched.settings.published_path, kryvyi_rih)
    values = {value.column: value for value in dossier.values}
    assert {"event_date_start", "country_iso3", "place", "event_class", "weapon_class", "attribution"} <= values.keys()
    texts = {row["canonical_url"]: row["text"] for row in watched.ask("SELECT canonical_url, text FROM article ORDER BY fetched_at")}
    for value in dossier.values:
        assert value.quote and value.quote in texts[value.url or ""], value


def test_a_dossier_as_json_is_one_object(watched: Any, vigil: Vigil, kryvyi_rih: str) -> None:
    code, out, _ = vigil("show", kryvyi_rih, "--json", "--data-dir", watched.folder)
    dossier = json.loads(out)
    assert code == 0 and dossier["incident"]["killed_best"] == 20
    assert dossier["versions"][0]["killed_best"] == 12
    assert {row["toll"] for row in dossier["counts"]} >= {"killed", "injured", "children_killed"}


def test_an_id_that_means_none_or_several_is_refused(watched: Any, vigil: Vigil) -> None:
    code, out, err = vigil("show", "not-an-id", "--data-dir", watched.folder)
    assert (code, out) == (2, "") and "incident 'not-an-id' is not in" in err
    code, _, err = vigil("show", "", "--data-dir", watched.folder)
    assert code == 2 and "may mean" in err and err.strip().endswith("give more of the id")


def test_a_former_id_leads_to_the_incident_of_today(watch: Any, vigil: Vigil, kryvyi_rih: str) -> None:
    con = duckdb.connect(str(watch.settings.published_path))
    con.execute(
        "INSERT INTO incident_alias VALUES ('0000oldid', $1, TIMESTAMPTZ '2025-04-05 20:00:00+00', 'an older report arrived')", [kryvyi_rih]
    )
    con.close()
    code, out, _ = vigil("show", "0000old", "--data-dir", watch.folder)
    assert code == 0 and f"incident {kryvyi_rih}" in out and "formerly 0000oldid" in out and "an older report arrived" in out
