"""A private SFTP server: Debian's sshd, with keys of its own."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from getpass import getuser
from pathlib import Path

from tests.services.processes import NoServer, free_port, running

_CONFIG = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication yes
PermitRootLogin yes
Subsystem sftp internal-sftp
ForceCommand internal-sftp -d {folder}/files
"""


@dataclass(frozen=True, slots=True)
class Sftp:
    """:ivar folder: where its configuration and keys are; what it holds in ``files``.

    :ivar private_key: of the one user who is let in.
    """

    folder: Path
    port: int
    user: str
    host_key: str
    private_key: str

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def held(self) -> dict[str, bytes]:
        """All that it holds, hidden files too."""
        return {
            path.relative_to(self.files).as_posix(): path.read_bytes()
            for path in self.files.rglob("*")
            if path.is_file()
        }

    @contextmanager
    def up(self) -> Iterator[None]:
        program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
        if program is None:
            raise NoServer("no sshd: scripts/system_packages.sh test")
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        command = [program, "-D", "-e", "-f", str(self.folder / "config")]
        log = self.folder / "log"
        ready = partial(_answers, self.port)
        # It does not hear SIGINT.
        with running(command, log=log, ready=ready, stop=signal.SIGTERM):
            yield


@contextmanager
def sftp() -> Iterator[Sftp]:
    """Not up yet."""
    with tempfile.TemporaryDirectory(prefix="kybsftp") as name:
        folder, port = Path(name), free_port()
        (folder / "files").mkdir()
        (folder / "config").write_text(_CONFIG.format(folder=folder, port=port))
        yield Sftp(
            folder=folder,
            port=port,
            user=getuser(),
            host_key=key_pair(folder / "host")[1],
            private_key=key_pair(folder / "user")[0],
        )


def key_pair(
    path: Path, kind: str = "ed25519", passphrase: str = ""
) -> tuple[str, str]:
    """The private key, and the public one without its comment."""
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    public = path.with_name(path.name + ".pub").read_text()
    return path.read_text(), " ".join(public.split()[:2])


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
