"""What a request needs before any view looks at it."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from customers.actors import Actor


class IsKnown(BasePermission):
    """Somebody acts; else it is 401, since key authentication names a scheme."""

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 -- the hook
        return isinstance(request.auth, Actor)
