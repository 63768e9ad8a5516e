"""No child of a worker inherits the connection its parent looks at the jobs with."""

import os
from threading import Thread

from kyb_export.celery import looking


def test_a_fork_waits_until_the_reaper_has_looked():
    seen = []

    def fork() -> None:
        child = os.fork()
        if child == 0:
            os._exit(_is_locked())
        seen.append(("forked", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))

    forking = Thread(target=fork)
    with looking:
        forking.start()
        forking.join(0.5)
        seen.append(("looked", 0))
    forking.join()

    assert seen == [("looked", 0), ("forked", 0)]


def _is_locked() -> bool:
    """To another thread: whoever holds the lock may take it again."""
    found = []
    asking = Thread(target=lambda: found.append(looking.acquire(timeout=1)))
    asking.start()
    asking.join()
    return found != [True]
