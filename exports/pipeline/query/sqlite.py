"""The dialect on SQLite: canonical text, and functions that the connection brings.

``functions.py`` has them; each begins with ``q_``.
"""

from typing import ClassVar, Final

from sqlglot import exp

from exports.pipeline.query.generate import (
    SQL,
    Engine,
    binary,
    call,
    cast,
    paren,
    truth_text,
    whole,
)
from exports.pipeline.query.kinds import Family, Kind

COLLATION: Final = "q_decimal"
_ORDERED: Final = frozenset({exp.LT, exp.LTE, exp.GT, exp.GTE})


class Sqlite(Engine):
    dialect: ClassVar[str] = "sqlite"

    def table(self, dataset: str) -> exp.Table:
        return exp.table_(f"query_{dataset}", db="temp")

    def stored(self, sql: SQL, kind: Kind) -> SQL:
        # The declared type of a date would have text compared as if it were a number.
        return cast(sql, "text") if kind.family is Family.DATE else sql

    def text(self, value: str) -> SQL:
        return exp.Literal.string(value)

    def integer(self, value: int) -> SQL:
        if value == -(2**63):
            return paren(exp.Sub(this=whole(-(2**63 - 1)), expression=whole(1)))
        return paren(whole(value))

    def decimal(self, value: str) -> SQL:
        return exp.Literal.string(value)

    date = text
    datetime = text

    def null(self, kind: Kind) -> SQL:
        del kind
        return exp.Null()

    # A collation holds for all that an expression is part of: texts that are compared
    # would be read as numbers. So it stands at the top of a key, and nowhere else.
    def order(self, sql: SQL, kind: Kind) -> SQL:
        if kind.family is not Family.DECIMAL:
            return sql
        name = exp.to_identifier(COLLATION)
        return paren(exp.Collate(this=paren(sql), expression=name))

    def compare(self, sign: type[exp.Expr], left: SQL, right: SQL, kind: Kind) -> SQL:
        if kind.family is Family.DECIMAL and sign in _ORDERED:
            return binary(sign, call("q_compare", left, right), whole(0))
        return binary(sign, left, right)

    def between(self, sql: SQL, low: SQL, high: SQL, kind: Kind) -> SQL:
        if kind.family is Family.DECIMAL:
            return call("q_between", sql, low, high)
        return paren(exp.Between(this=sql, low=low, high=high))

    def extreme(self, name: str, sql: SQL, kind: Kind) -> SQL:
        return call(f"q_{name}" if kind.family is Family.DECIMAL else name, sql)

    def convert(self, sql: SQL, source: Kind, target: Kind) -> SQL:
        if target.family is Family.DECIMAL and (
            source.family is Family.INTEGER or source.scale != target.scale
        ):
            return call("q_scale", sql, whole(target.scale))
        if source.family is target.family or not target.is_time:
            return sql
        if target.family is Family.DATE:
            return call("substr", sql, whole(1), whole(10))
        midnight = exp.Literal.string("T00:00:00.000000+00:00")
        return binary(exp.DPipe, sql, midnight)

    def as_text(self, sql: SQL, kind: Kind) -> SQL:
        if kind.family is Family.BOOLEAN:
            return truth_text(sql, self)
        return cast(sql, "text") if kind.family is Family.INTEGER else sql

    def arithmetic(self, operator: str, left: SQL, right: SQL, kind: Kind) -> SQL:
        del kind
        return call(f"q_{operator}", left, right)

    def divide(self, left: SQL, right: SQL) -> SQL:
        return call("q_divide", left, right)

    def modulo(self, left: SQL, right: SQL) -> SQL:
        return binary(exp.Mod, left, right)

    def negative(self, sql: SQL) -> SQL:
        return call("q_subtract", whole(0), sql)

    def absolute(self, sql: SQL) -> SQL:
        return call("q_absolute", sql)

    def rounded(self, sql: SQL, how: str, scale: int) -> SQL:
        return call("q_rounded", sql, exp.Literal.string(how), whole(scale))

    def to_integer(self, sql: SQL) -> SQL:
        return call("q_integer", sql)

    def cased(self, name: str, sql: SQL) -> SQL:
        return call(name, sql)

    def position(self, text: SQL, part: SQL) -> SQL:
        return call("instr", text, part)

    def like(self, text: SQL, pattern: str, escape: str) -> SQL:
        like = exp.Like(this=text, expression=exp.Literal.string(pattern))
        if not escape:
            return paren(like)
        return paren(exp.Escape(this=like, expression=exp.Literal.string(escape)))

    def part(self, unit: str, sql: SQL) -> SQL:
        return call("q_part", exp.Literal.string(unit), sql)

    def epoch(self, sql: SQL) -> SQL:
        return call("q_epoch", sql)

    def truncated(self, unit: str, sql: SQL, kind: Kind) -> SQL:
        del kind
        return call("q_truncated", exp.Literal.string(unit), sql)

    def shifted(self, sql: SQL, kind: Kind, count: int, unit: str) -> SQL:
        del kind
        return call("q_shifted", sql, paren(whole(count)), exp.Literal.string(unit))

    def days(self, left: SQL, right: SQL) -> SQL:
        return call("q_days", left, right)

    def total(self, sql: SQL, kind: Kind) -> SQL:
        return call("sum" if kind.family is Family.INTEGER else "q_sum", sql)

    def finished_total(self, sql: SQL, kind: Kind) -> SQL:
        del kind
        return sql

    def every(self, sql: SQL, *, some: bool) -> SQL:
        return call("max" if some else "min", sql)


ENGINE: Final = Sqlite()
