"""Who may export a customer: roles, in their own businesses."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission

from customers.models import Membership, User
from customers.permissions import EXPORT_CUSTOMER
from tests import make

pytestmark = pytest.mark.django_db

ROLES = [
    ("viewer", False),
    ("auditor", False),
    ("operator", True),
    ("manager", True),
]


def again(user: User) -> User:
    """As a next request has it: Django keeps permissions with the object."""
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(("role", "may"), ROLES)
def test_role_permits_in_its_own_business_only(role, may):
    mine, other = make.business("business_mine"), make.business("business_other")

    user = make.staff(role, mine)

    assert user.has_perm(EXPORT_CUSTOMER) is may
    assert user.has_perm(EXPORT_CUSTOMER, obj=mine) is may
    assert user.has_perm(EXPORT_CUSTOMER, obj=other) is False


@pytest.mark.parametrize(("role", "may"), ROLES)
def test_role_for_all_businesses_permits_in_each(role, may):
    user = make.staff(role, everywhere=True)

    assert user.has_perm(EXPORT_CUSTOMER, obj=make.business("business_any")) is may


def test_row_stands_for_its_business():
    customer = make.customer(make.business("business_mine"))
    foreign = make.customer(make.business("business_other"))

    user = make.staff("operator", customer.business)

    assert user.has_perm(EXPORT_CUSTOMER, obj=customer) is True
    assert user.has_perm(EXPORT_CUSTOMER, obj=foreign) is False


def test_what_belongs_to_no_business_is_nobodys():
    user = make.staff("manager", everywhere=True)

    assert user.has_perm(EXPORT_CUSTOMER, obj=user) is False


def test_weaker_role_in_one_business_is_not_raised_by_another():
    mine, looked_at = make.business("business_mine"), make.business("business_seen")
    user = make.staff("manager", mine)

    Membership.objects.create(user=user, business=looked_at, role="viewer")

    assert user.has_perm(EXPORT_CUSTOMER, obj=looked_at) is False


def test_weaker_role_of_its_own_stands_before_the_one_for_all():
    looked_at, any_other = make.business("business_seen"), make.business()
    user = make.staff("manager", everywhere=True)

    Membership.objects.create(user=user, business=looked_at, role="viewer")

    foreign = make.customer(any_other)
    assert user.has_perm(EXPORT_CUSTOMER, obj=looked_at) is False
    assert user.has_perm(EXPORT_CUSTOMER, obj=make.customer(looked_at)) is False
    assert user.has_perm(EXPORT_CUSTOMER, obj=foreign) is True


def test_stronger_role_of_its_own_stands_before_the_one_for_all():
    mine, any_other = make.business("business_mine"), make.business()
    user = make.staff("auditor", everywhere=True)

    Membership.objects.create(user=user, business=mine, role="operator")

    assert user.has_perm(EXPORT_CUSTOMER, obj=mine) is True
    assert user.has_perm(EXPORT_CUSTOMER, obj=any_other) is False


def test_permission_of_the_account_counts_in_its_businesses():
    mine, other = make.business("business_mine"), make.business("business_other")
    user = make.staff("auditor", mine)
    group = Group.objects.create(name="reporting")
    group.permissions.add(Permission.objects.get(codename="export_customer"))

    user.groups.add(group)

    user = again(user)
    assert user.has_perm(EXPORT_CUSTOMER, obj=mine) is True
    assert user.has_perm(EXPORT_CUSTOMER, obj=other) is False


def test_superuser_may_everywhere():
    user = make.staff("viewer", is_superuser=True)

    assert user.has_perm(EXPORT_CUSTOMER, obj=make.business("business_any")) is True


def test_nobody_and_who_has_left_may_nothing():
    business = make.business()
    gone = make.staff("manager", business, is_active=False)
    left = make.staff("viewer", is_superuser=True, is_active=False)

    found = [
        user.has_perm(EXPORT_CUSTOMER, obj=of)
        for user in (gone, left, AnonymousUser())
        for of in (None, business)
    ]

    assert found == [False] * 6


def test_roles_grant_no_other_permission(django_assert_num_queries):
    user = make.staff("manager", everywhere=True)
    user.has_perm("customers.view_customer")

    with django_assert_num_queries(0):
        assert user.has_perm("customers.view_customer") is False

    assert user.get_all_permissions() == {EXPORT_CUSTOMER}
