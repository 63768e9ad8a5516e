"""The house's rules that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("customers", "exports", "kyb_export", "templates_app")
FOLDERS = (*PACKAGES, "benchmarks", "scripts", "tests")
DUMPING_GROUNDS = {"utils", "helpers", "common", "core"}
COMMENT = r"#.*\w"


def modules(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_module_has_300_lines_at_most():
    long = [
        path for path in modules(*FOLDERS) if len(path.read_text().splitlines()) > 300
    ]

    assert named(long) == []


def test_function_has_50_lines_at_most():
    long = [
        f"{path.relative_to(ROOT)}::{function.name}"
        for path in modules(*FOLDERS)
        for function in functions(path)
        if lines_of(function) > 50
    ]

    assert long == []


def test_module_opens_with_a_sentence_unless_empty():
    silent = [
        path
        for path in modules(*PACKAGES, "benchmarks", "scripts")
        if path.read_text().strip()
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert named(silent) == []


def test_no_module_is_a_dumping_ground():
    named_so = [
        path
        for path in modules(*FOLDERS)
        if DUMPING_GROUNDS & {*path.relative_to(ROOT).parts[:-1], path.stem}
    ]

    assert named(named_so) == []


def test_no_signals_of_django():
    users = [
        path
        for path in modules(*PACKAGES)
        if re.search(r"django\.(\w+\.)*signals|django\.dispatch", path.read_text())
    ]

    assert named(users) == []


@pytest.mark.parametrize(
    "marker",
    [
        pytest.param(
            r"#\s*noqa(?!: [A-Z]+\d+(, ?[A-Z]+\d+)*\W+(?![A-Z]+\d)\w)", id="noqa"
        ),
        pytest.param(r"#\s*type: ignore(?!\[[\w, -]+\] +# *\w)", id="type-ignore"),
        pytest.param(r"#\s*pragma: no (cover|branch)(?! +\W* *\w)", id="pragma"),
    ],
)
def test_exception_has_a_code_and_a_reason(marker):
    """The reason is on its line, or in a comment above it and its like."""
    bare = []
    for path in modules(*FOLDERS):
        told = False
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if not re.search(marker, line):
                told = line.lstrip().startswith("#")
            elif not told and path != Path(__file__):
                bare.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")

    assert bare == []


def test_requirement_has_a_reason():
    lines = [
        line
        for path in ROOT.glob("requirements*.in")
        for line in path.read_text().splitlines()
        if line and not line.startswith(("#", "-"))
    ]

    assert [line for line in lines if not re.search(COMMENT, line)] == []


def test_make_target_named_in_the_docs_exists():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    told = {
        target
        for document in documents
        for target in re.findall(r"`make ([a-z-]+)", document.read_text())
    }

    assert told - targets == set()


def test_make_target_of_the_house_is_told_in_the_docs():
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    told = "".join(document.read_text() for document in documents)
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE)

    assert [name for name in targets if f"make {name}" not in told] == ["help"]


def test_script_is_executable_and_says_what_it_is_for():
    scripts = [*(ROOT / "scripts").glob("*.sh"), ROOT / ".ci" / "run"]

    heads = [script.read_text().splitlines()[:3] for script in scripts]

    assert [
        script.name for script in scripts if not script.stat().st_mode & 0o111
    ] == []
    assert {(head[0], head[2]) for head in heads} == {
        ("#!/usr/bin/env bash", "set -euo pipefail")
    }
    assert [head[1] for head in heads if not head[1].startswith("# ")] == []
