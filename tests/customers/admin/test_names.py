"""Models are called in the reader's language; their migrations know nothing of it."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.core.management import call_command
from django.utils import translation

from customers.admin.names import APPS, NAMES
from customers.models import Company
from tests import make
from tests.customers.admin.asking import at_admin, page

pytestmark = pytest.mark.django_db
GERMAN = {"Accept-Language": "de"}


def test_list_and_form_are_in_the_readers_language():
    mine = make.business("business_mine")
    make.company(mine)
    client = at_admin("manager", mine)
    address = page(Company, "changelist")

    german = client.get(address, headers=GERMAN).content.decode()
    english = client.get(address).content.decode()

    assert "Registernummer" in german
    assert "Registernummer" not in english
    assert "Registration number" in english


def test_names_are_those_of_models():
    with translation.override("en"):
        used = {
            str(name)
            for model in apps.get_models()
            for each in (model._meta, *model._meta.get_fields())
            for name in (
                getattr(each, "verbose_name", ""),
                getattr(each, "verbose_name_plural", ""),
            )
        }

    assert set(NAMES) - used == set()


def called(language):
    """(model, column or none) -> what the admin calls it."""
    lists = admin.site._registry.items()  # noqa: SLF001 -- Django has no other way
    ours = [(model, own) for model, own in lists if model._meta.app_label in APPS]
    with translation.override(language):
        columns = {
            (model.__name__, column): str(label_for_field(column, model, own))
            for model, own in ours
            for column in own.list_display
        }
        names = {
            (model.__name__, ""): str(model._meta.verbose_name_plural)
            for model, _ in ours
        }
    return columns | names


def test_every_list_and_its_columns_are_called_in_german():
    english, german = called("en"), called("de")

    alike = [thing for thing in english if english[thing] == german[thing]]
    assert alike == [("Company", "lei")]


def test_migrations_are_none_the_wiser():
    call_command("makemigrations", check=True, dry_run=True)
