from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.errors import SizeExceeded
from exports.pipeline.sinks.checksum import Receipt


@given(st.lists(st.binary()))
def test_receipt_is_of_the_bytes_that_passed(chunks):
    receipt = Receipt()

    passed = list(receipt.passing(chunks))

    content = b"".join(chunks)
    assert passed == chunks
    assert (receipt.size, receipt.sha256) == (
        len(content),
        sha256(content).hexdigest(),
    )


def test_receipt_lets_exactly_its_limit_pass():
    receipt = Receipt(limit=4)

    assert list(receipt.passing([b"ab", b"cd", b""])) == [b"ab", b"cd", b""]


def test_receipt_stops_before_the_chunk_that_is_too_much():
    receipt = Receipt(limit=4)
    passed = []

    with pytest.raises(SizeExceeded, match=r"larger than 4 bytes \(over 5 so far\)"):
        passed.extend(receipt.passing([b"ab", b"cde", b"f"]))

    assert receipt.size == 2
    assert receipt.sha256 == sha256(b"ab").hexdigest()


@pytest.mark.parametrize("way_out", ["", ", or ask for a job"])
def test_receipt_tells_the_ways_out_that_there_are(way_out):
    receipt = Receipt(limit=1, way_out=way_out)

    with pytest.raises(SizeExceeded) as refused:
        list(receipt.passing([b"ab"]))

    assert refused.value.message == (
        "the file is larger than 1 bytes (over 2 so far): narrow the filters or set"
        f" max_rows{way_out}"
    )


@pytest.mark.parametrize("limit", [0, 4])
def test_receipt_of_nothing_is_of_no_bytes(limit):
    receipt = Receipt(limit=limit)

    assert list(receipt.passing([])) == []
    assert (receipt.size, receipt.sha256) == (0, sha256(b"").hexdigest())
