"""``revoke_api_key``: a key is void from now on."""

from customers.management.credentials import RevokeCommand
from customers.models import ApiKey


class Command(RevokeCommand):
    help = "Revoke an API key, at once and for good."
    model, noun, head = ApiKey, "API key", "kyb"
    name = "revoke_api_key"
