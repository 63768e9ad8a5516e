"""The addresses of templates."""

from rest_framework.routers import SimpleRouter

from templates_app.views import TemplateViewSet

router = SimpleRouter(trailing_slash=False)
router.register("v1/export/templates", TemplateViewSet, basename="template")

urlpatterns = router.urls
