"""Exports of what has changed: how they follow each other, and are put together."""
