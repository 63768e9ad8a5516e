"""All addresses: the API, its document, the admin."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import include, path
from django_ratelimit.decorators import ratelimit
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

import kyb_export.openapi  # noqa: F401 - registers how to sign in
from customers.addresses import client_address


def _address(group: str, request: HttpRequest) -> str:
    del group
    return client_address(request)


# A password cannot be guessed at leisure: ten tries a minute from one address.
guarded_login = ratelimit(key=_address, rate="10/m", method="POST")(admin.site.login)

urlpatterns = [
    path("", include("templates_app.urls")),
    path("", include("exports.urls")),
    path("v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("v1/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("admin/login/", guarded_login, name="guarded-login"),
    path("admin/", admin.site.urls),
]
handler400 = "kyb_export.problems.bad_request"
handler403 = "kyb_export.problems.forbidden"
handler404 = "kyb_export.problems.not_found"
handler500 = "kyb_export.problems.server_error"
