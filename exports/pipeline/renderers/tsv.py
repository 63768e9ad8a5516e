"""TSV: CSV with a tab between its fields."""

from exports.pipeline.renderers.csv import COMMON, Csv


class Tsv(Csv):
    extension = "tsv"
    media_type = "text/tab-separated-values"
    options = COMMON
    delimiter = "\t"
