"""Country names as registers and shops write them."""

import pytest

from customers.registries.countries import country_code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ENGLAND", "GB"),
        ("NORTHERN IRELAND", "GB"),
        ("UK", "GB"),
        ("USA", "US"),
        ("EIRE", "IE"),
        (" Cayman Islands ", "KY"),
        ("GUERNSEY", "GG"),
        ("Venezuela", "VE"),
        ("Unspecified", ""),
        ("Atlantis", ""),
        ("", ""),
    ],
)
def test_country_code_is_iso_or_nothing(name, code):
    assert country_code(name) == code
