"""The shapes of previews and batches, asked for and answered."""

from typing import Any, Final

from rest_framework import serializers

from exports.batches import MOST, Outlook
from exports.serializers.answers import MomentField
from exports.serializers.requests import export_request
from exports.serializers.shapes import SchemaSerializer, or_null
from exports.states import BatchStatus, JobStatus


class PreviewSerializer(serializers.Serializer[Any]):
    columns = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField(allow_null=True))
    )
    estimated_rows = serializers.IntegerField(min_value=0)
    estimated_bytes = serializers.IntegerField(min_value=0)
    fits_immediate = serializers.BooleanField()


_EXAMPLE: Final = {
    "business_id": "business_123",
    "exports": [
        {"export_type": "verifications", "format": "csv"},
        {"export_type": "business_data", "format": "excel"},
    ],
}


class BatchRequestSerializer(SchemaSerializer):
    """Stands for the body of a batch; ``exports.batches`` is what reads it."""

    @staticmethod
    def schema() -> dict[str, Any]:
        item = export_request()
        business = item["properties"]["business_id"]
        return {
            "type": "object",
            "additionalProperties": False,
            "required": ["business_id", "exports"],
            "examples": [_EXAMPLE],
            "properties": {
                "business_id": business | {"description": "Whose data, of all exports"},
                "exports": {
                    "type": "array",
                    "minItems": 2,
                    "maxItems": MOST,
                    "items": item | {"required": [], "examples": _EXAMPLE["exports"]},
                },
                "bundle": or_null(
                    {"type": "boolean"},
                    default=False,
                    description="One ZIP of all files and manifests",
                ),
                "metadata": item["properties"]["metadata"],
            },
        }


class BatchJobSerializer(serializers.Serializer[Any]):
    job_id = serializers.CharField()
    status = serializers.ChoiceField(JobStatus.values)
    progress = serializers.FloatField(min_value=0, max_value=1)


class BatchSerializer(serializers.Serializer[Outlook]):
    batch_id = serializers.CharField(source="batch.batch_id")
    business_id = serializers.CharField(source="batch.business_id")
    status = serializers.ChoiceField(BatchStatus.values)
    progress = serializers.FloatField(min_value=0, max_value=1)
    jobs = BatchJobSerializer(many=True)
    bundle = serializers.BooleanField(source="batch.bundle")
    file_url = serializers.CharField(allow_null=True)
    metadata = serializers.DictField(source="batch.metadata")
    created_at = MomentField(source="batch.created_at")
    completed_at = MomentField(allow_null=True)
