"""In which language a request is answered."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

API_PREFIX = "/api/"


class LanguageMiddleware:
    """For people: what they chose, else French, whatever the browser asks for. For machines (the API): what
    they ask for with ``Accept-Language``. Stands after the authentication, which knows the person.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(self._language(request)):
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "fr")
            if request.path.startswith(API_PREFIX):
                patch_vary_headers(response, ("Accept-Language",))
            return response

    def _language(self, request: HttpRequest) -> str:
        if request.path.startswith(API_PREFIX):
            return translation.get_language_from_request(request)
        known = dict(settings.LANGUAGES)
        user = request.user
        if user.is_authenticated and user.language in known:
            return user.language
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        return chosen if chosen in known else settings.LANGUAGE_CODE
