"""``rotate_api_key``: the same API key under a new text, shown once."""

from customers.management.credentials import RotateCommand
from customers.models import ApiKey


class Command(RotateCommand):
    help = "Another text for an API key: the old one is void at once."
    model, noun, head = ApiKey, "API key", "kyb"
    name = "rotate_api_key"
