"""The shapes of answers: what the service sends is what its document says."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exports import files
from exports.models import ExportFile, ExportJob
from exports.pipeline.datasets import DATASETS, custom
from exports.pipeline.moments import utc_text
from exports.pipeline.renderers import RENDERERS
from exports.serializers.shapes import PageSerializer
from exports.states import JobStatus


class MomentField(serializers.DateTimeField):
    """UTC with ``+00:00`` and six digits."""

    def to_representation(self, value: datetime) -> str:
        return utc_text(value)


class DetailSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    message = serializers.CharField()
    line = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    column = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    reason = serializers.CharField(required=False)


class FaultSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()
    details = DetailSerializer(many=True)


class ErrorSerializer(serializers.Serializer[Any]):
    """Every refusal and failure has this shape."""

    error = FaultSerializer()
    request_id = serializers.CharField()
    timestamp = MomentField()


class ProblemSerializer(serializers.Serializer[Any]):
    """A refusal or failure as RFC 9457 has it."""

    type = serializers.CharField(help_text="urn:kyb-export:error:<code>")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField(help_text="urn:kyb-export:request:<request id>")
    code = serializers.CharField()
    details = DetailSerializer(many=True)
    timestamp = MomentField()


class DebugSerializer(serializers.Serializer[Any]):
    """Where the time went; with X-Debug: true."""

    steps_ms = serializers.DictField(child=serializers.IntegerField())
    rows = serializers.IntegerField()
    batches = serializers.IntegerField()


# The context names the ``actor`` who reads it.
class ExportSerializer(serializers.Serializer[ExportFile]):
    """A file that is whole: complete, or limited by the caller's own max_rows."""

    export_id = serializers.CharField(source="job.export_id")
    business_id = serializers.CharField()
    type = serializers.ChoiceField([*DATASETS, custom.NAME], source="job.export_type")
    format = serializers.ChoiceField(list(RENDERERS), source="job.format")
    status = serializers.SerializerMethodField()
    is_successful = serializers.SerializerMethodField()
    file_url = serializers.SerializerMethodField(
        help_text="A signed link; null once the file is gone, and for who may not see"
        " the columns that it tells of"
    )
    file_size = serializers.IntegerField(source="size")
    row_count = serializers.IntegerField()
    rows_expected = serializers.IntegerField()
    completeness = serializers.ChoiceField(["complete", "limited"])
    columns = serializers.ListField(child=serializers.CharField())
    sha256 = serializers.CharField()
    metadata = serializers.DictField(source="job.metadata")
    expires_at = MomentField()
    generated_at = MomentField()
    processing_time = serializers.SerializerMethodField()
    debug = DebugSerializer(required=False)

    def to_representation(self, instance: ExportFile) -> dict[str, Any]:
        """With ``debug`` only when the context asks for it."""
        shown = super().to_representation(instance)
        if not self.context.get("debug"):
            shown.pop("debug", None)
        return shown

    @extend_schema_field(serializers.ChoiceField(["success"]))
    def get_status(self, file: ExportFile) -> str:
        del file
        return "success"

    def get_is_successful(self, file: ExportFile) -> bool:
        del file
        return True

    def get_file_url(self, file: ExportFile) -> str | None:
        return files.link(file, reader=self.context["actor"])

    def get_processing_time(self, file: ExportFile) -> str:
        return f"{round(file.seconds * 1000)}ms"


class JsonFileSerializer(serializers.Serializer[Any]):
    """A file of the format json, as it is with delivery inline."""

    metadata = serializers.DictField(required=False)
    columns = serializers.ListField()
    data = serializers.ListField(  # type: ignore[assignment] # no attribute: a field
        child=serializers.DictField()
    )


class JobErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class JobSerializer(serializers.Serializer[ExportJob]):
    job_id = serializers.CharField()
    business_id = serializers.CharField()
    type = serializers.ChoiceField([*DATASETS, custom.NAME], source="export_type")
    format = serializers.ChoiceField(list(RENDERERS))
    status = serializers.ChoiceField(JobStatus.values)
    progress = serializers.FloatField(min_value=0, max_value=1)
    total_steps = serializers.SerializerMethodField()
    current_step = serializers.IntegerField(min_value=0, max_value=5)
    step_description = serializers.CharField()
    attempt = serializers.IntegerField()
    rows_written = serializers.IntegerField()
    rows_expected = serializers.IntegerField(allow_null=True)
    cancel_requested = serializers.BooleanField()
    result = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()
    created_at = MomentField()
    started_at = MomentField(allow_null=True)
    completed_at = MomentField(allow_null=True)
    metadata = serializers.DictField()

    def get_total_steps(self, job: ExportJob) -> int:
        del job
        return 5

    @extend_schema_field(ExportSerializer(allow_null=True))
    def get_result(self, job: ExportJob) -> dict[str, Any] | None:
        file = getattr(job, "file", None)
        return ExportSerializer(file, context=self.context).data if file else None

    @extend_schema_field(JobErrorSerializer(allow_null=True))
    def get_error(self, job: ExportJob) -> dict[str, str] | None:
        if not job.error_code:
            return None
        return {"code": job.error_code, "message": job.error_message}


class JobListSerializer(PageSerializer):
    jobs = JobSerializer(many=True)
