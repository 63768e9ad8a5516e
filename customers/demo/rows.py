"""The made-up rows of each table, as values that both databases take as they are."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeAlias

from customers.demo.dice import DAYS, Dice, row_id
from customers.demo.words import (
    ACTIONS,
    ADDRESSES,
    AGENTS,
    CHECKS,
    FEES,
    INDUSTRIES,
    LOCALES,
    NOTES,
    PEOPLE,
    STATUSES,
)

Values: TypeAlias = tuple[Any, ...]

# What a made-up company's registration number begins with.
MADE_UP: Final = "DEMO-"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for; a business's rows differ from another's."""

    business_id: str
    seed: int
    until: date
    currency: str

    def dice(self, table: str) -> Dice:
        name = f"{self.business_id}/{self.seed}/{table}"
        return Dice(name, until=self.until)

    def id(self, table: str, number: int | str) -> str:
        return row_id(table, self.business_id, self.seed, number)


COMPANY: Final = (
    "id, business_id, name, registration_number, jurisdiction, legal_form, address,"
    " city, postal_code, country, industry, industry_code, status, incorporated_on,"
    " verification_status, created_at, updated_at"
)
VERIFICATION: Final = (
    "id, business_id, company_id, status, score, risk_level, checks, reviewer,"
    " reviewer_email, notes, fee, verified_at, created_at, updated_at"
)
REPORT: Final = (
    "id, business_id, title, type, status, period_start, period_end, summary,"
    " created_by, created_at"
)
AUDIT_LOG: Final = (
    "id, business_id, timestamp, user_id, user_email, action, resource, resource_id,"
    " outcome, ip_address, user_agent, metadata"
)
USER_ACCOUNT: Final = (
    "id, business_id, email, name, role, status, last_login_at, logins_30d,"
    " actions_30d, created_at"
)


def companies(plan: Plan, count: int) -> Iterator[Values]:
    """The same ones for every seed: a number names one company of the business."""
    oldest = datetime.combine(plan.until, datetime.min.time()) - timedelta(days=DAYS)
    for number in range(count):
        dice = Dice(f"{plan.business_id}/company/{number}", until=plan.until)
        place = dice.one_of(LOCALES)
        code, industry = dice.one_of(INDUSTRIES)
        created = str(dice.after(oldest - timedelta(days=90), 24 * 90))
        yield (
            row_id("company", plan.business_id, number),
            plan.business_id,
            place.form.format(f"{dice.one_of(place.names)} {number}"),
            f"{MADE_UP}{number:07d}",
            place.country,
            place.form.replace("{}", "").strip(" «»"),
            f"{place.street} {1 + dice.below(200)}",
            place.city,
            place.postal_code,
            place.country,
            industry,
            code,
            "dissolved" if dice.below(20) == 0 else "active",
            str(plan.until - timedelta(days=DAYS + dice.below(15_000))),
            "unverified",
            created,
            created,
        )


def verifications(plan: Plan, companies: Sequence[str], count: int) -> Iterator[Values]:
    """:param companies: their ids."""
    dice = plan.dice("verification")
    for number in range(count):
        status = dice.one_of(STATUSES)
        created = dice.moment()
        finished = status not in {"pending", "in_review"}
        verified = str(dice.after(created, 240)) if finished else None
        points = dice.below(6000) + (4000 if status == "completed" else 0)
        name, email = dice.one_of(PEOPLE)
        yield (
            plan.id("verification", number),
            plan.business_id,
            dice.one_of(companies),
            status,
            f"{points / 10_000:.4f}" if finished else None,
            _risk(points) if finished else None,
            dice.one_of(CHECKS) if finished else "[]",
            name,
            email,
            dice.one_of(NOTES),
            dice.one_of(FEES),
            verified,
            str(created),
            verified or str(dice.after(created, 24)),
        )


def reports(plan: Plan, count: int) -> Iterator[Values]:
    dice = plan.dice("report")
    for number in range(count):
        created = dice.moment()
        kind = dice.one_of(("compliance", "risk", "activity", "financial"))
        checked = dice.below(5000)
        summary = {
            "verifications": checked,
            "failed": dice.below(checked // 10 + 1),
            "by_risk": {"high": dice.below(50), "low": dice.below(4000)},
        }
        yield (
            plan.id("report", number),
            plan.business_id,
            f"{kind.title()} report {number + 1}",
            kind,
            dice.one_of(("draft", "final", "final", "archived")),
            str(created.date() - timedelta(days=30)),
            str(created.date()),
            json.dumps(summary),
            dice.one_of(PEOPLE)[1],
            str(created),
        )


def audit_logs(plan: Plan, accounts: int, count: int) -> Iterator[Values]:
    dice = plan.dice("audit_log")
    for number in range(count):
        action, resource = dice.one_of(ACTIONS)
        who = dice.below(accounts)
        yield (
            plan.id("audit_log", number),
            plan.business_id,
            str(dice.moment()),
            plan.id("user_account", who),
            _email(plan, who),
            action,
            resource,
            f"{resource}-{dice.below(100_000)}",
            dice.one_of(("success",) * 18 + ("failure", "denied")),
            dice.one_of(ADDRESSES).format(1 + dice.below(254)),
            dice.one_of(AGENTS),
            json.dumps({"duration_ms": dice.below(900)}),
        )


def user_accounts(plan: Plan, count: int) -> Iterator[Values]:
    dice = plan.dice("user_account")
    for number in range(count):
        created = dice.moment()
        invited = dice.below(10) == 0
        yield (
            plan.id("user_account", number),
            plan.business_id,
            _email(plan, number),
            dice.one_of(PEOPLE)[0],
            "owner" if number == 0 else dice.one_of(("admin", "analyst", "viewer")),
            "invited" if invited else "active",
            None if invited else str(dice.after(created, 5000)),
            0 if invited else dice.below(60),
            0 if invited else dice.below(900),
            str(created),
        )


def _risk(points: int) -> str:
    """Of a score in ten-thousandths: the better, the lower."""
    limits = ((8000, "low"), (6000, "medium"), (3000, "high"), (0, "critical"))
    return next(level for limit, level in limits if points >= limit)


def _email(plan: Plan, number: int) -> str:
    return f"user{number}.{plan.seed}@example.com"
