"""Statements that want more than they may: known attacks, and a grammar's own."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_TABLES: Final = (
    *("customers_verification", "customers_company", "customers_useraccount"),
    *("customers_business", "customers_auditevent", "customers_apikey", "auth_group"),
    *("dataset_verifications", "dataset_user_data", "public.dataset_reports"),
    *("query_business", "exports_query_session", "exports_exportjob"),
    *("main.customers_verification", "public.customers_company"),
)
_CATALOGUES: Final = (
    *("pg_class", "pg_catalog.pg_tables", "pg_stat_activity", "pg_shadow", "pg_roles"),
    *("pg_stats", "pg_largeobject", "pg_views", "pg_settings", "pg_statistic_ext"),
    *("information_schema.tables", "information_schema.columns", "pg_proc"),
    *("sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_sequence"),
    *("pragma_table_info('customers_company')", "pragma_database_list", "dbstat"),
    *("json_each('[1]')", "generate_series(1, 1000000000)", "pg_ls_dir('.')"),
)
_CALLS: Final = (
    *("pg_sleep(30)", "pg_read_file('/etc/passwd')", "pg_read_binary_file('x')"),
    *("lo_import('/etc/passwd')", "lo_export(1, '/tmp/x')", "lo_get(1)"),
    "dblink('host=127.0.0.1', 'SELECT 1')",
    "query_to_xml('SELECT * FROM customers_company', true, true, '')",
    "database_to_xml(true, true, '')",
    "table_to_xml('customers_company', true, true, '')",
    "cursor_to_xml('x', 1, true, true, '')",
    "set_config('statement_timeout', '0', false)",
    "set_config('role', 'postgres', false)",
    "current_setting('data_directory')",
    *("pg_advisory_lock(1)", "pg_terminate_backend(1)", "pg_cancel_backend(1)"),
    *("pg_reload_conf()", "pg_switch_wal()", "txid_current()", "version()"),
    *("current_user", "session_user", "inet_server_addr()", "pg_backend_pid()"),
    *("nextval('customers_change_seq')", "has_table_privilege('x', 'select')"),
    *("load_extension('x')", "readfile('/etc/passwd')", "writefile('x', 'y')"),
    *("randomblob(100000000)", "zeroblob(1000000000)", "sqlite_version()"),
    *("fts3_tokenizer('x')", "edit('x')", "sqlite_compileoption_get(0)", "random()"),
    *("repeat('x', 1000000000)", "lpad('x', 1000000000)", "q_business()"),
    *("xmlparse(DOCUMENT '<a/>')", "to_regclass('customers_company')"),
    *("pg_get_viewdef('public.query_verifications')", "row_to_json(v)"),
    *("regexp_replace(business_name, '(a+)+$', '')", "convert_from('x', 'UTF8')"),
)
_STATEMENTS: Final = (
    *("DELETE FROM customers_verification", "DROP TABLE customers_company"),
    "UPDATE customers_company SET name = 'x'",
    "INSERT INTO customers_tag DEFAULT VALUES",
    *("TRUNCATE customers_company", "VACUUM", "VACUUM INTO '{folder}/vacuum.db'"),
    *("ATTACH '{folder}/attached.db' AS x", "DETACH main", "ANALYZE", "REINDEX"),
    *("PRAGMA writable_schema = ON", "PRAGMA query_only = OFF", "PRAGMA table_list"),
    *("COPY customers_company TO STDOUT", "COPY customers_company FROM '/etc/passwd'"),
    "COPY (SELECT 1) TO PROGRAM 'touch {folder}/copied'",
    *("DO $$ BEGIN PERFORM pg_sleep(30); END $$", "CALL x()", "LISTEN x"),
    *("SET ROLE postgres", "RESET ALL", "SET SESSION AUTHORIZATION DEFAULT"),
    *("CREATE TEMP TABLE x AS SELECT 1", "CREATE TABLE x (y int)", "CREATE VIEW x AS"),
    *("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT x", "LOCK customers_company"),
    *("EXPLAIN ANALYZE SELECT * FROM verifications", "SHOW ALL", "TABLE pg_class"),
    *("PREPARE x AS SELECT 1", "EXECUTE x", "DECLARE x CURSOR FOR SELECT 1", "FETCH x"),
    *("SELECT 1; DELETE FROM customers_company", "SELECT 1; COMMIT; DROP TABLE x"),
    "WITH x AS (DELETE FROM customers_company RETURNING *) SELECT * FROM x",
    "WITH x AS (INSERT INTO customers_tag DEFAULT VALUES RETURNING 1) TABLE x",
    "SELECT * INTO y FROM verifications",
    "SELECT * FROM verifications FOR UPDATE",
    "SELECT id FROM verifications TABLESAMPLE SYSTEM (100)",
    "VALUES (1), (2)",
)
_SHAPES: Final = (
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT * FROM r",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n FROM r) SELECT n FROM r",
    (
        "SELECT count(*) AS n FROM verifications a, verifications b, verifications c,"
        " verifications d, verifications e, verifications f, verifications g"
    ),
    (
        "WITH query_verifications AS (SELECT * FROM dataset_verifications)"
        " SELECT * FROM query_verifications"
    ),
    (
        "WITH dataset_verifications AS (SELECT * FROM customers_verification)"
        " SELECT * FROM dataset_verifications"
    ),
    (
        "WITH t_verifications AS (SELECT * FROM customers_company)"
        " SELECT * FROM t_verifications"
    ),
    "WITH verifications AS (SELECT * FROM user_data) SELECT * FROM verifications",
    (
        "WITH a AS (WITH verifications AS (SELECT 1 AS id) SELECT * FROM verifications)"
        " SELECT * FROM a"
    ),
    "WITH t_verifications AS (SELECT 1 AS id) SELECT * FROM t_verifications",
    "SELECT * FROM verifications v, LATERAL (SELECT * FROM customers_company) c",
    "SELECT v.ctid, v.xmin, v.tableoid FROM verifications v",
    "SELECT rowid, _rowid_, oid FROM verifications",
    "SELECT v FROM verifications v",
    "SELECT (v).* FROM verifications v",
    "SELECT v.business_id FROM verifications v",
    "SELECT id FROM verifications WHERE CAST(notes AS integer) = 1",
    "SELECT CAST(business_name AS integer) AS x FROM verifications",
    "SELECT 1 / (CASE WHEN notes = 'x' THEN 0 ELSE 1 END) AS x FROM verifications",
    "SELECT id FROM verifications WHERE id = 'x' OR 1 = 1 --' AND business_id = 'ours'",
    "SELECT id FROM verifications WHERE business_name = '' OR ''=''",
    (
        "SELECT id /* ') UNION SELECT notes FROM customers_verification -- */"
        " FROM verifications"
    ),
    "SELECT id -- \n, notes FROM customers_verification",
    "SELECT 'ours'' OR 1=1' AS x FROM verifications",
    "SELECT E'\\' OR 1=1 --' AS x FROM verifications",
    "SELECT U&'\\0027' AS x FROM verifications",
    "SELECT $$ OR 1=1 $$ AS x FROM verifications",
    "SELECT $x$ ' $x$ AS x FROM verifications",
    'SELECT "id""; DROP TABLE x" FROM verifications',
    (
        'SELECT id AS "c1"", (SELECT notes FROM customers_verification) AS ""x"'
        " FROM verifications"
    ),
    'SELECT id FROM verifications AS "r1; DELETE FROM x"',
    "SELECT id FROM \u1d5berifications",
    "SELECT id FROM verifications\u00a0WHERE\u2028TRUE",
    "SELECT id FROM ｖerifications",
    "SELECT '\u202e' || id AS x FROM verifications",
    "SELECT '%s' || '{0}' || '$1' || ':x' || '?' AS x FROM verifications",
    "SELECT $1 AS x, :a AS y, ? AS z, @b AS w FROM verifications",
    "SELECT id FROM verifications WHERE notes ~ '(a+)+$'",
    "SELECT id FROM verifications WHERE notes SIMILAR TO '(a|b)*'",
    "SELECT id FROM verifications WHERE notes REGEXP 'a'",
    "SELECT id FROM verifications WHERE notes MATCH 'a'",
    "SELECT id FROM verifications WHERE notes GLOB '*'",
    'SELECT notes COLLATE "en_US" AS x FROM verifications',
    "SELECT array_agg(notes) AS x, string_agg(notes, ',') AS y FROM verifications",
    "SELECT json_agg(v) AS x FROM verifications v",
    "SELECT id FROM verifications ORDER BY (SELECT notes FROM customers_verification)",
    "SELECT id FROM verifications LIMIT (SELECT count(*) FROM customers_company)",
    "SELECT id FROM verifications LIMIT ALL OFFSET -1",
    "SELECT id FROM verifications FETCH FIRST 1 ROW WITH TIES",
    "SELECT DISTINCT ON (status) id FROM verifications",
    "SELECT id FROM verifications GROUP BY GROUPING SETS ((id), ())",
    "SELECT count(*) AS n FROM verifications GROUP BY ROLLUP (status)",
    "SELECT id FROM verifications NATURAL JOIN business_data",
    "SELECT * FROM ONLY verifications",
    "SELECT * FROM verifications AS OF SYSTEM TIME '-1d'",
    "SELECT (SELECT (SELECT (SELECT notes FROM customers_verification LIMIT 1))) AS x",
    "SELECT id FROM verifications WHERE EXISTS (SELECT 1 FROM customers_business)",
    "SELECT id FROM verifications UNION SELECT name FROM customers_company",
    "SELECT id FROM verifications EXCEPT ALL SELECT id FROM verifications",
    "SELECT ?1, x'00', 1e999, 0x41, .5, 5., 1_000 FROM verifications",
    "SELECT 99999999999999999999999999999999999999999 AS x",
    "SELECT 9223372036854775807 + 1 AS x",
    "SELECT fee * fee * fee * fee * fee AS x FROM verifications",
    "SELECT current_date AS x, now() AS y, localtime AS z",
    "SELECT INTERVAL '1' YEAR AS x",
    "SELECT ROW(1, 2) AS x, ARRAY[1] AS y, (1, 2) = (1, 2) AS z",
    "SELECT CAST(1 AS regclass) AS x, 'customers_company'::regclass AS y",
    "SELECT CAST(1 AS xml) AS x, CAST('{{}}' AS jsonb) -> 'a' AS y",
    "SELECT checks ->> 'name' AS x FROM verifications",
)


def attacks(folder: Path) -> Iterator[str]:
    """Those that are written down."""
    for table in (*_TABLES, *_CATALOGUES):
        yield f"SELECT * FROM {table}"
        yield f"SELECT count(*) AS n FROM {table}"
        yield f"SELECT id FROM verifications UNION ALL SELECT 'x' FROM {table}"
        yield f"SELECT id FROM verifications WHERE 1 = (SELECT count(*) FROM {table})"
        yield f"SELECT v.id FROM verifications v JOIN {table} x ON TRUE"
    for call in _CALLS:
        yield f"SELECT {call} AS x"
        yield f"SELECT id FROM verifications v WHERE {call} IS NOT NULL"
        yield f"SELECT pg_catalog.{call} AS x FROM verifications v ORDER BY {call}"
    yield from (each.replace("{folder}", str(folder)) for each in _STATEMENTS)
    yield from _SHAPES
    yield f"SELECT {'(' * 500}1{')' * 500} AS x"
    yield f"SELECT {'NOT ' * 500}TRUE AS x"
    yield f"SELECT {'-' * 501}1 AS x"
    yield f"SELECT {' + '.join(['1'] * 3000)} AS x"
    yield "SELECT 1 AS x" + " UNION ALL SELECT 1" * 600
    yield f"SELECT id FROM verifications WHERE id IN ({', '.join(['1'] * 2000)})"
    yield "SELECT " + "CASE WHEN TRUE THEN " * 100 + "1" + " END" * 100 + " AS x"
    yield f"SELECT '{'a' * 9000}' LIKE '{'%a' * 90}b' AS x"
    yield f"SELECT {'(SELECT ' * 30}1 AS a{' LIMIT 1)' * 30} AS x"
    yield _twice_each()
    yield _doubling("text", "notes || notes")
    yield _doubling("number", "fee * fee")


def _doubling(name: str, expression: str) -> str:
    """Twice as long in each of forty steps."""
    column = expression.split(maxsplit=1)[0]
    steps = [f"s0 AS (SELECT {column} FROM verifications)"]
    steps += [
        f"s{step} AS (SELECT {expression} AS {column} FROM s{step - 1})"
        for step in range(1, 41)
    ]
    return f"WITH {', '.join(steps)} SELECT {column} AS {name} FROM s40"


def _twice_each() -> str:
    """Planned anew wherever it is named, the last would be planned for years."""
    steps = ["s0 AS (SELECT id FROM verifications)"]
    steps += [
        f"s{step} AS (SELECT a.id FROM s{step - 1} a JOIN s{step - 1} b USING (id))"
        for step in range(1, 41)
    ]
    return f"WITH {', '.join(steps)} SELECT count(*) AS n FROM s40"


class Grammar:
    """Statements of a seed: what is allowed and what is not, mixed."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)

    def statement(self) -> str:
        body = self._select(3)
        for _ in range(self._dice.choice((0, 0, 1, 2))):
            name = self._one("a", "verifications", "t_verifications", "query_reports")
            body = f"WITH {name} AS ({self._select(2)}) {body}"
        return body + self._one("", "", "", ";", " --", "; SELECT 1", " FOR SHARE")

    def _one(self, *choices: str) -> str:
        return self._dice.choice(choices)

    def _select(self, depth: int) -> str:
        items = ", ".join(
            f"{self._expression(depth)} AS c{number}"
            for number in range(self._dice.randint(1, 3))
        )
        made = f"SELECT {self._one('', '', 'DISTINCT ')}{items}{self._from(depth)}"
        for clause in ("WHERE", "GROUP BY", "HAVING", "ORDER BY"):
            if self._dice.random() < 0.25:
                made += f" {clause} {self._expression(depth)}"
        made += self._one("", "", " LIMIT 3", " LIMIT -1", " OFFSET 1")
        if depth and self._dice.random() < 0.15:
            kind = self._one("UNION", "UNION ALL", "INTERSECT", "EXCEPT")
            made += f" {kind} {self._select(depth - 1)}"
        return made

    def _from(self, depth: int) -> str:
        if self._dice.random() < 0.1:
            return ""
        made = f" FROM {self._relation(depth)} x"
        if self._dice.random() < 0.3:
            join = self._one(
                "JOIN", "LEFT JOIN", "CROSS JOIN", "FULL JOIN", ", LATERAL"
            )
            made += f" {join} {self._relation(depth)} y"
            made += self._one("", f" ON {self._expression(depth)}", " USING (id)")
        return made

    def _relation(self, depth: int) -> str:
        luck = self._dice.random()
        if luck < 0.5:
            return self._one("verifications", "business_data", "user_data", "analytics")
        if luck < 0.7 and depth:
            return f"({self._select(depth - 1)})"
        return self._one(*_TABLES, *_CATALOGUES, "a", "t_verifications", "q1", "s")

    def _expression(self, depth: int) -> str:
        luck = self._dice.random()
        if not depth or luck < 0.35:
            return self._leaf()
        left, right = self._expression(depth - 1), self._expression(depth - 1)
        if luck < 0.55:
            sign = self._one("+", "||", "=", "<", "AND", "OR", "/", "LIKE", "IN", "->")
            return f"({left} {sign} {right})"
        if luck < 0.7:
            name = self._one(
                *("count", "sum", "max", "lower", "coalesce", "length", "abs", "round"),
                *("pg_sleep", "query_to_xml", "load_extension", "printf", "repeat"),
            )
            return f"{name}({left})" + self._one(
                "", "", " OVER ()", " FILTER (WHERE 1=1)"
            )
        if luck < 0.8:
            kind = self._one("text", "integer", "date", "regclass", "xml", "oid")
            return f"CAST({left} AS {kind})"
        if luck < 0.9:
            return f"({self._select(depth - 1)})"
        return f"CASE WHEN {left} THEN {right} ELSE {self._leaf()} END"

    def _leaf(self) -> str:
        return self._one(
            *("id", "x.id", "status", "fee", "notes", "reviewer", "name", "email"),
            *("*", "1", "'a'", "NULL", "TRUE", "business_id", "ctid", "rowid", "x"),
            *("x.*", "''''", "DATE '2024-01-01'", "1.5", "$1", *_CALLS),
        )


def grammatical(seed: int, count: int) -> list[str]:
    grammar = Grammar(seed)
    return [grammar.statement() for _ in range(count)]
