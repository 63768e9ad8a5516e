"""``python -m tests.services run -- COMMAND``: runs it with both servers at hand.

They come as TEST_POSTGRES_URL and TEST_REDIS_URL; one that is given already is used.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Final

from tests.services.postgres import postgres
from tests.services.processes import NoServer
from tests.services.redis import redis

SERVERS: Final[dict[str, Callable[[], AbstractContextManager[str]]]] = {
    "TEST_POSTGRES_URL": postgres,
    "TEST_REDIS_URL": redis,
}


def main(arguments: list[str]) -> int:
    if arguments[:2] != ["run", "--"] or not arguments[2:]:
        print(__doc__, file=sys.stderr)
        return 2
    # A plain SIGTERM would end this process without stopping its servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with ExitStack() as servers:
            environment = dict(os.environ)
            for variable, server in SERVERS.items():
                if not environment.get(variable):
                    environment[variable] = servers.enter_context(server())
            return _run(arguments[2:], environment)
    except NoServer as error:
        print(error, file=sys.stderr)
        return 1


def _run(command: list[str], environment: dict[str, str]) -> int:
    with subprocess.Popen(command, env=environment) as child:
        try:
            return child.wait()
        except (KeyboardInterrupt, SystemExit):
            child.terminate()
            raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
