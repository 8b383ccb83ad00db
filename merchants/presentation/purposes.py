"""Why each requirement is asked, in one or two sentences at the head of its page and in the task list."""

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

PURPOSES: "Final[Mapping[str, _StrPromise]]" = {
    "company_identity": _(
        "Buyers and authorities must know who sells (DSA, article 30). We fill in what the public register "
        "knows."
    ),
    "company_active": _("Only a company in activity may sell. The register tells us; nothing to send."),
    "vat_number": _(
        "Needed to sell in the other countries of the Union. VIES, its list of numbers, confirms it."
    ),
    "registration_document": _(
        "It proves that the company exists and who represents it. The Kbis comes from monidenum.fr or "
        "infogreffe.fr, the RNE certificate, free of charge, from data.inpi.fr."
    ),
    "statutes": _("They say who runs the company and who owns it. Send the version in force, whole."),
    "address_proof": _(
        "The register does not prove your address: send a bill (water, energy, telephone), a lease or a tax "
        "notice."
    ),
    "legal_representative": _(
        "Who can bind the company: president, manager, sole trader. The law against money laundering makes "
        "us know them."
    ),
    "power_of_attorney": _("Who signs without being a legal representative shows the power one gave them."),
    "beneficial_owners": _(
        "Each natural person who holds over a quarter of the capital or votes, directly or through other "
        "companies, or controls the company otherwise."
    ),
    "identity_documents": _(
        "We compare them with the people you named. Only our reviewers see them, and each view is logged."
    ),
    "bank_account": _("Where we pay what you sell. The account must be in the name of the company."),
    "bank_proof": _("It proves that the account belongs to the company: your bank gives it out as a RIB."),
    "vat_scheme": _("It decides which VAT your sales carry, and what your invoices must say."),
    "vat_cross_border": _(
        "Beyond 10,000 € a year, sales to consumers of other member states bear the VAT of their country."
    ),
    "vat_import": _("Goods that enter the Union bear VAT: at the sale with an IOSS number, else at customs."),
    "eori": _("Customs ask for it on each parcel that leaves the Union."),
    "dac7": _("Each January, platforms report what their sellers earned to the tax office (DAC7)."),
    "store_name": _("What buyers read on your offers."),
    "dsa_contact": _("Shown to buyers with your offers, as the DSA demands (article 30)."),
    "support_hours": _("Buyers see in which languages and when you answer them."),
    "returns_address": _("Given to buyers who change their mind: the law leaves them 14 days."),
    "trade_plan": _(
        "It decides what else we must ask: packaging, safety, insurance, VAT abroad. What your sales do not "
        "call for is not asked."
    ),
    "epr_fr": _(
        "The AGEC law makes marketplaces check that who sells these products pays for their recycling."
    ),
    "epr_de": _(
        "Germany makes marketplaces check that who sells these products is registered for their recycling."
    ),
    "epr_es": _(
        "Spain makes marketplaces check that who sells these products is registered for their recycling."
    ),
    "epr_be": _(
        "Belgium makes marketplaces check that who sells these products is registered for their recycling."
    ),
    "epr_it": _(
        "Italy makes marketplaces check that who sells these products is registered for their recycling."
    ),
    "epr_pl": _(
        "Poland makes marketplaces check that who sells these products is registered for their recycling."
    ),
    "gpsr_contact": _(
        "Each product other than food needs somebody in the Union who answers for its safety (GPSR)."
    ),
    "insurance": _("For these products, the seller agreement asks that the damage they may do is insured."),
    "self_certification": _("The DSA (article 30) asks for this commitment in your name."),
    "agreement": _("The contract between us: commission, payouts, decisions and how to appeal."),
}
