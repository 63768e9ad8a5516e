"""The addresses of the export API."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from exports.views.analytics import AnalyticsViewSet
from exports.views.audit import AuditViewSet
from exports.views.batches import BatchViewSet
from exports.views.destinations import BroughtViewSet, DestinationViewSet
from exports.views.exports import ExportViewSet
from exports.views.files import FileViewSet
from exports.views.health import (
    ExportHealthView,
    JobHealthView,
    LivenessView,
    ReadinessView,
)
from exports.views.jobs import JobViewSet
from exports.views.keys import KeysView
from exports.views.preview import PreviewViewSet
from exports.views.query import QueryViewSet
from exports.views.types import TypeViewSet
from exports.views.webhooks import DeliveryViewSet, WebhookViewSet

router = SimpleRouter(trailing_slash=False)
router.register("v1/export/jobs", JobViewSet, basename="job")
router.register("v1/export/files", FileViewSet, basename="file")
router.register("v1/export/batches", BatchViewSet, basename="batch")
router.register("v1/export/preview", PreviewViewSet, basename="preview")
router.register("v1/export/query", QueryViewSet, basename="query")
router.register("v1/export/types", TypeViewSet, basename="type")
router.register("v1/export/analytics", AnalyticsViewSet, basename="analytics")
router.register("v1/export/audit", AuditViewSet, basename="audit")
router.register("v1/export/destinations", DestinationViewSet, basename="destination")
router.register(
    r"v1/export/destinations/(?P<destination_id>[^/]+)/deliveries",
    BroughtViewSet,
    basename="brought",
)
router.register("v1/webhooks", WebhookViewSet, basename="webhook")
router.register(
    r"v1/webhooks/(?P<webhook_id>[^/]+)/deliveries",
    DeliveryViewSet,
    basename="delivery",
)
router.register("v1/export", ExportViewSet, basename="export")

urlpatterns = [
    path("healthz", LivenessView.as_view(), name="healthz"),
    path("readyz", ReadinessView.as_view(), name="readyz"),
    path("v1/export/keys", KeysView.as_view(), name="keys"),
    path("v1/health/export", ExportHealthView.as_view(), name="health-export"),
    path("v1/health/jobs", JobHealthView.as_view(), name="health-jobs"),
    *router.urls,
]
