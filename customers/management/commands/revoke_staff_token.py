"""``revoke_staff_token``: a staff token is void from now on."""

from customers.management.credentials import RevokeCommand
from customers.models import StaffToken


class Command(RevokeCommand):
    help = "Revoke a staff token, at once and for good."
    model, noun, head = StaffToken, "staff token", "kybstaff"
    name = "revoke_staff_token"
