"""What is known of a company, its people and its trade."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RegistryOutcome(models.TextChoices):
    """What a register answered. Unavailable is never the same as unknown."""

    FOUND = "found", _("Found")
    NOT_FOUND = "not_found", _("Not found")
    UNAVAILABLE = "unavailable", _("Register unavailable")


class CompanySource(models.TextChoices):
    """Where the company's facts come from."""

    REGISTER = "register", _("Register")
    DECLARED = "declared", _("Declared by the merchant, not yet checked")


class CompanyState(models.TextChoices):
    """Whether the register says that the company trades."""

    OPEN = "open", _("Open")
    CEASED = "ceased", _("Ceased")
    UNKNOWN = "unknown", _("Unknown")


class RegisterChangeKind(models.TextChoices):
    """What the register says otherwise than before."""

    NAME = "name", _("Legal name")
    ADDRESS = "address", _("Address")
    LEGAL_FORM = "legal_form", _("Legal form")
    OFFICERS = "officers", _("Officers")
    CLOSED = "closed", _("Establishment closed")
    CEASED = "ceased", _("Company ceased")
    UNKNOWN = "unknown", _("No longer in the register")


class RegisterChangeOutcome(models.TextChoices):
    """What became of a change in the register."""

    OPEN = "open", _("To be settled")
    TAKEN = "taken", _("Taken over")
    GONE = "gone", _("The register says as before")


class VatCheck(models.TextChoices):
    """What VIES says of a VAT number."""

    UNCHECKED = "unchecked", _("Not checked yet")
    VALID = "valid", _("Valid")
    INVALID = "invalid", _("Unknown to VIES")
    UNVERIFIABLE = "unverifiable", _("VIES unavailable")


class VatScheme(models.TextChoices):
    """How the merchant declares VAT."""

    DOMESTIC = "domestic", _("French VAT")
    EXEMPT = "exempt", _("Exempt, article 293 B of the French tax code")
    OSS = "oss", _("One-stop shop (OSS)")
    IOSS = "ioss", _("Import one-stop shop (IOSS)")
    THRESHOLD = "threshold", _("French VAT, under the threshold of 10,000 €")
    LOCAL = "local", _("VAT number of the country")
    IMPORT = "import", _("VAT paid at import")


class TurnoverBand(models.TextChoices):
    """Expected sales in a year, all channels, VAT excluded."""

    TINY = "tiny", _("10,000 € at most")
    SMALL = "small", _("10,000 to 85,000 €")
    MEDIUM = "medium", _("85,000 € to 2 million €")
    LARGE = "large", _("Over 2 million €")


class EprHolder(models.TextChoices):
    """Whose obligation an EPR identifier shows to be met."""

    OWN = "own", _("Ours: we make or import the products")
    SUPPLIER = "supplier", _("Our supplier’s: we buy in the country where we sell")


class EprState(models.TextChoices):
    """What is known of an EPR identifier."""

    DECLARED = "declared", _("Declared")
    VERIFIED = "verified", _("Verified")
    REFUSED = "refused", _("Refused")


class SafetyRole(models.TextChoices):
    """Who answers for product safety in the Union (Regulation (EU) 2023/988, article 16)."""

    MANUFACTURER = "manufacturer", _("Manufacturer")
    IMPORTER = "importer", _("Importer")
    REPRESENTATIVE = "representative", _("Authorised representative")
    FULFILMENT = "fulfilment", _("Fulfilment service provider")


class ReturnZone(models.TextChoices):
    """Whose returns an address receives; ``default`` where the zone has none of its own."""

    DEFAULT = "default", _("All countries")
    UNION = "union", _("European Union, France excepted")
    OUTSIDE = "outside", _("Outside the European Union")


class PersonRole(models.TextChoices):
    """What a natural person is to the company."""

    LEGAL_REPRESENTATIVE = "legal_representative", _("Legal representative")
    BENEFICIAL_OWNER = "beneficial_owner", _("Beneficial owner")
    ATTORNEY = "attorney", _("Holder of a power of attorney")


class Control(models.TextChoices):
    """By what a beneficial owner controls the company (CMF, articles L561-2-2 and R561-1)."""

    DIRECT = "direct", _("Holds over a quarter of the capital or votes directly")
    INDIRECT = "indirect", _("Holds over a quarter through one or several companies")
    OTHER = "other", _("Controls the company by other means")


class Ownership(models.TextChoices):
    """What the merchant declared of its beneficial owners."""

    UNSAID = "", _("Not declared yet")
    LISTED = "listed", _("The list is complete")
    NOBODY = "nobody", _("Nobody: the legal representative is taken for it")
