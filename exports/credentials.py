"""Credentials of destinations: kept wrapped, opened where they are used."""

import json
from typing import cast

from exports import secrets
from exports.models import Destination


def keep(destination: Destination, secret: dict[str, str]) -> None:
    """In the instance, which is not saved."""
    text = json.dumps(secret, sort_keys=True)
    destination.wrapped_credentials = secrets.wrap(text, purpose=destination.purpose)


def of(destination: Destination) -> dict[str, str]:
    """:raises ExportError: no key of this installation opens them."""
    wrapped = destination.wrapped_credentials
    text = secrets.unwrap(wrapped, purpose=destination.purpose)
    return cast("dict[str, str]", json.loads(text))
