"""Why a query is refused, and where in it."""

from typing import NoReturn

from sqlglot import exp

from exports.errors import Forbidden, QueryRefused


def refuse(node: exp.Expr | None, reason: str) -> NoReturn:
    """:raises QueryRefused: at the first place that the node is known to have."""
    raise refusal(node, reason)


def refusal(node: exp.Expr | None, reason: str) -> QueryRefused:
    for part in node.walk() if node is not None else ():
        line, end = part.meta.get("line"), part.meta.get("col")
        if line is not None and end is not None:
            # The parser keeps where a token ends.
            length = part.meta.get("end", 0) - part.meta.get("start", 0)
            return QueryRefused(reason, line=line, column=max(end - length, 1))
    return QueryRefused(reason)


def deny(names: str, place: str) -> NoReturn:
    """:raises Forbidden: a column above the clearance is used, not only selected."""
    message = (
        f"custom_query uses in {place} a column that this caller may not see: {names}"
    )
    raise Forbidden(message, details=[{"field": "custom_query", "message": message}])
