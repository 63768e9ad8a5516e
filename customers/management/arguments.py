"""What commands take as arguments, and what they say when it is wrong."""

from django.core.management.base import CommandError

from customers.models import Business


def a_business(business_id: str) -> Business:
    """:raises CommandError: when there is none of this id."""
    business = Business.objects.filter(pk=business_id).first()
    if business is None:
        raise CommandError(f"there is no business '{business_id}'")
    return business
