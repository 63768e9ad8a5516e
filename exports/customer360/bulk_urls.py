"""The addresses of bulk customer-360 exports."""

from django.urls import path

from exports.customer360.bulk_views import BulkCancelView, BulkJobView, BulkView

_JOB = "api/admin/customers/export/<str:job_id>"
urlpatterns = [
    path("api/admin/customers/export", BulkView.as_view(), name="customers-export"),
    path(_JOB, BulkJobView.as_view(), name="customers-export-job"),
    path(f"{_JOB}/cancel", BulkCancelView.as_view(), name="customers-export-cancel"),
]
