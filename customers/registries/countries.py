"""ISO 3166 codes for the country names that registers and shops write."""

from functools import cache
from importlib.resources import files
from typing import Final

# What the files say otherwise than ISO's own list.
_ALSO: Final = {
    "britain": "GB",
    "channel islands": "JE",
    "czech republic": "CZ",
    "eire": "IE",
    "england": "GB",
    "england & wales": "GB",
    "european community": "",
    "great britain": "GB",
    "holland": "NL",
    "hong kong": "HK",
    "korea": "KR",
    "northern ireland": "GB",
    "rsa": "ZA",
    "scotland": "GB",
    "south korea": "KR",
    "turkey": "TR",
    "uk": "GB",
    "united kingdom": "GB",
    "united states of america": "US",
    "unspecified": "",
    "usa": "US",
    "virgin islands, british": "VG",
    "wales": "GB",
}


def country_code(name: str) -> str:
    """Two letters; empty for a name that is none of a country."""
    return _codes().get(name.strip().lower(), "")


@cache
def _codes() -> dict[str, str]:
    """The list that comes with the time zone database."""
    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text("utf-8")
    lines = (line.split("\t") for line in table.splitlines() if line[:1] != "#")
    return {name.lower(): code for code, name in lines} | _ALSO
