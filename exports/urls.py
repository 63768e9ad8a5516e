"""The addresses of the export API."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from exports.views.exports import ExportViewSet
from exports.views.files import FileViewSet
from exports.views.health import LivenessView, ReadinessView
from exports.views.jobs import JobViewSet
from exports.views.types import TypeViewSet

router = SimpleRouter(trailing_slash=False)
router.register("v1/export/jobs", JobViewSet, basename="job")
router.register("v1/export/files", FileViewSet, basename="file")
router.register("v1/export/types", TypeViewSet, basename="type")
router.register("v1/export", ExportViewSet, basename="export")

urlpatterns = [
    path("healthz", LivenessView.as_view(), name="healthz"),
    path("readyz", ReadinessView.as_view(), name="readyz"),
    *router.urls,
]
