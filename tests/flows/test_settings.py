"""Settings: what wins, what is refused, and that the example file says what the code does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.settings import PREFIX, Settings, SettingsError, load_settings, prepare_folders, render_env_example, require_contact

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_flags_override_variables_override_env_file_override_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert load_settings().fetch_workers == 16
    (tmp_path / ".env").write_text("VIGIL_FETCH_WORKERS=3\n")
    assert load_settings().fetch_workers == 3
    monkeypatch.setenv("VIGIL_FETCH_WORKERS", "4")
    assert load_settings().fetch_workers == 4
    assert load_settings(fetch_workers=5, contact=None).fetch_workers == 5


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("VIGIL_CONTCT", "me", "VIGIL_CONTCT in the environment is no setting of Vigil; did you mean VIGIL_CONTACT?"),
        ("VIGIL_ZZZZZZZZ", "1", "VIGIL_ZZZZZZZZ in the environment is no setting of Vigil; .env.example lists them all"),
        ("VIGIL_FETCH_WORKERS", "many", "VIGIL_FETCH_WORKERS 'many' is not allowed"),
        ("VIGIL_FETCH_WORKERS", "0", "VIGIL_FETCH_WORKERS '0' is not allowed: Input should be greater than or equal to 1"),
        ("VIGIL_CONTACT", "a\x1bb", "VIGIL_CONTACT"),
    ],
)
def test_bad_variables(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bad_env_file_and_flags(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"max_redirects '99' is not allowed: .* 20"):
        load_settings(max_redirects=99)
    with pytest.raises(SettingsError, match="'max_redirect' is not known; did you mean max_redirects"):
        load_settings(max_redirect=1)
    (tmp_path / ".env").write_text("VIGIL_DATADIR=x\n")
    with pytest.raises(SettingsError, match=r"VIGIL_DATADIR in the \.env is no setting of Vigil; did you mean VIGIL_DATA_DIR"):
        load_settings()


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().contact = "x"  # type: ignore[misc]


def test_one_flag_moves_all_that_is_written(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path / "x")
    assert (settings.archive_dir, settings.work_path) == (tmp_path / "x" / "archive", tmp_path / "x" / "work.duckdb")
    assert load_settings(data_dir=tmp_path, archive_dir=tmp_path / "y").archive_dir == tmp_path / "y"


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"data_dir .*file/data: cannot be written"):
        prepare_folders(load_settings(data_dir=tmp_path / "file" / "data"))


def test_the_real_web_needs_a_contact() -> None:
    require_contact(load_settings(), ["http://127.0.0.1:80/f", "http://localhost/f"])
    with pytest.raises(SettingsError, match=r"contact is empty, but https://a\.example/f"):
        require_contact(load_settings(), ["http://127.0.0.1:80/f", "https://a.example/f"])
    settings = load_settings(contact="desk@valley.example")
    require_contact(settings, ["https://a.example/f"])
    assert "desk@valley.example" in settings.agent


def test_no_pause_on_this_machine() -> None:
    assert load_settings(host_pause_s=3).pause_of("http://127.0.0.1:8000/a") == 0
    assert load_settings(host_pause_s=3).pause_of("https://a.example/a") == 3


def test_env_example_is_in_step_and_every_setting_described() -> None:
    assert (PROJECT / ".env.example").read_text(encoding="utf-8") == render_env_example(), "run `python -m flows.settings > .env.example`"
    for name, field in Settings.model_fields.items():
        assert field.description, f"setting {name} has no description"
        assert ("seconds" in field.description) == name.endswith("_s"), f"the unit of {name} stands in its name and its description"
