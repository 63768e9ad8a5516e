"""What was refused for safety's sake, to the log ``kyb.security``: a line each.

Its lines say more than the caller is told, and never what the caller must keep secret.
"""

from typing import Final, Literal, TypeAlias

import structlog

from customers.actors import Actor

Refusal: TypeAlias = Literal[
    "credential_refused",
    "business_refused",
    "class_refused",
    "scope_refused",
    "permission_refused",
    "limit_refused",
    "link_refused",
    "sign_in_refused",
]
_logger: Final = structlog.stdlib.get_logger("kyb.security")


def refused(what: Refusal, *, actor: Actor | None = None, **facts: object) -> None:
    """:param facts: of the service's own making, or cut and harmless."""
    if actor is not None:
        facts |= {"actor": f"{actor.kind}:{actor.id}", "ip_address": actor.ip_address}
    _logger.warning(what, **facts)
