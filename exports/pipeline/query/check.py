"""What a query may be made of: every node, with every argument, that is let through.

What is not in the table is refused, whatever it means: the table is the dialect.
"""

from typing import Final

from sqlglot import exp

from exports.errors import QueryRefused
from exports.pipeline.query.refusals import refuse

MAX_NODES: Final = 4_000
_BOTH: Final = ("this", "expression")
_ONE: Final = ("this",)
_LIST: Final = ("expressions",)

RELATIONS: Final[dict[type[exp.Expr], tuple[str, ...]]] = {
    exp.Select: (
        *("expressions", "from_", "joins", "where", "group", "having", "order"),
        *("limit", "offset", "distinct", "with_", "windows"),
    ),
    exp.Union: (*_BOTH, "distinct", "with_", "order", "limit", "offset"),
    exp.Intersect: (*_BOTH, "distinct", "with_", "order", "limit", "offset"),
    exp.Except: (*_BOTH, "distinct", "with_", "order", "limit", "offset"),
    exp.Subquery: ("this", "alias"),
    exp.With: _LIST,
    exp.CTE: ("this", "alias", "materialized"),
    exp.TableAlias: ("this", "columns"),
    exp.Table: ("this", "alias"),
    exp.From: _ONE,
    exp.Join: ("this", "side", "kind", "on", "using"),
    exp.Where: _ONE,
    exp.Having: _ONE,
    exp.Group: _LIST,
    exp.Order: _LIST,
    exp.Ordered: ("this", "desc", "nulls_first"),
    exp.Limit: ("expression",),
    exp.Offset: ("expression",),
    exp.Distinct: _LIST,
}
EXPRESSIONS: Final[dict[type[exp.Expr], tuple[str, ...]]] = {
    exp.Alias: ("this", "alias"),
    exp.Column: ("this", "table"),
    exp.Identifier: ("this", "quoted"),
    exp.Star: (),
    exp.Literal: ("this", "is_string"),
    exp.Null: (),
    exp.Boolean: _ONE,
    exp.Paren: _ONE,
    **dict.fromkeys((exp.And, exp.Or, exp.EQ, exp.NEQ, exp.GT, exp.GTE), _BOTH),
    **dict.fromkeys((exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ), _BOTH),
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Mod), _BOTH),
    **dict.fromkeys((exp.Like, exp.ILike, exp.Is), (*_BOTH, "negate")),
    exp.Escape: _BOTH,
    exp.Div: (*_BOTH, "typed", "safe"),
    exp.DPipe: (*_BOTH, "safe"),
    exp.Not: _ONE,
    exp.Neg: _ONE,
    exp.In: ("this", "expressions", "query"),
    exp.Between: ("this", "low", "high"),
    exp.Exists: _ONE,
    exp.Case: ("this", "ifs", "default"),
    exp.If: ("this", "true"),
    exp.Cast: ("this", "to", "_type"),
    exp.DataType: ("this", "expressions", "nested"),
    exp.DataTypeParam: _ONE,
    exp.Interval: ("this", "unit"),
    exp.Var: _ONE,
}
FUNCTIONS: Final[dict[type[exp.Expr], tuple[str, ...]]] = {
    exp.Lower: _ONE,
    exp.Upper: _ONE,
    exp.Trim: _ONE,
    exp.Length: _ONE,
    exp.Substring: ("this", "start", "length"),
    exp.Left: _BOTH,
    exp.Replace: ("this", "expression", "replacement"),
    exp.StrPosition: ("this", "substr"),
    exp.StartsWith: _BOTH,
    exp.Coalesce: ("this", "expressions"),
    exp.Nullif: _BOTH,
    exp.Abs: _ONE,
    exp.Round: ("this", "decimals"),
    exp.Ceil: _ONE,
    exp.Floor: _ONE,
    exp.Extract: _BOTH,
    exp.TimestampTrunc: ("this", "unit"),
}
AGGREGATES: Final[dict[type[exp.Expr], tuple[str, ...]]] = {
    exp.Count: ("this", "big_int"),
    exp.Sum: _ONE,
    exp.Avg: _ONE,
    exp.Min: _ONE,
    exp.Max: _ONE,
    exp.LogicalAnd: _ONE,
    exp.LogicalOr: _ONE,
}
WINDOWS: Final[dict[type[exp.Expr], tuple[str, ...]]] = {
    exp.Window: ("this", "partition_by", "order", "spec", "over", "alias"),
    exp.WindowSpec: ("kind", "start", "start_side", "end", "end_side"),
    exp.Filter: _BOTH,
    exp.RowNumber: (),
    exp.Rank: (),
    exp.DenseRank: (),
    exp.Ntile: _ONE,
    exp.Lag: ("this", "offset", "default"),
    exp.Lead: ("this", "offset", "default"),
    exp.FirstValue: _ONE,
    exp.LastValue: _ONE,
}
ALLOWED: Final = RELATIONS | EXPRESSIONS | FUNCTIONS | AGGREGATES | WINDOWS
TYPES: Final = {
    **dict.fromkeys(("TEXT", "VARCHAR"), "text"),
    **dict.fromkeys(("INT", "BIGINT"), "integer"),
    "DECIMAL": "decimal",
    "DATE": "date",
    **dict.fromkeys(("TIMESTAMPTZ", "TIMESTAMP"), "datetime"),
}
_WORDS: Final[dict[type[exp.Expr], str]] = {
    exp.Star: "*",
    exp.Interval: "INTERVAL",
    exp.Distinct: "DISTINCT ON",
    exp.With: "WITH RECURSIVE",
}


def check(tree: exp.Query) -> None:
    """:raises QueryRefused: at the first thing that is not in the dialect."""
    for count, node in enumerate(tree.walk()):
        if count > MAX_NODES:
            raise QueryRefused(f"a query has at most {MAX_NODES} parts")
        allowed = ALLOWED.get(type(node))
        if allowed is None:
            refuse(node, f"{_name(node)} is not part of the dialect")
        for name, value in node.args.items():
            if value and name not in allowed:
                refuse(node, f"{_name(node)} is not taken with {_argument(name)}")


def _name(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return f"the function {str(node.this)[:60]}"
    if isinstance(node, exp.Func) and not isinstance(node, exp.Case | exp.Cast):
        return f"the function {node.sql_name()[:60].lower()}"
    return _WORDS.get(type(node), node.key.upper())


def _argument(name: str) -> str:
    return name.strip("_").replace("_", " ").upper()
