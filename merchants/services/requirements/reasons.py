"""In what words a merchant reads why a requirement is not done: the fact, the rule, the remedy."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import formats
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from merchants.services.families import STREAMS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

REASONS: Mapping[str, "str | _StrPromise"] = {
    "company_first": _("It is checked as soon as your company is known."),
    "company_ceased": _(
        "The register says that the company ceased its activity (%(day)s), and a ceased company cannot "
        "sell. If "
        "that is wrong, have INSEE correct it; else give the number of the company that sells."
    ),
    "company_not_disclosed": _(
        "The register does not disclose your name and address. We compare what you typed with your "
        "registration "
        "document."
    ),
    "company_of_monaco": _(
        "A company of Monaco may be in no French register. We compare what you typed with your extract of "
        "the RCI."
    ),
    "register_changed": _(
        "The register now says something else: %(what)s. Look at it and take it over, or have it corrected "
        "there."
    ),
    "vat_unknown_to_vies": _(
        "VIES does not know %(number)s: without it, sales to other countries of the Union cannot begin. Have "
        "your tax office (SIE) register it, or correct the number; we then ask again."
    ),
    "vies_unavailable": _(
        "VIES has not answered about %(number)s yet. We ask again by ourselves; your file goes on meanwhile."
    ),
    "company_not_in_register": _(
        "The register does not know this number yet. We compare what you typed with your registration "
        "document."
    ),
    "company_differs": _(
        "What you typed differs from the register. Take the register's words, or leave yours: we compare "
        "them "
        "with your registration document."
    ),
    "register_unavailable": _(
        "The register of companies does not answer. We ask again by ourselves; your file goes on meanwhile."
    ),
    "phone_missing": _("Only the telephone is missing."),
    "bank_account_read": _("%(hint)s: we check that the account is in the name of the company."),
    "bank_account_refused": _("The account %(hint)s was refused. Give another one."),
    "document_read": _("A reviewer reads it with your file."),
    "document_refused": "%(text)s",
    "document_too_old": _(
        "The document is dated %(issued)s: it is %(age)d days old, the limit is %(limit)d. Send one dated "
        "%(oldest)s or later."
    ),
    "document_scanned": _("The antivirus has not read it yet; it asks again by itself."),
    "document_infected": _(
        "Malware was found in the file, which was destroyed. Scan your computer, then send the document "
        "again from a safe source."
    ),
    "document_expired": _("The document ended on %(ended)s. Send the one that replaces it."),
    "identity_missing": _("Documents missing: %(missing)d of %(total)d."),
    "attorney_missing": _(
        "You sign and are not among the legal representatives: send the power of attorney that one of them "
        "gave you."
    ),
    "representative_first": _("Name the legal representative first: the law takes them for the owner."),
    "owners_read": _("A reviewer compares the new list with what is known of the company."),
    "owners_unsaid": _("Say that the list is complete."),
    "new_version": _("Version %(version)s replaces the one that you accepted."),
    "vat_exempt_over": _(
        "You expect over 85,000 € of sales in a year: the exemption of article 293 B ends there. Give your "
        "VAT number, or correct the sales you expect."
    ),
    "vat_abroad_unsaid": _("Nothing can be sold in the other countries of the Union until you have said it."),
    "vat_abroad_unknown": _(
        "VIES does not know %(number)s. Have the tax office of that country register it, or correct the "
        "number; we then ask again."
    ),
    "vat_local_missing": _("The VAT number is missing for: %(countries)s."),
    "vat_oss_ended": _("Your OSS registration ended on %(day)s. Give the present one, or another way."),
    "dac7_below": _(
        "You sell in your own name: the tax office knows you by your tax number. We are to declare you from "
        "30 sales, or over 2,000 €, in a year: give it now, or once you come near."
    ),
    "dac7_reached": _(
        "You made %(sales)d sales here in %(year)s, for %(paid)s: the law has us declare them with your tax "
        "number (DAC7)."
    ),
    "epr_missing": _(
        "The identifier is missing for the streams: %(streams)s. Only this country waits for it."
    ),
    "epr_refused": _("%(identifier)s was refused: %(text)s"),
    "epr_ended": _("%(identifier)s was valid until %(day)s. Give the new date, or the new identifier."),
    "epr_read": _(
        "%(identifier)s has an unusual form: we look for it in the register. You may sell meanwhile."
    ),
    "insurance_for": _("Asked for: %(families)s."),
    "insurance_ended": _("The insurance ended on %(day)s. Send the new certificate."),
    "version_to_come": _("Version %(version)s replaces it on %(day)s: read it, and accept it before."),
    "reviewer": "%(text)s",
    "expires": _("It is valid until %(day)s: renew it before."),
    "expired": _("It was valid until %(day)s: send its renewal."),
}


#: Values that are lists of codes, and how one is written for the reader.
NAMES: "Mapping[str, Callable[[str], str]]" = {
    "streams": lambda code: f"{STREAMS[code]} ({code})",
    "countries": lambda code: str(countries.name(code)),
}


def words(reason: str, values: Mapping[str, Any]) -> str:
    """Return the sentence, dates and codes written for the reader."""
    if reason not in REASONS:
        return ""
    shown = {
        name: formats.date_format(value, "DATE_FORMAT") if isinstance(value, date) else value
        for name, value in values.items()
    }
    shown |= {
        name: ", ".join(map(say, shown[name].split(", "))) for name, say in NAMES.items() if name in shown
    }
    shown = {name: _("date unknown") if value is None else value for name, value in shown.items()}
    return str(REASONS[reason]) % shown
