import pytest

from exports.pipeline import passwords
from exports.pipeline.problems import Problems
from tests.exports.pipeline.engine import parse, problems_of

GOOD = [
    "brook7fe",
    "correct horse battery",
    "пароль-日本語-9",
    "é" * 5 + "abc",
    "x1y2z3w4",
]
REFUSED = {
    "abc1234": "must have 8 to 99 characters",
    "ab1" * 34: "must have 8 to 99 characters",
    "日本語é" * 10: "must have 99 bytes of UTF-8 at most",
    "abcd\t1234": "must not hold control characters",
    "abcd1234\u200b": "must not hold control characters",
    "e\u0301abcd1234": "holds characters that programs write in different ways",
    "\ufb01abcd1234": "holds characters that programs write in different ways",
    "aaaaaaaaaa": "must have 4 different characters at least",
    "ababababc": "must have 4 different characters at least",
    "Password1": "is among the commonest passwords",
    "QWERTYUIOP": "is among the commonest passwords",
}


@pytest.mark.parametrize("password", GOOD)
def test_good_password_is_taken(password):
    assert parse(password=password).password == password


@pytest.mark.parametrize("password", REFUSED)
def test_bad_password_is_refused_without_showing_it(password):
    problems = problems_of(password=password)

    assert problems == {"password": f"password {REFUSED[password]}"}


@pytest.mark.parametrize("value", [12345678, True, ["brook7fe"], {"a": "abcd1234"}])
def test_password_is_a_text(value):
    assert problems_of(password=value) == {"password": "password must be a text"}


def test_spec_shows_and_keeps_no_password():
    spec = parse(password="abcd-1234")

    assert "abcd-1234" not in repr(spec)
    assert "abcd-1234" not in str(spec.as_json())
    assert "password" not in spec.as_json()


def test_made_passwords_are_good_and_different():
    made = {passwords.generate() for _ in range(200)}
    problems = Problems()

    for each in made:
        passwords.check(each, problems)

    assert (len(made), problems.details) == (200, [])
    assert {len(each) for each in made} == {23}
