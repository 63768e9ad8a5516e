"""Which businesses a list is of: those the caller may read, or one they name."""

from rest_framework.request import Request

from customers import security
from customers.actors import Actor
from customers.models import Business
from customers.reach import Businesses
from exports import policy
from exports.errors import BusinessNotFound, Forbidden


def readable_businesses(
    request: Request, actor: Actor, *, scope: str = "exports:read"
) -> Businesses:
    """Of these, and of no others.

    :raises BusinessNotFound: there is none by that ``business_id``, or it is not
        theirs: alike.
    :raises Forbidden: they may read none.
    """
    business_id = named_business(request, actor, scope=scope)
    if business_id is not None:
        return frozenset([business_id])
    readable = actor.businesses_with(scope)
    if readable == frozenset():
        security.refused("scope_refused", actor=actor, scope=scope)
        raise Forbidden(f"this needs the scope {scope}")
    return readable


def named_business(request: Request, actor: Actor, *, scope: str) -> str | None:
    """The one that the query names by ``business_id``.

    :raises BusinessNotFound: there is none, or it is not theirs: alike.
    """
    business_id = request.query_params.get("business_id")
    if business_id is not None:
        policy.granted(actor, scope, business_id[:64])
        if not Business.objects.filter(pk=business_id).exists():
            raise BusinessNotFound.named(business_id)
    return business_id
