"""Where the seconds of an export go: ``python -m benchmarks.run_stages SPEC OUT``.

Prints stage -> CPU seconds of this process, as JSON. Each stage pulls from the one
before; its own time is what it took less what that one took.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

from django.db.models import QuerySet

import benchmarks.configured  # noqa: F401 - before the models
from customers.clearance import Clearance
from customers.models import Business
from exports.pipeline.columns import Block
from exports.pipeline.query.compile import Compiled
from exports.pipeline.ranges import TimeRange
from exports.pipeline.renderers.base import Renderer
from exports.pipeline.run import Plan, Run
from exports.pipeline.sinks.checksum import Receipt
from exports.pipeline.sinks.storage import LocalStorage
from exports.pipeline.spec import ExportSpec

Item = TypeVar("Item")
STAGES: Final = ("read", "transform", "render", "pack", "store")


class Staged(Run):
    """:ivar taken: stage -> CPU seconds, those of what it pulls from included."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.taken: defaultdict[str, float] = defaultdict(float)

    def over(self, stage: str, items: Iterable[Item]) -> Generator[Item, None, None]:
        iterator = iter(items)
        while True:
            started = time.process_time()
            item = next(iterator, None)
            self.taken[stage] += time.process_time() - started
            if item is None:
                return
            yield item

    def _read(
        self, snapshot: Any, rows: QuerySet[Any] | Compiled
    ) -> Generator[Block, None, None]:
        return self.over("read", super()._read(snapshot, rows))

    def _proved(self, renderer: Renderer, blocks: Iterable[Block]) -> Iterator[bytes]:
        treated = self.over("transform", blocks)
        return self.over("render", super()._proved(renderer, treated))


def main(spec_path: Path, out: Path) -> None:
    spec = ExportSpec.parse(
        json.loads(spec_path.read_text()), clearance=Clearance.SENSITIVE
    )
    business = Business.objects.get(pk=spec.business_id)
    run = Staged(Plan(spec=spec, business=business, time_range=TimeRange()))
    receipt = Receipt()
    started = time.process_time()
    with LocalStorage(out.parent).writing(out.name) as part:
        part.write(receipt.passing(run.over("pack", run.chunks())))
        part.publish(sha256=receipt.sha256)
    run.taken["store"] = time.process_time() - started
    before = 0.0
    own = {}
    for stage in STAGES:
        own[stage] = run.taken[stage] - before
        before = run.taken[stage]
    print(json.dumps(own))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
