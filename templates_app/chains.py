"""The runs of a schedule that exports changes: each follows the last completed one."""

from exports.deltas import links
from exports.errors import Conflict
from exports.models import ExportJob
from exports.states import ACTIVE, JobStatus
from templates_app.models import Schedule, ScheduleRun


def attach(schedule: Schedule, job: ExportJob) -> None:
    """Say in the job, which is not yet saved, what it follows.

    Within the business's lock: two that follow the same one would be a fork, of which
    whoever puts the files together could take one branch only.

    :raises Conflict: the run before it has not ended.
    """
    if schedule.data_range != Schedule.DataRange.CHANGES:
        return
    runs = ScheduleRun.objects.filter(schedule=schedule, job__isnull=False)
    if runs.filter(job__status__in=ACTIVE).exists():
        raise Conflict("its run before has not ended: changes follow one after another")
    last = (
        runs.filter(job__status=JobStatus.COMPLETED, job__spec__has_key=links.FIELD)
        .select_related("job__file")
        .order_by("-job__completed_at", "-id")
        .first()
    )
    before = last.job if last is not None else None
    links.follow(job, before, schedule_id=schedule.schedule_id)
