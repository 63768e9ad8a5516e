"""What many callers at once meet, and what they do to the service's memory."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from benchmarks import memory, tables
from benchmarks.database import ROOT
from benchmarks.disturbed import MOST_TAKEN, Host
from benchmarks.installations import Installation
from benchmarks.latency import percentile
from benchmarks.service import Service, serving
from benchmarks.spec import SMALL
from benchmarks.targets import LOADED_P95_MS

TITLES: Final = (
    *("request", "answers", "p50 ms", "p95 ms", "target", "met?"),
    *("undisturbed", "p95 ms", "met?", "5xx", "other failures"),
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
    print(
        f"\nThe host took {host.share:.1%} of this machine's CPU. Undisturbed is what"
        f" met none of the {host.seconds:.0f} s in which it took more than"
        f" {MOST_TAKEN:.0%}."
    )
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
        host = Host()
        while process.poll() is None:
            samples.append(service.resident_mb())
            time.sleep(min(plan["seconds"] / 20, 1))
            host.look()
            if time.monotonic() > deadline:
                process.kill()
    told: dict[str, Any] = json.loads(out.read_text())
    return told, samples, host


def _row(
    kind: str,
    answers: list[tuple[float, float]],
    failures: Mapping[str, int],
    host: Host,
) -> list[str]:
    taken = [milliseconds for _, milliseconds in answers]
    undisturbed = host.undisturbed(answers)
    most = LOADED_P95_MS.get(kind)
    p95, met = _p95(taken, most)
    broken = sum(count for what, count in failures.items() if what.startswith("5"))
    others = ", ".join(
        f"{count} x {what}"
        for what, count in sorted(failures.items())
        if not what.startswith("5")
    )
    return [
        kind,
        f"{len(taken):,}",
        f"{percentile(taken, 50):.0f}",
        p95,
        "-" if most is None else str(most),
        met,
        f"{len(undisturbed):,}",
        *_p95(undisturbed, most),
        str(broken),
        others or "0",
    ]


def _p95(taken: Sequence[float], most: int | None) -> tuple[str, str]:
    """In milliseconds, and whether that is met."""
    if not taken:
        return "-", "-"
    p95 = percentile(taken, 95)
    return f"{p95:.0f}", tables.met(value=p95, at_most=most)
