"""The fonts of a PDF: Noto and no other, through a fontconfig file of our own."""

import os
from ctypes.util import find_library
from pathlib import Path
from typing import Final

from exports.errors import Unavailable

ASSETS: Final = Path(__file__).parent / "assets"
FAMILY: Final = "Noto Sans"

FONT_FILES: Final = {
    "fonts-noto-core": Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf"),
    "fonts-noto-cjk": Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    "fonts-noto-color-emoji": Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"),
}
_LIBRARIES: Final = {
    "libcairo2": "cairo",
    "libpango-1.0-0": "pango-1.0",
    "libpangocairo-1.0-0": "pangocairo-1.0",
    "libpangoft2-1.0-0": "pangoft2-1.0",
    "libharfbuzz-subset0": "harfbuzz-subset",
}
_found: Final[set[str]] = set()


def missing() -> list[str]:
    """The Debian packages that a PDF needs and that are not here."""
    fonts = [name for name, path in FONT_FILES.items() if not path.is_file()]
    libraries = [name for name, stem in _LIBRARIES.items() if not _is_there(stem)]
    return libraries + fonts


def _is_there(stem: str) -> bool:
    """Once it is, it stays: each look for a library runs another program."""
    if stem not in _found and find_library(stem):
        _found.add(stem)
    return stem in _found


def require() -> None:
    """Bind this process to the fonts; call it before Pango draws anything.

    :raises Unavailable: naming what to install.
    """
    packages = missing()
    if packages:
        raise Unavailable(f"PDF needs more here: apt-get install {' '.join(packages)}")
    os.environ["FONTCONFIG_FILE"] = str(ASSETS / "fonts.conf")
    # Pango reads the user's languages to choose between fonts of one script.
    os.environ["PANGO_LANGUAGE"] = "en"
    # fontTools writes the time into the emoji font that it embeds.
    os.environ["SOURCE_DATE_EPOCH"] = "946684800"
