"""The admin's lists of what this app holds; importing them registers them."""

from customers.admin import accounts, data, names, readable, trail, unfolds

__all__ = ["accounts", "data", "names", "readable", "trail", "unfolds"]
