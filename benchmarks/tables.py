"""Figures as the text of a table."""

from collections.abc import Iterable, Sequence


def text(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table with its columns aligned, figures to the right."""
    lines = [list(titles), *map(list, rows)]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(cells, widths) for cells in (lines[0], rule, *lines[1:]))


def met(*, value: float, at_most: float | None) -> str:
    if at_most is None:
        return "-"
    return "yes" if value <= at_most else "NO"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    figures = (cell.rjust(width) for cell, width in others)
    return f"| {' | '.join([first[0].ljust(first[1]), *figures])} |"
