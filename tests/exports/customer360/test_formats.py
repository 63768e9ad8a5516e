from datetime import UTC, datetime

import pytest

from exports.customer360.formats import FORMATS
from exports.customer360.json import Export
from tests.exports.customer360 import views_made as made

EVERY = pytest.mark.parametrize("name", sorted(FORMATS))


def export_by(name, *, format_name):
    return Export(
        actor_id="17",
        actor_name=name,
        exported_at=datetime(2026, 11, 21, tzinfo=UTC),
        customer_id=made.ID,
        format=format_name,
        options={},
    )


@EVERY
def test_body_is_the_same_bytes_again(name):
    first, second = (b"".join(FORMATS[name].body(made.view(3))) for _ in range(2))

    assert first == second


@pytest.mark.parametrize("name", ["csv", "pdf", "xlsx"])
def test_frame_leaves_other_formats_as_they_are(name):
    export = export_by("Grace Hopper", format_name=name)

    assert list(FORMATS[name].framed([b"a", b"b"], export=export)) == [b"a", b"b"]


def test_frame_names_the_exporter_in_json():
    export = export_by("Grace Hopper", format_name="json")

    framed = b"".join(FORMATS["json"].framed([b"{}"], export=export))

    assert framed == (
        b'{"exportMetadata":{"exportedBy":{"id":"17","name":"Grace Hopper"},'
        b'"exportedAt":"2026-11-21T00:00:00.000000+00:00",'
        b'"customerId":"01890a5d-ac96-774b-bcce-b302099a8057","format":"json",'
        b'"options":{}},"customerData":{}}\n'
    )


@EVERY
def test_body_takes_orders_that_come_once(name):
    view = made.view(3)
    once = made.view(3, orders=iter(view.orders))

    assert b"".join(FORMATS[name].body(once)) == b"".join(FORMATS[name].body(view))


def test_formats_have_their_extension_and_media_type():
    assert {
        name: (made.extension, made.media_type.partition(";")[0])
        for name, made in FORMATS.items()
    } == {
        "pdf": ("pdf", "application/pdf"),
        "csv": ("csv", "text/csv"),
        "xlsx": (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        "json": ("json", "application/json"),
    }
