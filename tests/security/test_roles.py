"""What a role may not see is in no file, preview, manifest, log, record or cache."""

import json
from itertools import islice

import pytest
from django.core import serializers
from django.core.cache import cache

from customers.authentication import actor_for_user
from customers.clearance import Clearance
from customers.models import AuditEvent
from exports.models import ExportFile, ExportJob
from exports.pipeline.datasets import DATASETS
from exports.pipeline.sinks.storage import open_storage
from tests import make
from tests.exports.pipeline.reading import decoded
from tests.exports.stored import storage
from tests.exports.views.asking import BOTH, body, client, export, signed_in, spec
from tests.logged import logged
from tests.security import marked
from tests.security.kept import cached
from tests.security.world import UNLIMITED

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
KEYS = {"key": Clearance.INTERNAL, "key with pii:read": Clearance.SENSITIVE}
EXPORTING = ("operator", "manager", *KEYS)
# Where it is inside the file; elsewhere the file would be a ZIP.
EMBEDDING = {"json", "xml", "yaml", "excel", "parquet"}
HELD = {
    marked.of(field.name)
    for model in marked.MODELS
    for field in marked.cells(model)
    if isinstance(marked.value(field), str)
}


@pytest.fixture
def mine(settings, tmp_path):
    storage(settings, tmp_path)
    kinds = ("EXPORTS", "DOWNLOADS", "OTHER")
    lifted = {f"LIMIT_{kind}": UNLIMITED for kind in kinds}
    settings.EXPORTS = settings.EXPORTS | lifted
    business = make.business("business_mine")
    marked.rows(business)
    marked.rows(make.business("business_other"))
    return business


def caller(who: str, business):
    """Somebody, and how far they may see."""
    if who in KEYS:
        scopes = ["exports:write", "exports:read"]
        scopes += ["pii:read"] if "pii" in who else []
        return client(business, scopes=scopes), KEYS[who]
    person = make.staff(who, business)
    grant = actor_for_user(person).grant(business.id)
    assert grant is not None
    return signed_in(person), grant.clearance


def texts(dataset, clearance, *, seen: bool) -> set[str]:
    """The marks of its columns that may be seen, or may not."""
    return {
        marked.of(column.path.rpartition("__")[2])
        for column in dataset.columns
        if (column.clearance <= clearance) is seen
    } & HELD


def asked(dataset, name: str) -> dict:
    columns = [column.name for column in dataset.columns]
    hidden = [each.name for each in dataset.columns if each.clearance > 1]
    if name == "pdf":  # in few columns, so that no text is broken
        return {
            "export_type": dataset.name,
            "format": name,
            "columns": [*dict.fromkeys([*hidden, *columns[:2]])],
            "on_denied": "mask",
        }
    treated = [
        {"name": each, "label": f"{each} {how}", "transform": how}
        for each in hidden
        for how in ("truncate:12", "hash", "upper")
    ]
    return {
        "export_type": dataset.name,
        "format": name,
        "columns": columns + treated,
        "on_denied": "mask",
        "include_metadata": name in EMBEDDING,
    }


def shown(of, business, dataset, name: str) -> dict[str, str]:
    """All that one export answers and leaves behind, in words."""
    wanted = asked(dataset, name)
    answer = export(of, business, **wanted)
    file = body(of.get(answer["file_url"]))
    looked = of.post("/v1/export/preview", spec(business, **wanted), format="json")
    manifest = of.get(f"/v1/export/files/{answer['export_id']}/manifest")
    return {
        "answer": json.dumps(answer),
        "file": file.decode(errors="replace"),
        "decoded": decoded(name, file),
        "preview": looked.content.decode(),
        "manifest": manifest.content.decode(),
        "refusal": refused(of, business, dataset, name),
    }


def refused(of, business, dataset, name: str) -> str:
    """Without masks it is an error that names the columns, or there are none."""
    wanted = asked(dataset, name) | {"on_denied": "error", "max_rows": 1}
    answer = of.post("/v1/export/preview", spec(business, **wanted), format="json")
    return answer.content.decode() if answer.status_code != 200 else ""


def kept(log) -> dict[str, str]:
    """What all exports have left behind; files are looked at when they are made."""
    rows = [
        *AuditEvent.objects.all(),
        *ExportJob.objects.all(),
        *ExportFile.objects.all(),
    ]
    stored = [path for path in open_storage().root.rglob("*") if path.is_file()]
    return {
        "rows": serializers.serialize("json", rows),
        "log": log.text,
        "cache": cached(cache).decode(errors="replace"),
        **{str(path): path.read_bytes().decode(errors="replace") for path in stored},
    }


def found(hidden: set[str], places: dict[str, str]) -> list[str]:
    return [
        f"{text} in {place}"
        for place, content in places.items()
        for text in hidden
        if text in content.lower()
    ]


def check(who: str, mine, formats_of) -> None:
    of, clearance = caller(who, mine)
    unseen: list[str] = []
    unshown: list[str] = []
    with logged() as log:
        for dataset in (DATASETS[name] for name in DATASETS):
            hidden = texts(dataset, clearance, seen=False)
            clear = texts(dataset, clearance, seen=True) - hidden
            for name in formats_of(dataset):
                places = shown(of, mine, dataset, name)
                unseen += found(hidden, places)
                unshown += [
                    f"{dataset.name} {name} {text}"
                    for text in clear
                    if text not in places["decoded"] and name != "pdf"
                ]
    all_hidden = {
        text
        for name in DATASETS
        for text in texts(DATASETS[name], clearance, seen=False)
    }
    only = all_hidden - {
        text
        for name in DATASETS
        for text in texts(DATASETS[name], clearance, seen=True)
    }
    assert unseen + found(only, kept(log)) == []
    assert unshown == []


def few(dataset) -> list[str]:
    """One or two of each dataset: each format is met once."""
    first = list(DATASETS).index(dataset.name)
    return list(islice(dataset.formats, first, None, len(list(DATASETS))))


@pytest.mark.parametrize("who", EXPORTING)
def test_what_a_role_may_not_see_is_nowhere(mine, who):
    check(who, mine, few)


@pytest.mark.slow
@pytest.mark.security
@pytest.mark.timeout(600)
@pytest.mark.parametrize("who", EXPORTING)
def test_what_a_role_may_not_see_is_nowhere_in_any_format(mine, who):
    check(who, mine, lambda dataset: dataset.formats)


def test_formats_of_the_short_form_are_all_formats():
    formats = [name for each in DATASETS for name in few(DATASETS[each])]

    assert sorted(formats) == sorted(DATASETS["verifications"].formats)


def test_some_columns_are_hidden_from_some_roles():
    every = [texts(DATASETS[name], Clearance.INTERNAL, seen=False) for name in DATASETS]

    assert sorted(map(len, every)) == [0, 0, 1, 1, 2, 3]
