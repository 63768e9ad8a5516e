"""A reader that looks at a storage folder all the time."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest
from pathlib import Path
from threading import Event, Thread

from tests.journeys.programs import eventually

PART = ".part"


class Watch:
    """:ivar seen: of each file under a final name, every sha256 that it ever had."""

    def __init__(self, storage: Path) -> None:
        self._storage = storage
        self._known: dict[Path, tuple[int, int, int]] = {}
        self.seen: dict[str, set[str]] = defaultdict(set)

    def look(self) -> None:
        for path in self._storage.rglob("*"):
            if path.suffix != PART:
                with suppress(FileNotFoundError, IsADirectoryError):
                    self._read(path)

    def _read(self, path: Path) -> None:
        with path.open("rb") as file:
            now = path.stat()
            state = (now.st_ino, now.st_size, now.st_mtime_ns)
            if self._known.get(path) != state:
                self._known[path] = state
                sha256 = file_digest(file, "sha256").hexdigest()
                self.seen[path.relative_to(self._storage).as_posix()].add(sha256)


@contextmanager
def watching(storage: Path) -> Iterator[Watch]:
    """What was there before counts too; it is complete once the block has ended."""
    watch, ended = Watch(storage), Event()

    def run() -> None:
        while not ended.is_set():
            watch.look()
            time.sleep(0.002)
        watch.look()

    thread = Thread(target=run)
    thread.start()
    try:
        yield watch
    finally:
        ended.set()
        thread.join()


def parts(storage: Path) -> set[Path]:
    """Files that are being written, or were when their writer was killed."""
    found = set()
    for path in storage.rglob(f"*{PART}"):
        with suppress(FileNotFoundError):
            if path.stat().st_size:
                found.add(path)
    return found


def first_new(storage: Path, *, than: set[Path]) -> Path:
    """The next file that is being written and holds something already."""
    [part, *_] = eventually(
        lambda: parts(storage) - than, seconds=60, what="a part is written"
    )
    return part


def writer_of(part: Path, among: list[int]) -> int | None:
    """The process that has the file open."""
    for pid in among:
        with suppress(OSError):
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(FileNotFoundError):
                    if descriptor.readlink() == part:
                        return pid
    return None
