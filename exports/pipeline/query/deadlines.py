"""How long a query may take: each statement, and all of them together."""

from time import monotonic

from exports.conf import knob
from exports.errors import QueryRefused


class Deadline:
    """The total runs from the first moment; ``begin`` starts a statement's own."""

    def __init__(self) -> None:
        self.statement = float(knob("QUERY_SECONDS"))
        self.total = float(knob("QUERY_TOTAL_SECONDS"))
        self._end = monotonic() + self.total
        self._statement_end = self._end

    def begin(self) -> float:
        """Seconds that the next statement has.

        :raises QueryRefused: none are left.
        """
        now = monotonic()
        if now >= self._end:
            raise self.over()
        self._statement_end = min(now + self.statement, self._end)
        return self._statement_end - now

    def is_over(self) -> bool:
        return monotonic() >= self._statement_end

    def over(self) -> QueryRefused:
        return QueryRefused(
            f"it takes longer than a query may: {self.statement:g} s a statement,"
            f" {self.total:g} s in all; narrow it"
        )


OUT_OF_RANGE = "a value on its way is out of the range of its type"
