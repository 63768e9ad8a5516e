"""The OpenAPI document's links: which call takes what another one has answered."""

from typing import Any, Final

_JOB: Final = ("job_read", "job_cancel", "job_retry", "job_delete", "job_events")
_FILE: Final = ("file_read", "file_manifest")
_BATCH: Final = ("batch_read", "batch_file")
_WEBHOOK: Final = (
    *("webhook_read", "webhook_change", "webhook_delete", "webhook_rotate"),
    *("webhook_test", "delivery_list"),
)
_DESTINATION: Final = (
    *("destination_read", "destination_change", "destination_delete"),
    "destination_delivery_list",
)
_TEMPLATE: Final = (
    *("template_read", "template_replace"),
    *("template_change", "template_delete"),
)

_SCHEDULE: Final = (
    *("schedule_read", "schedule_replace", "schedule_change"),
    *("schedule_delete", "schedule_run", "schedule_runs"),
)


def _links(
    operations: tuple[str, ...], parameters: dict[str, str]
) -> dict[str, dict[str, Any]]:
    return {
        operation: {"operationId": operation, "parameters": parameters}
        for operation in operations
    }


_OF_JOB: Final = _links(_JOB, {"job_id": "$response.body#/job_id"})
_OF_EXPORT: Final = _links(_FILE, {"export_id": "$response.body#/export_id"})
_OF_RESULT: Final = _links(_FILE, {"export_id": "$response.body#/result/export_id"})
_OF_BATCH: Final = _links(_BATCH, {"batch_id": "$response.body#/batch_id"})
_OF_WEBHOOK: Final = _links(_WEBHOOK, {"webhook_id": "$response.body#/webhook_id"})
_OF_DESTINATION: Final = _links(
    _DESTINATION, {"destination_id": "$response.body#/destination_id"}
)
_OF_TEMPLATE: Final = _links(
    _TEMPLATE,
    {
        "template_id": "$response.body#/id",
        "business_id": "$response.body#/business_id",
    },
)
_OF_SCHEDULE: Final = _links(_SCHEDULE, {"schedule_id": "$response.body#/schedule_id"})

LINKS: Final[dict[str, dict[str, dict[str, Any]]]] = {
    "export_now": {"200": _OF_EXPORT},
    "job_create": {"202": _OF_JOB},
    "job_retry": {"202": _OF_JOB},
    "job_read": {"200": _OF_RESULT},
    "batch_create": {"202": _OF_BATCH},
    "template_create": {"201": _OF_TEMPLATE},
    "schedule_create": {"201": _OF_SCHEDULE},
    "schedule_run": {"202": _OF_JOB},
    "webhook_create": {"201": _OF_WEBHOOK},
    "destination_create": {"201": _OF_DESTINATION},
}
"""By the id of the operation that answers, and the status that it answers with."""
