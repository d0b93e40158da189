"""What a backup brings back is what was there, to the byte; what it cannot bring back is named."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.backup import make_backup
from flows.proof import verify
from flows.restore import restore_backup
from flows.settings import Settings, SettingsError
from flows.vault import BackupError, Vault
from warehouse.errors import WarehouseLockedError
from warehouse.query import query
from warehouse.views import read_views

pytestmark = pytest.mark.slow
FIRST, SECOND = dt.datetime(2025, 4, 8, 5, 0, tzinfo=dt.UTC), dt.datetime(2025, 4, 9, 5, 0, tzinfo=dt.UTC)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the backups; an operator's `.env` lies where the command is called."""
    called_in = tmp_path / "called-in"
    called_in.mkdir()
    (called_in / ".env").write_text("VIGIL_CONTACT=desk@example.org\n")
    monkeypatch.chdir(called_in)
    return tmp_path / "backups"


def everything(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every view of the published file."""
    names = [view.name for view in read_views() if not view.is_macro]
    return {name: query(folder / "vigil.duckdb", f"SELECT * FROM {name} ORDER BY ALL").to_dicts() for name in names}


def test_a_restored_watch_gives_the_same_results_and_can_be_proved(watch: Any, elsewhere: Path, tmp_path: Path) -> None:
    (watch.folder / "feeds.csv").write_text("feed_id,url\nmine,https://example.org/feed\n")
    (watch.folder / "briefs").mkdir()
    (watch.folder / "briefs" / "2025-04-07.md").write_text("a brief")
    vault, made = Vault(elsewhere), make_backup(watch.settings, elsewhere, clock=lambda: FIRST)
    assert made.name == "2025-04-08T050000Z" and not vault.damaged(made)

    restored = Settings(data_dir=tmp_path / "new" / "data", derive_processes=1)
    restore_backup(restored, vault, vault.load())
    before = everything(watch.folder)
    assert len(before) > 20 and sum(map(len, before.values())) > 500 and everything(restored.data_dir) == before
    proof = verify(restored)
    assert proof.is_sound and proof.pages > 20
    for place in ("feeds.csv", "briefs/2025-04-07.md"):
        assert (restored.data_dir / place).read_bytes() == (watch.folder / place).read_bytes()
    assert (restored.data_dir / "settings.env").read_text() == "VIGIL_CONTACT=desk@example.org\n"
    assert {path.name for path in (restored.data_dir / "parquet").iterdir()} == {p.name for p in (watch.folder / "parquet").iterdir()}
    assert not list(restored.data_dir.rglob(".*"))


def test_a_second_backup_takes_only_what_is_new_and_both_come_back(watch: Any, elsewhere: Path, tmp_path: Path) -> None:
    make_backup(watch.settings, elsewhere, clock=lambda: FIRST)
    again = make_backup(watch.settings, elsewhere, clock=lambda: FIRST + dt.timedelta(hours=1))
    assert again.n_new == 0
    (watch.settings.archive_dir / "2025" / "more.warc.gz").write_bytes(b"more")
    third = make_backup(watch.settings, elsewhere, clock=lambda: SECOND)
    assert (third.n_new, third.new_bytes) == (1, 4)
    assert Vault(elsewhere).names() == ["2025-04-08T050000Z", "2025-04-08T060000Z", "2025-04-09T050000Z"]
    vault, old = Vault(elsewhere), Settings(data_dir=tmp_path / "old")
    restore_backup(old, vault, vault.load("2025-04-08T05"))
    assert not (old.archive_dir / "2025" / "more.warc.gz").exists()
    with pytest.raises(BackupError, match=r"several backups begin with 2025-04-08; it has 2025-04-08T050000Z, "):
        vault.load("2025-04-08")


def test_what_was_erased_leaves_with_the_backups_that_held_it(watch: Any, elsewhere: Path) -> None:
    erased = watch.settings.archive_dir / "2025" / "erased.warc.gz"
    erased.write_bytes(b"words that somebody wants forgotten")
    vault, made = Vault(elsewhere), make_backup(watch.settings, elsewhere, clock=lambda: FIRST)
    held = vault.path_of(made.files["archive/2025/erased.warc.gz"].sha256)
    assert held.read_bytes() == erased.read_bytes()
    erased.unlink()
    make_backup(watch.settings, elsewhere, keep=1, clock=lambda: SECOND)
    assert vault.names() == ["2025-04-09T050000Z"] and not held.exists()
    assert not vault.damaged(vault.load())


def test_a_damaged_backup_is_named_and_nothing_is_restored(watch: Any, elsewhere: Path, tmp_path: Path) -> None:
    vault, made = Vault(elsewhere), make_backup(watch.settings, elsewhere, clock=lambda: FIRST)
    archived = next(place for place in made.files if place.startswith("archive/"))
    held = vault.path_of(made.files[archived].sha256)
    damaged = bytearray(held.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    held.write_bytes(damaged)
    vault.path_of(made.files["corrections.csv"].sha256).unlink()
    assert vault.damaged(made) == [archived, "corrections.csv"]
    target = Settings(data_dir=tmp_path / "new" / "data")
    with pytest.raises(BackupError, match=rf"is damaged, nothing was restored: {archived}, corrections.csv; bring the folder back"):
        restore_backup(target, vault, vault.load())
    assert not target.data_dir.exists()


def test_places_that_cannot_be_meant_are_refused(watch: Any, elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"lies inside .*data, which is to be backed up"):
        make_backup(watch.settings, watch.folder / "backups")
    with pytest.raises(BackupError, match=r"work.duckdb: does not exist; there is nothing to back up"):
        make_backup(Settings(data_dir=tmp_path / "none"), elsewhere)
    with pytest.raises(BackupError, match="holds no backup; `vigil backup` makes one"):
        Vault(elsewhere).load()
    make_backup(watch.settings, elsewhere, clock=lambda: FIRST)
    vault = Vault(elsewhere)
    with pytest.raises(SettingsError, match=r"holds .* already; a backup is restored into an empty folder"):
        restore_backup(watch.settings, vault, vault.load())

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(10**9, 10**9 - 1000, 1000))
    with pytest.raises(BackupError, match=r"needs 0\.\d\d GB, only 0\.00 GB are free"):
        restore_backup(Settings(data_dir=tmp_path / "full"), vault, vault.load())
    assert not (tmp_path / "full").exists()
    with pytest.raises(BackupError, match=r"only 0\.00 GB are free; free space or choose another disk"):
        make_backup(watch.settings, tmp_path / "full-disk")
    assert Vault(tmp_path / "full-disk").names() == []


def test_a_run_that_writes_is_waited_for_or_named(watch: Any, elsewhere: Path) -> None:
    code = "import sys, duckdb; con = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    words = [sys.executable, "-c", code, str(watch.settings.work_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdin and writer.stdout and writer.stdout.readline() == "held\n"
        with pytest.raises(WarehouseLockedError, match=rf"process {writer.pid} .* has it open"):
            make_backup(watch.settings, elsewhere, clock=lambda: FIRST)
        assert Vault(elsewhere).names() == [] and not list(elsewhere.glob(".making-*"))
        asked: list[float] = []

        def let_go(_: float) -> None:
            asked.append(_)
            writer.communicate("")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("flows.backup.time.sleep", let_go)
            assert make_backup(watch.settings, elsewhere, wait_s=60, clock=lambda: FIRST).files["work.duckdb"].n_bytes > 0
        assert asked


def test_an_archive_that_lies_elsewhere_goes_back_elsewhere(watch: Any, elsewhere: Path, tmp_path: Path) -> None:
    (tmp_path / "archive").parent.mkdir(exist_ok=True)
    watch.settings.archive_dir.rename(tmp_path / "archive")
    make_backup(watch.settings.model_copy(update={"archive_dir": tmp_path / "archive"}), elsewhere, clock=lambda: FIRST)
    target, vault = Settings(data_dir=tmp_path / "new", archive_dir=tmp_path / "new-archive"), Vault(elsewhere)
    restore_backup(target, vault, vault.load())
    names = target.shelf.local_names()
    assert names and names == Settings(archive_dir=tmp_path / "archive").shelf.local_names()
    assert not (target.data_dir / "archive").exists()


def test_the_commands_tell_what_they_did(watch: Any, elsewhere: Path, tmp_path: Path, vigil: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = vigil("backup", elsewhere, "--data-dir", watch.folder)
    assert (code, err) == (0, "") and "restore it with: vigil restore" in out and "0 files" not in out
    assert vigil("backup", elsewhere, "--data-dir", watch.folder, "--check")[1].endswith(" are whole\n")
    code, out, _ = vigil("restore", elsewhere, "--list")
    assert code == 0 and len(out.splitlines()) == 1
    code, out, _ = vigil("restore", elsewhere, "--data-dir", tmp_path / "new")
    assert code == 0 and "prove it with: vigil verify" in out and "settings.env" in out
    code, out, err = vigil("restore", elsewhere, "--data-dir", tmp_path / "new")
    assert code == 2 and "holds " in err and len(err.splitlines()) == 1
    code, _, err = vigil("restore", tmp_path / "nowhere", "--data-dir", tmp_path / "more")
    assert code == 1 and "holds no backup" in err and not (tmp_path / "more").exists()
