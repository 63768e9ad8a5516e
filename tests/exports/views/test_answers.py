import pytest
from django.test import RequestFactory

from exports.views.answers import caller
from tests import make


def test_caller_is_the_actor_that_was_found():
    request = RequestFactory().get("/")
    request.auth = make.SYSTEM

    assert caller(request) == make.SYSTEM


@pytest.mark.parametrize("auth", [None, "somebody"])
def test_view_that_lets_in_requests_without_an_actor_is_wrong(auth):
    request = RequestFactory().get("/")
    request.auth = auth

    with pytest.raises(TypeError, match="without an actor"):
        caller(request)
