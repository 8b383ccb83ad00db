"""What people choose for themselves."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.models import User
from core.refusals import Refusal


class UnknownLanguage(Refusal):
    code = "unknown_language"
    status = 422


@transaction.atomic
def choose_language(*, user_id: int, language: str) -> User:
    """Keep the language of a person's pages and mails. One we do not speak raises ``UnknownLanguage``."""
    if language not in dict(settings.LANGUAGES):
        raise UnknownLanguage(_("We do not speak this language."), language=language)
    user = User.objects.select_for_update().get(pk=user_id)
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])
    return user
