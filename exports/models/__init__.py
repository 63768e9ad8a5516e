"""The tables of jobs and of the files they gave."""

from exports.models.files import ExportFile
from exports.models.jobs import ExportJob, JobQuerySet, Mode

__all__ = ["ExportFile", "ExportJob", "JobQuerySet", "Mode"]
