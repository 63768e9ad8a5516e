"""The one text of a moment: UTC with ``+00:00`` and six digits."""

from datetime import UTC, datetime


def utc_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
