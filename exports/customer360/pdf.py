"""PDF: a designed report; what draws it is loaded when the first one is asked for."""

import warnings
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from customers.view360.shape import View
from exports.pipeline.renderers import pdf_fonts


def body(view: View) -> Iterator[bytes]:
    """:raises Unavailable: when fonts or libraries are missing here."""
    pdf_fonts.require()
    yield from _drawing().report(view)


@cache
def _drawing() -> Any:
    """Only once the fonts are bound, and the libraries are known to be here."""
    with warnings.catch_warnings():
        # The bindings leave the files open that they read while being imported.
        warnings.simplefilter("ignore", ResourceWarning)
        return import_module("exports.customer360.pdf_report")
