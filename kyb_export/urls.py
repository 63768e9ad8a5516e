"""All addresses: the API, its document, the admin."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

import kyb_export.openapi  # noqa: F401 - registers how to sign in
from kyb_export.metrics import MetricsView
from kyb_export.sign_in import change_password, sign_in, sign_out

urlpatterns = [
    path("metrics", MetricsView.as_view(), name="metrics"),
    path("", include("templates_app.urls")),
    path("", include("exports.urls")),
    path("", include("exports.customer360.bulk_urls")),
    path("", include("exports.customer360.urls")),
    path("v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("v1/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("admin/login/", sign_in, name="guarded-login"),
    path("admin/logout/", sign_out, name="audited-logout"),
    path("admin/password_change/", change_password, name="audited-password"),
    path("admin/", admin.site.urls),
]
handler400 = "kyb_export.problems.bad_request"
handler403 = "kyb_export.problems.forbidden"
handler404 = "kyb_export.problems.not_found"
handler500 = "kyb_export.problems.server_error"
