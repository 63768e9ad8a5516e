"""What many callers at once meet, and what they do to the service's memory."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from benchmarks import memory, tables, timing
from benchmarks.database import ROOT
from benchmarks.disturbed import Host
from benchmarks.installations import Installation
from benchmarks.service import Service, serving
from benchmarks.spec import SMALL
from benchmarks.targets import LOADED_P95_MS

TITLES: Final = ("request", *timing.TITLES, "5xx", "other failures")
MINUTE_TITLES: Final = (
    *("minute", "the host took"),
    *(f"{kind}, p95 ms" for kind in LOADED_P95_MS),
    "all met?",
)
WARM_SECONDS: Final = 15
"""Before the first that counts: each thread has its connections then."""
LATE_SECONDS: Final = 60
"""How much later than it should the callers' process may end."""


def report(
    installation: Installation,
    *,
    keys: int,
    seconds: float,
    warm_seconds: float = WARM_SECONDS,
) -> None:
    print(f"\n## {keys} keys for {seconds:.0f} s, {installation.name}\n")
    plan = {
        "keys": installation.keys(keys, SMALL),
        "business_id": SMALL,
        "seconds": seconds,
        "warm_seconds": warm_seconds,
    }
    with serving(installation.environment) as service:
        told, samples, host = _run(installation, service, plan)
    failures = told["failures"]
    rows = [
        _row(kind, answers, failures.get(kind, {}), host)
        for kind, answers in sorted(told["answers"].items())
    ]
    print(tables.text(TITLES, rows))
    print(f"\n{host} By minute:\n")
    print(tables.text(MINUTE_TITLES, list(_minutes(told["answers"], host))))
    print(f"\n{len(samples)} looks at the memory:\n")
    print(tables.text(memory.TITLES, memory.rows(samples)))


def _run(
    installation: Installation, service: Service, plan: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, float]], Host]:
    """What the callers tell, memory and host meanwhile, once they are warm."""
    path, out = installation.folder / "plan.json", installation.folder / "told.json"
    path.write_text(json.dumps({"url": f"http://127.0.0.1:{service.port}", **plan}))
    samples = []
    whole = plan["warm_seconds"] + plan["seconds"]
    deadline = time.monotonic() + whole + LATE_SECONDS
    with (
        out.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.run_callers", str(path)],
            cwd=ROOT,
            env=installation.environment,
            stdout=output,
        ) as process,
    ):
        time.sleep(plan["warm_seconds"])
        with Host() as host:
            while process.poll() is None:
                samples.append(service.resident_mb())
                time.sleep(min(plan["seconds"] / 20, 1))
                if time.monotonic() > deadline:
                    process.kill()
    told: dict[str, Any] = json.loads(out.read_text())
    return told, samples, host


def _minutes(
    answers: Mapping[str, Sequence[timing.Answer]], host: Host
) -> Iterator[list[str]]:
    """What was slow because the host took much, and what was slow besides."""
    moments = [at for each in answers.values() for at, _ in each]
    first, minutes = min(moments), max((max(moments) - min(moments)) // 60, 1)
    for minute in range(int(minutes)):
        began, ended = first + 60 * minute, first + 60 * (minute + 1)
        p95s = {
            kind: timing.percentile([ms for at, ms in each if began <= at < ended], 95)
            for kind, each in answers.items()
            if kind in LOADED_P95_MS
        }
        slower = max(p95s[kind] / LOADED_P95_MS[kind] for kind in p95s)
        yield [
            str(minute + 1),
            f"{host.share(began, ended):.1%}",
            *(f"{p95s[kind]:.0f}" for kind in LOADED_P95_MS),
            tables.met(value=slower, at_most=1),
        ]


def _row(
    kind: str,
    answers: Sequence[timing.Answer],
    failures: Mapping[str, int],
    host: Host,
) -> list[str]:
    broken = sum(count for what, count in failures.items() if what.startswith("5"))
    others = ", ".join(
        f"{count} x {what}"
        for what, count in sorted(failures.items())
        if not what.startswith("5")
    )
    return [
        kind,
        *timing.cells(answers, LOADED_P95_MS.get(kind), host),
        str(broken),
        others or "0",
    ]
