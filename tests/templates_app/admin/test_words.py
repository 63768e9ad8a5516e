"""What datasets and formats say is known to the admin's catalogue, word by word."""

import pytest
from django.utils import translation

from exports.pipeline.columns import ColumnType
from exports.pipeline.datasets import DATASETS
from exports.pipeline.renderers import RENDERERS
from templates_app.admin import words


def test_every_word_of_datasets_and_formats_is_listed():
    datasets = [DATASETS[name] for name in DATASETS]
    said = {text for each in datasets for text in (each.title, each.description)}
    said |= {column.title for each in datasets for column in each.columns}
    said |= {option.help for name in RENDERERS for option in RENDERERS[name].options}

    assert said - set(words.SAID) == set()
    assert set(words.SAID) - said == set()


def test_every_type_and_class_has_a_word():
    used = {
        column.clearance.label for name in DATASETS for column in DATASETS[name].columns
    }

    assert set(words.KINDS) == set(ColumnType)
    assert used - set(words.CLASSES) == set()


@pytest.mark.parametrize(
    ("language", "told"), [("de", "Risikostufe"), ("en", "Risk level")]
)
def test_names_are_told_in_the_readers_language(language, told):
    with translation.override(language):
        assert words.names().get("Risk level", "Risk level") == told
