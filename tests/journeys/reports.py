"""What a failed journey shows: the end of the logs of its programs."""

import pytest

from tests.journeys.stacks import Stack


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    for stack in getattr(item, "funcargs", {}).values():
        if report.failed and isinstance(stack, Stack):
            report.sections.extend(stack.logs().items())
    return report
