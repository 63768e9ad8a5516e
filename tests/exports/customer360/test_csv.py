import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from exports.customer360.csv import body
from tests.exports.customer360 import views_made as made

HEAD = [
    *("Customer ID", "Name", "Email", "Phone", "Registered", "Account Status"),
    *("Loyalty Level", "Addresses", "Currency", "Lifetime Value", "Total Orders"),
    *("Average Order Value", "Total Spent", "Days Since Last Purchase"),
    *(
        "Purchase Frequency",
        "Tenure in Days",
        "Other Currencies",
        "Health Score",
        "Health",
    ),
    *("Churn Risk", "Churn"),
]
NAMES = ["Segments", "Tags"]
ORDERS = ["Order", "Ordered", "Status", "Lines", "Currency", "Total"]


def written(view) -> str:
    return b"".join(body(view)).decode()


def rows(view) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written(view), newline=""), strict=True))


ADDRESSES = (
    '[{"city":"London","country":"GB","street":"12 St James\'s Square"},'
    '{"city":"Berlin","country":"DE","street":"Unter den Linden 5"}]'
)


def test_csv_is_a_row_of_facts_an_empty_line_and_the_orders():
    read = rows(made.view(2))

    assert read[:3] == [
        [*HEAD, *NAMES],
        [
            *(str(made.ID), "Ada Lovelace", "ada@example.com", "'+44 20 7946 0958"),
            *("2024-01-05T09:30:00.000000+00:00", "active", "gold", ADDRESSES),
            *("GBP", "49.29", "2", "24.64", "49.29", "12", "1.2500", "10", ""),
            *("72", "good", "42.50", "medium"),
            *("Wholesale; UK & Ireland", "VIP; newsletter"),
        ],
        [],
    ]
    assert [",".join(row) for row in read[3:]] == [
        ",".join(ORDERS),
        "SO-10002,2024-01-15T09:30:00.000000+00:00,completed,3,GBP,26.06",
        "SO-10001,2024-01-10T09:30:00.000000+00:00,shipped,3,GBP,23.23",
    ]


def test_csv_ends_its_lines_with_crlf():
    text = written(made.view(2))

    assert text.count("\n") == text.count("\r\n") == 6
    assert text.endswith("\r\n")


def test_csv_leaves_out_what_is_not_asked_for():
    read = rows(made.view(2, orders=None, orders_found=None, tags=None, segments=None))

    assert [read[0], len(read)] == [HEAD, 2]


def test_csv_of_no_orders_has_their_head():
    read = rows(made.view(0, **made.NO_ORDERS))

    assert read[2:] == [[], ORDERS]


def test_csv_shows_what_is_withheld_and_leaves_the_unknown_empty():
    profile = replace(made.PROFILE, name=None, email=None, loyalty_level=None)

    read = rows(made.view(1, profile=profile, withheld=("profile.name",)))

    assert [read[1][1], read[1][2], read[1][6]] == ["withheld", "", ""]


def test_csv_tells_times_in_utc():
    moment = datetime.fromisoformat("2024-07-01T00:30:00+02:00")
    order = made.order(ordered_at=moment)

    read = rows(made.view(1, orders=(order,)))

    assert read[-1][1] == moment.astimezone(UTC).isoformat(timespec="microseconds")


def test_csv_neutralises_texts_and_no_numbers():
    order = replace(made.order(), number="=1+1", total=Decimal(-5))

    read = rows(made.view(1, orders=(order,)))

    assert [read[-1][0], read[-1][-1]] == ["'=1+1", "-5.00"]


def test_csv_writes_orders_as_they_come():
    """A part before the next orders are asked for, so memory stays flat."""
    asked = []

    def coming():
        for number in range(1200):
            asked.append(number)
            yield made.order(number)

    parts = body(made.view(0, orders=coming(), orders_found=1200))
    for part in parts:
        if b"SO-10000" in part:
            break

    assert len(asked) == 500
    assert sum(part.count(b"\r\n") for part in parts) == 700
