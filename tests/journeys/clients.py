"""A caller of the API, as any business's own program would be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.journeys.documented import checked
from tests.journeys.programs import eventually

FINAL = ("completed", "failed", "cancelled")


def ask(method: str, url: str, **options: Any) -> requests.Response:
    """As anybody may, without a key; the answer is one that the document tells of."""
    answer = requests.request(method, url, timeout=100, **options)
    return checked(answer, is_read=not options.get("stream"))


@pytest.fixture(scope="session")
def charlie(stack) -> "Client":
    """Of the other business."""
    return Client(stack.url, stack.key("charlie"), "charlie")


@dataclass(frozen=True, slots=True)
class Client:
    url: str
    key: str
    business_id: str

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """The answer, which is one that the document tells of."""
        own = {"Authorization": f"Bearer {self.key}"}
        headers = own | options.pop("headers", {})
        url = path if path.startswith("http") else f"{self.url}{path}"
        return ask(method, url, headers=headers, **options)

    def payload(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "business_id": self.business_id,
            "export_type": "verifications",
            **spec,
        }

    def export(self, spec: Mapping[str, Any], **options: Any) -> requests.Response:
        return self.call("POST", "/v1/export", json=self.payload(spec), **options)

    def post(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        """The job."""
        answer = self.call("POST", "/v1/export/jobs", json=self.payload(spec))
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    def job(self, job_id: str) -> dict[str, Any]:
        answer = self.call("GET", f"/v1/export/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def ended(self, job_id: str, *, seconds: float = 60) -> dict[str, Any]:
        """The job, once it is over."""

        def over() -> dict[str, Any] | None:
            job = self.job(job_id)
            return job if job["status"] in FINAL else None

        what = f"the end of {job_id}"
        return dict(eventually(over, seconds=seconds, what=what))

    def run(self, spec: Mapping[str, Any], *, seconds: float = 60) -> dict[str, Any]:
        """The export that a job gives."""
        job = self.ended(self.post(spec)["job_id"], seconds=seconds)
        assert job["status"] == "completed", job
        return dict(job["result"])

    def file(self, export_id: str, **headers: str) -> requests.Response:
        return self.call("GET", f"/v1/export/files/{export_id}", headers=headers)

    def manifest(self, export_id: str) -> dict[str, Any]:
        answer = self.call("GET", f"/v1/export/files/{export_id}/manifest")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())
