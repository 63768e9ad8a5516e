"""The admin speaks its reader's language; the API speaks English to every program."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

_PATH: Final = "/admin/"


class AdminLanguageMiddleware:
    """As the browser asks, for this answer alone: threads serve programs, too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(_PATH):
            return self._get_response(request)
        language = translation.get_language_from_request(request)
        with translation.override(language):
            answer = self._get_response(request)
        patch_vary_headers(answer, ("Accept-Language",))
        answer.headers.setdefault("Content-Language", language)
        return answer
