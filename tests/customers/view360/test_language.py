"""What a view advises comes in the language of who asks."""

import struct
from pathlib import Path

import pytest
from django.utils.translation import override

from customers.view360.churn import churn
from customers.view360.health import health
from tests.customers.view360.signs import REGULAR

TEXTS = {
    "": "Content-Type: text/plain; charset=UTF-8\n",
    "Keep it up, and say thank you.": "Weiter so, und danke sagen.",
    "Stay in touch as before.": "In Verbindung bleiben wie bisher.",
}


def catalogue(texts: dict[str, str]) -> bytes:
    """A compiled catalogue as gettext reads it: sorted texts, two tables, the words."""
    pairs = sorted((key.encode(), text.encode()) for key, text in texts.items())
    at = 28 + 16 * len(pairs)
    tables, words = ([], []), b""
    for index in (0, 1):
        for pair in pairs:
            tables[index].append(struct.pack("<2I", len(pair[index]), at + len(words)))
            words += pair[index] + b"\0"
    second = 28 + 8 * len(pairs)
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, second, 0, 0)
    return head + b"".join(tables[0] + tables[1]) + words


@pytest.fixture
def _german(tmp_path: Path, settings) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(catalogue(TEXTS))
    settings.LOCALE_PATHS = [str(tmp_path)]


@pytest.mark.usefixtures("_german")
def test_advice_is_in_the_language_of_the_request():
    told = {}
    for language in ("de", "en"):
        with override(language):
            seen = health(REGULAR), churn(REGULAR)
            told[language] = (*seen[0].recommendations, *seen[1].strategies)

    english, german = zip(*list(TEXTS.items())[1:], strict=True)
    assert told == {"de": german, "en": english}
