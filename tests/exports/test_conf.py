import pytest

from exports.conf import KNOBS, knob, max_bytes

MIB = 1 << 20


def test_knob_has_a_default_of_its_type():
    wrong = [
        name for name, each in KNOBS.items() if type(each.default) is not each.kind
    ]

    assert wrong == []


def test_knob_says_what_it_means():
    assert [name for name, each in KNOBS.items() if not each.help] == []


def test_knob_is_the_default_unless_told():
    assert knob("IMMEDIATE_MAX_ROWS") == 50_000


def test_knob_is_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("EXPORT_LEASE_SECONDS", "2.5")

    assert knob("LEASE_SECONDS") == 2.5


def test_settings_win_over_the_environment(monkeypatch, settings):
    monkeypatch.setenv("EXPORT_MAX_ROWS", "7")
    settings.EXPORTS = {**settings.EXPORTS, "MAX_ROWS": 8}

    assert knob("MAX_ROWS") == 8


@pytest.mark.parametrize(
    ("format_name", "background", "most"),
    [
        ("pdf", False, 50 * MIB),
        ("pdf", True, 200 * MIB),
        ("csv", False, 100 * MIB),
        ("csv", True, 2048 * MIB),
        ("excel", False, 25 * MIB),
        ("excel", True, 2048 * MIB),
        ("json", False, 10 * MIB),
        ("yaml", False, 100 * MIB),
    ],
)
def test_file_may_have_so_many_bytes(format_name, background, most):
    assert max_bytes(format_name, background=background) == most


def test_any_format_may_have_a_limit_of_its_own(monkeypatch, settings):
    monkeypatch.setenv("EXPORT_MAX_SIZE_YAML", "5")
    monkeypatch.setenv("EXPORT_JOB_MAX_SIZE_XLSX", "6")
    settings.EXPORTS = {**settings.EXPORTS, "MAX_SIZE_XML": 7, "MAX_SIZE_CSV": 8}

    assert [
        max_bytes("yaml", background=False),
        max_bytes("excel", background=True),
        max_bytes("xml", background=False),
        max_bytes("csv", background=False),
    ] == [5, 6, 7, 8]


def test_limit_of_other_formats_is_the_default_one(settings):
    settings.EXPORTS = {**settings.EXPORTS, "MAX_SIZE_DEFAULT": 9}

    assert max_bytes("tsv", background=False) == 9
