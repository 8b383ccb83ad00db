"""When, and in which languages, a store answers its buyers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import opening_hours
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal
from merchants.models import StorePage
from merchants.services import stores

CODE = "support_hours"
LANGUAGES: Final = ("fr", "en", "de", "es", "it", "nl", "pl", "zh")


class WrongHours(Refusal):
    code = "wrong_support_hours"
    status = 422
    default_message = _("We cannot read these hours. They look like “Mo-Fr 09:00-12:00,14:00-18:00”.")


class NeverOpen(Refusal):
    code = "support_never_open"
    status = 422
    default_message = _("At these hours nobody ever answers: give at least one hour a week.")


class LanguageMissing(Refusal):
    code = "support_language_missing"
    status = 422
    default_message = _("Tick at least one language in which you answer.")


@transaction.atomic
def set_support(
    *, merchant_id: int, languages: Sequence[str], hours: str, by: User, at: datetime
) -> StorePage:
    """Say when and in which languages buyers are answered. ``hours``: OpenStreetMap's opening_hours syntax,
    on the clock of the merchant's country.
    """
    merchant = stores.lock(merchant_id)
    known = [code for code in LANGUAGES if code in languages]
    if not known:
        raise LanguageMissing
    text = " ".join(hours.split())
    _check(text, at)
    page: StorePage
    page, _created = StorePage.objects.update_or_create(
        merchant=merchant,
        defaults={"support_languages": known, "support_hours": text, "support_at": at},
    )
    stores.changed(merchant, CODE, by=by, at=at)
    return page


def _check(text: str, at: datetime) -> None:
    if not text or len(text) > 200:
        raise WrongHours
    parse: Any = opening_hours.OpeningHours
    try:
        rules = parse(text, country="FR")
    except opening_hours.ParserError:  # type: ignore[attr-defined]  # missing in its type stub
        raise WrongHours from None
    now = at.replace(tzinfo=None)
    if not rules.is_open(now) and rules.next_change(now) is None:
        raise NeverOpen
