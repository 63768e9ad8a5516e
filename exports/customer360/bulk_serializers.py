"""The shapes of bulk requests and jobs, for their document."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customers.models import Customer
from exports.customer360.formats import FORMATS
from exports.customer360.options import DAYS, DEFAULTS, MOST
from exports.models import ExportFile, ExportJob
from exports.models.jobs import CUSTOMER_360
from exports.serializers.answers import ExportSerializer, JobSerializer
from exports.serializers.shapes import closed

_MOMENT: Final = {"type": "string", "format": "date-time"}
_NAME: Final = {"type": "string"}


def _one_or_many(one: dict[str, Any]) -> dict[str, Any]:
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": MOST}
    return {"oneOf": [one, many]}


def _parameter(name: str, **schema: Any) -> dict[str, dict[str, Any]]:
    return {name: schema | {"default": DEFAULTS[name]}}


FILTER: Final = closed(
    {
        "accountStatus": _one_or_many(
            _NAME | {"enum": list(Customer.AccountStatus.values)}
        ),
        "loyaltyLevel": _one_or_many(
            _NAME | {"enum": list(Customer.LoyaltyLevel.values)}
        ),
        "segment": _one_or_many(_NAME),
        "tag": _one_or_many(_NAME),
        "registeredAfter": _MOMENT,
        "registeredBefore": _MOMENT,
    },
    description="All that is given holds; of several values, any",
)
# A schema and no serializer: fields of a class would have names that are none of
# Python's.
BODY: Final = closed(
    {
        "businessId": _NAME | {"description": "Required with a filter"},
        "customerIds": {
            "type": "array",
            "items": _NAME | {"format": "uuid"},
            "minItems": 1,
            "maxItems": MOST,
            "uniqueItems": True,
        },
        "filter": FILTER,
        "workbook": {
            "type": "boolean",
            "default": False,
            "description": "With xlsx: one workbook for all, and no archive",
        },
        **_parameter("format", type="string", enum=list(FORMATS)),
        **_parameter("includeOrders", type="boolean"),
        **_parameter("includeNotes", type="boolean"),
        **_parameter("includeTags", type="boolean"),
        **_parameter("includeAnalytics", type="boolean"),
        **_parameter("dateRange", type="string", enum=list(DAYS)),
        **_parameter(
            "orderLimit",
            oneOf=[
                {"type": "integer", "minimum": 1, "maximum": MOST},
                {"type": "string", "enum": ["all"]},
            ],
            description="Newest first; all is for csv and json alone",
        ),
        **_parameter(
            "compression",
            type=["string", "null"],
            enum=["gzip", None],
            description="Of the files in the archive; for csv and json alone",
        ),
    },
    oneOf=[{"required": ["customerIds"]}, {"required": ["businessId", "filter"]}],
    description="Either customerIds, or businessId with a filter",
)


# Not as choices: the document would name them, and those of datasets anew.
@extend_schema_field({"type": "string", "const": CUSTOMER_360})
class TypeField(serializers.CharField):
    """Always the same."""


@extend_schema_field({"type": "string", "pattern": f"^({'|'.join(FORMATS)})$"})
class FormatField(serializers.CharField):
    """Of a customer's own file."""


class BulkExportSerializer(ExportSerializer):
    """The file of a bulk job; row_count is of customers."""

    type = TypeField(source="job.export_type")  # type: ignore[assignment] # as above
    format = FormatField(source="job.format")  # type: ignore[assignment] # as above

    @extend_schema_field({"type": "string", "const": "success"})
    def get_status(self, file: ExportFile) -> str:
        return super().get_status(file)


class BulkJobSerializer(JobSerializer):
    """rows are customers."""

    type = TypeField(source="export_type")  # type: ignore[assignment] # as above
    format = FormatField()  # type: ignore[assignment] # as above

    @extend_schema_field(BulkExportSerializer(allow_null=True))
    def get_result(self, job: ExportJob) -> dict[str, Any] | None:
        file = getattr(job, "file", None)
        return BulkExportSerializer(file, context=self.context).data if file else None
