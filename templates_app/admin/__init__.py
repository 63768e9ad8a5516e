"""Templates in the admin, and the page that makes an export of anything."""

from templates_app.admin import customers, lists, templates

__all__ = ["customers", "lists", "templates"]
