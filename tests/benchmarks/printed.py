"""Tables that a benchmark printed, read back."""


def cells(printed: str, *, table: int = 0) -> list[list[str]]:
    """The rows of one of its tables, without the head."""
    blocks = [block for block in printed.split("\n\n") if block.startswith("|")]
    lines = blocks[table].strip().splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names(printed: str) -> list[str]:
    """The first cell of each row."""
    return [row[0] for row in cells(printed)]
