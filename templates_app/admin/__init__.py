"""Templates and schedules in the admin, and the page that makes any export."""

from templates_app.admin import customers, lists, schedules, templates

__all__ = ["customers", "lists", "schedules", "templates"]
