"""Many callers at once: ``python -m benchmarks.run_callers PLAN``.

Each key has three of them: one exports, one follows jobs, one reads a template. Prints
kind -> when each answer came and after how many milliseconds, and how often which
failure was met, as JSON.
In a process of its own, because locust replaces parts of the standard library.
"""

import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from random import randrange, uniform
from typing import Any, Final

from locust import FastHttpUser, task
from locust.env import Environment

from benchmarks.spec import SMALL, SMALL_ROWS, of_case

PLAN: Final[dict[str, Any]] = json.loads(Path(sys.argv[1]).read_text())
SPEC: Final = of_case("csv") | {"business_id": SMALL}
READS_A_JOB: Final = 30
"""A job is read so often, then the next is made: two a minute."""


class Caller(FastHttpUser):
    """:cvar a_minute: how often it calls, unevenly: callers know nothing of each other.

    One that was held up makes up for it, as those do who have so much to export.
    """

    abstract = True
    fixed_count = len(PLAN["keys"])
    a_minute: float
    made = 0

    def on_start(self) -> None:
        kind = type(self)
        self.key = PLAN["keys"][kind.made]
        kind.made += 1
        time.sleep(uniform(0, 60 / self.a_minute))  # noqa: S311 - no secret
        self.due = time.monotonic()

    def wait_time(self) -> float:
        self.due += uniform(0.8, 1.2) * 60 / self.a_minute  # noqa: S311 - no secret
        return max(self.due - time.monotonic(), 0)

    def ask(
        self, kind: str, path: str, spec: dict[str, Any] | None = None, **true: Any
    ) -> dict[str, Any]:
        """The answer; a failure when it says something else than ``true``."""
        with self.client.request(
            "GET" if spec is None else "POST",
            path,
            name=kind,
            json=spec,
            headers={"Authorization": f"Bearer {self.key}"},
            catch_response=True,
        ) as answer:
            # Without an answer the status is 0.
            if not 0 < answer.status_code < 400:
                return {}
            told: dict[str, Any] = answer.json()
            if {name: told.get(name) for name in true} != true:
                answer.failure("untrue")
            return told


class Exporter(Caller):
    a_minute = 45

    @task
    def export(self) -> None:
        true = {"status": "success", "row_count": SMALL_ROWS}
        self.ask("export csv", "/v1/export", SPEC, **true)


class Follower(Caller):
    a_minute = 60
    job_id = ""

    def on_start(self) -> None:
        super().on_start()
        # Or all of them would make their jobs within the same second.
        self.reads = randrange(READS_A_JOB)  # noqa: S311 - no secret

    @task
    def read(self) -> None:
        if not self.job_id or self.reads == READS_A_JOB:
            told = self.ask(
                "job creation", "/v1/export/jobs", SPEC, type="verifications"
            )
            self.reads = 0 if self.job_id else self.reads
            self.job_id = told.get("job_id", "")
        else:
            self.reads += 1
            address = f"/v1/export/jobs/{self.job_id}"
            self.ask("job status", address, job_id=self.job_id)


class Reader(Caller):
    a_minute = 60

    @task
    def read(self) -> None:
        name = "verifications_csv"
        self.ask("template read", f"/v1/export/templates/{name}", id=name)


class Seen:
    """Counts from the moment it is told to: warming up is not measured."""

    def __init__(self) -> None:
        self.counts = False
        self.answers: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
        self.failures: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def __call__(self, name: str, response_time: float, **told: Any) -> None:
        if not self.counts:
            return
        self.answers[name].append((time.time(), round(response_time, 1)))
        if told["exception"]:
            status = getattr(told["response"], "status_code", 0)
            self.failures[name][str(status)] += 1


def main() -> None:
    seen = Seen()
    callers = Environment(user_classes=[Exporter, Follower, Reader], host=PLAN["url"])
    callers.events.request.add_listener(seen)  # type: ignore[no-untyped-call] # it has none
    runner = callers.create_local_runner()
    users = 3 * len(PLAN["keys"])
    runner.start(users, spawn_rate=users)
    time.sleep(PLAN["warm_seconds"])
    seen.counts = True
    time.sleep(PLAN["seconds"])
    seen.counts = False
    runner.quit()
    print(json.dumps({"answers": seen.answers, "failures": seen.failures}))


if __name__ == "__main__":
    main()
