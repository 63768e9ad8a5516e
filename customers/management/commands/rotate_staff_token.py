"""``rotate_staff_token``: the same staff token under a new text, shown once."""

from customers.management.credentials import RotateCommand
from customers.models import StaffToken


class Command(RotateCommand):
    help = "Another text for a staff token: the old one is void at once."
    model, noun, head = StaffToken, "staff token", "kybstaff"
    name = "rotate_staff_token"
