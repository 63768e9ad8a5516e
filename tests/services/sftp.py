"""A private SFTP server: Debian's sshd, with keys of its own."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
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
_USER, _PASSWORD = "drop", "drop-box password 1"
# openssl passwd -6, of the above
_HASH = (
    "$6$kybexports$/SRugEvOVZ0NqOIJSh0uBYH1i3ERPktYFMwnY1Wgt8ldu9tqww7RRIQypGvkcMtf8kP"
    "f0VS/dU09mgjGPWPyU1"
)
_SEPARATED = "sshd:x:65534:65534::/run/sshd:/usr/sbin/nologin"


@dataclass(frozen=True, slots=True)
class Sftp:
    """:ivar folder: where its configuration and keys are; what it holds in ``files``.

    :ivar private_key: of the one user who is let in.
    :ivar password: the same user's; empty: of none that a test knows.
    """

    folder: Path
    port: int
    user: str
    host_key: str
    private_key: str
    password: str = ""

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

    @property
    def env(self) -> dict[str, str]:
        """Whose accounts it knows: those of this folder, if there are such."""
        accounts = {
            f"NSS_WRAPPER_{name.upper()}": str(self.folder / name)
            for name in ("passwd", "group", "shadow")
        }
        wrapped = {"LD_PRELOAD": "libnss_wrapper.so"} | accounts
        return os.environ | (wrapped if self.password else {})

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
        stop = signal.SIGTERM
        with running(command, log=log, ready=ready, stop=stop, env=self.env):
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


@contextmanager
def with_password() -> Iterator[Sftp]:
    """Not up yet; its user has a password, and no account outside of its folder.

    nss_wrapper shows the server these accounts in place of the machine's.
    """
    with sftp() as made:
        ids = f"{os.getuid()}:{os.getgid()}"
        accounts = {
            "passwd": f"{_USER}:x:{ids}::{made.folder}:/bin/sh\n{_SEPARATED}\n",
            "group": f"{_USER}:x:{os.getgid()}:\nnogroup:x:65534:\n",
            "shadow": f"{_USER}:{_HASH}:19000:0:99999:7:::\n",
        }
        for name, content in accounts.items():
            (made.folder / name).write_text(content)
        yield replace(made, user=_USER, password=_PASSWORD)


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
