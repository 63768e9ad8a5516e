"""One caller of the API, over one connection that is kept open."""

import json
from http.client import HTTPConnection
from typing import Any


class Client:
    def __init__(self, connection: HTTPConnection, key: str) -> None:
        self._connection = connection
        self._headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
        }

    def call(self, path: str, spec: dict[str, Any] | None = None) -> dict[str, Any]:
        """:raises RuntimeError: it is answered with an error."""
        body = None if spec is None else json.dumps(spec)
        method = "GET" if spec is None else "POST"
        self._connection.request(method, path, body=body, headers=self._headers)
        response = self._connection.getresponse()
        content: dict[str, Any] = json.loads(response.read())
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {response.status} {content}")
        return content


def is_up(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
