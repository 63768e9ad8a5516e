"""Read by gunicorn itself, from the folder it starts in: its log looks like all others.

There is no access log: its lines hold query strings, and those hold signatures.
"""

import sys
from typing import Any, Final

from gunicorn.http.errors import InvalidRequestLine, ParseException

from customers.redaction import redacted
from kyb_export.logs import from_environment

SWITCH_SECONDS: Final = 0.0005
"""How long a thread may keep the interpreter while another waits for it.

A request gives it up with each question to the database, some thirty times an export,
and waits anew: at Python's own 5 ms the short ones wait longer than they work.
"""

logconfig_dict = from_environment()


def post_worker_init(worker: Any) -> None:
    """The server answers what is no HTTP by itself, and repeats it in the answer."""
    sys.setswitchinterval(SWITCH_SECONDS)
    handle_error = worker.handle_error

    def without_credentials(
        request: Any, client: Any, address: Any, error: BaseException
    ) -> None:
        shown = redacted(str(error))
        if isinstance(error, ParseException) and shown != str(error):
            error = InvalidRequestLine(shown)
        handle_error(request, client, address, error)

    worker.handle_error = without_credentials
