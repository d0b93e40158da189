"""Is an address of this machine free to listen on, and who listens there if it is not."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress
from pathlib import Path

from flows.settings import SettingsError

_LISTENS = "0A"  # state of a listening socket in /proc/net/tcp


def choose_port(host: str, port: int) -> int:
    """Return the port to listen on: the one asked for if it is free, any free one for 0.

    Raises:
        SettingsError: Another program has it, or the host is not one of this machine's.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise SettingsError(
            f"--host {host}: is no address ({error.strerror}); 127.0.0.1 is this machine only, 0.0.0.0 all of it"
        ) from error
    with socket.socket(family, kind) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except PermissionError as error:
            raise SettingsError(f"--port {port}: is reserved for root; give one above 1023") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise SettingsError(f"--port {port}: is taken by {find_holder(port)}; end that, or give another --port") from error
            raise SettingsError(f"--host {host} --port {port}: cannot be used ({error.strerror}); give others") from error
        return int(listener.getsockname()[1])


def find_holder(port: int) -> str:
    """Return the process that listens on a port, with its command; "another program" where the system does not say."""
    inodes = {f"socket:[{inode}]" for inode in _listeners(port)}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended, or is not ours to look at
            if any(str(handle.readlink()) in inodes for handle in (folder / "fd").iterdir()):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                return f"process {folder.name} ({command[:120]})"
    return "another program"


def _listeners(port: int) -> list[str]:
    found = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                _, local, _, state, *_, inode = line.split()[:10]
                if state == _LISTENS and int(local.rsplit(":", 1)[1], 16) == port:
                    found.append(inode)
    return found
