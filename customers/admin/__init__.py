"""The admin's lists of what this app holds; importing them registers them."""

from customers.admin import accounts, api_keys, data, names, readable, trail, unfolds

__all__ = ["accounts", "api_keys", "data", "names", "readable", "trail", "unfolds"]
