"""Staff and memberships at the admin: what is wrong is named, what is done is told."""

import pytest

from customers.models import AuditEvent, Membership, User
from tests import make
from tests.customers.admin.asking import at_admin, page

pytestmark = [pytest.mark.django_db, pytest.mark.pages]


def form(client, user: User, memberships: list[dict], **values):
    """The page's own form, as it would be sent with these memberships."""
    shown = client.get(page(User, "change", user.pk)).context["adminform"].form
    row = {
        name: value
        for name, field in shown.fields.items()
        if (value := shown.get_initial_for_field(field, name)) not in (None, False)
        and name not in {"last_login", "date_joined", "password", "groups"}
        and name != "user_permissions"
    }
    row |= {"date_joined_0": "2025-01-01", "date_joined_1": "00:00:00"}
    there = user.memberships.count()
    sent = {"TOTAL_FORMS": len(memberships), "INITIAL_FORMS": there}
    sent |= {"MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    row |= {f"memberships-{name}": value for name, value in sent.items()}
    for number, each in enumerate(memberships):
        told = {"user": user.pk} | each
        row |= {f"memberships-{number}-{name}": told[name] for name in told}
    row |= values
    row = {name: value for name, value in row.items() if value is not None}
    return client.post(page(User, "change", user.pk), row)


def of(row: Membership, **values):
    told = {"id": row.pk, "business": row.business_id or "", "role": row.role}
    return told | values


def test_membership_is_added_changed_and_removed_in_the_trail(mine):
    other = make.business("business_other")
    user = make.staff("viewer", mine)
    client = at_admin(is_superuser=True)
    [row] = user.memberships.all()

    form(
        client,
        user,
        [of(row, role="operator"), {"business": other.id, "role": "viewer"}],
    )
    new = user.memberships.get(business=other)
    row.refresh_from_db()
    form(client, user, [of(row), of(new, DELETE="on")])

    events = AuditEvent.objects.filter(action__startswith="membership.")
    assert list(
        events.order_by("at", "id").values_list(
            "action", "business_id", "details__role", "object_id"
        )
    ) == [
        ("membership.added", other.id, "viewer", str(user.pk)),
        ("membership.changed", mine.id, "operator", str(user.pk)),
        ("membership.removed", other.id, "viewer", str(user.pk)),
    ]
    assert [each.role for each in user.memberships.all()] == ["operator"]


@pytest.mark.parametrize(
    ("business", "told"),
    [
        ("business_mine", "There are two memberships for Mine: leave one."),
        ("", "There are two memberships for all businesses: leave one."),
    ],
)
def test_two_roles_in_one_place_are_named(mine, business, told):
    user = make.staff("viewer", make.business("business_other"))
    [row] = user.memberships.all()
    twice = [{"business": business, "role": role} for role in ("viewer", "operator")]

    answer = form(at_admin(is_superuser=True), user, [of(row), *twice])

    assert told in answer.content.decode()
    assert user.memberships.count() == 1


@pytest.mark.parametrize("right", ["is_active", "is_staff", "is_superuser"])
def test_superuser_keeps_the_own_rights(mine, right):
    user = make.staff("manager", mine, is_superuser=True)
    client = at_admin()
    client.force_login(user)
    [row] = user.memberships.all()

    answer = form(client, user, [of(row)], **{right: None})

    user.refresh_from_db()
    assert "You cannot take your own rights" in answer.content.decode()
    assert getattr(user, right)


def test_superuser_takes_the_rights_of_another(mine):
    user = make.staff("manager", mine, is_superuser=True)
    [row] = user.memberships.all()

    answer = form(at_admin(is_superuser=True), user, [of(row)], is_superuser=None)

    user.refresh_from_db()
    assert (answer.status_code, user.is_superuser) == (302, False)
