"""`vigil up`: a Prefect server, its deployments and a worker on this machine, in this order, until somebody stops it.

    hold the place     one `vigil up` a data folder; a second one says where the first is
    server             until it is healthy; runs that a former worker left open are marked as crashed
    deployments        from prefect.yaml, where they are not there yet or the code has changed
    worker             with the settings in force here as its environment: what it runs works in another folder
    watch              a child that ends by itself ends all of it; logs that grow large are turned
    stop               worker first, so that no run begins; then what it left; then the server

Everything is written below `prefect` of the data folder: Prefect's own database, its UI's files, logs.
"""

from __future__ import annotations

import datetime as dt
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import httpx

from flows.alert_channels import channels_of
from flows.children import Child, end_child, end_orphans, reap_orphans, start_child, turn_log
from flows.leash import adopt_orphans
from flows.orchestrator import POOL, Orchestrator, crash_dead_runs, crash_lost_runs, deploy, find_deployments_file
from flows.place import hold_place, refuse_second
from flows.ports import choose_port
from flows.settings import Settings, SettingsError, prepare_folders
from flows.terminal import printable, say
from flows.up_environment import folder_of, server_environment, worker_environment, worker_name

START_S = 600.0  # a server on a busy machine took 90 s for its first start
WORKER_GRACE_S = 20.0
SERVER_GRACE_S = 20.0
LOOK_S = 0.3
TURN_S = 60.0
ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- all addresses of this machine, and how it reaches itself


class UpError(Exception):
    """The server, the deployments or the worker did not start, or ended by themselves; names the log."""


class _Stopped(BaseException):
    """Somebody asked to stop."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start.

    Attributes:
        host: Address to listen on.
        port: Port; 0: any free one.
        is_working: With a worker on this machine.
        worker_limit: Runs that the worker works on at the same time.
        deployments: A prefect.yaml of one's own; None: the one that belongs to this code.
    """

    host: str = "127.0.0.1"
    port: int = 4200
    is_working: bool = True
    worker_limit: int = 3
    deployments: Path | None = None


def run_up(settings: Settings, plan: Plan) -> None:
    """Start everything, say where it is, and keep it running until SIGINT or SIGTERM.

    Raises:
        SettingsError: The port is taken, a folder cannot be written, there is no such file of deployments; nothing was started.
        AlreadyUpError: It runs already for this data folder.
        UpError: A part did not start or ended; the others were stopped.
    """
    file = plan.deployments or find_deployments_file()
    if not file.is_file():
        raise SettingsError(f"--deployments {file}: is no file; give a prefect.yaml")
    home = folder_of(settings)
    refuse_second(home)
    port = choose_port(plan.host, plan.port)
    prepare_folders(settings)
    home.mkdir(exist_ok=True)
    with hold_place(home) as tell:
        tell(f"http://{_reachable(plan.host)}:{port}")
        adopt_orphans()
        station = Station(settings, plan, file.absolute(), port)
        with _signals(station):
            try:
                station.start()
                station.watch()
            except _Stopped:
                pass
            except httpx.HTTPError as error:
                raise UpError(f"the server does not answer as it should ({error}); its log is {home / 'logs' / 'server.log'}") from error
            finally:
                station.stop()


class Station:
    """The children of one `vigil up`."""

    def __init__(self, settings: Settings, plan: Plan, file: Path, port: int) -> None:
        self.settings, self.plan, self.file, self.port = settings, plan, file, port
        self.home = folder_of(settings)
        address = f"http://{_reachable(plan.host)}:{port}"
        # Browsers elsewhere must find it, too, where it listens on all addresses.
        self.shown = f"http://{socket.gethostname()}:{port}" if plan.host in ANY else address
        self.environment = server_environment(settings, plan.host, port, address, self.shown)
        self.api = Orchestrator(f"{address}/api", login=self.environment.get("PREFECT_API_AUTH_STRING", ""))
        self.server: Child | None = None
        self.worker: Child | None = None
        self.is_stopping = self.is_hurried = False

    @property
    def children(self) -> list[Child]:
        """Those that were started, in the order in which they are stopped."""
        return [child for child in (self.worker, self.server) if child]

    def start(self) -> None:
        """Start server, deployments and worker, one after the other, each when the one before is ready."""
        words = ["server", "start", "--host", self.plan.host, "--port", str(self.port)]
        self.server = start_child("server", words, folder=self.home, environment=self.environment)
        self._await("starting the Prefect server", self.api.is_healthy, self.server)
        name = worker_name()
        if dead := crash_dead_runs(self.api, name, "the worker was stopped while it ran"):
            say(f"marked as crashed, since they never ended: {printable(', '.join(dead))}")
        if deploy(self.api, self.file, self.home / "deployed.json", self._deploy):
            say(f"deployments written from {self.file}")
        for step in AFTER_DEPLOY:
            step(self)
        if self.plan.is_working:
            words = ["worker", "start", "--pool", POOL, "--name", name, "--limit", str(self.plan.worker_limit)]
            environment = worker_environment(self.settings, self.environment)
            self.worker = start_child("worker", words, folder=self.home, environment=environment)
            self._await("starting the worker", lambda: name in self.api.workers(), self.worker)
        self._welcome()

    def watch(self) -> None:
        """Return never: look after the children until one ends or somebody stops us.

        Raises:
            UpError: A child ended by itself.
        """
        turned = time.monotonic()
        while True:
            self._require_alive()
            if time.monotonic() - turned > TURN_S:
                turned = time.monotonic()
                reap_orphans(self.children)
                for child in self.children:
                    turn_log(child.log)
                with suppress(httpx.HTTPError):  # it is busy: next time
                    if lost := crash_lost_runs(self.api, dt.datetime.now(dt.UTC)):
                        say(f"marked as crashed, since their worker is gone: {printable(', '.join(lost))}")
            time.sleep(LOOK_S)

    def stop(self) -> None:
        """Stop the worker, then what it left behind, then the server; say what was cut off."""
        self.is_stopping = True
        if self.worker:
            say("stopping: the worker first; runs that are cut off are marked, the next ones go on (Ctrl-C again: at once)")
            end_child(self.worker, WORKER_GRACE_S, lambda: self.is_hurried)
            end_orphans([self.server] if self.server else [], 0 if self.is_hurried else 5.0)
            with suppress(httpx.HTTPError):
                if cut := crash_dead_runs(self.api, worker_name(), "vigil up was stopped while it ran"):
                    say(f"cut off and marked as crashed: {printable(', '.join(cut))}")
        if self.server:
            end_child(self.server, SERVER_GRACE_S, lambda: self.is_hurried)
        end_orphans([], 0.0)
        self.api.client.close()
        if self.server:
            say("stopped")

    def _deploy(self) -> None:
        words = ["--no-prompt", "deploy", "--all", "--prefect-file", str(self.file)]
        child = start_child("deploy", words, folder=self.home, environment=self.environment)
        try:
            self._await("writing the deployments", lambda: not child.is_alive, self.server)
        finally:
            end_child(child, 0.0)
        if child.process.returncode:
            raise UpError(f"the deployments of {self.file} were not written: {child.last_words()}; the whole of it stands in {child.log}")

    def _await(self, what: str, is_done: Callable[[], bool], child: Child | None) -> None:
        """Wait until something is done, with a line that says how long it takes already."""
        started, said = time.monotonic(), 0.0
        on_terminal = sys.stderr.isatty()
        try:
            while not is_done():
                waited = time.monotonic() - started
                self._require_alive()
                if waited > START_S:
                    raise UpError(f"{what}: nothing after {START_S:.0f} s; see {child.log if child else self.home / 'logs'}")
                if waited - said > (0.5 if on_terminal else 15) or not said:
                    said = waited or LOOK_S
                    shown = f"{what} ... {waited:.0f} s"
                    print(f"\r\x1b[K{shown}" if on_terminal else shown, end="" if on_terminal else "\n", file=sys.stderr, flush=True)
                time.sleep(LOOK_S)
        finally:
            if on_terminal:
                print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def _require_alive(self) -> None:
        for child in self.children:
            if not child.is_alive:
                code = child.process.returncode
                ended = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
                words = child.last_words()
                raise UpError(
                    f"the {child.name} {ended}{f' ({printable(words)})' if words else ''}; its log is {child.log}; the rest is stopped,"
                    " start again with `vigil up`"
                )

    def _welcome(self) -> None:
        say(f"Vigil is up. The UI is at {self.shown}")
        say(f"  data       {self.settings.data_dir}")
        say(f"  nights     {printable(self._nights())}")
        if self.worker:
            limit = self.plan.worker_limit
            say(f"  worker     {worker_name()}, {limit} run{'' if limit == 1 else 's'} at a time")
        else:
            say(f"  worker     none here; elsewhere: PREFECT_API_URL={self.shown}/api prefect worker start --pool {POOL}")
        say(f"  logs       {self.home / 'logs'}")
        if not self.settings.contact:
            say("  note       VIGIL_CONTACT is not set: nights refuse to ask hosts of the real web without it")
        if self.plan.host not in {"127.0.0.1", "::1", "localhost"} and "PREFECT_API_AUTH_STRING" not in self.environment:
            say("  warning    whoever reaches this port can start runs: set PREFECT_SERVER_API_AUTH_STRING=user:password, or use a proxy")
        say("Ctrl-C stops it.")
        sys.stdout.flush()

    def _nights(self) -> str:
        deployment = self.api.deployments().get("nightly")
        active = [row["schedule"] for row in (deployment or {}).get("schedules", []) if row["active"]]
        if not active or (deployment or {})["paused"]:
            return "by hand only: the deployment nightly has no active schedule"
        shown = ", ".join(
            f"{each.get('cron') or each.get('rrule') or each.get('interval')} ({each.get('timezone') or 'UTC'})" for each in active
        )
        after = self.api.next_run("nightly")
        return shown + (f", the next at {after} UTC" if after else "")


def deploy_alerts(station: Station) -> None:
    """Put the alerts on the server, where somebody is to be told; take those away that were, where nobody is any more.

    Called as the command, in a process of its own: Prefect would leave its folder in the home of this one.
    """
    mark = station.home / "alerts"
    channels = channels_of(station.settings)
    if not channels and not mark.exists():
        return
    mark.touch()
    words = [sys.executable, "-m", "flows.cli", "alerts", "deploy"]
    environment = worker_environment(station.settings, station.environment)
    done = subprocess.run(words, check=False, cwd=station.home, env=environment, capture_output=True, text=True)  # noqa: S603 -- our own words
    if not channels:
        mark.unlink()
    elif done.returncode:
        say(f"warning: the alerts are not on the server: {printable(done.stderr.strip() or done.returncode)}")
    else:
        say(f"alerts are told by {' and '.join(channels)}")


AfterDeploy = Callable[[Station], None]
AFTER_DEPLOY: list[AfterDeploy] = [deploy_alerts]  # further steps on the server once the deployments are there, at every start


@contextmanager
def _signals(station: Station) -> Iterator[None]:
    """Let SIGINT and SIGTERM stop the station in order; a second one hurries."""

    def ask(signum: int, frame: FrameType | None) -> None:
        if station.is_stopping:
            station.is_hurried = True
            return
        station.is_stopping = True
        raise _Stopped

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _reachable(host: str) -> str:
    """Return the host under which this machine reaches a server that listens on an address."""
    host = ANY.get(host, host)
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
