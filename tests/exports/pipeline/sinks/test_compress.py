import gzip as gzip_of_python
import io
import zipfile

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from exports.pipeline.sinks import compress
from exports.pipeline.sinks.packaging import Packaging

LARGE = b"".join(
    b"%d,row %d\r\n" % (number, number * 7919) for number in range(200_000)
)
CUT = [1 << 20, 999_983, 65_536]


def cut(content: bytes, size: int):
    return (content[at : at + size] for at in range(0, len(content), size))


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def packed(compression, chunks, **facts) -> bytes:
    packaging = Packaging(
        stem="rows",
        extension="csv",
        media_type="text/csv",
        compression=compression,
        **facts,
    )
    return b"".join(packaging.wrap(chunks))


def unpacked(compression, content: bytes) -> bytes:
    return {
        None: bytes,
        "gzip": gzip_of_python.decompress,
        "zstd": lambda data: (
            zstandard.ZstdDecompressor().decompressobj().decompress(data)
        ),
        "zip": lambda data: unzipped(data)["rows.csv"],
    }[compression](content)


@given(st.lists(st.binary(max_size=20)), st.integers(1, 16))
def test_blocks_are_the_same_bytes_in_one_size(chunks, size):
    blocks = list(compress.in_blocks(chunks, size))

    assert b"".join(blocks) == b"".join(chunks)
    assert {len(block) for block in blocks[:-1]} <= {size}
    assert all(blocks)


@pytest.mark.parametrize("compression", [None, "gzip", "zip", "zstd"])
@given(chunks=st.lists(st.binary(max_size=50)))
def test_compressed_reads_back_by_a_reader_of_its_own(compression, chunks):
    content = packed(compression, chunks)

    assert unpacked(compression, content) == b"".join(chunks)


@pytest.mark.parametrize("compression", ["gzip", "zip", "zstd"])
@given(chunks=st.lists(st.binary(max_size=50)), size=st.integers(1, 9))
def test_compressed_bytes_do_not_depend_on_the_chunks(compression, chunks, size):
    assert packed(compression, chunks) == packed(
        compression, cut(b"".join(chunks), size)
    )


@pytest.mark.parametrize("compression", ["gzip", "zip", "zstd"])
def test_large_file_is_the_same_however_it_was_cut(compression):
    contents = {packed(compression, cut(LARGE, size)) for size in CUT}

    [content] = contents
    assert unpacked(compression, content) == LARGE
    assert len(content) < len(LARGE) // 2


@pytest.mark.parametrize("compression", ["gzip", "zip", "zstd"])
def test_compressed_holds_no_clock(compression):
    content = packed(compression, [b"a"])

    assert content == packed(compression, [b"a"])
    if compression == "gzip":
        assert content[4:8] == bytes(4)
    if compression == "zip":
        [info] = zipfile.ZipFile(io.BytesIO(content)).infolist()
        assert info.date_time == (1980, 1, 1, 0, 0, 0)


@pytest.mark.parametrize("compression", ["gzip", "zip", "zstd"])
def test_compressing_starts_before_the_last_chunk_is_read(compression):
    read = []

    def chunks():
        for number in range(4):
            read.append(number)
            yield LARGE[: 1 << 20]

    stream = iter(
        Packaging("rows", "csv", "text/csv", compression=compression).wrap(chunks())
    )
    next(stream)

    assert len(read) < 4


@pytest.mark.parametrize(
    ("compression", "beside", "extension", "media_type"),
    [
        (None, None, "csv", "text/csv"),
        ("gzip", None, "csv.gz", "application/gzip"),
        ("zstd", None, "csv.zst", "application/zstd"),
        ("zip", None, "csv.zip", "application/zip"),
        (None, {}, "zip", "application/zip"),
        ("gzip", {}, "zip", "application/zip"),
        ("zip", {}, "zip", "application/zip"),
    ],
)
def test_packaging_is_called_what_it_is(compression, beside, extension, media_type):
    packaging = Packaging("rows", "csv", "text/csv", compression, beside)

    assert packaging.file_extension == extension
    assert packaging.content_type == media_type


@pytest.mark.parametrize(
    ("compression", "name"),
    [(None, "rows.csv"), ("zip", "rows.csv"), ("gzip", "rows.csv.gz")],
)
def test_metadata_lies_beside_the_file(compression, name):
    content = packed(compression, [b"a"], beside={"name": "Zoë"})

    found = unzipped(content)
    assert list(found) == [name, f"{name}.meta.json"]
    assert found[f"{name}.meta.json"].decode() == '{\n  "name": "Zoë"\n}'
    inner = found[name]
    assert (
        gzip_of_python.decompress(inner) if compression == "gzip" else inner
    ) == b"a"
