"""What the dialect's operations are in SQL, where the engines agree; and the text.

An engine's own module overrides what it writes in another way. A number that is no
integer is exact on both: ``numeric`` on PostgreSQL, its digits as text on SQLite.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, Final

from sqlglot import exp

from exports.pipeline.query.kinds import Kind

DIVISION_SCALE: Final = 6
SQL = exp.Expr


def call(name: str, *arguments: SQL) -> SQL:
    return exp.Anonymous(this=name, expressions=list(arguments))


def cast(sql: SQL, to: str) -> SQL:
    return exp.Cast(this=sql, to=exp.DataType.build(to, dialect="postgres"))


def whole(number: int) -> SQL:
    """A bare number, for arguments."""
    return exp.Literal.number(number)


def column(name: str, table: str = "") -> SQL:
    return exp.column(exp.to_identifier(name, quoted=True), table=_quoted(table))


def _quoted(name: str) -> exp.Identifier | None:
    return exp.to_identifier(name, quoted=True) if name else None


def paren(sql: SQL) -> SQL:
    return exp.Paren(this=sql)


def binary(kind: type[exp.Expr], left: SQL, right: SQL) -> SQL:
    return paren(kind(this=left, expression=right))


class Engine(ABC):
    """:cvar dialect: the name of sqlglot's generator."""

    dialect: ClassVar[str]

    def write(self, tree: SQL) -> str:
        return tree.sql(dialect=self.dialect, comments=False, normalize_functions=False)

    @abstractmethod
    def table(self, dataset: str) -> exp.Table:
        """What is read of a dataset: one business's rows, by the engine's own wall."""

    @abstractmethod
    def stored(self, sql: SQL, kind: Kind) -> SQL:
        """A column of such a relation, as expressions have it."""

    @abstractmethod
    def text(self, value: str) -> SQL: ...

    @abstractmethod
    def integer(self, value: int) -> SQL: ...

    @abstractmethod
    def decimal(self, value: str) -> SQL: ...

    @abstractmethod
    def date(self, value: str) -> SQL: ...

    @abstractmethod
    def datetime(self, value: str) -> SQL: ...

    @abstractmethod
    def null(self, kind: Kind) -> SQL: ...

    @abstractmethod
    def order(self, sql: SQL, kind: Kind) -> SQL:
        """As a key of an order: text by code point, numbers by value."""

    @abstractmethod
    def convert(self, sql: SQL, source: Kind, target: Kind) -> SQL:
        """To a kind of the same family, or of more digits, or between times."""

    @abstractmethod
    def as_text(self, sql: SQL, kind: Kind) -> SQL:
        """Canonical text, as files have it; also what a cast to text gives."""

    @abstractmethod
    def arithmetic(self, operator: str, left: SQL, right: SQL, kind: Kind) -> SQL:
        """:param operator: add, subtract or multiply; of two numbers of that kind."""

    @abstractmethod
    def divide(self, left: SQL, right: SQL) -> SQL:
        """To six digits, a half away from nought; null by nought."""

    @abstractmethod
    def modulo(self, left: SQL, right: SQL) -> SQL: ...

    @abstractmethod
    def negative(self, sql: SQL) -> SQL: ...

    @abstractmethod
    def absolute(self, sql: SQL) -> SQL: ...

    @abstractmethod
    def rounded(self, sql: SQL, how: str, scale: int) -> SQL:
        """:param how: round, ceil or floor; of a decimal."""

    @abstractmethod
    def to_integer(self, sql: SQL) -> SQL:
        """Of a decimal; an error beyond 63 bits."""

    @abstractmethod
    def cased(self, name: str, sql: SQL) -> SQL:
        """:param name: lower or upper; letters beyond ASCII stay as they are."""

    @abstractmethod
    def position(self, text: SQL, part: SQL) -> SQL:
        """Of the first character, from 1; 0: it does not occur."""

    @abstractmethod
    def like(self, text: SQL, pattern: str, escape: str) -> SQL: ...

    @abstractmethod
    def part(self, unit: str, sql: SQL) -> SQL: ...

    @abstractmethod
    def epoch(self, sql: SQL) -> SQL: ...

    @abstractmethod
    def truncated(self, unit: str, sql: SQL, kind: Kind) -> SQL: ...

    @abstractmethod
    def shifted(self, sql: SQL, kind: Kind, count: int, unit: str) -> SQL: ...

    @abstractmethod
    def days(self, left: SQL, right: SQL) -> SQL: ...

    @abstractmethod
    def total(self, sql: SQL, kind: Kind) -> SQL:
        """A call of the sum, to be wrapped in a filter or a window."""

    @abstractmethod
    def finished_total(self, sql: SQL, kind: Kind) -> SQL:
        """The wrapped sum as a number of its kind."""

    @abstractmethod
    def every(self, sql: SQL, *, some: bool) -> SQL: ...

    def compare(self, sign: type[exp.Expr], left: SQL, right: SQL, kind: Kind) -> SQL:
        """:param kind: of both."""
        return binary(sign, self.order(left, kind), right)

    def between(self, sql: SQL, low: SQL, high: SQL, kind: Kind) -> SQL:
        return paren(exp.Between(this=self.order(sql, kind), low=low, high=high))

    def extreme(self, name: str, sql: SQL, kind: Kind) -> SQL:
        """A call of min or max, to be wrapped in a filter or a window."""
        return call(name, self.order(sql, kind))

    def boolean(self, *, value: bool) -> SQL:
        return exp.Boolean(this=value)

    def trimmed(self, sql: SQL) -> SQL:
        return call("trim", sql)

    def length(self, sql: SQL) -> SQL:
        return call("length", sql)

    def substring(self, sql: SQL, start: int, length: int | None) -> SQL:
        parts = [whole(start), *([whole(length)] if length is not None else [])]
        return call("substr", sql, *parts)

    def replaced(self, sql: SQL, old: SQL, new: SQL) -> SQL:
        return call("replace", sql, old, new)

    def starts_with(self, text: SQL, part: SQL) -> SQL:
        return binary(exp.EQ, self.position(text, part), whole(1))


def truth_text(sql: SQL, engine: Engine) -> SQL:
    texts = {True: "true", False: "false"}
    ifs = [
        exp.If(this=engine.boolean(value=value), true=engine.text(text))
        for value, text in texts.items()
    ]
    return paren(exp.Case(this=sql, ifs=ifs))
