import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exports import signing
from exports.signing import NotProved

NEW, OLD = b"n" * 32, b"o" * 32
CONTENT = {
    "export_id": "exp_1",
    "rows": 3,
    "is": True,
    "none": None,
    "spec": {"filters": {"score_min": 0.8}, "ü\U0001f600": ["x", {"deep": 1.5}]},
}


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.SIGNING_KEYS = {"new": NEW, "old": OLD}


def leaves(value, path=()):
    """The path of every value that holds no others."""
    if isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return [leaf for key, item in items for leaf in leaves(item, (*path, key))]
    return [path]


def changed(document, path, to):
    copy = json.loads(json.dumps(document))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return copy


def check(document):
    signing.verify(document, keys=signing.public_keys())


def test_signature_is_ed25519_over_the_canonical_content():
    document = signing.sign({"b": 1.0, "a": "ü"})

    signature = document.pop("signature")
    assert document == {"b": 1.0, "a": "ü"}
    assert (signature["algorithm"], signature["key_id"]) == ("Ed25519", "new")
    public = Ed25519PrivateKey.from_private_bytes(NEW).public_key()
    public.verify(base64.b64decode(signature["value"]), '{"a":"ü","b":1}'.encode())


def test_signed_document_is_proved_after_any_reading_and_writing():
    document = signing.sign(CONTENT)

    check(signing.read_document(json.dumps(document, indent=4, sort_keys=True)))


@pytest.mark.parametrize("path", leaves(signing._exact(CONTENT)))  # noqa: SLF001 - a plain copy
@pytest.mark.parametrize("to", ["other", 4, None, [], {}])
def test_changed_field_is_refused(path, to):
    document = signing.sign(CONTENT)
    other = changed(document, path, to)
    if other == document:
        other = changed(document, path, "changed")

    with pytest.raises(NotProved):
        check(other)


@pytest.mark.parametrize("name", list(CONTENT))
def test_removed_field_is_refused(name):
    document = signing.sign(CONTENT)
    del document[name]

    with pytest.raises(NotProved):
        check(document)


def test_added_field_is_refused():
    with pytest.raises(NotProved):
        check(signing.sign(CONTENT) | {"more": 1})


@pytest.mark.parametrize(
    "to",
    [
        None,
        {},
        {"value": "x"},
        {"algorithm": "none"},
        {"key_id": "old"},
        {"key_id": "unknown"},
        {"key_id": None},
        {"key_id": ["new"]},
        {"value": ""},
        {"value": 7},
        {"value": "ü"},
        {"more": 1},
    ],
)
def test_changed_signature_is_refused(to):
    document = signing.sign(CONTENT)
    document["signature"] = document["signature"] | to if to else to

    with pytest.raises(NotProved):
        check(document)


def test_every_character_of_the_signature_counts():
    """The bits of base64 that mean nothing too."""
    document = signing.sign(CONTENT)
    value = document["signature"]["value"]

    for place, letter in enumerate(value):
        for other in (chr(ord(letter) ^ 1), "", "A" if letter != "A" else "B"):
            text = value[:place] + other + value[place + 1 :]
            with pytest.raises(NotProved):
                check(changed(document, ("signature", "value"), text))


def test_older_key_still_verifies(settings):
    settings.SIGNING_KEYS = {"old": OLD}
    document = signing.sign(CONTENT)
    settings.SIGNING_KEYS = {"new": NEW, "old": OLD}

    check(document)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"rows": 1, "rows": 2}',
        '{"a": {"rows": 1, "rows": 1}}',
        '{"rows": NaN}',
        "[" * 100_000,
    ],
)
def test_what_readers_read_differently_is_refused(text):
    with pytest.raises(NotProved):
        signing.read_document(text)


def test_number_that_a_double_does_not_hold_is_kept_as_text():
    content = {"a": 2**53 - 1, "b": 2**53, "c": -(10**30), "d": [1e23, 1e-7], "e": True}

    document = signing.sign(content)

    del document["signature"]
    assert document == {
        "a": 2**53 - 1,
        "b": "9007199254740992",
        "c": "-1" + "0" * 30,
        "d": ["1" + "0" * 23, 1e-7],
        "e": True,
    }


@pytest.mark.parametrize("text", ["{}", '{"keys": 1}', '{"keys": [{"key_id": "new"}]}'])
def test_what_are_no_keys_is_refused(text):
    with pytest.raises(NotProved):
        signing.read_keys(text)


def test_keys_are_read_as_they_are_shown():
    shown = signing.public_keys()

    assert signing.read_keys(json.dumps({"keys": shown})) == shown
    assert [key["key_id"] for key in shown] == ["new", "old"]
    assert NEW.decode() not in json.dumps(shown)
