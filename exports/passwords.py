"""The password of a job's file: wrapped in its row while the job lives."""

from typing import Any

from exports import secrets
from exports.errors import Invalid
from exports.models import ExportJob


def keep(job: ExportJob, password: str | None) -> None:
    """In the instance; whoever ends the job wipes it."""
    if password is not None:
        job.is_encrypted = True
        job.wrapped_password = secrets.wrap(password, purpose=_purpose(job))


def of(job: ExportJob) -> str | None:
    """None for a file that anybody may open.

    :raises ExportError: it should have one that can no longer be read.
    """
    if not job.is_encrypted:
        return None
    return secrets.unwrap(job.wrapped_password, purpose=_purpose(job))


def check_again(job: ExportJob, password: Any) -> None:
    """:raises Invalid: a retry has to be given one, or must not be."""
    if job.is_encrypted and password is None:
        message = "password is required: the job's own was forgotten when it ended"
        raise Invalid.field("password", message)
    if password is not None and not job.is_encrypted:
        message = "password is not taken here: the job had none"
        raise Invalid.field("password", message)


def _purpose(job: ExportJob) -> str:
    return f"password of {job.pk}"
