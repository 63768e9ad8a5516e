"""A walk to each operation of the document, up to its answer when all goes well."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import requests

from tests.journeys.clients import Client
from tests.journeys.programs import eventually

SPEC = {"format": "csv", "columns": ["id"], "max_rows": 3}


def read(path: str) -> Callable[[Client], requests.Response]:
    return lambda client: client.call("GET", path)


def posted(path: str) -> Callable[[Client], requests.Response]:
    return lambda client: client.call("POST", path, json=client.payload(SPEC))


def checked(client: Client) -> requests.Response:
    payload = {"business_id": client.business_id}
    payload |= {"custom_query": "SELECT id FROM verifications"}
    return client.call("POST", "/v1/export/query/check", json=payload)


def of_job(method: str, suffix: str = "") -> Callable[[Client], requests.Response]:
    def walk(client: Client) -> requests.Response:
        job_id = client.ended(client.post(SPEC)["job_id"])["job_id"]
        return client.call(method, f"/v1/export/jobs/{job_id}{suffix}")

    return walk


def cancelled(client: Client) -> requests.Response:
    """Asked at once, so that it is not over; if it is, once more."""

    def in_time() -> requests.Response | None:
        job_id = client.post({"format": "pdf"})["job_id"]
        answer = client.call("POST", f"/v1/export/jobs/{job_id}/cancel")
        return answer if answer.ok else None

    return eventually(in_time, seconds=60, what="a job is cancelled before its end")


def batch(client: Client) -> requests.Response:
    exports = [SPEC | {"export_type": "verifications"}] * 2
    payload = {"business_id": client.business_id, "exports": exports, "bundle": True}
    return client.call("POST", "/v1/export/batches", json=payload)


def ended_batch(client: Client) -> requests.Response:
    address = batch(client).headers["Location"]

    def over() -> requests.Response | None:
        answer = client.call("GET", address)
        return answer if answer.json()["status"] == "completed" else None

    return eventually(over, seconds=60, what="the end of the batch")


def upon(
    made: Callable[[Client], requests.Response], method: str, suffix: str, **bodies: Any
) -> Callable[[Client], requests.Response]:
    """:param bodies: by the method that has one."""

    def walk(client: Client) -> requests.Response:
        address = made(client).headers["Location"]
        return client.call(method, address + suffix, json=bodies.get(method))

    return walk


def template(client: Client) -> requests.Response:
    payload = {
        "business_id": client.business_id,
        "name": f"Walk {uuid4()}",
        "type": "verifications",
        "format": "csv",
    }
    return client.call("POST", "/v1/export/templates", json=payload)


def of_template(method: str) -> Callable[[Client], requests.Response]:
    whole = {"name": "Replaced", "type": "reports", "format": "json"}
    return upon(template, method, "", PATCH={"description": "changed"}, PUT=whole)


def schedule(client: Client) -> requests.Response:
    payload = {
        "business_id": client.business_id,
        "name": f"Walk {uuid4()}",
        "cron": "0 6 1 1 *",
        "export": SPEC | {"export_type": "verifications"},
    }
    return client.call("POST", "/v1/export/schedules", json=payload)


def of_schedule(method: str, suffix: str = "") -> Callable[[Client], requests.Response]:
    whole = {"name": "Replaced", "cron": "0 7 1 1 *"}
    whole |= {"export": {"template_id": "reports_xml"}}
    return upon(schedule, method, suffix, PATCH={"name": "changed"}, PUT=whole)


def webhook(client: Client) -> requests.Response:
    payload = {"business_id": client.business_id, "url": "https://127.0.0.1:1/"}
    return client.call("POST", "/v1/webhooks", json=payload)


def of_webhook(method: str, suffix: str = "") -> Callable[[Client], requests.Response]:
    return upon(webhook, method, suffix, PATCH={"description": "changed"})


def delivery(client: Client) -> str:
    """The address of one that failed: nobody listens there."""
    hook = webhook(client).headers["Location"]
    sent = client.call("POST", f"{hook}/test").json()["delivery_id"]
    address = f"{hook}/deliveries/{sent}"

    def failed() -> bool:
        return client.call("GET", address).json()["state"] == "failed"

    eventually(failed, seconds=60, what="the end of a delivery")
    return address


def destination(client: Client) -> requests.Response:
    payload = {"business_id": client.business_id, "name": "Walk", "kind": "s3"}
    payload |= {"endpoint": "https://127.0.0.1:1", "bucket": "bucket"}
    secret = {"access_key_id": "walk", "secret_access_key": "walk"}
    payload = {**payload, "credentials": secret}
    return client.call("POST", "/v1/export/destinations", json=payload)


def of_destination(
    method: str, suffix: str = ""
) -> Callable[[Client], requests.Response]:
    return upon(destination, method, suffix, PATCH={"name": "changed"})


def brought(client: Client) -> str:
    """The address of what could not be brought: nobody listens there."""
    made = destination(client)
    client.run(SPEC | {"destinations": [made.json()["destination_id"]]})
    address = f"{made.headers['Location']}/deliveries"

    def failed() -> str | None:
        [one] = client.call("GET", address).json()["deliveries"]
        is_over = one["state"] == "failed"
        return f"{address}/{one['delivery_id']}" if is_over else None

    return str(eventually(failed, seconds=60, what="the end of a delivery"))


WALKS: dict[str, Callable[[Client], requests.Response]] = {
    "healthz": read("/healthz"),
    "readyz": read("/readyz"),
    "metrics": read("/metrics"),
    "health_export": read("/v1/health/export"),
    "health_jobs": read("/v1/health/jobs"),
    "export_now": lambda client: client.export(SPEC),
    "preview": posted("/v1/export/preview"),
    "query_check": checked,
    "types_list": read("/v1/export/types"),
    "keys_list": read("/v1/export/keys"),
    "analytics_list": read("/v1/export/analytics"),
    "audit_list": read("/v1/export/audit"),
    "job_create": posted("/v1/export/jobs"),
    "job_list": read("/v1/export/jobs"),
    "job_read": of_job("GET"),
    "job_delete": of_job("DELETE"),
    "job_retry": of_job("POST", "/retry"),
    "job_events": of_job("GET", "/events"),
    "job_cancel": cancelled,
    "file_read": lambda client: client.file(client.run(SPEC)["export_id"]),
    "file_manifest": lambda client: client.call(
        "GET", f"/v1/export/files/{client.run(SPEC)['export_id']}/manifest"
    ),
    "batch_create": batch,
    "batch_read": ended_batch,
    "batch_file": lambda client: client.call(
        "GET", ended_batch(client).json()["file_url"]
    ),
    "template_create": template,
    "template_list": read("/v1/export/templates"),
    "template_read": of_template("GET"),
    "template_replace": of_template("PUT"),
    "template_change": of_template("PATCH"),
    "template_delete": of_template("DELETE"),
    "schedule_create": schedule,
    "schedule_list": read("/v1/export/schedules"),
    "schedule_read": of_schedule("GET"),
    "schedule_replace": of_schedule("PUT"),
    "schedule_change": of_schedule("PATCH"),
    "schedule_delete": of_schedule("DELETE"),
    "schedule_run": of_schedule("POST", "/run"),
    "schedule_runs": of_schedule("GET", "/runs"),
    "destination_create": destination,
    "destination_list": read("/v1/export/destinations"),
    "destination_read": of_destination("GET"),
    "destination_change": of_destination("PATCH"),
    "destination_delete": of_destination("DELETE"),
    "destination_test": of_destination("POST", "/test"),
    "destination_delivery_list": of_destination("GET", "/deliveries"),
    "destination_delivery_read": lambda client: client.call("GET", brought(client)),
    "destination_delivery_redeliver": lambda client: client.call(
        "POST", f"{brought(client)}/redeliver"
    ),
    "webhook_create": webhook,
    "webhook_list": read("/v1/webhooks"),
    "webhook_read": of_webhook("GET"),
    "webhook_change": of_webhook("PATCH"),
    "webhook_delete": of_webhook("DELETE"),
    "webhook_rotate": of_webhook("POST", "/rotate"),
    "webhook_test": of_webhook("POST", "/test"),
    "delivery_list": of_webhook("GET", "/deliveries"),
    "delivery_read": lambda client: client.call("GET", delivery(client)),
    "delivery_redeliver": lambda client: client.call(
        "POST", f"{delivery(client)}/redeliver"
    ),
}
