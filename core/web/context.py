"""What every template knows: the language, the theme, and lazily the portal's frame."""

from typing import Any

from django.http import HttpRequest

from core.web import frame, navigation
from core.web.theme import THEMES, theme_of


class Portal:
    """The frame and navigation of one request, computed only by pages that show them."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._sections: list[navigation.Section] | None = None

    @property
    def frame(self) -> frame.Frame:
        return frame.of(self._request)

    @property
    def sections(self) -> list[navigation.Section]:
        if self._sections is None:
            self._sections = navigation.sections(self._request, self.frame)
        return self._sections

    @property
    def phone_lines(self) -> list[navigation.Line]:
        return navigation.phone_lines(self.sections)


def passerelle(request: HttpRequest) -> dict[str, Any]:
    """Context processor of all pages."""
    return {
        "portal": Portal(request),
        "theme": theme_of(request),
        "site_themes": THEMES,
        "site_languages": [("fr", "Français"), ("en", "English")],
    }
