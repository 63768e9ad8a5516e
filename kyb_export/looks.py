"""How the admin looks, and what a page may load and run: two of the settings."""

from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.templatetags.static import static

POLICY: dict[str, Any] = {
    "EXCLUDE_URL_PREFIXES": ["/v1/docs/"],  # its page begins with a script of its own
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "KYB Export",
    "SITE_HEADER": "KYB Export",
    "SITE_URL": None,
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("customers/admin/mark.svg"),  # noqa: ARG005 -- the hook
        }
    ],
    "DASHBOARD_CALLBACK": "exports.admin.dashboard.shown",
    "STYLES": [
        lambda request: static("customers/admin/legible.css"),  # noqa: ARG005 -- the hook
    ],
    "SIDEBAR": {"navigation": "templates_app.admin.navigation.groups"},
    "COLORS": {
        "primary": {
            str(weight): f"oklch({lightness}% {chroma} 256)"
            for weight, lightness, chroma in (
                *((50, 97, 0.015), (100, 94, 0.03), (200, 88, 0.06), (300, 81, 0.1)),
                *((400, 72, 0.14), (500, 68, 0.15), (600, 48, 0.17), (700, 42, 0.15)),
                *((800, 36, 0.12), (900, 31, 0.09), (950, 24, 0.07)),
            )
        },
        # A step further from the ground than unfold's: small text needs the contrast.
        "font": {
            "subtle-light": "var(--color-base-600)",
            "subtle-dark": "var(--color-base-300)",
        },
    },
}
