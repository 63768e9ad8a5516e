"""A field that may go out has a class, or is told to go out never: new ones too."""

import re
from dataclasses import fields

import pytest

from customers import models
from customers.clearance import Clearance
from customers.models import ExportableRow, OwnedRow
from customers.view360 import shape
from customers.view360.classes import CLASSES
from exports.pipeline import transforms
from exports.pipeline.columns import ColumnType, OutColumn
from exports.pipeline.datasets import DATASETS
from exports.pipeline.run import pseudonym_key
from exports.pipeline.transforms import BadTransform, decide
from tests.exports.pipeline.treating import CELL
from tests.security.fields import FIGURES, NEVER, VIEWED
from tests.security.marked import MODELS

TABLES = {model._meta.db_table: model for model in MODELS}


def read_by(name: str, columns) -> set[str]:
    """The fields whose values the columns are made of, by the SQL that reads them."""
    dataset = DATASETS[name]
    business = models.Business(id="b", time_zone="UTC")
    rows = dataset.in_range(dataset.rows(business), business)
    sources = {source for each in columns for source in (each.inputs or (each.path,))}
    sql, _ = rows.values(*sources).query.sql_with_params()
    return {
        f"{TABLES[table].__name__}.{field_of(TABLES[table], column)}"
        for table, column in re.findall(r'"(\w+)"\."(\w+)"', chosen(sql))
        if table in TABLES
    }


def chosen(sql: str) -> str:
    """Without the conditions of joins, and that of the business."""
    joined = r' ON \("\w+"\."\w+" = "\w+"\."\w+"\)'
    return re.sub(rf'{joined}|WHERE "\w+"\."business_id" = %s', "", sql)


def field_of(model, column: str) -> str:
    [name] = [
        each.name for each in model._meta.concrete_fields if each.column == column
    ]
    return name


def classed() -> dict[str, Clearance]:
    """Field -> the class of the columns that show it as it is."""
    found: dict[str, Clearance] = {}
    for name in DATASETS:
        for column in DATASETS[name].columns:
            if column.combine is None and name != "analytics":
                for field in read_by(name, [column]):
                    assert found.setdefault(field, column.clearance) == column.clearance
    return found


def all_fields() -> set[str]:
    return {
        f"{model.__name__}.{field.name}"
        for model in MODELS
        for field in model._meta.concrete_fields
    }


def test_every_table_of_a_business_is_known_here():
    owned = {
        each
        for kind in (OwnedRow, ExportableRow)
        for each in kind.__subclasses__()
        if not each._meta.abstract
    }

    assert owned == set(MODELS)


def test_every_column_has_a_class_and_says_what_it_is():
    columns = [each for name in DATASETS for each in DATASETS[name].columns]

    assert [
        each.name for each in columns if type(each.clearance) is not Clearance
    ] == []
    assert [each.name for each in columns if not each.description] == []


def test_every_field_is_classed_or_told_to_go_out_never():
    shown = set(classed()) | set(VIEWED)

    assert all_fields() - shown - set(NEVER) == set()
    assert shown & set(NEVER) == set()
    assert (shown | set(NEVER)) - all_fields() == set()


@pytest.mark.parametrize("name", list(DATASETS))
def test_dataset_reads_nothing_that_has_no_class(name):
    known = set(classed())

    assert read_by(name, DATASETS[name].columns) - known == set()


def test_every_reason_is_told():
    assert [field for field, reason in NEVER.items() if len(reason.split()) < 4] == []


@pytest.mark.parametrize(
    ("section", "kind"), [("profile", shape.Profile), ("notes", shape.WrittenNote)]
)
def test_profile_and_notes_are_classed_field_by_field(section, kind):
    told = {name.partition(".")[2] for name in CLASSES if name.startswith(section)}

    assert told == {each.name for each in fields(kind)}


def test_view_has_no_other_parts_than_those_that_are_internal():
    kinds = [each for each in vars(shape).values() if isinstance(each, type)]
    parts = {
        each.__name__: tuple(field.name for field in fields(each))
        for each in kinds
        if each.__module__ == shape.__name__
        and each not in {shape.Profile, shape.WrittenNote, shape.Sections}
    }

    assert parts == FIGURES


def test_fields_in_the_view_are_classed_there():
    assert set(VIEWED.values()) - {"internal"} == set(CLASSES)


@pytest.mark.parametrize("clearance", Clearance)
@pytest.mark.parametrize("kind", Clearance)
def test_class_above_the_clearance_is_masked_whatever_was_asked(kind, clearance):
    out = OutColumn("c", "c", ColumnType.TEXT)
    asked = [None, "upper", "truncate:1", "hash", "default:x", "network"]

    found = [
        decide(out, each, kind=kind, clearance=clearance, pseudonym_key=b"k")
        for each in asked
    ]

    hidden = [each.masked for each in found]
    assert hidden == [kind > clearance] * len(asked)
    sign = "<" if kind > clearance else ">="
    assert found[0].rule == f"clearance {clearance.label} {sign} {kind.label}"


@pytest.mark.parametrize(
    ("transform", "type_", "named"),
    [
        (None, "text", "clear"),
        ("upper", "text", "clear"),
        ("default:x", "text", "clear"),
        ('map:{"a":"b"}', "text", "clear"),
        ("truncate:3", "text", "generalised"),
        ("network", "text", "generalised"),
        ("round:1", "decimal", "generalised"),
        ("round:2", "decimal", "clear"),
        ("date:%Y-%m", "date", "generalised"),
        ("date:%d.%m.%Y", "date", "clear"),
        ("date:%d.%m.%Y", "datetime", "generalised"),
        ("date:%Y%m%d %H%M%S.%f", "datetime", "clear"),
        ("timezone:Asia/Tokyo", "datetime", "clear"),
        ("hash", "text", "pseudonym"),
        ("hash", "integer", "pseudonym"),
        ("mask", "json", "masked"),
    ],
)
def test_treatment_is_named_for_what_becomes_of_the_values(transform, type_, named):
    out = OutColumn("c", "c", ColumnType(type_), scale=2)

    treatment = decide(
        out,
        transform,
        kind=Clearance.PERSONAL,
        clearance=Clearance.PERSONAL,
        pseudonym_key=b"k",
    )

    asked = f"asked for: {transform.partition(':')[0]}" if transform else ""
    rule = asked or "clearance personal >= personal"
    assert (treatment.named, treatment.rule) == (named, rule)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("rosa@example.com", "***"),
        ("", ""),
        (None, None),
    ],
)
def test_network_hides_the_address_in_it(cell, expected):
    out = OutColumn("c", "c", ColumnType.TEXT)
    change = transforms.parse("network", out, pseudonym_key=b"").change

    assert (change(cell) if cell is not None else None) == expected


def test_network_takes_no_argument():
    with pytest.raises(BadTransform, match="takes no argument"):
        transforms.parse(
            "network:8", OutColumn("c", "c", ColumnType.TEXT), pseudonym_key=b""
        )


def pseudonym(business_id: str, cell: str) -> str:
    out = OutColumn("c", "c", ColumnType.TEXT)
    key = pseudonym_key(business_id)
    return str(transforms.parse("hash", out, pseudonym_key=key).change(cell))


def test_pseudonym_is_stable_in_a_business_and_another_in_another(settings):
    ours = pseudonym("ours", CELL["text"])

    assert ours == pseudonym("ours", CELL["text"])
    assert len({ours, pseudonym("theirs", CELL["text"]), pseudonym("ours", "x")}) == 3
    settings.SECRET_KEY = "another"
    assert pseudonym("ours", CELL["text"]) != ours


def test_pseudonyms_outlive_the_secret_key_when_they_have_their_own(settings):
    before = pseudonym("ours", CELL["text"])
    settings.PSEUDONYM_KEY = settings.SECRET_KEY
    settings.SECRET_KEY = "another"

    kept = pseudonym("ours", CELL["text"])
    settings.PSEUDONYM_KEY = "a third one"

    assert kept == before
    assert pseudonym("ours", CELL["text"]) != before


def test_pseudonym_key_holds_nothing_of_the_secret(settings):
    key = pseudonym_key("ours")

    assert len(key) == 32
    assert settings.SECRET_KEY.encode() not in key
