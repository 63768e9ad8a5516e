"""A storage of a test's own, and whose rows are exported into it."""

from pathlib import Path

import pytest

from customers.models import Business
from exports.pipeline.sinks.storage import open_storage
from tests import make


def storage(settings, folder: Path) -> Path:
    """Where files lie from now on."""
    settings.EXPORT_STORAGE_URL = (folder / "stored").as_uri()
    return open_storage().root


def stored() -> list[str]:
    root = open_storage().root
    found = [path for path in root.rglob("*") if path.is_file()]
    return sorted(path.relative_to(root).as_posix() for path in found)


@pytest.fixture
def mine(root) -> Business:
    return mine_and_another()


@pytest.fixture
def mine_of_three(root) -> Business:
    return mine_and_another(verifications=3)


def mine_and_another(*, verifications: int = 1) -> Business:
    """``business_mine``, with a company; of the other nothing may be seen."""
    business = make.business("business_mine")
    company = make.company(business, name="Mine Ltd")
    for _ in range(verifications):
        make.verification(company)
    make.verification(make.business("business_other"))
    return business
