"""Templates and schedules in the admin, and the page that makes any export."""

from templates_app.admin import schedules, templates

__all__ = ["schedules", "templates"]
