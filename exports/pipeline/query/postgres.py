"""The dialect on PostgreSQL: typed values; text always of the collation "C"."""

from typing import ClassVar, Final

from sqlglot import exp

from exports.pipeline.query.generate import (
    DIVISION_SCALE,
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

_TYPES: Final = {
    Family.INTEGER: "bigint",
    Family.DECIMAL: "decimal",
    Family.DATE: "date",
    Family.DATETIME: "timestamptz",
    Family.BOOLEAN: "boolean",
}
SCHEMA: Final = "public"
_OPERATORS: Final = {"add": exp.Add, "subtract": exp.Sub, "multiply": exp.Mul}
# More than any divisor has: what is rounded once more then falls as if it never was.
_WIDE: Final = 80


class Postgres(Engine):
    dialect: ClassVar[str] = "postgres"

    def table(self, dataset: str) -> exp.Table:
        # Nothing is found by its bare name: the session's search path is empty.
        return exp.table_(f"query_{dataset}", db=SCHEMA)

    def stored(self, sql: SQL, kind: Kind) -> SQL:
        if kind.is_text or kind.family is Family.JSON:
            return _collated(cast(sql, "text"))
        return cast(sql, "bigint") if kind.family is Family.INTEGER else sql

    def text(self, value: str) -> SQL:
        return _collated(cast(exp.Literal.string(value), "text"))

    def integer(self, value: int) -> SQL:
        return cast(exp.Literal.string(str(value)), "bigint")

    def decimal(self, value: str) -> SQL:
        return cast(exp.Literal.string(value), "decimal")

    def date(self, value: str) -> SQL:
        return cast(exp.Literal.string(value), "date")

    def datetime(self, value: str) -> SQL:
        return cast(exp.Literal.string(value), "timestamptz")

    def null(self, kind: Kind) -> SQL:
        made = cast(exp.Null(), _TYPES.get(kind.family, "text"))
        return made if kind.family in _TYPES else _collated(made)

    def order(self, sql: SQL, kind: Kind) -> SQL:
        return _collated(sql) if kind.is_text else sql

    def convert(self, sql: SQL, source: Kind, target: Kind) -> SQL:
        if target.family is Family.DECIMAL and source.family is Family.INTEGER:
            return cast(sql, "decimal")
        if target.family is not source.family and target.is_time:
            return cast(sql, _TYPES[target.family])
        return sql

    def as_text(self, sql: SQL, kind: Kind) -> SQL:
        match kind.family:
            case Family.BOOLEAN:
                return truth_text(sql, self)
            case Family.DECIMAL:
                made = cast(call("round", sql, whole(kind.scale)), "text")
            case Family.DATE:
                made = call("to_char", sql, exp.Literal.string("YYYY-MM-DD"))
            case Family.DATETIME:
                wall = call("timezone", exp.Literal.string("UTC"), sql)
                pattern = 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'
                made = call("to_char", wall, exp.Literal.string(pattern))
            case Family.INTEGER:
                made = cast(sql, "text")
            case _:
                return sql
        return _collated(made)

    def arithmetic(self, operator: str, left: SQL, right: SQL, kind: Kind) -> SQL:
        del kind
        return binary(_OPERATORS[operator], left, right)

    def divide(self, left: SQL, right: SQL) -> SQL:
        top = call("round", cast(left, "decimal"), whole(_WIDE))
        bottom = call("nullif", cast(right, "decimal"), whole(0))
        # Of two decimals: said so, or the generator would make floats of them.
        quotient = exp.Div(this=top, expression=bottom, typed=True, safe=False)
        return call("round", paren(quotient), whole(DIVISION_SCALE))

    def modulo(self, left: SQL, right: SQL) -> SQL:
        return call("mod", left, call("nullif", right, whole(0)))

    def negative(self, sql: SQL) -> SQL:
        return paren(exp.Neg(this=paren(sql)))

    def absolute(self, sql: SQL) -> SQL:
        return call("abs", sql)

    def rounded(self, sql: SQL, how: str, scale: int) -> SQL:
        return call("round", sql, whole(scale)) if how == "round" else call(how, sql)

    def to_integer(self, sql: SQL) -> SQL:
        return cast(call("round", sql, whole(0)), "bigint")

    def cased(self, name: str, sql: SQL) -> SQL:
        return call(name, _collated(sql))

    def position(self, text: SQL, part: SQL) -> SQL:
        return cast(call("strpos", text, part), "bigint")

    def length(self, sql: SQL) -> SQL:
        return cast(call("length", sql), "bigint")

    def like(self, text: SQL, pattern: str, escape: str) -> SQL:
        like = exp.Like(this=_collated(text), expression=exp.Literal.string(pattern))
        # Without the clause the backslash would be one.
        return paren(exp.Escape(this=like, expression=exp.Literal.string(escape)))

    def part(self, unit: str, sql: SQL) -> SQL:
        taken = exp.Extract(this=exp.var(unit), expression=sql)
        return cast(call("floor", taken), "bigint")

    def epoch(self, sql: SQL) -> SQL:
        taken = exp.Extract(this=exp.var("epoch"), expression=sql)
        return call("round", cast(taken, "decimal"), whole(6))

    def truncated(self, unit: str, sql: SQL, kind: Kind) -> SQL:
        made = call(
            "date_trunc",
            exp.Literal.string(unit),
            cast(sql, "timestamptz"),
            exp.Literal.string("UTC"),
        )
        return cast(made, _TYPES[kind.family])

    def shifted(self, sql: SQL, kind: Kind, count: int, unit: str) -> SQL:
        span = cast(exp.Literal.string(f"{count} {unit}"), "interval")
        return cast(binary(exp.Add, sql, span), _TYPES[kind.family])

    def days(self, left: SQL, right: SQL) -> SQL:
        return cast(binary(exp.Sub, left, right), "bigint")

    def total(self, sql: SQL, kind: Kind) -> SQL:
        del kind
        return call("sum", sql)

    def finished_total(self, sql: SQL, kind: Kind) -> SQL:
        return cast(sql, "bigint") if kind.family is Family.INTEGER else sql

    def every(self, sql: SQL, *, some: bool) -> SQL:
        return call("bool_or" if some else "bool_and", sql)


def _collated(sql: SQL) -> SQL:
    collation = exp.to_identifier("C", quoted=True)
    return paren(exp.Collate(this=paren(sql), expression=collation))


ENGINE: Final = Postgres()
