"""How long a customer's report takes, and what memory a very long one needs."""

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import Final

from benchmarks import tables, timing
from benchmarks.bench import Bench
from benchmarks.database import analyse, manage
from benchmarks.disturbed import Host
from benchmarks.latency import serving
from benchmarks.targets import (
    CUSTOMER_360_GROWTH_MB,
    CUSTOMER_360_HIT_P95_MS,
    CUSTOMER_360_P95_MS,
)
from benchmarks.timing import Answer, timed

TITLES: Final = ("request", *timing.TITLES)
MEMORY_TITLES: Final = ("CSV of", "MB sent", "peak RSS MB", "growth MB", "most", "met?")
REQUESTS: Final = 100
ORDERS: Final = 100
LONG: Final = (1_000, 100_000)
"""Orders of those whose CSV is streamed."""
_WARM: Final = 5
_MAKE: Final = """
from datetime import timedelta
from django.utils import timezone
from customers import keys
from customers.actors import system
from customers.models import Business, Customer, Membership, Order, OrderLine, User

now, sizes = timezone.now(), {sizes!r}
business = Business.objects.create(id="benchmark_360", name="Benchmark")
user = User.objects.create_user("benchmark-360", is_staff=True)
Membership.objects.create(user=user, business=business, role="manager")
for size in sizes:
    customer = Customer.objects.create(
        business=business, external_id=str(size), name="Ada Lovelace", loyalty_points=5
    )
    for first in range(0, size, 5000):
        orders = [
            Order(
                business=business, customer=customer, number=f"{{size}}-{{number}}",
                status="completed", currency="EUR",
                ordered_at=now - timedelta(hours=number * 7 % 20000),
            )
            for number in range(first, min(first + 5000, size))
        ]
        Order.objects.bulk_create(orders)
        OrderLine.objects.bulk_create(
            OrderLine(
                business=business, order=order, position=place, sku=f"SKU-{{place}}",
                product_name="Lantern", quantity=place, unit_price=10,
                amount=10 * place,
            )
            for order in orders
            for place in (1, 2, 3)
        )
    print(customer.pk)
print(keys.issue_token("benchmark", user=user, actor=system("benchmark"), now=now)[1])
"""


def report(
    bench: Bench, *, requests: int = REQUESTS, long: tuple[int, ...] = LONG
) -> None:
    sizes = (ORDERS, *long)
    script = _MAKE.format(sizes=sizes)
    made = manage(
        *("shell", "--no-imports", "--command", script), environment=bench.environment
    )
    *customers, token = made.split()
    analyse(bench.url)
    environment = bench.environment | {
        "EXPORT_RATE_LIMIT_MAX": "1000000",
        "REDIS_URL": os.environ.get("TEST_REDIS_URL", ""),
    }
    with (
        serving(environment, folder=bench.folder) as port,
        closing(HTTPConnection("127.0.0.1", port, timeout=600)) as connection,
    ):
        caller = Caller(connection, token)
        print(f"\n## Customer-360: {ORDERS} orders of 3 lines, {requests} of each\n")
        with Host() as host:
            rows = [
                [name, *timing.cells(answers, most, host)]
                for name, answers, most in _timed(caller, customers[0], requests)
            ]
        print(tables.text(TITLES, rows))
        print(f"\n{host}")
        print("\n## Customer-360: memory of the web process, orderLimit=all\n")
        found = _remembered(caller, dict(zip(long, customers[1:], strict=True)))
        print(tables.text(MEMORY_TITLES, found))


class Caller:
    """Staff with a token, over one connection that is kept open."""

    def __init__(self, connection: HTTPConnection, token: str) -> None:
        self._connection = connection
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, customer: str, query: str) -> tuple[str, int]:
        """Whether it was a HIT or a MISS, and how many bytes came.

        :raises RuntimeError: it is answered with an error.
        """
        address = f"/api/admin/customers/{customer}/export?{query}"
        self._connection.request("GET", address, headers=self._headers)
        answer = self._connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"{address}: {answer.status} {answer.read()!r}")
        size = 0
        while chunk := answer.read(1 << 16):
            size += len(chunk)
        return answer.headers["X-Cache"], size

    def get_as(self, expected: str, customer: str, query: str) -> None:
        """:raises RuntimeError: it was not the HIT or MISS that was to be."""
        cache, _ = self.get(customer, query)
        if cache != expected:
            raise RuntimeError(f"{query}: a {cache} where a {expected} was to be")


def _timed(
    caller: Caller, customer: str, requests: int
) -> Iterator[tuple[str, list[Answer], int]]:
    # A higher limit than there are orders is another report with the same content.
    limits = count(ORDERS)
    for name, most in CUSTOMER_360_P95_MS.items():
        first = (f"format={name}&orderLimit={next(limits)}" for _ in count())

        def ask_first(queries: Iterator[str] = first) -> None:
            caller.get_as("MISS", customer, next(queries))

        for _ in range(min(_WARM, requests)):
            ask_first()
        yield f"{name}, first", [timed(ask_first) for _ in range(requests)], most
        query = f"format={name}&orderLimit={next(limits)}"
        caller.get_as("MISS", customer, query)
        again = partial(caller.get_as, "HIT", customer, query)
        hits = [timed(again) for _ in range(requests)]
        yield f"{name}, HIT", hits, CUSTOMER_360_HIT_P95_MS


def _remembered(caller: Caller, customers: dict[int, str]) -> Iterator[list[str]]:
    """The first one brings the process to the memory that the others may add to."""
    base: float | None = None
    for orders, customer in customers.items():
        with _peak() as peaks:
            _, size = caller.get(customer, "format=csv&orderLimit=all")
        peak = max(peaks)
        row = [f"{orders:,} orders", f"{size / 1e6:.1f}", f"{peak:.0f}"]
        if base is None:
            base = peak
            yield [*row, "-", "-", "-"]
            continue
        growth, most = peak - base, CUSTOMER_360_GROWTH_MB
        met = tables.met(value=growth, at_most=most)
        yield [*row, f"{growth:.0f}", str(most), met]


@contextmanager
def _peak() -> Iterator[list[float]]:
    """Resident MB of the largest process below this one, looked at again and again."""
    seen, over = [_largest()], Event()

    def watch() -> None:
        while not over.is_set():
            seen.append(_largest())
            sleep(0.02)

    thread = Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def _largest() -> float:
    return max(map(_megabytes, _below(os.getpid())), default=0.0)


def _below(process: int) -> Iterator[int]:
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, _text(children).split()):
            yield child
            yield from _below(child)


def _megabytes(process: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", _text(Path(f"/proc/{process}/status")))
    return int(found[1]) / 1000 if found else 0.0


def _text(path: Path) -> str:
    """Empty when the process has ended meanwhile."""
    try:
        return path.read_text()
    except OSError:
        return ""
