"""The demo: businesses and data, a server, exports over HTTP, files read back."""
