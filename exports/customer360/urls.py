"""The addresses of ``/api/admin``."""

from django.urls import path

from exports.customer360.views import CustomerExportView

urlpatterns = [
    path(
        "api/admin/customers/<str:customer_id>/export",
        CustomerExportView.as_view(),
        name="customer-export",
    ),
]
