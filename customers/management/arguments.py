"""What commands take as arguments, and what they say when it is wrong."""

from argparse import ArgumentParser, ArgumentTypeError
from contextlib import suppress
from datetime import datetime

from django.core.management.base import CommandError
from django.utils import timezone

from customers.models import Business


def a_business(business_id: str) -> Business:
    """:raises CommandError: when there is none of this id."""
    business = Business.objects.filter(pk=business_id).first()
    if business is None:
        raise CommandError(f"there is no business '{business_id}'")
    return business


def a_moment(text: str) -> datetime:
    """:raises ArgumentTypeError: as argparse wants it."""
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment
    raise ArgumentTypeError(f"'{text}' is no date and time with an offset")


def add_expiry(parser: ArgumentParser) -> None:
    """``--expires``, which ``in_the_future`` looks at."""
    parser.add_argument(
        "--expires",
        metavar="TIME",
        type=a_moment,
        help="until when: ISO 8601 with offset; for ever when left out",
    )


def in_the_future(moment: datetime | None) -> datetime | None:
    """:raises CommandError: it is over already."""
    if moment is not None and moment <= timezone.now():
        raise CommandError("--expires must be in the future")
    return moment
