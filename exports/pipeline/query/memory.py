"""How much memory a query may take of the process that it runs in."""

import resource
from pathlib import Path
from typing import Final

from exports.conf import knob
from exports.errors import QueryRefused

# Of this process, as Linux tells it; elsewhere nobody does, and nothing is bound.
_RESIDENT: Final = Path("/proc/self/statm")
_EVERY_LOOKS: Final = 64


class Memory:
    """By what the whole process has grown: what others take meanwhile counts too."""

    def __init__(self) -> None:
        self.most = int(knob("QUERY_MAX_MEMORY"))
        self._start = _resident()
        self._looks = 0
        self.is_over = False

    def look(self) -> bool:
        """Cheap enough to be asked all the time. :returns: whether it is over."""
        self._looks += 1
        if self._looks % _EVERY_LOOKS == 0 and _resident() - self._start > self.most:
            self.is_over = True
        return self.is_over

    def over(self) -> QueryRefused:
        return QueryRefused("it takes more memory than a query may: narrow it")


def _resident() -> int:
    """In bytes."""
    try:
        pages = int(_RESIDENT.read_text().split()[1])
    except OSError:
        return 0
    return pages * resource.getpagesize()
