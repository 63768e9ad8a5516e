import re

import pytest

from exports.pipeline.transforms import BadTransform
from tests.exports.pipeline.treating import CELL, treated

FITS = {
    "upper": "text",
    "lower": "text",
    "trim": "text",
    "truncate:3": "text",
    "round:1": "decimal",
    "date:%Y": "date datetime",
    "timezone:Europe/Berlin": "datetime",
    'map:{"a":"b"}': "text",
    "default:1": "text integer decimal",
    "mask": "text uuid integer decimal date datetime json",
    "hash": "text uuid integer decimal date datetime json",
}
UNFIT = [
    (transform, kind)
    for transform, kinds in FITS.items()
    for kind in CELL
    if kind not in kinds.split()
]


@pytest.mark.parametrize(
    ("transform", "kind"),
    [(name, kind) for name, kinds in FITS.items() for kind in kinds.split()],
)
def test_transform_that_fits_leaves_as_many_cells(transform, kind):
    done, out = treated(transform, kind, CELL[kind], None)

    assert len(done) == 2
    assert (out.name, out.label) == ("c", "Label")


@pytest.mark.parametrize(("transform", "kind"), UNFIT)
def test_transform_that_does_not_fit_the_type_is_refused(transform, kind):
    name, _, _ = transform.partition(":")
    message = f"'{name}' does not fit a column of type {kind}"
    if name == "default" and kind in {"date", "datetime"}:
        message = f"the default is no {kind}"

    with pytest.raises(BadTransform, match=re.escape(message)):
        treated(transform, kind)


NO_ARGUMENT = "takes no argument"
ONE_TO = "the number is from 1 to 32767"
FOLLOW = "a whole number from 1 to 32767 must follow"
MAP = "a JSON object of texts must follow"


@pytest.mark.parametrize(
    ("transform", "kind", "message"),
    [
        ("shout", "text", "unknown transform 'shout', known: date, default, hash,"),
        ("", "text", "unknown transform ''"),
        ("UPPER", "text", "unknown transform 'UPPER'"),
        ("upper:1", "text", NO_ARGUMENT),
        ("mask:1", "text", NO_ARGUMENT),
        ("hash:salt", "text", NO_ARGUMENT),
        ("truncate", "text", FOLLOW),
        ("truncate:-1", "text", FOLLOW),
        ("truncate:٣", "text", FOLLOW),
        ("truncate:999999", "text", FOLLOW),
        ("truncate:0", "text", ONE_TO),
        ("truncate:32768", "text", ONE_TO),
        ("round:3", "decimal", "the number is from 0 to 2"),
        ("round", "decimal", "a whole number from 0 to 2 must follow"),
        ("date", "date", "the format must start with"),
        ("date:%B", "date", "the format must start with"),
        ("date:=%Y", "date", "the format must start with"),
        ("date:" + "%Y" * 21, "date", "the format must start with"),
        ("timezone:Mars/Olympus", "datetime", "'Mars/Olympus' is no IANA time zone"),
        ("timezone:", "datetime", "'' is no IANA time zone"),
        ("timezone:../../etc/passwd", "datetime", "is no IANA time zone"),
        ("map:", "text", MAP),
        ("map:[]", "text", MAP),
        ('map:{"a":1}', "text", MAP),
        ('map:{"a":null}', "text", MAP),
        ("default:x", "integer", "the default is no integer"),
        ("default:1.5", "integer", "the default is no integer"),
        (f"default:{1 << 63}", "integer", "the default is no integer"),
        ("default:" + "9" * 3000, "integer", "the default is no integer"),
        ("default:NaN", "decimal", "the default is no decimal"),
        ("default:sNaN", "decimal", "the default is no decimal"),
        ("default:Infinity", "decimal", "the default is no decimal"),
        ("default:1e99", "decimal", "the default is no decimal"),
        ("default:2024-02-30", "date", "the default is no date"),
        ("default:2024-02-09T00:00:00", "datetime", "the default is no datetime"),
        ("default:0001-01-01T00:00:00+05:00", "datetime", "default is no datetime"),
    ],
)
def test_transform_that_is_none_is_refused(transform, kind, message):
    with pytest.raises(BadTransform, match=re.escape(message)):
        treated(transform, kind)
