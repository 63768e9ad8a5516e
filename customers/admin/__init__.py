"""The admin's lists of what this app holds; importing them registers them."""

from customers.admin import accounts, data, readable, trail

__all__ = ["accounts", "data", "readable", "trail"]
