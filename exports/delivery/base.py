"""What every channel does: it delivers, and says how that went."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from exports.models import Delivery


@dataclass(frozen=True, slots=True)
class Outcome:
    """:ivar error: without anything secret; empty when it arrived.

    :ivar status: of an HTTP answer.
    :ivar wait: seconds after which the receiver wants to be asked again.
    :ivar is_final: no other attempt would go better.
    :ivar receipt: of a file that arrived.
    """

    error: str = ""
    status: int | None = None
    wait: float = 0.0
    is_final: bool = False
    receipt: Mapping[str, Any] = field(default_factory=dict)


class Channel(ABC):
    """:cvar gathers: all that waits for one target is delivered at once."""

    gathers: ClassVar[bool] = False

    def may_go_at(self, delivery: Delivery) -> datetime | None:
        """Not before then; None: now."""
        del delivery
        return None

    def retries(self, delivery: Delivery) -> bool:
        del delivery
        return True

    @abstractmethod
    def deliver(self, deliveries: Sequence[Delivery], *, now: datetime) -> Outcome: ...

    def settled(
        self, deliveries: Sequence[Delivery], outcome: Outcome, *, now: datetime
    ) -> None:
        """Within the transaction that notes the outcome in the rows given."""
        del deliveries, outcome, now
