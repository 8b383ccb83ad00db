"""Connected systems."""

from itertools import count

from partners.enums import ApplicationKind
from partners.models import Application, Channel

_numbers = count(1)


def make_application(kind: str = ApplicationKind.CHANNEL, name: str = "Grand Large") -> Application:
    return Application.objects.create(name=name, kind=kind)


def make_channel(code: str | None = None, countries: tuple[str, ...] = ("FR", "DE", "PL")) -> Channel:
    return Channel.objects.create(
        application=make_application(),
        code=code or f"canal-{next(_numbers)}",
        name="Grand Large",
        countries=list(countries),
    )
