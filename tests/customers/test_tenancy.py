"""The tenant filter, and what an actor's grants say of businesses."""

import pytest

from customers.actors import ALL, Actor, Grant, system
from customers.clearance import Clearance
from customers.models import Company
from customers.reach import AllBut
from tests import make

NOTHING = Grant(frozenset(), Clearance.PUBLIC)
READ = Grant(frozenset({"exports:read"}), Clearance.INTERNAL)


@pytest.mark.django_db
def test_for_business_leaves_out_every_other():
    mine, _ = make.company(), make.company()

    assert list(Company.objects.for_business(mine.business_id)) == [mine]


@pytest.mark.django_db
def test_for_businesses_takes_some_or_all():
    first, second, third = (make.company() for _ in range(3))
    owners = frozenset({first.business_id, second.business_id})

    some = set(Company.objects.for_businesses(owners))
    everything = set(Company.objects.for_businesses(None))

    assert (some, everything) == ({first, second}, {first, second, third})


@pytest.mark.django_db
def test_for_businesses_leaves_some_out():
    first, second, third = (make.company() for _ in range(3))

    found = Company.objects.for_businesses(AllBut(frozenset({second.business_id})))

    assert set(found) == {first, third}


def test_own_grant_goes_before_the_one_for_all():
    everywhere = Grant(frozenset(), Clearance.PUBLIC)
    actor = Actor("staff", "1", "ada", {"b1": READ, ALL: everywhere})

    assert (actor.grant("b1"), actor.grant("b2")) == (READ, everywhere)
    assert actor.business_ids is None


def test_actor_without_grants_has_no_business():
    actor = Actor("key", "key_1", "crm")

    assert (actor.grant("b1"), actor.business_ids) == (None, frozenset())


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ({"b1": READ, "b2": Grant(frozenset(), Clearance.PUBLIC)}, {"b1"}),
        ({ALL: READ}, None),
        ({ALL: READ, "b1": READ}, None),
        ({ALL: READ, "b1": NOTHING, "b2": READ}, AllBut(frozenset({"b1"}))),
        ({ALL: NOTHING, "b1": READ}, {"b1"}),
        ({}, set()),
    ],
)
def test_businesses_with_a_scope(grants, expected):
    actor = Actor("staff", "1", "ada", grants)

    assert actor.businesses_with("exports:read") == expected


def test_system_may_everything():
    grant = system("beat").grant("any")

    assert grant is not None
    assert (grant.clearance, grant.clearance.label) == (
        Clearance.SENSITIVE,
        "sensitive",
    )
