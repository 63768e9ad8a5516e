import json

import pytest

from customers.redaction import holds_credential, redacted, redacted_line

PREFIX, SECRET = "abcdefghijkl", "Zx9-_" * 8 + "Qw1"
KEY, TOKEN = f"kyb_{PREFIX}_{SECRET}", f"kybstaff_{PREFIX}_{SECRET}"


@pytest.mark.parametrize("text", [KEY, TOKEN, f"'{KEY}'", f"x{KEY}", KEY[:20]])
def test_credential_is_found_wherever_it_stands(text):
    assert holds_credential(text)


@pytest.mark.parametrize(
    "text", ["", "kyb", f"kyb_{PREFIX}", "kyb_short_x", "KYB_ABCDEFGHIJKL_X", "é"]
)
def test_what_is_public_is_no_credential(text):
    assert not holds_credential(text)
    assert redacted(text) == redacted_line(text) == text


def test_prefix_of_a_credential_stays():
    assert redacted(f"no business '{KEY}'") == f"no business 'kyb_{PREFIX}_***'"
    assert redacted(f"{TOKEN}.") == f"kybstaff_{PREFIX}_***."


def test_credential_is_taken_out_of_nested_values():
    nested = {"list": [KEY, 1, None], KEY: {"tuple": (TOKEN, True)}, "other": "kept"}

    assert redacted(nested) == {
        "list": [f"kyb_{PREFIX}_***", 1, None],
        f"kyb_{PREFIX}_***": {"tuple": [f"kybstaff_{PREFIX}_***", True]},
        "other": "kept",
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET /f?expires=1&signature=Ab-9&x=1", "GET /f?expires=1&signature=***&x=1"),
        ("Cookie: sessionid=abc; csrftoken=d", "Cookie: sessionid=***; csrftoken=***"),
        ("username=a&PASSWORD=b%20c", "username=a&PASSWORD=***"),
        (f"Authorization: Bearer {'a.b' * 9}", "Authorization: Bearer ***"),
        ("Authorization: Bearer <key>", "Authorization: Bearer <key>"),
        ("the signature is not valid", "the signature is not valid"),
    ],
)
def test_line_shows_no_secret_that_its_place_tells_of(text, shown):
    assert redacted_line(text) == shown


def test_line_of_json_stays_json():
    line = json.dumps({"a": f'say "signature={SECRET}" and\n{KEY}', "b": [KEY]})

    assert json.loads(redacted_line(line)) == {
        "a": f'say "signature=***" and\nkyb_{PREFIX}_***',
        "b": [f"kyb_{PREFIX}_***"],
    }
