"""The formats: the key a user types -> the class that writes it."""

from typing import Final

from exports.pipeline.registry import Table
from exports.pipeline.renderers.base import Renderer

RENDERERS: Final[Table[type[Renderer]]] = Table(
    "format",
    {
        "csv": "exports.pipeline.renderers.csv.Csv",
        "tsv": "exports.pipeline.renderers.tsv.Tsv",
        "json": "exports.pipeline.renderers.json.Json",
        "ndjson": "exports.pipeline.renderers.ndjson.Ndjson",
        "excel": "exports.pipeline.renderers.excel.Excel",
        "pdf": "exports.pipeline.renderers.pdf.Pdf",
        "xml": "exports.pipeline.renderers.xml.Xml",
        "yaml": "exports.pipeline.renderers.yaml.Yaml",
        "parquet": "exports.pipeline.renderers.parquet.Parquet",
    },
    needs={"parquet": "pyarrow"},
)
ALIASES: Final = {"xlsx": "excel"}
