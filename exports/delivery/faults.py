"""What every failure of a delivery has: words that may be shown."""


class Fault(Exception):
    """:ivar message: without anything secret of either side."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
