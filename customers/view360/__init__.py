"""The customer-360 view: all that is known of one customer, as plain values."""

from customers.view360.classes import CLASSES
from customers.view360.orders import ViewClosed
from customers.view360.view import CustomerNotFound, open_view, read

__all__ = ["CLASSES", "CustomerNotFound", "ViewClosed", "open_view", "read"]
