"""From the text of a query to a tree, within limits that keep the parser quick."""

import logging
from typing import Any, Final

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from exports.errors import QueryRefused

MAX_CHARACTERS: Final = 20_000
MAX_TOKENS: Final = 4_000
MAX_DEPTH: Final = 32
# It would log the query, which may hold what is personal.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
_OPENING: Final = frozenset(
    {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}
)
_CLOSING: Final = frozenset(
    {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}
)
# Each takes one level of the parser's stack and closes nothing.
_PREFIXES: Final = frozenset({TokenType.NOT, TokenType.DASH, TokenType.TILDE})


class _Small(Postgres):
    """PostgreSQL's words; nulls are last unless the query says otherwise."""

    NULL_ORDERING = "nulls_are_last"


def parse(text: str) -> exp.Query:
    """:raises QueryRefused: it is no single SELECT, or too long or nested."""
    if len(text) > MAX_CHARACTERS:
        raise QueryRefused(f"a query has at most {MAX_CHARACTERS} characters")
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise QueryRefused("a query is text without NUL and surrogates")
    dialect = _Small()
    try:
        tokens = dialect.tokenize(text)
        _measure(tokens)
        statements = [each for each in dialect.parser().parse(tokens, text) if each]
    except SqlglotError as error:
        raise _unreadable(error) from error
    except (RecursionError, ValueError, IndexError, KeyError, TypeError) as error:
        raise QueryRefused("this cannot be read as SQL") from error
    if len(statements) != 1:
        raise QueryRefused("a query is exactly one statement")
    (statement,) = statements
    if not isinstance(statement, exp.Select | exp.SetOperation | exp.Subquery):
        raise QueryRefused("a query is a SELECT, and nothing else")
    return statement


def normalised(tree: exp.Query) -> str:
    """The query as it was understood, without comments."""
    return tree.sql(dialect="postgres", comments=False)


def _measure(tokens: list[Token]) -> None:
    """:raises QueryRefused: reading it would take the parser too long or too deep."""
    if len(tokens) > MAX_TOKENS:
        raise QueryRefused(f"a query has at most {MAX_TOKENS} words and signs")
    depth = run = 0
    for token in tokens:
        depth += (token.token_type in _OPENING) - (token.token_type in _CLOSING)
        run = run + 1 if token.token_type in _PREFIXES else 0
        if depth > MAX_DEPTH or run > MAX_DEPTH:
            raise QueryRefused(
                f"a query is nested at most {MAX_DEPTH} deep",
                line=token.line,
                column=max(token.col - (token.end - token.start), 1),
            )


def _unreadable(error: SqlglotError) -> QueryRefused:
    # The parser's own message quotes the query: its place says enough.
    told: list[dict[str, Any]] = getattr(error, "errors", None) or [{}]
    line, column = told[0].get("line"), told[0].get("col")
    return QueryRefused("this cannot be read as SQL", line=line, column=column)
