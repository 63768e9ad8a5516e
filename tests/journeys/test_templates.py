"""A business's own templates, from their making to their end."""

import pytest

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]

MINE = {
    "id": "mine",
    "name": "Mine",
    "type": "verifications",
    "format": "tsv",
    "columns": ["id", "score"],
    "filters": {"status": "completed"},
    "sort_by": ["-score"],
}
ADDRESS = "/v1/export/templates"


@pytest.fixture
def mine(client):
    payload = MINE | {"business_id": client.business_id}
    made = client.call("POST", ADDRESS, json=payload)
    assert made.status_code == 201, made.text
    yield made
    client.call("DELETE", f"{ADDRESS}/mine")


def exported(client):
    """The file of the template, and of the same spec written out."""
    spec = {"business_id": client.business_id, "template_id": "mine"}
    by_name = client.call("POST", "/v1/export", json=spec).json()
    return client.file(by_name["export_id"]).content


def test_template_is_made_used_changed_and_deleted(client, charlie, mine):
    spelt = {
        name: MINE[name] for name in ("format", "columns", "filters", "sort_by")
    } | {"export_type": MINE["type"]}
    inline = client.export(spelt | {"delivery": "inline"})

    address = mine.headers["Location"]
    assert client.call("GET", address).json() == mine.json()
    assert exported(client) == inline.content

    changed = client.call("PATCH", address, json={"columns": ["id"]}).json()
    assert client.call("GET", address).json() == changed
    assert exported(client).splitlines()[0] == b"id"

    whole = {"name": "Other", "type": "reports", "format": "json"}
    replaced = client.call("PUT", address, json=whole).json()
    assert (replaced["type"], replaced["columns"]) == ("reports", None)

    for method in ("GET", "DELETE"):
        assert charlie.call(method, f"{ADDRESS}/mine").status_code == 404
    listed = charlie.call("GET", f"{ADDRESS}?limit=100").json()["templates"]
    assert {each["business_id"] for each in listed} == {None}

    assert client.call("DELETE", address).status_code == 204
    gone = client.call("GET", address)
    assert (gone.status_code, gone.json()["error"]["code"]) == (
        404,
        "TEMPLATE_NOT_FOUND",
    )


def test_list_is_narrowed_to_one_template(client, mine):
    own = f"{ADDRESS}?business_id={client.business_id}&type=verifications&format=tsv"

    listed = client.call("GET", own).json()
    one = client.call("GET", f"{ADDRESS}?template_id=mine").json()

    assert listed["templates"] == [one] == [mine.json()]


def test_template_whose_id_is_taken_is_refused(client, mine):
    payload = MINE | {"business_id": client.business_id}

    answer = client.call("POST", ADDRESS, json=payload)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_built_in_template_is_read_only(client, method):
    body = {"name": "Mine now", "type": "verifications", "format": "csv"}

    answer = client.call(method, f"{ADDRESS}/verifications_csv", json=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN")


def test_template_that_names_a_column_that_is_gone_says_so(stack, client, mine):
    # A release takes a column away.
    stack.database.execute(
        "UPDATE templates_app_exporttemplate SET columns = '[\"gone\"]'"
        " WHERE slug = 'mine'"
    )
    # The cache does not know of it, and is made to look again.
    client.call("PATCH", f"{ADDRESS}/mine", json={"description": "as before"})

    read = client.call("GET", f"{ADDRESS}/mine").json()
    spec = {"business_id": client.business_id, "template_id": "mine"}
    run = client.call("POST", "/v1/export", json=spec)

    assert (read["is_valid"], len(read["problems"])) == (False, 1)
    assert "gone" in read["problems"][0]["message"]
    assert run.status_code == 400
    assert "gone" in run.json()["error"]["message"]
