"""What is told of exports afterwards: figures, and who did what."""

from datetime import UTC, datetime

import pytest

from tests.journeys.clients import ask

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]

SPEC = {"format": "tsv", "columns": ["id"], "max_rows": 9}


def figures(client):
    """Of today's verifications as TSV that have ended well."""
    path = f"/v1/export/analytics?business_id={client.business_id}"
    found = [
        each
        for each in client.call("GET", path).json()["figures"]
        if (each["type"], each["format"]) == ("verifications", "tsv")
        and each["outcome"] == "completed"
    ]
    return (
        sum(each["exports"] for each in found),
        sum(each["rows"] for each in found),
        sum(each["bytes"] for each in found),
    )


def test_figures_grow_by_what_was_exported(client, charlie):
    before, others = figures(client), figures(charlie)

    exports = [client.run(SPEC), client.export(SPEC).json()]

    size = sum(export["file_size"] for export in exports)
    assert figures(client) == (before[0] + 2, before[1] + 18, before[2] + size)
    assert figures(charlie) == others


def test_every_deed_is_recorded_and_found_by_its_export(client, charlie):
    since = datetime.now(UTC).isoformat()  # noqa: TID251 - a client's clock
    export = client.run(SPEC)
    client.file(export["export_id"])
    ask("GET", export["file_url"])

    query = {"object_id": export["export_id"], "limit": "100"}
    told = client.call("GET", "/v1/export/audit", params=query).json()
    narrowed = query | {"created_after": since, "action": "export.downloaded"}
    downloads = client.call("GET", "/v1/export/audit", params=narrowed).json()
    foreign = charlie.call("GET", "/v1/export/audit", params=query).json()

    events = sorted(told["events"], key=lambda event: event["event_id"])
    assert [event["action"] for event in events] == [
        "export.requested",
        "export.processing",
        "export.completed",
        "export.downloaded",
        "export.downloaded",
    ]
    assert {event["business_id"] for event in events} == {client.business_id}
    kinds = [event["actor_kind"] for event in downloads["events"]]
    assert sorted(kinds) == ["key", "link"]
    assert (foreign["events"], foreign["total_count"]) == ([], 0)


def test_pages_of_the_record_are_linked(client):
    client.export(SPEC)
    first = client.call("GET", "/v1/export/audit?limit=2")
    second = client.call("GET", first.links["next"]["url"])

    assert len(first.json()["events"]) == len(second.json()["events"]) == 2
    back = client.call("GET", second.links["prev"]["url"])
    assert back.links.keys() == {"next"}
