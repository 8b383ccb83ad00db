"""When and from where a person was last seen, for the list of their sessions: written now and then only."""

import time
from collections import OrderedDict
from typing import Final

from allauth.account.adapter import get_adapter
from allauth.usersessions.middleware import UserSessionsMiddleware
from django.http import HttpRequest, HttpResponse

SECONDS: Final = 300.0
REMEMBERED: Final = 5000


class SessionActivityMiddleware(UserSessionsMiddleware):  # type: ignore[misc]
    """allauth's, but a session is written again only after five minutes, or from another address or browser.

    allauth writes it at every request: five statements a page. What was written lately is remembered in the
    process, so each web process writes once.
    """

    _written: "OrderedDict[tuple[str, str, str], float]" = OrderedDict()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key:
            seen = (key, get_adapter().get_client_ip(request) or "", request.headers.get("User-Agent", ""))
            now = time.monotonic()
            if now - self._written.get(seen, -SECONDS) < SECONDS:
                response: HttpResponse = self.get_response(request)
                return response
            if request.user.is_authenticated:
                self._written[seen] = now
                while len(self._written) > REMEMBERED:
                    self._written.popitem(last=False)
        answered: HttpResponse = super().__call__(request)
        return answered
