"""Refusals: what a service answers when it will not do what was asked."""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Asked properly, refused for a reason. Subclasses stand beside the function that raises them.

    ``code`` is stable and part of the API; ``status`` the HTTP status of the API's answer; ``details`` plain
    values that a program can use. The message is translated when shown, so raise with lazy text or text
    already in the caller's language.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    default_message: ClassVar[str | Promise] = _("This cannot be done.")

    def __init__(self, message: str | Promise | None = None, **details: Any) -> None:
        self._message = self.default_message if message is None else message
        self.details = details
        super().__init__(self._message, details)

    @property
    def message(self) -> str:
        return str(self._message)

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r}, {self.details!r})"
