"""Chains of exports without jobs: runs into files, and what is put together of them."""

from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from customers.models import Business
from exports.deltas.apply import Exported, apply
from exports.deltas.links import FIELD, Link
from exports.deltas.run import DeltaRun
from exports.pipeline import changes
from exports.pipeline.run import Run
from exports.pipeline.spec import ExportSpec
from tests import make
from tests.exports.pipeline.engine import parse, plan_of


@pytest.fixture
def mine() -> Business:
    make.company(make.business("business_other"), name="Theirs")
    return make.business("business_mine")


def settled(business: Business, *arguments: Any, **fields: Any) -> ExportSpec:
    spec = parse(*arguments, business_id=business.id, **fields)
    return changes.settled(spec, sort_named=False)


@dataclass
class Chain:
    """:ivar kept: the full export, then the changes, each since the one before."""

    folder: Path
    business: Business
    spec: ExportSpec
    kept: list[Exported] = field(default_factory=list)

    def full_now(self) -> bytes:
        """The export that nobody has put together."""
        run = Run(plan_of(self.business, self.spec))
        return b"".join(run.chunks())

    def link(self) -> Link:
        if not self.kept:
            return Link("sch_1", 0, "asked", full_export_id="exp_0")
        last = self.kept[-1].manifest
        return Link(
            "sch_1",
            len(self.kept),
            "asked",
            full_export_id="exp_0",
            base_export_id=last["export_id"],
            base_sha256=last["sha256"],
            base_mark=last[FIELD]["mark"],
        )

    def run(self) -> Exported:
        """The next link, which is not kept yet, as if it had failed at last."""
        run = DeltaRun(plan_of(self.business, self.spec), self.link())
        content = b"".join(run.chunks())
        path = self.folder / f"{self.business.id}.{len(self.kept)}"
        path.write_bytes(content)
        manifest = {
            "export_id": f"exp_{len(self.kept)}",
            "sha256": sha256(content).hexdigest(),
            "row_count": run.written,
            "spec": self.spec.as_json(),
            **run.account(),
        }
        return Exported.of(path, manifest)

    def grow(self) -> Exported:
        self.kept.append(self.run())
        return self.kept[-1]

    def applied(self) -> bytes:
        out = BytesIO()
        apply(self.kept[0], self.kept[1:], out=out)
        return out.getvalue()
