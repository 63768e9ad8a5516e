"""The addresses of templates and schedules."""

from rest_framework.routers import SimpleRouter

from templates_app.schedule_views import ScheduleViewSet
from templates_app.views import TemplateViewSet

router = SimpleRouter(trailing_slash=False)
router.register("v1/export/templates", TemplateViewSet, basename="template")
router.register("v1/export/schedules", ScheduleViewSet, basename="schedule")

urlpatterns = router.urls
