"""All the made-up data of one business, in sensible proportion, in one transaction."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from django.db import connections, transaction

from customers.demo import people, rows
from customers.demo.load import load
from customers.models import Business, Company

# Told of every row, by table: the same rows, shown on their way.
Watch: TypeAlias = Callable[[str, Iterable[rows.Values], int], Iterable[rows.Values]]

# Scores are cut into whole points: both databases divide integers alike. The latest
# verification says how a company stands; the last finished one, when it was looked at.
_STANDING: Final = """
    WITH latest AS (
        SELECT company_id, status, score,
            max(verified_at) OVER (PARTITION BY company_id) AS verified_at,
            row_number() OVER (
                PARTITION BY company_id ORDER BY created_at DESC, id DESC
            ) AS place
        FROM customers_verification WHERE business_id = %s
    )
    UPDATE customers_company SET
        verification_status = latest.status,
        risk_score =
            (10000 - CAST(round(latest.score * 10000) AS integer) + 50) / 100,
        last_verified_at = latest.verified_at
    FROM latest WHERE latest.place = 1 AND latest.company_id = customers_company.id
"""


@dataclass(frozen=True, slots=True)
class Amounts:
    companies: int
    verifications: int

    @property
    def reports(self) -> int:
        return min(max(self.verifications // 1000, 12), 500)

    @property
    def audit_logs(self) -> int:
        return max(self.verifications // 4, 20)

    @property
    def user_accounts(self) -> int:
        return min(max(self.verifications // 2000, 10), 500)

    @property
    def customers(self) -> int:
        return min(max(self.companies // 10, 10), 500)

    @property
    def orders(self) -> int:
        return self.customers * 6


def make(
    business: Business, *, amounts: Amounts, seed: int, until: date, watch: Watch
) -> int:
    """How many companies there are to it: the business's own, else made-up ones.

    Rows that are there already stay as they are.
    """
    plan = rows.Plan(business.pk, seed, until, business.currency)
    with transaction.atomic():
        writer = _Writer(watch)
        companies = _companies(plan, amounts.companies, writer)
        _data(plan, amounts, companies, writer)
        _people(plan, amounts, writer)
        with connections["default"].cursor() as cursor:
            cursor.execute(_STANDING, [business.pk])
    return len(companies)


@dataclass(frozen=True, slots=True)
class _Writer:
    watch: Watch

    def exportable(
        self, table: str, columns: str, values: Iterable[rows.Values], count: int
    ) -> None:
        self.plain(table, columns, values, count, zeros="change_seq")

    def plain(
        self,
        table: str,
        columns: str,
        values: Iterable[rows.Values],
        count: int,
        *,
        zeros: str = "",
    ) -> None:
        seen = self.watch(table, values, count)
        load(connections["default"], f"customers_{table}", columns, seen, zeros=zeros)


def _companies(plan: rows.Plan, count: int, writer: _Writer) -> list[str]:
    mine = Company.objects.for_business(plan.business_id)
    real = mine.exclude(registration_number__startswith=rows.MADE_UP)
    # A company without a number is a real one: NULL is never like anything.
    real |= mine.filter(registration_number=None)
    ids = [row_id.hex for row_id in real.order_by("id").values_list("id", flat=True)]
    if ids:
        return ids[:count]
    made = list(rows.companies(plan, count))
    writer.exportable("company", rows.COMPANY, made, count)
    return [row[0] for row in made]


def _data(
    plan: rows.Plan, amounts: Amounts, companies: list[str], writer: _Writer
) -> None:
    checks = rows.verifications(plan, companies, amounts.verifications)
    accounts = amounts.user_accounts
    writer.exportable("verification", rows.VERIFICATION, checks, amounts.verifications)
    writer.exportable(
        "report", rows.REPORT, rows.reports(plan, amounts.reports), amounts.reports
    )
    writer.exportable(
        "useraccount", rows.USER_ACCOUNT, rows.user_accounts(plan, accounts), accounts
    )
    logs = rows.audit_logs(plan, accounts, amounts.audit_logs)
    writer.exportable("auditlog", rows.AUDIT_LOG, logs, amounts.audit_logs)


def _people(plan: rows.Plan, amounts: Amounts, writer: _Writer) -> None:
    buyers, orders = amounts.customers, amounts.orders
    writer.plain(
        "customer",
        people.CUSTOMER,
        people.customers(plan, buyers),
        buyers,
        zeros="change_seq, revision",
    )
    made = people.orders(plan, buyers, orders)
    writer.plain("order", people.ORDER, made, orders)
    lines = people.order_lines(plan, orders)
    writer.plain("orderline", people.ORDER_LINE, lines, orders * 3)
    writer.plain("note", people.NOTE, people.notes(plan, buyers), buyers)
    for table, names in (
        ("tag", ("vip", "newsletter", "late payer")),
        ("segment", ("regulars", "dormant", "wholesale")),
    ):
        labels = people.labels(plan, table, names, buyers)
        writer.plain(table, people.LABEL, labels, (buyers + 1) // 2)
    tickets = people.tickets(plan, buyers)
    writer.plain("supportticket", people.TICKET, tickets, buyers // 2)
