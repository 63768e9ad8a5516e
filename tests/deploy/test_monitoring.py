"""Alerts, dashboard and documents speak of the figures that there are, and of all."""

import json
import re
from typing import Any, Final

import pytest
import yaml

from exports import metrics
from exports.metrics.events import CACHES, CREDENTIALS
from exports.throttles import KINDS
from tests.documents import ROOT, first_names, read, section
from tests.exports.metrics.reading import Figures, figures
from tests.exports.metrics.test_ended import ended

NAME: Final = re.compile(r"\bkyb_\w+")
PART: Final = re.compile(r"_(bucket|sum|count)$")


@pytest.fixture
def told(db) -> Figures:
    """A page with every figure on it."""
    metrics.begin(KINDS)
    metrics.request_answered("GET", route="/", status=200, seconds=0.1)
    with pytest.raises(OSError, match="lost"):
        metrics.downloaded("csv", serve=lost)
    ended(error="worker_lost")
    ended(rows=1)
    return figures()


def lost():
    raise OSError("lost")


@pytest.fixture
def known(told) -> set[str]:
    return {name for name, _ in told}


def rules() -> list[dict[str, Any]]:
    text = (ROOT / "deploy" / "prometheus" / "alerts.yml").read_text()
    [group] = yaml.safe_load(text)["groups"]
    return list(group["rules"])


def panels() -> list[dict[str, Any]]:
    text = (ROOT / "deploy" / "grafana" / "dashboard.json").read_text()
    return [panel for panel in json.loads(text)["panels"] if panel["type"] != "row"]


def expressions() -> list[str]:
    asked = [target["expr"] for panel in panels() for target in panel["targets"]]
    return [rule["expr"] for rule in rules()] + asked


def test_alerts_and_dashboard_ask_for_figures_that_there_are(known):
    named = {name for text in expressions() for name in NAME.findall(text)}

    assert sorted(named - known) == []


def test_alerts_and_dashboard_ask_for_labels_that_there_are(told):
    labels: dict[str, set[str]] = {}
    for name, pairs in told:
        labels.setdefault(name, set()).update(label for label, _ in pairs)

    unknown = [
        (name, label)
        for text in expressions()
        for name, matched in re.findall(r"\b(kyb_\w+)\{([^}]*)\}", text)
        for label in re.findall(r'(\w+)[=!]~?"', matched)
        if label not in labels[name]
    ]

    assert unknown == []


def test_dashboard_shows_every_figure(known):
    shown = {
        PART.sub("", name)
        for panel in panels()
        for target in panel["targets"]
        for name in NAME.findall(target["expr"])
    }

    assert sorted(shown) == sorted({PART.sub("", name) for name in known})


def test_figures_of_the_tables_are_never_added_up_over_instances():
    """Every instance tells the same of them."""
    of_tables = re.compile(
        r"(?:^|[^\w])((?:sum|avg)\b[^()]*\((?:rate|increase)?\(?kyb_(?:export|job|worker))"
    )

    assert [text for text in expressions() if of_tables.search(text)] == []


def test_documents_tell_of_every_figure(known):
    text = section(read("operations.md"), "## Figures")
    named = [name for name in first_names(text) if name.startswith("kyb_")]

    assert sorted(named) == sorted({PART.sub("", name) for name in known})


def test_documents_tell_of_every_label(told):
    lines = section(read("operations.md"), "## Figures").splitlines()
    of_buckets = {"le"}
    silent = {
        (name, label)
        for name, pairs in told
        for label, _ in pairs
        for line in lines
        if f"`{PART.sub('', name)}`" in line and f"`{label}`" not in line
        if label not in of_buckets
    }

    assert silent == set()


def test_documents_tell_of_every_kind():
    text = section(read("operations.md"), "## Figures")

    kinds = {*CACHES, *CREDENTIALS, *KINDS, "sign_in"}
    assert [kind for kind in sorted(kinds) if f"`{kind}`" not in text] == []


def test_every_alert_has_its_paragraph_and_no_other_has():
    text = section(read("operations.md"), "## Run-book")
    headings = re.findall(r"^### (\w+)$", text, re.MULTILINE)

    assert headings == [rule["alert"] for rule in rules()]
    assert [rule["annotations"]["runbook"] for rule in rules()] == [
        f"docs/operations.md#{heading.lower()}" for heading in headings
    ]


def test_every_alert_says_how_bad_it_is_and_what():
    severities = {rule["labels"]["severity"] for rule in rules()}

    assert severities == {"critical", "warning", "info"}
    assert all(rule["annotations"]["summary"] for rule in rules())


def test_panels_are_told_apart():
    identities = [panel["id"] for panel in panels()]

    assert len(set(identities)) == len(identities)
    assert all(panel["title"] and panel["description"] for panel in panels())
