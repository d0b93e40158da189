"""All settings in one place: flags override `VIGIL_*` variables, which override `.env`, which overrides the defaults here.

`python -m flows.settings` prints `.env.example`, which follows from this page.
"""

from __future__ import annotations

import difflib
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from flows.shelf import Shelf
from transforms.urls import is_loopback

PREFIX = "VIGIL_"
# Where the tests find labelled corpora and keep their screenshots; no part of Vigil's behaviour.
NOT_SETTINGS = frozenset({"VIGIL_SHARED", "VIGIL_SCREENSHOTS"})

SECRETS = frozenset({"alert_webhook", "alert_email"})  # they hold tokens and passwords: no message quotes them


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it, its value and what is allowed."""


class Settings(BaseSettings):
    """How Vigil runs here. Every field is also a variable `VIGIL_<FIELD>`; units stand in the names."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", frozen=True, extra="forbid", env_ignore_empty=True)

    data_dir: Path = Field(Path("data"), description="Folder of the work file and the published file")
    archive_dir: Path = Field(Path(), validate_default=True, description="Folder of the WARC archive; empty: archive in the data folder")
    archive_url: str = Field("", description="Object store behind the archive folder (s3://bucket/folder); archive_dir may name it, too")
    feeds: str = Field("", description="CSV or OPML file, OPML or feed address; empty: the feeds shipped with Vigil")
    contact: str = Field("", description="Your mail or web address; sent with every request, needed for the real web")
    reviewer: str = Field("", description="Who decides in `vigil review`, where --by does not say")
    user_agent: str = Field("", description="User-Agent header; empty: Vigil, its version and the contact")

    connect_timeout_s: Annotated[float, Field(gt=0, le=300, description="Wait for a connection, seconds")] = 10.0
    read_timeout_s: Annotated[float, Field(gt=0, le=300, description="Wait for the next bytes of an answer, seconds")] = 20.0
    total_timeout_s: Annotated[float, Field(gt=0, le=3600, description="Whole exchange with all redirects, seconds")] = 60.0
    max_feed_bytes: Annotated[int, Field(ge=1000, le=100_000_000, description="Largest feed after decompression, bytes")] = 10_000_000
    max_page_bytes: Annotated[int, Field(ge=1000, le=100_000_000, description="Largest page after decompression, bytes")] = 5_000_000
    max_redirects: Annotated[int, Field(ge=0, le=20, description="Redirects followed, each to a checked http(s) address")] = 8
    fetch_tries: Annotated[int, Field(ge=1, le=10, description="Tries of one request in a run if the failure may pass")] = 3
    retry_wait_s: Annotated[float, Field(ge=0, le=60, description="Wait before the second try, doubled for each further, seconds")] = 1.0
    max_page_attempts: Annotated[int, Field(ge=1, le=100, description="Runs in which a refused page is asked for")] = 5
    host_pause_s: Annotated[float, Field(ge=0, le=600, description="Pause between requests to a host, seconds; 0 on this machine")] = 2.0
    max_host_wait_s: Annotated[float, Field(ge=0, le=3600, description="Longest wait in a run that a host may ask for, seconds")] = 30.0
    min_poll_h: Annotated[float, Field(ge=0, le=168, description="Shortest wait between polls of a feed, hours; 0 on this machine")] = 1.0
    max_poll_h: Annotated[float, Field(ge=0, le=168, description="Longest wait between polls of a feed that answers, hours")] = 48.0
    honour_opt_outs: Literal["none", "tdm", "all"] = Field(
        "tdm", description="Pages left alone: tdm, where text mining is reserved; all, also where models are shut out; none"
    )
    fetch_workers: Annotated[int, Field(ge=1, le=256, description="Hosts asked at the same time")] = 16
    update_ages_h: str = Field("6,24,72,168", description="Ages of a story at which its page is asked for again, hours; empty: never")
    allow_clock_back: bool = Field(False, description="Collect although the clock lies behind the last collection")
    allow_private_addresses: bool = Field(False, description="Let feeds and pages lie on private or local addresses")

    archive_file_bytes: Annotated[int, Field(ge=100_000, description="Size at which a run begins a new archive file, bytes")] = (
        1_000_000_000
    )
    archive_keep_days: Annotated[int, Field(ge=0, description="Age in days at which nights delete pages no value rests on; 0: never")] = 0
    archive_cache_days: Annotated[int, Field(ge=0, description="Days for which local copies of uploaded archive files are kept")] = 30
    clean: Literal["all", "candidates"] = Field(
        "all", description="Pages cleaned and read in full: all; candidates, which at a glance may report an incident"
    )
    min_confidence: Annotated[float, Field(ge=0, le=1, description="Values less sure than this are withheld, 0 to 1; 0: none")] = 0.0
    derive_processes: Annotated[int, Field(ge=1, le=256, description="Processes that read pages; empty: one a core")] = os.cpu_count() or 1
    batch_bytes: Annotated[int, Field(ge=1000, description="Pages read at once and written in one transaction, bytes")] = 8_000_000

    alert_webhook: SecretStr = Field(SecretStr(""), description="Web address to which alerts are posted as JSON; empty: none")
    alert_email: SecretStr = Field(
        SecretStr(""), description="Mail box for alerts, as Apprise writes it: mailtos://USER:PASSWORD@HOST:587/?from=A&to=B; empty: none"
    )
    alert_killed: Annotated[int, Field(ge=0, description="People killed from which an incident alerts; 0: never")] = 20
    alert_change: Annotated[int, Field(ge=0, description="Smallest change of a published number of victims that alerts; 0: never")] = 1
    alert_feed_days: Annotated[int, Field(ge=1, le=365, description="Days without an answer after which a failing feed alerts")] = 3
    alert_late_h: Annotated[float, Field(ge=0.1, le=8760, description="Hours after a night within which the next must be published")] = 26.0
    alerts_per_night: Annotated[int, Field(ge=1, le=1000, description="Alerts sent singly after a night; one more counts the others")] = 10

    @field_validator("alert_webhook", "alert_email")
    @classmethod
    def _reachable(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        text = value.get_secret_value().strip()
        wanted = r"https?://[^\s/]+\S*" if info.field_name == "alert_webhook" else r"[a-z][a-z0-9+.-]*://\S+"
        if text and not re.fullmatch(wanted, text):
            raise ValueError(
                "write it as https://HOST/PATH" if info.field_name == "alert_webhook" else "write it as mailtos://USER:PASSWORD@HOST"
            )
        return SecretStr(text)

    @field_validator("data_dir", "archive_dir")
    @classmethod
    def _absolute(cls, value: Path, info: ValidationInfo) -> Path:
        if info.field_name == "archive_dir" and value == Path() and "data_dir" in info.data:
            value = info.data["data_dir"] / "archive"  # one flag moves everything that a run writes
        return value.expanduser().absolute()

    @field_validator("update_ages_h")
    @classmethod
    def _ages(cls, value: str) -> str:
        ages = [age.strip() for age in value.split(",") if age.strip()]
        if not all(age.isdecimal() and 1 <= int(age) <= 8760 for age in ages):  # a year
            raise ValueError("give whole hours from 1 to 8760 with commas between them, such as 6,24,72,168")
        return ",".join(ages)

    @field_validator("max_poll_h")
    @classmethod
    def _not_below_shortest(cls, value: float, info: ValidationInfo) -> float:
        if value < info.data.get("min_poll_h", 0.0):
            raise ValueError(f"must be at least {PREFIX}MIN_POLL_H, which is {info.data['min_poll_h']:g}")
        return value

    @field_validator("contact", "user_agent")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if not value.isascii() or not value.isprintable():
            raise ValueError("may hold printable ASCII only: it is sent as a header")
        return value.strip()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read flags, environment and .env in this order, and refuse misspelt variables of either."""
        _refuse_unknown(os.environ, "environment")
        if isinstance(dotenv_settings, DotEnvSettingsSource):
            _refuse_unknown({k.upper(): v for k, v in dotenv_settings.env_vars.items()}, ".env")
        return init_settings, env_settings, dotenv_settings

    @model_validator(mode="before")
    @classmethod
    def _store(cls, values: Any) -> Any:
        """Take an address given as archive_dir for the store behind the folder, which then is the one in the data folder."""
        named = str(values.get("archive_dir") or "") if isinstance(values, dict) else ""
        if "://" not in named:
            return values
        return {name: value for name, value in values.items() if name != "archive_dir"} | {"archive_url": named}

    @field_validator("archive_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not re.fullmatch(r"[a-z][a-z0-9+.-]*://[^\s?#]+", value):
            raise ValueError("write it as s3://bucket/folder, or another address that fsspec knows")
        return value.rstrip("/")

    @property
    def shelf(self) -> Shelf:
        """Where archive files lie: the archive folder, and the store behind it."""
        return Shelf(self.archive_dir, self.archive_url)

    @property
    def work_path(self) -> Path:
        """The DuckDB file that runs write."""
        return self.data_dir / "work.duckdb"

    @property
    def published_path(self) -> Path:
        """The DuckDB file that analysts read."""
        return self.data_dir / "vigil.duckdb"

    @property
    def update_ages(self) -> tuple[int, ...]:
        """Ages of a story at which its page is asked for again, hours."""
        return tuple(sorted({int(age) for age in self.update_ages_h.split(",") if age}))

    @property
    def agent(self) -> str:
        """The User-Agent header that is sent."""
        contact = f"; +{self.contact}" if self.contact else ""
        return self.user_agent or f"Vigil/{version('vigil-pipeline')} (news archive{contact})"

    def pause_of(self, url: str) -> float:
        """Return the pause between requests to the host of an address, seconds: none on this machine."""
        return 0.0 if is_loopback(url) else self.host_pause_s

    def poll_bounds_of(self, url: str) -> tuple[float, float]:
        """Return the shortest and longest wait between polls of a feed, hours: none on this machine."""
        return (0.0, 0.0) if is_loopback(url) else (self.min_poll_h, self.max_poll_h)

    @property
    def own_feeds_path(self) -> Path:
        """The operator's own list of feeds, which `vigil feeds` writes."""
        return self.data_dir / "feeds.csv"


def load_settings(**flags: Any) -> Settings:
    """Return the settings in force; a flag that is None was not given.

    Raises:
        SettingsError: An unknown variable or flag, or a value that is not allowed.
    """
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        if first["type"] == "extra_forbidden":
            raise SettingsError(f"setting {name!r} is not known{_nearest(name, Settings.model_fields)}") from error
        where = name if name in flags and flags[name] is not None else f"{PREFIX}{name.upper()}"
        given = "" if name in SECRETS else f" {str(first['input'])[:100]!r}"
        # Of a secret not even the cause is kept: it quotes what was given.
        raise SettingsError(f"{where}{given} is not allowed: {first['msg'].removeprefix('Value error, ')}") from (
            None if name in SECRETS else error
        )


def prepare_folders(settings: Settings) -> None:
    """Make the data and archive folders and make sure that both can be written, before any work is done.

    Raises:
        SettingsError: One of them cannot.
    """
    for name in ("data_dir", "archive_dir"):
        folder: Path = getattr(settings, name)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise SettingsError(f"{name} {folder}: cannot be written ({error.strerror}); choose another folder") from error


def require_contact(settings: Settings, urls: Iterable[str]) -> None:
    """Refuse to ask hosts of the real web without saying who asks.

    Raises:
        SettingsError: An address is not on this machine and no contact is set.
    """
    if settings.contact:
        return
    if outside := next((url for url in urls if not is_loopback(url)), None):
        raise SettingsError(f"contact is empty, but {outside} belongs to somebody: set {PREFIX}CONTACT to your mail or web address")


def render_env_example() -> str:
    """Return the text of `.env.example`: every setting with its meaning and default."""
    lines = ["# Copy to .env and change what you need. Flags override variables, variables override this file.", ""]
    for name, field in Settings.model_fields.items():
        default = "" if name in {"derive_processes", "archive_dir", *SECRETS} else field.default  # follow from the machine, from data_dir
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        lines += [f"# {field.description}", f"#{PREFIX}{name.upper()}={shown}", ""]
    return "\n".join(lines)


def _refuse_unknown(variables: Mapping[str, Any], place: str) -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for variable in sorted(variables):
        if variable.startswith(PREFIX) and variable not in known | NOT_SETTINGS:
            raise SettingsError(f"{variable} in the {place} is no setting of Vigil{_nearest(variable, known)}")


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else "; .env.example lists them all"


if __name__ == "__main__":
    print(render_env_example(), end="")  # noqa: T201
