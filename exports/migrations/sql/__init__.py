"""The datasets as views, ``dataset_<name>``: what each column holds, table by table.

They hold every business's rows, each with its ``business_id``; whoever reads them sees
to the tenant. On PostgreSQL ``query_<name>`` shows of each the rows of one business:
the one that a session has been opened for.

SQLite checks all views when a table is renamed, which is how Django alters one: a later
migration that alters a table named here drops the views first, and makes them anew.
"""

from typing import Final, NamedTuple


class Source(NamedTuple):
    """:ivar columns: name, where it comes from, its type, digits after the point."""

    tables: str
    columns: tuple[tuple[str, str, str, int], ...]


def _columns(text: str) -> tuple[tuple[str, str, str, int], ...]:
    """Of lines such as ``score v.score decimal 4``."""
    found = []
    for line in text.strip().splitlines():
        name, path, kind, *scale = line.split()
        found.append((name, path, kind, int(scale[0]) if scale else 0))
    return tuple(found)


SOURCES: Final = {
    "verifications": Source(
        "customers_verification v JOIN customers_company c ON c.id = v.company_id",
        _columns("""
            id v.id uuid
            company_id v.company_id uuid
            business_name c.name text
            registration_number c.registration_number text
            lei c.lei text
            jurisdiction c.jurisdiction text
            status v.status text
            score v.score decimal 4
            risk_level v.risk_level text
            checks v.checks json
            reviewer v.reviewer text
            reviewer_email v.reviewer_email text
            notes v.notes text
            fee v.fee decimal 2
            verified_at v.verified_at datetime
            created_at v.created_at datetime
            updated_at v.updated_at datetime
            business_id v.business_id text
        """),
    ),
    "reports": Source(
        "customers_report r",
        _columns("""
            id r.id uuid
            title r.title text
            type r.type text
            status r.status text
            period_start r.period_start date
            period_end r.period_end date
            summary r.summary json
            created_by r.created_by text
            created_at r.created_at datetime
            business_id r.business_id text
        """),
    ),
    "audit_logs": Source(
        "customers_auditlog l",
        _columns("""
            id l.id uuid
            timestamp l.timestamp datetime
            user_id l.user_id text
            user_email l.user_email text
            action l.action text
            resource l.resource text
            resource_id l.resource_id text
            outcome l.outcome text
            ip_address l.ip_address text
            user_agent l.user_agent text
            metadata l.metadata json
            business_id l.business_id text
        """),
    ),
    "user_data": Source(
        "customers_useraccount u",
        _columns("""
            id u.id uuid
            email u.email text
            name u.name text
            role u.role text
            status u.status text
            last_login_at u.last_login_at datetime
            logins_30d u.logins_30d integer
            actions_30d u.actions_30d integer
            created_at u.created_at datetime
            business_id u.business_id text
        """),
    ),
    "business_data": Source(
        "customers_company c",
        _columns("""
            business_id c.business_id text
            company_id c.id uuid
            name c.name text
            registration_number c.registration_number text
            lei c.lei text
            jurisdiction c.jurisdiction text
            legal_form c.legal_form text
            address c.address text
            city c.city text
            postal_code c.postal_code text
            country c.country text
            industry c.industry text
            industry_code c.industry_code text
            status c.status text
            incorporated_on c.incorporated_on date
            verification_status c.verification_status text
            risk_score c.risk_score integer
            last_verified_at c.last_verified_at datetime
            created_at c.created_at datetime
            updated_at c.updated_at datetime
        """),
    ),
}
NAMES: Final = (*SOURCES, "analytics")

# Verifications by day: exact sums, then quotients rounded half to even, in integers:
# {even} is of numerator and denominator, both doubled so that the half is whole.
DAYS: Final = """
SELECT v.business_id AS business_id, {day} AS date, COUNT(*) AS verifications,
    COUNT(CASE WHEN v.status = 'completed' THEN 1 END) AS completed,
    COUNT(CASE WHEN v.status = 'failed' THEN 1 END) AS failed,
    COUNT(CASE WHEN v.risk_level IN ('high', 'critical') THEN 1 END) AS high_risk,
    COUNT(v.score) AS scored,
    SUM(CAST(ROUND(v.score * 10000) AS BIGINT)) AS score_units,
    SUM(CAST(ROUND(v.fee * 100) AS BIGINT)) AS revenue_cents
FROM customers_verification v JOIN customers_business b ON b.id = v.business_id
GROUP BY v.business_id, {day}
"""


def half_even(top: str, bottom: str) -> str:
    """The quotient as an integer; the operands are whole and not negative."""
    whole = f"((2 * {top} + {bottom}) / (2 * {bottom}))"
    is_tie = f"(2 * {top} + {bottom}) % (2 * {bottom}) = 0"
    return f"({whole} - CASE WHEN {is_tie} AND {whole} % 2 = 1 THEN 1 ELSE 0 END)"
