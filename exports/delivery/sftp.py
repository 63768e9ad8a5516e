"""SFTP: a file under a name of its own beside the place, then renamed into it.

The server shows the host key that was given for it, before it is told anything.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from paramiko import AuthenticationException, SFTPClient, SSHException, Transport

from exports.conf import knob
from exports.delivery.addresses import Target, reached
from exports.delivery.destination import DestinationChannel, NotSent, Parcel, Place
from exports.delivery.lines import Line
from exports.delivery.ssh_keys import BadKey, algorithms, host_key, private_key
from exports.models import Destination


class SftpChannel(DestinationChannel):
    leading = "host"

    def target(self, address: Mapping[str, Any]) -> Target:
        return reached(address["host"], address["port"])

    @contextmanager
    def opened(
        self, destination: Destination, secret: Mapping[str, str], line: Line
    ) -> Iterator[Place]:
        address = destination.address
        with _told():
            transport = Transport(line.connect(address["host"], address["port"]))
            try:
                yield _Folder(_signed_in(transport, address, secret))
            finally:
                transport.close()


@contextmanager
def _told() -> Iterator[None]:
    """:raises NotSent: in place of what paramiko raises; never in a server's words."""
    try:
        yield
    except AuthenticationException as error:
        raise NotSent("the server refused the user or the credentials") from error
    except TimeoutError as error:
        raise NotSent("the server did not answer in time") from error
    except ConnectionRefusedError as error:
        raise NotSent("the connection was refused") from error
    except PermissionError as error:
        raise NotSent("the server does not let the user write there") from error
    except FileNotFoundError as error:
        raise NotSent("the server has no such folder") from error
    except BadKey as error:
        raise NotSent(f"the host key {error.message}") from error
    except (SSHException, EOFError, OSError) as error:
        raise NotSent(f"the connection broke: {type(error).__name__}") from error


def _signed_in(
    transport: Transport, address: Mapping[str, Any], secret: Mapping[str, str]
) -> SFTPClient:
    seconds = float(knob("DESTINATION_TIMEOUT_SECONDS"))
    for name in ("banner_timeout", "handshake_timeout", "auth_timeout"):
        setattr(transport, name, seconds)
    expected = host_key(address["host_key"])
    transport.get_security_options().key_types = algorithms(expected)
    transport.start_client(timeout=seconds)
    if transport.get_remote_server_key().asbytes() != expected.asbytes():
        raise NotSent("the server has another host key than the one given")
    if "private_key" in secret:
        key = private_key(secret["private_key"], secret.get("passphrase"))
        transport.auth_publickey(address["user"], key)
    else:
        transport.auth_password(address["user"], secret["password"])
    channel = transport.open_session(timeout=seconds)
    channel.settimeout(seconds)
    channel.invoke_subsystem("sftp")
    return SFTPClient(channel)


@dataclass(frozen=True, slots=True)
class _Folder:
    client: SFTPClient

    def put(self, parcel: Parcel) -> str | None:
        folder, slash, base = parcel.name.rpartition("/")
        self._make(folder)
        parts = [f"{folder}{slash}.{mark}.part" for mark in parcel.older]
        for left in parts:
            with suppress(OSError):
                self.client.remove(left)
        part = f"{folder}{slash}.{parcel.mark}.part"
        try:
            self._write(part, parcel)
            self._rename(part, f"{folder}{slash}{base}")
        except BaseException:
            with suppress(OSError, EOFError, SSHException):
                self.client.remove(part)
            raise
        return None

    def _make(self, folder: str) -> None:
        steps = [step for step in folder.split("/") if step]
        root = "/" if folder.startswith("/") else ""
        for count in range(1, len(steps) + 1):
            # It is there, or writing the file says what is wrong.
            with suppress(OSError):
                self.client.mkdir(root + "/".join(steps[:count]))

    def _write(self, part: str, parcel: Parcel) -> None:
        """:raises NotSent: the server has fewer bytes, or more, than it was sent."""
        with self.client.open(part, "wb") as file:
            file.set_pipelined()
            for chunk in parcel.chunks:
                file.write(chunk)
        if self.client.stat(part).st_size != parcel.size:
            raise NotSent("the server has not stored all that it was sent")

    def _rename(self, part: str, name: str) -> None:
        try:
            self.client.posix_rename(part, name)
        except OSError:
            # A server without that extension; what has the name is this file's own.
            with suppress(OSError):
                self.client.remove(name)
            self.client.rename(part, name)

    def remove(self, name: str) -> None:
        self.client.remove(name)
