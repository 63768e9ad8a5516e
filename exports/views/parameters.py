"""Parameters that many endpoints take, for the document."""

from typing import Final

from drf_spectacular.utils import OpenApiExample, OpenApiParameter

_ID: Final = "01JD3Z5V8N8Q0C9X2T4W6Y8Z0A"
BUSINESS_ID: Final = OpenApiParameter(
    "business_id", str, description="Of this business alone"
)
LIMIT: Final = OpenApiParameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}
)
OFFSET: Final = OpenApiParameter(
    "offset", {"type": "integer", "minimum": 0, "maximum": 10**9, "default": 0}
)


def of_path(name: str, prefix: str, *, example: str) -> OpenApiParameter:
    """An id in the address.

    :param prefix: what such ids begin with.
    :param example: the example's title.
    """
    shown = OpenApiExample(example, f"{prefix}_{_ID}")
    return OpenApiParameter(name, str, OpenApiParameter.PATH, examples=[shown])


DELIVERY_ID: Final = of_path("delivery_id", "dlv", example="a delivery")
