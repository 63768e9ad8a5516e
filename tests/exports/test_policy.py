import pytest

from customers.actors import Actor, Grant
from customers.clearance import Clearance
from exports import policy
from exports.errors import BusinessNotFound, Forbidden, SizeExceeded
from exports.models import Mode
from exports.pipeline.spec import ExportSpec

READER = Grant(frozenset({"exports:read"}), Clearance.INTERNAL)


def actor(**grants: Grant) -> Actor:
    return Actor(kind="key", id="key_1", label="a key", grants=grants)


def spec(**values) -> ExportSpec:
    basic = {"business_id": "mine", "export_type": "verifications", "format": "csv"}
    return ExportSpec.parse(basic | values, clearance=Clearance.INTERNAL)


def test_granted_gives_what_may_be_done():
    assert policy.granted(actor(mine=READER), "exports:read", "mine") == READER


def test_business_of_others_is_not_found_whatever_the_scope():
    with pytest.raises(BusinessNotFound, match="'theirs'"):
        policy.granted(actor(mine=READER), "exports:write", "theirs")


def test_business_without_the_scope_is_forbidden():
    with pytest.raises(Forbidden, match="exports:write"):
        policy.granted(actor(mine=READER), "exports:write", "mine")


@pytest.mark.parametrize(
    ("mode", "format_name", "refused"),
    [
        (Mode.IMMEDIATE, "csv", True),
        (Mode.IMMEDIATE, "pdf", True),
        (Mode.INLINE, "csv", False),
        (Mode.INLINE, "pdf", True),
        (Mode.BACKGROUND, "pdf", False),
        (Mode.COMMAND, "csv", False),
    ],
)
def test_immediate_size_bounds_what_somebody_waits_for(
    settings, mode, format_name, refused
):
    settings.EXPORTS = {**settings.EXPORTS, "IMMEDIATE_MAX_ROWS": 5}
    wanted = spec(format=format_name)
    policy.check_immediate_size(mode, wanted, 5)

    if refused:
        with pytest.raises(SizeExceeded, match="6 rows are more than"):
            policy.check_immediate_size(mode, wanted, 6)
    else:
        policy.check_immediate_size(mode, wanted, 6)
