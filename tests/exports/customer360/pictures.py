"""Reads SVG pictures that the report drew."""

import xml.etree.ElementTree as ET


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 -- our own picture, and no browser reads it


def rectangles(svg: str) -> list[dict[str, str]]:
    return [dict(found.attrib) for found in parsed(svg).iter("rect")]


def texts(svg: str, *, anchor: str = "") -> list[str]:
    """:param anchor: of these texts only: ``middle`` for labels below the bars."""
    return [
        found.text or ""
        for found in parsed(svg).iter("text")
        if anchor in {"", found.get("text-anchor")}
    ]


def paths(svg: str) -> list[str]:
    return [found.attrib["d"] for found in parsed(svg).iter("path")]
