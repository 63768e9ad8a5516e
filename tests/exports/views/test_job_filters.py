from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exports.models import ExportJob
from exports.states import JobStatus
from tests import make
from tests.exports.jobs_made import ended, job
from tests.exports.views.asking import client, error, same_refusal

pytestmark = pytest.mark.django_db


def listed(caller, query):
    answer = caller.get(f"/v1/export/jobs?{query}")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["total_count"] == len(told["jobs"])
    return [each["job_id"] for each in told["jobs"]]


def test_jobs_are_filtered_by_status_type_and_format(mine):
    failed = ended(job(mine), JobStatus.FAILED)
    sheet = job(mine, format="excel")
    report = job(mine, export_type="reports")
    ended(job(make.business("business_other")), JobStatus.FAILED)
    caller = client(mine)

    assert listed(caller, "status=failed") == [failed.job_id]
    assert listed(caller, "format=xlsx") == [sheet.job_id]
    assert listed(caller, "type=reports&status=pending") == [report.job_id]
    assert listed(caller, "type=reports&status=failed") == []


def test_jobs_are_filtered_by_when_they_were_made_start_in_end_out(mine):
    made = [job(mine) for _ in range(3)]
    for number, each in enumerate(made):
        at = make.NOW + timedelta(hours=number)
        ExportJob.objects.filter(pk=each.pk).update(created_at=at)
    caller = client(mine)
    first, second, third = (each.job_id for each in made)
    end = (make.NOW + timedelta(hours=2)).isoformat()

    assert listed(caller, f"created_after={quote(end)}") == [third]
    assert listed(caller, f"created_after={end}") == [third]  # + as it came
    assert listed(caller, f"created_before={quote(end)}") == [second, first]
    assert listed(
        caller,
        f"created_after=2025-01-15T14:00:00%2B01:00&created_before={quote(end)}",
    ) == [second]


def test_jobs_are_filtered_by_business(mine):
    other = make.business("business_other")
    wanted = job(other)
    job(mine)

    assert listed(client(mine, other), "business_id=business_other") == [wanted.job_id]


def test_business_of_others_is_refused_like_none(mine):
    make.business("business_other")
    caller = client(mine)

    refused = caller.get("/v1/export/jobs?business_id=business_other")
    absent = caller.get("/v1/export/jobs?business_id=business_absent")

    assert error(refused) == (404, "BUSINESS_NOT_FOUND", [])
    assert same_refusal(refused, id="business_other") == same_refusal(
        absent, id="business_absent"
    )


def test_pages_are_linked_and_filters_kept(mine):
    for _ in range(5):
        job(mine)
    caller = client(mine)
    seen, address = [], "/v1/export/jobs?status=pending&limit=2"

    links = []
    while address:
        answer = caller.get(address)
        seen += [each["job_id"] for each in answer.json()["jobs"]]
        links.append(answer.headers.get("Link"))
        found = [part for part in links[-1].split(", ") if 'rel="next"' in part]
        address = found[0][1:].partition(">")[0] if found else None

    newest = ExportJob.objects.newest_first()
    assert seen == [each.job_id for each in newest]
    head = "</v1/export/jobs?status=pending&limit=2&offset="
    assert links == [
        f'{head}2>; rel="next"',
        f'{head}4>; rel="next", {head}0>; rel="prev"',
        f'{head}2>; rel="prev"',
    ]


def test_only_page_has_no_links(mine):
    job(mine)

    answer = client(mine).get("/v1/export/jobs")

    assert "Link" not in answer.headers


def test_list_asks_as_much_for_100_jobs_as_for_3(mine):
    caller, counts = client(mine), []
    caller.get("/v1/export/jobs")  # the first call notes that the key is used
    for rows in (3, 97):
        for _ in range(rows):
            ended(job(mine), JobStatus.FAILED)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = caller.get("/v1/export/jobs?limit=100&status=failed")
        counts.append(len(asked))

    assert len(answer.json()["jobs"]) == 100
    assert counts[0] == counts[1]
