"""What a request needs before any view looks at it, and what roles permit."""

from typing import Final

from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from customers.actors import Actor
from customers.models import Business, Membership, User
from customers.tenancy import TenantOwned

EXPORT_CUSTOMER: Final = "customers.export_customer"
"""The permission to export a customer's 360 view."""

_EXPORTING: Final = (Membership.Role.OPERATOR, Membership.Role.MANAGER)


class IsKnown(BasePermission):
    """Somebody acts; else it is 401, since key authentication names a scheme."""

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 -- the hook
        return isinstance(request.auth, Actor)


class RoleBackend(BaseBackend):
    """Operators and managers may export customers, each of their own businesses.

    ``has_perm(EXPORT_CUSTOMER)`` asks whether of any business, and
    ``has_perm(EXPORT_CUSTOMER, obj=business)``, or a row of one, whether of that one.
    Django's own backend grants nothing on an object, so a permission that was given to
    the account or its group counts here too, in the businesses of the account.
    """

    def has_perm(
        self, user_obj: User | AnonymousUser, perm: str, obj: Model | None = None
    ) -> bool:
        """Without a query for any other permission."""
        return perm == EXPORT_CUSTOMER and super().has_perm(user_obj, perm, obj)

    def get_user_permissions(
        self, user_obj: User | AnonymousUser, obj: Model | None = None
    ) -> set[str]:
        if isinstance(user_obj, AnonymousUser) or not user_obj.is_active:
            return set()
        # Without a query, where authentication has read them for this request.
        held = list(user_obj.memberships.all())
        reaching = held if obj is None else _reaching(held, obj)
        may = any(each.role in _EXPORTING for each in reaching) or (
            obj is not None
            and bool(reaching)
            and ModelBackend().has_perm(user_obj, EXPORT_CUSTOMER)
        )
        return {EXPORT_CUSTOMER} if may else set()


def _reaching(held: list[Membership], row: Model) -> list[Membership]:
    """Of a business, or of the business of a row; one for all yields to its own."""
    if isinstance(row, Business):
        owner = row.pk
    elif isinstance(row, TenantOwned):
        owner = row.business_id
    else:
        return []
    own = [each for each in held if each.business_id == owner]
    return own or [each for each in held if each.business_id is None]
