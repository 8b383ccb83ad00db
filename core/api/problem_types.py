"""The kinds of problems that the API answers, each documented at ``/problems/<code>/``."""

import importlib
import importlib.util
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.refusals import Refusal

TITLES: dict[int, Promise] = {
    400: _("The request cannot be read"),
    401: _("Authentication is needed"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("Method not allowed"),
    406: _("This form of answer is not offered"),
    409: _("Conflict with the present state"),
    410: _("No longer there"),
    412: _("The object has changed"),
    413: _("The content is too large"),
    415: _("This form of content is not read"),
    422: _("The content cannot be accepted"),
    428: _("A condition is needed"),
    429: _("Too many requests"),
    500: _("Unexpected error"),
    503: _("Not available at present"),
}


@dataclass(frozen=True)
class ProblemType:
    """One kind of problem: a code that never changes, its HTTP status, and what to do about it."""

    code: str
    status: int
    meaning: str | Promise

    @property
    def title(self) -> str | Promise:
        return title_of(self.status)


FRAMEWORK = (
    ProblemType("malformed", 400, _("The body is not JSON in UTF-8, or is nested too deeply. Correct it.")),
    ProblemType("invalid_parameter", 400, _("A parameter of the address is wrong; “errors” names it.")),
    ProblemType(
        "not_authenticated", 401, _("No token was sent. Send “Authorization: Bearer” and an access token.")
    ),
    ProblemType(
        "invalid_token",
        401,
        _("The token is unknown, expired or revoked. Ask for a new one, then try again."),
    ),
    ProblemType("forbidden", 403, _("The application may not do this.")),
    ProblemType(
        "not_found",
        404,
        _("The object does not exist, or belongs to another. Check the identifier and whose token you send."),
    ),
    ProblemType("method_not_allowed", 405, _("The address exists, without this method.")),
    ProblemType("not_acceptable", 406, _("Only JSON is answered: accept application/json.")),
    ProblemType("payload_too_large", 413, _("The body is larger than this address accepts. Split it.")),
    ProblemType("unsupported_media_type", 415, _("Send the body as application/json.")),
    ProblemType(
        "validation_failed",
        422,
        _("The JSON is readable and its values are not acceptable; “errors” points at each of them."),
    ),
    ProblemType("rate_limited", 429, _("The limit is reached. Wait as many seconds as Retry-After says.")),
    ProblemType(
        "internal_error", 500, _("An error of ours, reported to us. Try again later with the same key.")
    ),
    ProblemType("unavailable", 503, _("A part we need does not answer. Try again later with the same key.")),
)


def title_of(status: int) -> str | Promise:
    """Return the short sentence that stands for an HTTP status."""
    return TITLES.get(status) or TITLES[500 if status >= 500 else 400]


def type_of(code: str) -> str:
    """Return the address that names a kind of problem and explains it."""
    return f"/problems/{code}/"


@cache
def catalogue() -> dict[str, tuple[ProblemType, ...]]:
    """Return every kind of problem by code: the framework's, and one per refusal in the code of all apps."""
    _import_refusals()
    found = {kind.code: [kind] for kind in FRAMEWORK}
    for refusal in _descendants(Refusal):
        meaning = inspect.cleandoc(refusal.__doc__) if refusal.__doc__ else refusal.default_message
        kinds = found.setdefault(refusal.code, [])
        kind = ProblemType(refusal.code, refusal.status, meaning)
        if kind not in kinds:
            kinds.append(kind)
    return {code: tuple(found[code]) for code in sorted(found)}


def _descendants(cls: type[Refusal]) -> Iterator[type[Refusal]]:
    for sub in cls.__subclasses__():
        yield sub
        yield from _descendants(sub)


def _import_refusals() -> None:
    """Import where refusals stand: services, adapters and API modules of our own apps."""
    ours = [config.name for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR]
    for app in ours:
        for room in ("refusals", "services", "adapters", "api"):
            if importlib.util.find_spec(f"{app}.{room}") is None:
                continue
            package = importlib.import_module(f"{app}.{room}")
            for info in pkgutil.walk_packages(getattr(package, "__path__", []), f"{app}.{room}."):
                importlib.import_module(info.name)
