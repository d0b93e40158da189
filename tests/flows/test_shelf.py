"""The archive behind an object store: closed files go there, come back when they are needed, and a store that is away stops no night."""

from __future__ import annotations

import datetime as dt
import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.proof import verify
from flows.settings import SettingsError, load_settings
from flows.shelf import Shelf
from flows.warc import ArchiveError
from warehouse.connection import open_work

Vigil = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """An S3-compatible server on loopback with one bucket; its address is in the environment, as operators set it."""
    server_module = pytest.importorskip("moto.server", reason="moto is not installed")
    s3fs = pytest.importorskip("s3fs")

    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    kept = {name: os.environ.get(name) for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")}
    os.environ |= {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    try:
        s3fs.S3FileSystem(skip_instance_cache=True).mkdir("bucket")
        yield "s3://bucket"
    finally:
        server.stop()
        for name, value in kept.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.fixture(params=["file", pytest.param("s3", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a store: another folder, or S3."""
    return str(request.getfixturevalue("s3")) if request.param == "s3" else f"file://{tmp_path_factory.mktemp('store')}"


def test_files_go_come_back_and_go_for_good(store: str, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "a", f"{store}/first")
    path = tmp_path / "a" / "2025/04/x.warc.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"one")
    assert shelf.send() == (["2025/04/x.warc.gz"], {})
    assert shelf.send() == ([], {}), "what is there is not sent again"
    path.write_bytes(b"longer")
    assert shelf.send()[0] == ["2025/04/x.warc.gz"], "a file that grew after a kill is"

    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    assert shelf.evict(dt.datetime(2000, 1, 1, tzinfo=dt.UTC)) == []
    assert shelf.evict(later) == ["2025/04/x.warc.gz"] and not path.exists()
    assert shelf.names() == ["2025/04/x.warc.gz"] and shelf.size("2025/04/x.warc.gz") == 6
    assert shelf.path("2025/04/x.warc.gz").read_bytes() == b"longer"
    with shelf.edited("2025/04/x.warc.gz") as local:
        local.write_bytes(b"erased")
    path.unlink()
    assert shelf.path("2025/04/x.warc.gz").read_bytes() == b"erased"
    shelf.delete("2025/04/x.warc.gz")
    assert shelf.names() == [] and not shelf.path("2025/04/x.warc.gz").exists()
    assert [p.name for p in (tmp_path / "a").rglob("*") if p.is_file()] == []


def test_what_is_not_sent_whole_is_never_dropped(store: str, tmp_path: Path) -> None:
    (tmp_path / "x.warc.gz").write_bytes(b"one")
    shelf = Shelf(tmp_path, f"{store}/second")
    assert shelf.evict(dt.datetime.now(dt.UTC) + dt.timedelta(days=1)) == []
    assert (tmp_path / "x.warc.gz").exists()


@pytest.mark.slow
def test_a_watch_whose_archive_lies_in_a_store(watch: Any, store: str, vigil: Vigil, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIL_ARCHIVE_DIR", f"{store}/watch")
    monkeypatch.setenv("VIGIL_ARCHIVE_CACHE_DAYS", "0")
    data = ("--data-dir", watch.folder)
    code, out, err = vigil("archive", "send", *data)
    assert (code, err) == (0, "") and out.startswith("2 files sent, 0 not, 2 local copies dropped")
    assert list(watch.folder.rglob("*.warc.gz")) == []
    assert {line.split()[-2] for line in vigil("archive", "list", *data)[1].splitlines()[:-1]} == {"store"}
    assert vigil("archive", "check", *data)[0] == 0
    settings = load_settings(data_dir=watch.folder, derive_processes=2)
    assert settings.shelf.url == f"{store}/watch" and settings.archive_dir == watch.folder / "archive"
    vigil("archive", "send", *data)
    assert verify(settings).findings == [], "two processes read pages whose files are only in the store"

    told_once = "SELECT min(url) AS url, title FROM incident_sources GROUP BY title HAVING count(*) = 1 ORDER BY title"
    kept = [gzip.decompress(settings.shelf.path(name).read_bytes()) for name in settings.shelf.names()]
    url, marker = next(  # a title that no copy in another outlet carries
        (row["url"], row["title"]) for row in watch.ask(told_once) if sum(body.count(row["title"].encode()) for body in kept) == 1
    )
    assert vigil("forget", url, "--reason", "asked for", *data)[0] == 0
    vigil("archive", "send", *data)
    assert list(watch.folder.rglob("*.warc.gz")) == []
    assert vigil("archive", "check", *data)[0] == 0
    assert not any(marker.encode() in gzip.decompress(settings.shelf.path(name).read_bytes()) for name in settings.shelf.names())


def test_a_store_that_is_away_stops_no_night(watch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = watch.settings.model_copy(update={"archive_url": "nowhere://bucket/x"})
    monkeypatch.setattr(type(watch), "settings", property(lambda _: settings))
    night = watch.run_night(dt.datetime(2025, 4, 8, 20, 0, tzinfo=dt.UTC))
    assert night.published.n_incidents > 0
    con = open_work(settings.work_path)
    ((reason, message),) = con.sql("SELECT reason, message FROM reject WHERE stage = 'archive' AND resolved_at IS NULL").fetchall()
    con.close()
    assert reason == "not_sent" and "nowhere://bucket/x" in message
    with pytest.raises(ArchiveError, match="cannot be used"):
        settings.shelf.names()


@pytest.mark.parametrize(
    ("given", "folder", "url"),
    [("", "archive", ""), ("s3://bucket/a/", "archive", "s3://bucket/a"), ("elsewhere", None, "")],
)
def test_where_the_archive_lies(tmp_path: Path, given: str, folder: str | None, url: str) -> None:
    flags = {"archive_dir": given} if given else {}
    settings = load_settings(data_dir=tmp_path, **flags)
    assert settings.archive_url == url
    assert settings.archive_dir == (tmp_path / folder if folder else Path(given).absolute())


def test_an_address_that_cannot_be_meant() -> None:
    with pytest.raises(SettingsError, match="write it as s3://bucket/folder"):
        load_settings(archive_url="bucket/folder")
