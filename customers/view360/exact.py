"""Exact figures on either database: sums of whole cents, quotients half to even."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import BigIntegerField, Func, TextField


class Units(Func):
    """A decimal in units of ``1 / factor``: an integer, so that sums are exact.

    Those of the floats that SQLite keeps are not.
    """

    template = "CAST(ROUND(%(expressions)s * %(factor)d) AS BIGINT)"
    output_field = BigIntegerField()

    def __init__(self, source: str, *, factor: int) -> None:
        super().__init__(source, factor=factor)


def in_cents(source: str) -> Units:
    return Units(source, factor=100)


class CodePoints(Func):
    """Text in the order of its code points, whatever the database's locale."""

    template = "%(expressions)s"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = '(%(expressions)s) COLLATE "C"'
        return self.as_sql(compiler, connection, template=template, **extra)


def money(cents: int | None) -> Decimal:
    return Decimal(int(cents or 0)).scaleb(-2)


def rounded(value: Fraction, digits: int) -> Decimal:
    """Half to even; always with as many digits."""
    return Decimal(round(value * 10**digits)).scaleb(-digits)
