"""Templates in the admin, and the page that makes an export of anything."""

from templates_app.admin import templates

__all__ = ["templates"]
