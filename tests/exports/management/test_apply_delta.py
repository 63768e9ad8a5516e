import json

import pytest
from django.core.management import CommandError, call_command

from exports import signing
from tests import make
from tests.exports.deltas.chains import Chain, settled
from tests.exports.pipeline.engine import engine

pytestmark = engine


@pytest.fixture
def chain(tmp_path):
    """A full export with changes, whose manifests lie beside them."""
    make.company(make.business("business_other"))
    mine = make.business("business_mine")
    make.company(mine)
    chain = Chain(tmp_path, mine, settled(mine, "business_data", "csv"))
    chain.grow()
    make.company(mine)
    chain.grow()
    for each in chain.kept:
        lay_beside(each, signing.sign(each.manifest))
    return chain


def lay_beside(exported, manifest) -> None:
    path = exported.path.with_name(exported.path.name + ".manifest.json")
    path.write_text(json.dumps(manifest))


def put_together(chain, out, *more: str) -> None:
    full, delta = (each.path for each in chain.kept)
    put(full, delta, out, *more)


def put(full, delta, out, *more: str) -> None:
    arguments = ["--full", full, "--delta", delta, "--out", out, *more]
    call_command("apply_delta", *map(str, arguments))


def test_files_are_put_together_by_their_manifests(chain, tmp_path, capsys):
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": signing.public_keys()}))
    put_together(chain, tmp_path / "out.csv", "--keys", str(keys))

    assert capsys.readouterr().out == "2 rows: 1 put in, 0 taken out\n"
    assert (tmp_path / "out.csv").read_bytes() == chain.full_now()


def test_further_changes_are_applied_to_what_was_put_together(chain, tmp_path):
    put_together(chain, tmp_path / "out.csv")
    make.company(chain.business)
    later = chain.grow()
    lay_beside(later, signing.sign(later.manifest))

    put(tmp_path / "out.csv", later.path, tmp_path / "later.csv")
    with pytest.raises(CommandError, match="number 2 follows exp_1, and not exp_2"):
        put(tmp_path / "later.csv", later.path, tmp_path / "wrong.csv")

    assert (tmp_path / "later.csv").read_bytes() == chain.full_now()


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        ({}, "it is not signed"),
        ({"row_count": 7}, "its signature is not of this content"),
    ],
)
def test_manifest_that_proves_nothing_is_refused(chain, tmp_path, manifest, why):
    if manifest:
        manifest = signing.sign(chain.kept[1].manifest) | manifest
    lay_beside(chain.kept[1], manifest)

    with pytest.raises(CommandError, match=why):
        put_together(chain, tmp_path / "out.csv")


def test_what_is_refused_leaves_no_file(chain, tmp_path):
    chain.kept[1].path.write_bytes(b"another")
    before = sorted(tmp_path.iterdir())

    with pytest.raises(CommandError, match="not the file that its manifest is of"):
        put_together(chain, tmp_path / "out.csv")

    assert sorted(tmp_path.iterdir()) == before


def test_file_without_manifest_and_bad_keys_are_refused(chain, tmp_path):
    with pytest.raises(CommandError, match="keys: it is not well-formed JSON"):
        put_together(chain, tmp_path / "out.csv", "--keys", str(chain.kept[0].path))

    (tmp_path / (chain.kept[0].path.name + ".manifest.json")).unlink()
    with pytest.raises(CommandError, match="cannot be read"):
        put_together(chain, tmp_path / "out.csv")
