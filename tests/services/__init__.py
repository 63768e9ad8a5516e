"""A PostgreSQL and a Redis of the tests' own, started on free ports, always stopped."""
