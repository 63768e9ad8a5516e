"""The documents say what the code says: names, tables, examples, links."""

import ast
import configparser
import inspect
import json
import re

import pytest
from django.core.management import get_commands

from customers.actors import SCOPES
from exports import conf, errors, manifest
from exports.pipeline import transforms
from exports.pipeline.columns import ColumnType, OutColumn
from exports.pipeline.datasets import DATASETS
from exports.pipeline.datasets.base import Column
from exports.pipeline.fields import FIELDS
from exports.pipeline.filters import operators
from exports.pipeline.ranges import RELATIVE
from exports.pipeline.renderers import RENDERERS, excel, parquet
from exports.pipeline.rows import BLOCK_ROWS
from exports.states import FileState, JobStatus
from templates_app import library
from tests.documents import (
    DOCUMENTS,
    ROOT,
    blocks,
    first_names,
    missing,
    named,
    read,
    rows,
    section,
)

APPS = {"customers", "exports", "kyb_export", "templates_app"}


def subclasses(kind: type) -> set[type]:
    return {kind}.union(*map(subclasses, kind.__subclasses__()))


def sources() -> str:
    folders = [ROOT / app for app in sorted(APPS)]
    return "\n".join(
        path.read_text() for folder in folders for path in sorted(folder.rglob("*.py"))
    )


def test_every_knob_is_told_with_its_default():
    told = {
        row[0]: row[1] for row in rows(section(read("configuration.md"), "## Knobs"))
    }
    resolver = conf.KNOBS["TEMPLATE_RESOLVER"]

    assert told.pop("`EXPORT_TEMPLATE_RESOLVER`") == "`templates_app.library.resolve`"
    assert told == {
        f"`EXPORT_{name}`": str(knob.default)
        for name, knob in conf.KNOBS.items()
        if knob is not resolver
    }


def test_every_variable_of_the_settings_is_told():
    code = (ROOT / "kyb_export" / "settings.py").read_text()
    variables = set(re.findall(r'env\.\w+\(\s*"(\w+)"', code))

    assert "DATABASE_URL" in variables
    assert missing(variables, read("configuration.md")) == []


def test_every_command_is_told():
    commands = {name for name, app in get_commands().items() if app in APPS}
    table = section(read("configuration.md"), "## Commands")

    assert missing(commands, table) == []


def test_every_make_target_is_told():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE)
    told = first_names(section(read("configuration.md"), "## Make"))

    assert sorted(told) == sorted(f"make {target}" for target in targets)


def test_every_error_code_is_told():
    codes = {kind.code for kind in subclasses(errors.ExportError)}
    codes |= set(errors.CODES.values())

    assert missing(codes, section(read("data-export-endpoints.md"), "## Errors")) == []


@pytest.mark.parametrize("name", list(DATASETS))
def test_dataset_is_told_column_by_column(name):
    told = [row[:4] for row in rows(section(read("data.md"), f"### `{name}`"))]

    assert told == [
        [f"`{column.name}`", kind(column), column.clearance.label, yes(column)]
        for column in DATASETS[name].columns
    ]


def kind(column: Column) -> str:
    is_decimal = column.type is ColumnType.DECIMAL
    return f"decimal({column.scale})" if is_decimal else column.type.value


def yes(column: Column) -> str:
    return "yes" if column.nullable else "no"


def test_no_other_dataset_is_told():
    told = re.findall(
        r"^### `(\w+)`", section(read("data.md"), "## Datasets"), re.MULTILINE
    )

    assert told == list(DATASETS)


def test_every_format_is_told_with_its_options():
    text = read("formats.md")
    headings = re.findall(r"^## (`.*)$", text, re.MULTILINE)
    formats = {name: line for line in headings for name in re.findall(r"`(\w+)`", line)}

    assert list(formats) == list(RENDERERS)
    for name, heading in formats.items():
        options = {option.name for option in RENDERERS[name].options}
        assert missing(options, section(text, f"## {heading}")) == []


def test_limits_are_told():
    told = {
        name: [int(cell.replace(",", "")) for cell in row[1:]]
        for row in rows(section(read("formats.md"), "## Limits"))
        for name in row[0].split(", ")
    }

    assert told == {
        name: [conf.max_bytes(name, background=later) for later in (False, True)]
        for name in RENDERERS
    }


def test_every_field_of_a_request_is_told():
    text = section(read("data-export-requests.md"), "## Fields")
    fields = [name for row in rows(text) for name in re.findall(r"`(\w+)`", row[0])]

    assert sorted(fields) == sorted(FIELDS)
    assert missing(set(FIELDS), text) == []


def test_every_operator_is_told():
    columns = [column for name in DATASETS for column in DATASETS[name].columns]
    known = {f"column_{word}" for item in columns for word in operators(item) if word}
    told = first_names(section(read("data-export-requests.md"), "## Filters"))

    assert sorted(told) == sorted({"column", *known})


def test_every_relative_range_is_told():
    assert (
        missing(set(RELATIVE), section(read("data-export-requests.md"), "## Filters"))
        == []
    )


def test_every_transform_is_told():
    with pytest.raises(transforms.BadTransform) as refused:
        transforms.parse("", OutColumn("a", "a", ColumnType.TEXT), pseudonym_key=b"")
    known = str(refused.value).rpartition("known: ")[2].split(", ")
    told = first_names(section(read("data-export-requests.md"), "## Transforms"))

    assert sorted(name.partition(":")[0] for name in told) == sorted(known)


def test_every_template_scope_and_state_is_told():
    states = {*JobStatus.values, *FileState.values}

    assert missing(set(library.BUILT_IN), read("data-export-templates.md")) == []
    assert [scope for scope in SCOPES if f"`{scope}`" not in read("data.md")] == []
    assert (
        missing(states, section(read("architecture.md"), "## The life of a job")) == []
    )


def test_every_action_of_the_audit_is_told():
    named = r'record(?:_row)?\(\s*"([a-z_]+\.[a-z_]+)"'
    actions = set(re.findall(named, sources()))
    actions |= {f"export.{status}" for status in JobStatus.values}

    assert {"export.downloaded", "schedule.run", "webhook.rotated"} <= actions
    assert missing(actions, section(read("data-export-records.md"), "## Audit")) == []


def test_every_treatment_of_cells_is_told():
    counted = set(
        re.findall(r'tally\.add\([^"()]*(?:\([^)]*\))?[^"()]*"(\w+)"', sources())
    )
    counted |= set(re.findall(r'yield "(\w+)", ', sources()))

    assert {"masked", "neutralised", "cut", "no_glyph"} <= counted
    assert missing(counted, read("manifest.md")) == []
    assert missing(counted, read("formats.md")) == []


def test_every_field_of_a_manifest_is_told():
    tree = ast.parse(inspect.getsource(manifest.build))
    [answer] = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return)]
    assert isinstance(answer, ast.Dict)
    fields = [key.value for key in answer.keys if isinstance(key, ast.Constant)]
    text = read("manifest.md").partition("\n| in `cells`")[0]

    assert sorted(first_names(text)) == sorted(fields)


def test_layers_are_those_that_are_checked():
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    text = read("architecture.md")
    layers = {
        name: re.sub(r"[()]", "", config[name]["layers"]).strip()
        for name in config.sections()
        if "containers" in config[name]
    }

    assert len(layers) == 3
    assert [
        name for name, block in layers.items() if f"```\n{block}\n```" not in text
    ] == []


def test_sizes_of_blocks_are_told():
    text = section(read("architecture.md"), "## The same bytes")
    told = {int(each.replace(",", "")) for each in re.findall(r"\b\d+,\d{3}\b", text)}

    assert told == {BLOCK_ROWS, excel.GROUP_ROWS, parquet.GROUP_ROWS}
    assert read("architecture.md").count(f"{BLOCK_ROWS:,} rows") == 3


@pytest.mark.parametrize(("document", "block"), blocks("json"))
def test_json_is_well_formed(document, block):
    assert isinstance(json.loads(block), dict)


def test_link_leads_somewhere():
    dead = [
        f"{named(path)}: {target}"
        for path in DOCUMENTS
        for target in re.findall(r"\]\(([^)#]+)(?:#[\w-]+)?\)", path.read_text())
        if "://" not in target and not (path.parent / target).exists()
    ]

    assert dead == []


def anchors(text: str) -> set[str]:
    """What a browser jumps to: the headings, in small letters, with hyphens."""
    without_code = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", without_code, re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings
    }


def test_anchor_is_a_heading_of_what_it_leads_to():
    dead = [
        f"{named(path)}: {target}#{anchor}"
        for path in DOCUMENTS
        for target, anchor in re.findall(r"\]\(([^):#]*)#([\w-]+)\)", path.read_text())
        if anchor not in anchors((path.parent / (target or path.name)).read_text())
    ]

    assert dead == []
