"""What Prometheus is told: events as they are counted, exports and jobs as they stand.

No label holds anything of a business: names are the service's own, their number is
bounded.
"""

from exports.metrics.events import (
    begin,
    cache_read,
    credentials_refused,
    delivered,
    downloaded,
    limit_refused,
    request_answered,
)
from exports.metrics.page import text

__all__ = [
    "begin",
    "cache_read",
    "credentials_refused",
    "delivered",
    "downloaded",
    "limit_refused",
    "request_answered",
    "text",
]
