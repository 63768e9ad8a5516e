"""Unfold's templates, amended: the admin's pages under a strict security policy.

They hold expressions that only ``unsafe-eval`` runs, and styles that only
``unsafe-inline`` applies. What stands here takes their place as a template is loaded;
all else in them stays as it came.
"""

from collections.abc import Mapping
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from django.template.base import Origin
from django.template.loaders import app_directories

_HTMX: Final = """<meta name="htmx-config"\
 content='{"includeIndicatorStyles": false, "allowEval": false}'>
"""
_OPENED: Final = """x-data="{
                  {% if opts %}activeTab: '{% tabs_primary_active\
 inline_admin_formsets %}',{% endif %}
                  sidebarMobileOpen: false,
                  sidebarDesktopOpen: (localStorage.getItem('sidebarDesktopOpen') !==\
 null) ? (localStorage.getItem('sidebarDesktopOpen') == '1') : true
                  }"
          x-init="
                  activeTab = {% if opts %}getCurrentTab() ||\
 '{% tabs_primary_active inline_admin_formsets %}'{% else %}''{% endif %};
                  $watch('sidebarDesktopOpen', value =>\
 localStorage.setItem('sidebarDesktopOpen', value ? '1' : '0'));
                 "
"""
_BUTTON: Final = 'role="button" tabindex="0"'
"""For what reacts to a click, and would not be reached by keyboard."""


def _theme(name: str, *, on: str = "click") -> str:
    return f"x-on:{on}=\"switchTheme('{name}')\""


_TOGGLE: Final = (
    '<button type="button" class="material-symbols-outlined cursor-pointer {shown}"'
    " aria-label=\"{{% translate 'Toggle navigation' %}}\""
    ' x-on:click="{name} = !{name}">dock_to_right</button>'
)

AMENDED: Final[Mapping[str, Mapping[str, str]]] = {
    "unfold/layouts/skeleton.html": {
        _OPENED: (
            'x-data="page" data-tab="{% if opts %}'
            '{% tabs_primary_active inline_admin_formsets %}{% endif %}"\n'
        ),
        "<script src=\"{% static 'unfold/js/alpine/alpine.js' %}\" defer></script>": (
            "<script src=\"{% static 'customers/admin/parts.js' %}\" defer>"
            "</script>\n"
            "<script src=\"{% static 'customers/admin/alpine/alpine.csp.js' %}\" defer>"
            "</script>"
        ),
        "<script src=\"{% static 'unfold/js/htmx/htmx.js' %}\">": (
            _HTMX + "<script src=\"{% static 'unfold/js/htmx/htmx.js' %}\">"
        ),
        '<style id="unfold-theme-colors">': (
            '<style id="unfold-theme-colors" nonce="{{ request.csp_nonce }}">'
        ),
        # A search by keyboard alone, of which no page tells.
        '{% include "unfold/helpers/command.html" %}': "",
    },
    "unfold/helpers/welcomemsg.html": {
        """<span class="material-symbols-outlined hidden! xl:block!"\
 x-on:click="sidebarDesktopOpen = !sidebarDesktopOpen;\
 localStorage.setItem('sidebarDesktopOpen', sidebarDesktopOpen ? '1' : '0');">
                dock_to_right
            </span>""": _TOGGLE.format(
            shown="hidden! xl:block!", name="sidebarDesktopOpen"
        ),
        """<span class="material-symbols-outlined block! xl:hidden!"\
 x-on:click="sidebarMobileOpen = !sidebarMobileOpen">
                dock_to_right
            </span>""": _TOGGLE.format(
            shown="block! xl:hidden!", name="sidebarMobileOpen"
        ),
    },
    "unfold/helpers/navigation_user.html": {
        'x-on:click="openUserLinks = !openUserLinks"': (
            _BUTTON + ' x-bind:aria-expanded="openUserLinks"'
            ' x-on:keydown.enter="openUserLinks = !openUserLinks"'
            ' x-on:click="openUserLinks = !openUserLinks"'
        ),
    },
    "admin/base.html": {'<div id="main"': '<div id="main" role="main"'},
    "unfold/layouts/base_simple.html": {
        '<div id="main"': '<div id="main" role="main"',
    },
    "unfold/layouts/unauthenticated.html": {
        '<div id="page"': '<div id="page" role="main"',
    },
    "unfold/helpers/app_list.html": {
        '<span class="material-symbols-outlined md-18 mr-3 w-[18px]">': (
            '<span aria-hidden="true"'
            ' class="material-symbols-outlined md-18 mr-3 w-[18px]">'
        ),
        "data-simplebar": (
            "data-simplebar data-simplebar-aria-label="
            "\"{% translate 'Applications' %}\""
        ),
    },
    "unfold/helpers/change_list_filter.html": {
        'data-simplebar data-simplebar-direction="rtl"': (
            'data-simplebar data-simplebar-direction="rtl"'
            " data-simplebar-aria-label=\"{% translate 'Filters' %}\""
        ),
    },
    # The links are called by their titles.
    "unfold/helpers/change_list_headers.html": {
        f'outlined">{icon}<': f'outlined" aria-hidden="true">{icon}<'
        for icon in ("arrow_circle_down", "arrow_circle_up", "cancel")
    },
    "unfold/helpers/edit_inline/tabular_heading.html": {
        """lg:w-px dark:text-font-important-dark">
            </th>""": (
            'lg:w-px dark:text-font-important-dark">'
            '<span class="sr-only">{% translate "Delete" %}</span></th>'
        ),
    },
    "unfold/helpers/theme_switch.html": {
        _theme(name): f"{_BUTTON} {_theme(name)} {_theme(name, on='keydown.enter')}"
        for name in ("light", "dark", "auto")
    },
    "admin/change_list.html": {
        'x-on:click="filterOpen = true"': (
            _BUTTON + ' x-on:keydown.enter="filterOpen = true"'
            ' x-on:click="filterOpen = true"'
        ),
        "<style>": '<style nonce="{{ request.csp_nonce }}">',
    },
    "admin/change_form.html": {
        # A form without an action is sent to its own address.
        " x-bind:action=\"activeTab && activeTab !== 'general' ?"
        " window.location.pathname + window.location.search + '#' + activeTab :"
        ' window.location.pathname + window.location.search"': "",
    },
    "admin/actions.html": {
        "x-bind:style=\"'width: ' + changeListWidth + 'px'\"": (
            "x-bind:style=\"{width: changeListWidth + 'px'}\""
        ),
    },
}
"""Template -> what stands in it, once, and what stands there instead."""


class Loader(app_directories.Loader):
    """The templates of the apps."""

    def get_contents(self, origin: Origin) -> str:
        name = str(origin.template_name)
        text = super().get_contents(origin)
        is_unfolds = f"/unfold/templates/{name}" in origin.name
        return amended(text, name) if is_unfolds else text


def amended(text: str, name: str) -> str:
    """:raises ImproperlyConfigured: unfold has changed what is to be amended."""
    for old, new in AMENDED.get(name, {}).items():
        if text.count(old) != 1:
            raise ImproperlyConfigured(f"{name} of unfold does not hold once: {old}")
        text = text.replace(old, new)
    return text
