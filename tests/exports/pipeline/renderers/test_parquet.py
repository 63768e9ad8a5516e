import io
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.errors import ExportError
from exports.pipeline.columns import Tally
from exports.pipeline.renderers.parquet import Parquet
from tests.exports.pipeline.renderers.tables import (
    column,
    endless,
    naughty,
    renderer_of,
    written,
)

NAME = column("name", label="Name")
ALL_KINDS = [
    column("id", "uuid"),
    column("name", label="Näme"),
    column("count", "integer"),
    column("fee", "decimal", scale=2),
    column("day", "date"),
    column("at", "datetime", zone="Europe/Berlin"),
    column("checks", "json"),
]
ALL_KINDS_TABLE = [
    ["3f2b0a52-0000-4000-8000-000000000001", None],
    ["0042", None],
    ["-9223372036854775808", None],
    ["-0.50", None],
    ["0001-01-01", None],
    ["2024-07-01T01:30:00.123456+02:00", None],
    ['{"a":[1,{"b":null}]}', None],
]


def table_of(content: bytes) -> pa.Table:
    return pq.read_table(io.BytesIO(content))


def test_parquet_types_every_kind_of_column():
    content = written(Parquet, ALL_KINDS, ALL_KINDS_TABLE)

    table = table_of(content)
    assert table.to_pylist() == [
        {
            "id": "3f2b0a52-0000-4000-8000-000000000001",
            "Näme": "0042",
            "count": -(2**63),
            "fee": Decimal("-0.50"),
            "day": date(1, 1, 1),
            "at": datetime(2024, 6, 30, 23, 30, 0, 123_456, tzinfo=UTC),
            "checks": '{"a":[1,{"b":null}]}',
        },
        dict.fromkeys(table.column_names),
    ]
    assert table.schema.types == [
        pa.string(),
        pa.string(),
        pa.int64(),
        pa.decimal128(38, 2),
        pa.date32(),
        pa.timestamp("us", tz="Europe/Berlin"),
        pa.string(),
    ]


def test_parquet_of_no_rows_has_its_schema():
    table = table_of(written(Parquet, ALL_KINDS, [[] for _ in ALL_KINDS]))

    assert table.num_rows == 0
    assert table.column_names == [column.label for column in ALL_KINDS]


@pytest.mark.parametrize("block_rows", [1, 7, 4096])
def test_parquet_bytes_do_not_depend_on_blocks(block_rows):
    names = [None if number % 3 else f"name {number}" for number in range(70_000)]
    counts = [str(number) for number in range(70_000)]
    columns = [NAME, column("count", "integer")]

    content = written(Parquet, columns, [names, counts], block_rows=block_rows)

    assert content == written(Parquet, columns, [names, counts], block_rows=70_000)
    assert table_of(content).to_pydict() == {
        "Name": names,
        "count": list(range(70_000)),
    }


def test_parquet_row_groups_are_of_one_length_and_zstd():
    names = [str(number) for number in range(2 * 65_536 + 1)]

    metadata = pq.ParquetFile(io.BytesIO(written(Parquet, [NAME], [names]))).metadata

    groups = [metadata.row_group(at) for at in range(metadata.num_row_groups)]
    assert [group.num_rows for group in groups] == [65_536, 65_536, 1]
    assert {group.column(0).compression for group in groups} == {"ZSTD"}


def test_parquet_keeps_naughty_strings():
    texts = naughty()

    content = written(Parquet, [NAME], [texts])

    assert table_of(content)["Name"].to_pylist() == texts


@given(st.lists(st.none() | st.text(st.characters(codec="utf-8")), max_size=9))
def test_parquet_text_reads_back(cells):
    assert table_of(written(Parquet, [NAME], [cells]))["Name"].to_pylist() == cells


@given(
    st.lists(st.none() | st.decimals(-(10**34) + 1, 10**34 - 1, places=4), max_size=9)
)
def test_parquet_decimals_keep_their_digits(numbers):
    cells = [None if number is None else f"{number:f}" for number in numbers]

    content = written(Parquet, [column("fee", "decimal", scale=4)], [cells])

    assert table_of(content)["fee"].to_pylist() == numbers


def test_parquet_replaces_and_counts_halves_of_surrogate_pairs():
    tally = Tally()

    content = written(Parquet, [NAME], [["a\ud800\udfffb", None, "c"]], tally=tally)

    assert table_of(content)["Name"].to_pylist() == ["a\ufffd\ufffdb", None, "c"]
    assert tally.counts == {("name", "replaced"): 1}


def test_parquet_metadata_is_key_values_of_json():
    metadata = {"business": "business_123", "filters": {"b": 1, "a": ["é"]}, "rows": 1}

    content = written(Parquet, [NAME], [["a"]], metadata=metadata)

    read = pq.read_schema(io.BytesIO(content)).metadata
    assert read == {
        b"business": b'"business_123"',
        b"filters": '{"a":["é"],"b":1}'.encode(),
        b"rows": b"1",
    }


@pytest.mark.parametrize(
    ("kind", "cell", "wanted"),
    [
        ("integer", "9223372036854775808", "int64"),
        ("integer", "1.5", "int64"),
        ("decimal", "1.005", "decimal128(38, 2)"),
        ("decimal", "1" + "0" * 36 + ".00", "decimal128(38, 2)"),
        ("decimal", "-" + "9" * 37 + ".00", "decimal128(38, 2)"),
        ("date", "2023-02-29", "date32[day]"),
        ("datetime", "2024-01-01T00:00:00.000000", "timestamp[us, tz=UTC]"),
    ],
)
def test_parquet_refuses_what_a_column_cannot_hold(kind, cell, wanted):
    columns = [NAME, column("fee", kind, label="Fee", scale=2)]
    renderer = renderer_of(Parquet, columns, rows_expected=1)

    with pytest.raises(ExportError) as caught:
        list(renderer.render([[["a"], [cell]]]))

    assert caught.value.message == f"column 'Fee' has a value that is no {wanted}"
    assert renderer.rows_closed == 0


@pytest.mark.memory
def test_parquet_memory_is_flat():
    peaks = []
    for blocks in (32, 96):
        renderer = renderer_of(Parquet, [NAME] * 2, rows_expected=4096 * blocks)
        tracemalloc.start()
        before = pa.system_memory_pool().bytes_allocated()
        held = [
            pa.system_memory_pool().bytes_allocated() - before
            for _ in renderer.render(
                endless(["a" * 30, None], rows=4096, blocks=blocks)
            )
        ]
        peaks.append(tracemalloc.get_traced_memory()[1] + max(held))
        tracemalloc.stop()

    assert peaks[1] < 1.2 * peaks[0]
    assert peaks[1] < 16_000_000
