"""In what words a merchant reads a reason: ours, unless the marketplace wrote its own."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from merchants.enums import DecisionReason
from merchants.models import ReasonText

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: What stands in the words for the requirement's title and the store's name.
PLACES: Final = ("{requirement}", "{store}")
#: The words of this release, in the language in which they are asked for.
WORDS: Final[Mapping[str, "_StrPromise"]] = {
    DecisionReason.DOCUMENT_UNREADABLE: _(
        "{requirement}: we cannot read the document. Send it again whole, flat and sharp, without reflection."
    ),
    DecisionReason.DOCUMENT_TOO_OLD: _(
        "{requirement}: the document is too old. Send one issued less than three months ago."
    ),
    DecisionReason.DOCUMENT_WRONG: _(
        "{requirement}: what you sent is another document than the one we asked for. Send the one named here."
    ),
    DecisionReason.DOCUMENT_INCOMPLETE: _(
        "{requirement}: a page or a side is missing. Send the whole document in one file."
    ),
    DecisionReason.HOLDER_MISMATCH: _(
        "{requirement}: the account is in another name than your company’s. Give an account in its name, "
        "with the bank’s proof."
    ),
    DecisionReason.IDENTITY_EXPIRED: _(
        "{requirement}: the identity document is no longer valid. Send one that is."
    ),
    DecisionReason.DATA_MISMATCH: _(
        "{requirement}: what you declared differs from the register. Correct it, or have the register "
        "corrected and send us the proof."
    ),
    DecisionReason.COMPANY_CEASED: _(
        "The register says that your company has ceased its activity, and a ceased company cannot sell. If "
        "that is wrong, have INSEE correct it."
    ),
    DecisionReason.ACTIVITY_FORBIDDEN: _(
        "The activity you declare is not allowed on our marketplace (seller agreement, forbidden products)."
    ),
    DecisionReason.FRAUD_SUSPECTED: _(
        "Several elements of your file do not fit together, so we cannot open the store {store}. Write to us "
        "if you can explain them."
    ),
}


def own(language: str) -> dict[str, str]:
    """Return the marketplace's own words by reason, in a language; one query."""
    return dict(ReasonText.objects.filter(language=language[:2]).values_list("reason", "text"))


def ours(language: str) -> dict[str, str]:
    """Return the words of this release in a language, places not filled."""
    with translation.override(language):
        return {str(reason): str(text) for reason, text in WORDS.items()}


def in_language(language: str, text: "str | _StrPromise") -> str:
    """Return a text of ours as it reads in a language."""
    with translation.override(language):
        return str(text)


def fill(text: str, *, requirement: str = "", store: str = "") -> str:
    return text.replace("{requirement}", requirement).replace("{store}", store)
