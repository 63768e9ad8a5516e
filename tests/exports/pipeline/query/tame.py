"""Statements that are of the dialect, made by a grammar: they reach the engine."""

import random

_TEXTS = ("x.status", "x.business_name", "x.notes", "'a'", "x.risk_level", "NULL")
_NUMBERS = ("x.fee", "x.score", "1", "0.25", "-3", "length(x.notes)")
_TIMES = ("x.created_at", "x.verified_at", "TIMESTAMP '2024-06-01'")


class Tame:
    """Statements of a seed, of verifications as ``x``."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._kinds = (self._text, self._number, self._truth, self._time)

    def statement(self) -> str:
        shape = self._one(self._plain, self._grouped, self._joined, self._nested)
        return shape() + self._one("", " LIMIT 5", " LIMIT 3 OFFSET 2")

    def _one(self, *choices):
        return self._dice.choice(choices)

    def _any(self, depth: int = 2) -> str:
        return self._one(*self._kinds)(depth)

    def _items(self) -> str:
        count = self._dice.randint(1, 3)
        return ", ".join(f"{self._any()} AS c{number}" for number in range(count))

    def _where(self) -> str:
        return self._one("", f" WHERE {self._truth(2)}")

    def _order(self) -> str:
        way = self._one("", " DESC", " NULLS FIRST", " DESC NULLS LAST")
        return self._one("", f" ORDER BY c0{way}", f" ORDER BY {self._any(1)}{way}")

    def _plain(self) -> str:
        return (
            f"SELECT {self._items()} FROM verifications x{self._where()}{self._order()}"
        )

    def _grouped(self) -> str:
        key, value = self._any(1), self._aggregate()
        return (
            f"SELECT {key} AS c0, {value} AS c1 FROM verifications x{self._where()}"
            f" GROUP BY 1 HAVING count(*) > {self._dice.randint(0, 2)} ORDER BY c1, c0"
        )

    def _joined(self) -> str:
        join = self._one("JOIN", "LEFT JOIN", "RIGHT JOIN")
        return (
            f"SELECT {self._items()} FROM verifications x {join} business_data y"
            f" ON x.company_id = y.company_id AND {self._truth(1)}{self._where()}"
        )

    def _nested(self) -> str:
        inner = f"SELECT * FROM verifications x{self._where()}"
        over = f"SELECT {self._items()}, {self._window()} AS w FROM a x"
        both = self._one("", f" UNION ALL {over}", f" EXCEPT {over}")
        return f"WITH a AS ({inner}) {over}{both}"

    def _aggregate(self) -> str:
        name = self._one("sum", "avg", "min", "max", "count")
        made = f"{name}({self._one('', 'DISTINCT ')}{self._number(1)})"
        return made + self._one("", f" FILTER (WHERE {self._truth(1)})")

    def _window(self) -> str:
        over = f"PARTITION BY {self._text(1)} ORDER BY {self._any(1)}"
        call = self._one(
            *("row_number()", "rank()", "dense_rank()", "ntile(3)", "count(*)"),
            *(f"lag({self._number(1)} + 0)", f"sum({self._number(1)} + 0)"),
        )
        return f"{call} OVER ({over})"

    def _text(self, depth: int) -> str:
        if not depth:
            return self._one(*_TEXTS)
        return self._one(
            lambda: self._one(*_TEXTS),
            lambda: f"lower({self._text(depth - 1)} || '')",
            lambda: f"({self._text(depth - 1)} || {self._text(depth - 1)})",
            lambda: f"substr({self._text(depth - 1)} || '', 1, 2)",
            lambda: f"coalesce({self._text(depth - 1)}, 'none')",
            lambda: f"CAST({self._number(depth - 1)} AS text)",
            lambda: f"CAST({self._truth(depth - 1)} AS text)",
            lambda: (
                f"CASE WHEN {self._truth(depth - 1)} THEN {self._text(depth - 1)}"
                " ELSE 'z' END"
            ),
        )()

    def _number(self, depth: int) -> str:
        if not depth:
            return self._one(*_NUMBERS)
        sign = self._one("+", "-", "*", "/")
        return self._one(
            lambda: self._one(*_NUMBERS),
            lambda: f"({self._number(depth - 1)} {sign} {self._number(depth - 1)})",
            lambda: f"round({self._number(depth - 1)}, 1)",
            lambda: f"abs({self._number(depth - 1)})",
            lambda: f"floor({self._number(depth - 1)})",
            lambda: f"extract(month FROM {self._time(depth - 1)})",
            lambda: f"nullif({self._number(depth - 1)}, 1)",
            lambda: f"(SELECT count(*) FROM reports r WHERE {self._truth(0)})",
        )()

    def _time(self, depth: int) -> str:
        if not depth:
            return self._one(*_TIMES)
        unit = self._one("month", "week", "day", "hour", "quarter")
        return self._one(
            lambda: self._one(*_TIMES),
            lambda: f"date_trunc('{unit}', {self._time(depth - 1)})",
            lambda: f"({self._time(depth - 1)} + INTERVAL '3 day')",
            lambda: f"CAST(CAST({self._time(depth - 1)} AS date) AS timestamptz)",
        )()

    def _truth(self, depth: int) -> str:
        sign = self._one("=", "<>", "<", ">=", "IS DISTINCT FROM")
        kind = self._one(self._text, self._number, self._time)
        simple = f"({kind(0)} {sign} {kind(0)})"
        if not depth:
            return simple
        return self._one(
            lambda: simple,
            lambda: f"({kind(depth - 1)} {sign} {kind(depth - 1)})",
            lambda: f"({self._truth(depth - 1)} AND {self._truth(depth - 1)})",
            lambda: f"(NOT {self._truth(depth - 1)} OR {self._truth(depth - 1)})",
            lambda: f"({kind(depth - 1)} IS NOT NULL)",
            lambda: f"({self._text(depth - 1)} || '' LIKE '%a%')",
            lambda: f"({self._number(depth - 1)} BETWEEN 0 AND 100)",
            lambda: f"({self._text(depth - 1)} IN ('a', 'completed'))",
            lambda: "(x.id IN (SELECT id FROM verifications))",
            lambda: "EXISTS (SELECT 1 FROM user_data u WHERE u.name = x.notes)",
        )()


def tame(seed: int, count: int) -> list[str]:
    grammar = Tame(seed)
    return [grammar.statement() for _ in range(count)]
