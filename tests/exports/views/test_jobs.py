import pytest

from exports import runs
from exports.models import ExportFile, ExportJob
from tests import make
from tests.exports.views.asking import (
    BOTH,
    UNKNOWN_JOB,
    ask_for_job,
    body,
    client,
    deeds,
    error,
    job_of,
    same_refusal,
    spec,
)

alone = pytest.mark.django_db
running = pytest.mark.django_db(transaction=True, databases=BOTH)


@alone
def test_job_is_accepted_and_says_where_it_is(mine):
    answer = ask_for_job(mine, metadata={"source": "crm"})

    job = ExportJob.objects.get()
    assert answer.headers["Location"] == f"/v1/export/jobs/{job.job_id}"
    assert answer.headers["Retry-After"] == "1"
    assert answer.json() == {
        "job_id": job.job_id,
        "business_id": "business_mine",
        "type": "verifications",
        "format": "csv",
        "status": "pending",
        "progress": 0.0,
        "total_steps": 5,
        "current_step": 0,
        "step_description": "Initializing export job",
        "attempt": 0,
        "rows_written": 0,
        "rows_expected": None,
        "cancel_requested": False,
        "result": None,
        "error": None,
        "created_at": job.created_at.isoformat(timespec="microseconds"),
        "started_at": None,
        "completed_at": None,
        "metadata": {"source": "crm"},
    }
    assert deeds(mine) == ["export.requested"]


@running
def test_job_once_run_has_its_export_as_result():
    mine = make.business("business_mine")
    make.verification(mine)
    make.verification(make.business("business_other"))
    told = ask_for_job(mine, max_rows=10).json()
    runs.work("interactive", worker="test")

    caller = client(mine)
    by_path = caller.get(f"/v1/export/jobs/{told['job_id']}").json()
    by_query = caller.get(f"/v1/export/jobs?job_id={told['job_id']}").json()

    file = ExportFile.objects.get()
    # The link is signed for a time: the same in both.
    assert by_path == by_query
    assert by_path["status"] == "completed"
    assert (by_path["progress"], by_path["current_step"]) == (1.0, 5)
    assert by_path["step_description"] == "Export completed successfully"
    assert (by_path["attempt"], by_path["rows_expected"]) == (1, 1)
    assert by_path["result"]["sha256"] == file.sha256
    assert by_path["result"]["row_count"] == 1
    assert body(caller.get(by_path["result"]["file_url"])).count(b"\r\n") == 2
    assert deeds(mine) == [
        "export.requested",
        "export.processing",
        "export.completed",
        "export.downloaded",
    ]


@running
def test_failed_job_tells_its_error(settings):
    mine = make.business("business_mine")
    make.verification(mine)
    settings.EXPORTS = {**settings.EXPORTS, "JOB_MAX_SIZE_CSV": 5}
    told = ask_for_job(mine, max_rows=10).json()
    runs.work("interactive", worker="test")

    job = client(mine).get(f"/v1/export/jobs/{told['job_id']}").json()

    assert (job["status"], job["result"]) == ("failed", None)
    assert job["error"]["code"] == "EXPORT_SIZE_EXCEEDED"
    assert deeds(mine) == ["export.requested", "export.processing", "export.failed"]


@alone
def test_jobs_are_listed_newest_first_and_no_others(mine):
    other = make.business("business_other")
    ids = [ask_for_job(mine).json()["job_id"] for _ in range(3)]
    ask_for_job(other)

    answer = client(mine).get("/v1/export/jobs").json()

    assert [job["job_id"] for job in answer["jobs"]] == ids[::-1]
    assert {name: answer[name] for name in ("total_count", "limit", "offset")} == {
        "total_count": 3,
        "limit": 50,
        "offset": 0,
    }


@alone
def test_jobs_of_several_businesses_are_listed_together(mine):
    other = make.business("business_other")
    ids = [ask_for_job(each).json()["job_id"] for each in (mine, other)]
    ask_for_job(make.business("business_third"))

    answer = client(mine, other).get("/v1/export/jobs").json()

    assert [job["job_id"] for job in answer["jobs"]] == ids[::-1]


@alone
def test_jobs_are_paged(mine):
    ids = [ask_for_job(mine).json()["job_id"] for _ in range(3)]

    answer = client(mine).get("/v1/export/jobs?limit=1&offset=1").json()

    assert [job["job_id"] for job in answer["jobs"]] == [ids[1]]
    assert (answer["total_count"], answer["limit"], answer["offset"]) == (3, 1, 1)


@alone
@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("limit=0", ["limit"]),
        ("limit=101", ["limit"]),
        ("limit=-1", ["limit"]),
        ("limit=ten", ["limit"]),
        ("limit=", ["limit"]),
        ("limit=١", ["limit"]),
        ("limit=1&limit=2", ["limit"]),
        ("offset=-1", ["offset"]),
        ("offset=1000000001", ["offset"]),
        ("offset=99999999999999999999", ["offset"]),
        ("limit=0&offset=x", ["limit", "offset"]),
        ("status=waiting", ["status"]),
        ("status=", ["status"]),
        ("type=nonsense&format=doc", ["type", "format"]),
        ("created_after=2024-01-01", ["created_after"]),
        ("created_before=2024-01-01T00:00:00", ["created_before"]),
        ("created_after=2024-01-01T00:00:00Z%2B", ["created_after"]),
        ("limits=5", ["limits"]),
        ("%00=5", ["query"]),
        ("job_id=%00", ["job_id"]),
        ("job_id=x&limit=0", ["limit"]),
    ],
)
def test_list_names_the_parameter_that_is_wrong(mine, query, fields):
    answer = client(mine).get(f"/v1/export/jobs?{query}")

    assert error(answer) == (400, "VALIDATION_ERROR", fields)


@alone
def test_list_costs_the_same_for_one_job_and_for_three(
    mine, django_assert_max_num_queries
):
    caller = client(mine)
    ask_for_job(mine)
    with django_assert_max_num_queries(5):
        caller.get("/v1/export/jobs")
    ask_for_job(mine)
    ask_for_job(mine)

    with django_assert_max_num_queries(5):
        answer = caller.get("/v1/export/jobs")

    assert answer.json()["total_count"] == 3


@alone
def test_key_that_may_not_read_sees_no_jobs(mine):
    told = ask_for_job(mine).json()
    caller = client(mine, scopes=["exports:write"])

    listed = caller.get("/v1/export/jobs")
    one = caller.get(f"/v1/export/jobs/{told['job_id']}")

    assert error(listed) == (403, "FORBIDDEN", [])
    assert error(one) == (403, "FORBIDDEN", [])


@alone
@pytest.mark.parametrize(
    "job_id",
    [UNKNOWN_JOB, "job_", "exp_01J00000000000000000000000", "x", "7" * 300, "%C3%A9"],
)
def test_job_that_is_not_there_is_not_found(mine, job_id):
    answer = client(mine).get(f"/v1/export/jobs/{job_id}")

    assert error(answer) == (404, "JOB_NOT_FOUND", [])


@running
def test_immediate_export_is_no_job():
    mine = make.business("business_mine")
    answer = client(mine).post("/v1/export", spec(mine), format="json")

    found = client(mine).get(f"/v1/export/jobs/{job_of(answer.json()).job_id}")
    listed = client(mine).get("/v1/export/jobs").json()

    assert error(found) == (404, "JOB_NOT_FOUND", [])
    assert listed["jobs"] == []


@alone
@pytest.mark.parametrize("address", ["{}", "?job_id={}", "{}/cancel"])
def test_job_of_another_business_answers_like_none(mine, address):
    theirs = ask_for_job(make.business("business_other")).json()["job_id"]
    caller = client(mine)
    separator = "" if address.startswith("?") else "/"

    def call(job_id):
        url = f"/v1/export/jobs{separator}{address.format(job_id)}"
        method = caller.post if url.endswith("cancel") else caller.get
        return method(url)

    refused, absent = call(theirs), call(UNKNOWN_JOB)

    assert error(refused) == (404, "JOB_NOT_FOUND", [])
    assert same_refusal(refused, id=theirs) == same_refusal(absent, id=UNKNOWN_JOB)
    assert not ExportJob.objects.get().cancel_requested


@alone
@pytest.mark.parametrize("address", ["", "/cancel"])
def test_one_job_takes_no_parameters(mine, address):
    told = ask_for_job(mine).json()
    caller = client(mine)
    method = caller.post if address else caller.get

    answer = method(f"/v1/export/jobs/{told['job_id']}{address}?verbose=1")

    assert error(answer) == (400, "VALIDATION_ERROR", ["verbose"])
