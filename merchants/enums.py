"""States, reasons and roles of merchants and their files."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MerchantStatus(models.TextChoices):
    """What a merchant may do here, as a whole."""

    ONBOARDING = "onboarding", _("Onboarding")
    ACTIVE = "active", _("Active")
    RESTRICTED = "restricted", _("Restricted")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class ApplicationStatus(models.TextChoices):
    """Where the request to open a store stands."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    INFORMATION_REQUESTED = "information_requested", _("Information requested")
    PROPOSED = "proposed", _("Approval proposed")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


#: The files that wait for the staff.
WAITING_FOR_US = (ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW, ApplicationStatus.PROPOSED)


class DecisionKind(models.TextChoices):
    """What a member of staff decided on an application."""

    PROPOSE = "propose", _("Approval proposed")
    CONFIRM = "confirm", _("Approval confirmed")
    SEND_BACK = "send_back", _("Proposal sent back")
    REQUEST_INFORMATION = "request_information", _("Information requested")
    REJECT = "reject", _("Rejected")


class DecisionReason(models.TextChoices):
    """Why, in a word that statistics can count; the text beside it is what the merchant reads."""

    COMPLETE = "complete", _("The file is complete and consistent")
    DOCUMENT_UNREADABLE = "document_unreadable", _("A document cannot be read")
    DOCUMENT_TOO_OLD = "document_too_old", _("A document is too old")
    DOCUMENT_WRONG = "document_wrong", _("A document is not the one that was asked")
    DOCUMENT_INCOMPLETE = "document_incomplete", _("A page or a side of a document is missing")
    HOLDER_MISMATCH = "holder_mismatch", _("The account is in another name")
    IDENTITY_EXPIRED = "identity_expired", _("An identity document is no longer valid")
    DATA_MISMATCH = "data_mismatch", _("What was declared differs from the register")
    COMPANY_CEASED = "company_ceased", _("The company has ceased its activity")
    ACTIVITY_FORBIDDEN = "activity_forbidden", _("The activity is not allowed on the marketplace")
    FRAUD_SUSPECTED = "fraud_suspected", _("Suspected fraud")
    OTHER = "other", _("Other")


class Verdict(models.TextChoices):
    """What a reviewer says of one requirement."""

    ACCEPTED = "accepted", _("Accepted")
    TO_CORRECT = "to_correct", _("To correct")


class Role(models.TextChoices):
    """What a member does for the merchant."""

    OWNER = "owner", _("Owner")
    ADMINISTRATOR = "administrator", _("Administrator")
    CATALOGUE = "catalogue", _("Catalogue")
    ORDERS = "orders", _("Orders")
    FINANCE = "finance", _("Finance")
    READ_ONLY = "read_only", _("Read only")


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


class DocumentKind(models.TextChoices):
    """What a document proves."""

    REGISTRATION = "registration", _("Kbis or RNE certificate")
    IDENTITY = "identity", _("Identity document")
    BANK_PROOF = "bank_proof", _("Bank account proof (RIB)")
    POWER_OF_ATTORNEY = "power_of_attorney", _("Power of attorney")
    STATUTES = "statutes", _("Articles of association")
    ADDRESS_PROOF = "address_proof", _("Proof of address")
    TRADEMARK = "trademark", _("Trademark certificate")
    INSURANCE = "insurance", _("Insurance certificate")
    APPEAL = "appeal", _("Document of an appeal")


class DocumentState(models.TextChoices):
    """Where the reading of a document stands."""

    QUARANTINED = "quarantined", _("Being scanned")
    INFECTED = "infected", _("Malware found")
    PENDING = "pending", _("To be read")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    REPLACED = "replaced", _("Replaced")


class ScanState(models.TextChoices):
    """What the antivirus says of a file."""

    NOT_ASKED = "not_asked", _("No antivirus is configured")
    WAITING = "waiting", _("Being scanned")
    CLEAN = "clean", _("Nothing found")
    INFECTED = "infected", _("Malware found")


class PreviewState(models.TextChoices):
    """Whether the pages of a file can be looked at as pictures."""

    WAITING = "waiting", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Cannot be shown")


class ViewKind(models.TextChoices):
    """What somebody looked at: one page as a picture, or the file as it was sent."""

    PAGE = "page", _("Page")
    ORIGINAL = "original", _("Original file")


class BankAccountState(models.TextChoices):
    """Where the check of a bank account stands."""

    PENDING = "pending", _("To be confirmed")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Refused")
    REPLACED = "replaced", _("Replaced")
    CANCELLED = "cancelled", _("Cancelled by the merchant")


class AgreementKind(models.TextChoices):
    """A text that a merchant accepts."""

    TERMS = "terms", _("Seller agreement")
    SELF_CERTIFICATION = "self_certification", _("Self-certification (DSA, article 30)")


class RequirementState(models.TextChoices):
    """Where one requirement stands (the words of Stripe's accounts)."""

    EVENTUALLY_DUE = "eventually_due", _("Later")
    CURRENTLY_DUE = "currently_due", _("To do")
    PAST_DUE = "past_due", _("Overdue")
    PENDING_VERIFICATION = "pending_verification", _("With us")
    SATISFIED = "satisfied", _("Done")


class CapabilityCode(models.TextChoices):
    """What a merchant wants to be able to do."""

    SELL = "sell", _("Sell")
    PUBLISH = "publish", _("Publish in a market")
    BE_PAID = "be_paid", _("Be paid")


class CapabilityStatus(models.TextChoices):
    """Whether they are: ``pending`` waits for us or a third party, ``inactive`` for the merchant."""

    ACTIVE = "active", _("Possible")
    PENDING = "pending", _("Being checked")
    RESTRICTED = "restricted", _("Restricted")
    INACTIVE = "inactive", _("Not possible")


class MeasureKind(models.TextChoices):
    """What we do to a merchant: regulation (EU) 2019/1150, article 4; (EU) 2022/2065, article 17."""

    RESTRICTION = "restriction", _("Restriction")
    SUSPENSION = "suspension", _("Suspension")
    TERMINATION = "termination", _("Termination")
    REFUSAL = "refusal", _("Refusal to open the store")


class MeasureStatus(models.TextChoices):
    """Where a measure stands; the steps between are in ``merchants.transitions``."""

    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Announced")
    IN_FORCE = "in_force", _("In force")
    LIFTED = "lifted", _("Lifted")
    EXPIRED = "expired", _("Ended at its date")
    OVERTURNED = "overturned", _("Overturned on appeal")
    WITHDRAWN = "withdrawn", _("Proposal withdrawn")


class RestrictedCapability(models.TextChoices):
    """What a restriction takes away."""

    PUBLICATION = "publication", _("Publication of products")
    MARKET = "market", _("Sales in one market")
    PAYOUTS = "payouts", _("Payouts")


class MeasureReason(models.TextChoices):
    """Why, in a word that statistics can count."""

    INFORMATION_MISSING = "information_missing", _("Information asked for was not given")
    INFORMATION_FALSE = "information_false", _("Information given is inaccurate or false")
    IDENTITY_UNVERIFIED = "identity_unverified", _("Identity or company could not be verified")
    COMPANY_CEASED = "company_ceased", _("The company has ceased its activity")
    ACTIVITY_FORBIDDEN = "activity_forbidden", _("The activity is not allowed on the marketplace")
    ILLEGAL_PRODUCT = "illegal_product", _("Illegal product")
    UNSAFE_PRODUCT = "unsafe_product", _("Dangerous product")
    COUNTERFEIT = "counterfeit", _("Infringement of intellectual property")
    CONSUMER_RIGHTS = "consumer_rights", _("Breach of buyers’ rights")
    LATE_SHIPPING = "late_shipping", _("Orders not sent, or sent late")
    FRAUD = "fraud", _("Fraud or deception")
    TAX_REPORTING = "tax_reporting", _("Tax information not given (DAC7)")
    AUTHORITY_ORDER = "authority_order", _("Order of an authority")
    REPEATED_INFRINGEMENT = "repeated_infringement", _("Repeated infringement of the agreement")
    OTHER = "other", _("Other breach of the agreement")


class MeasureGround(models.TextChoices):
    """On what a measure rests (regulation (EU) 2022/2065, article 17, paragraph 3, points d and e)."""

    TERMS = "terms", _("The agreement")
    LAW = "law", _("The law")


class MeasureSource(models.TextChoices):
    """What brought the facts to us (same article, point b)."""

    OWN_INITIATIVE = "own_initiative", _("Our own checks")
    NOTICE = "notice", _("A notice (DSA, article 16)")
    TRUSTED_FLAGGER = "trusted_flagger", _("A trusted flagger’s notice (DSA, article 22)")
    AUTHORITY = "authority", _("An authority")


class AutomatedMeans(models.TextChoices):
    """What machines had to do with it (same article, point c). People alone decide here."""

    NONE = "none", _("None")
    DETECTION = "detection", _("To find the facts, not to decide")


class NoticeException(models.TextChoices):
    """Why a termination needs no notice (regulation (EU) 2019/1150, article 4, paragraph 4)."""

    LEGAL_OBLIGATION = "legal_obligation", _("A legal obligation leaves us no time")
    NATIONAL_LAW = "national_law", _("An imperative reason of national law")
    REPEATED_INFRINGEMENT = "repeated_infringement", _("Repeated infringement of the agreement")


class AppealStatus(models.TextChoices):
    """Where a merchant's complaint stands (regulation (EU) 2022/2065, article 20)."""

    RECEIVED = "received", _("Received")
    IN_REVIEW = "in_review", _("Being examined")
    DECIDED = "decided", _("Decided")


class AppealOutcome(models.TextChoices):
    """What was decided on it."""

    UPHELD = "upheld", _("The measure stands")
    PARTLY = "partly", _("The measure is reduced")
    OVERTURNED = "overturned", _("The measure is overturned")


class TraitKind(models.TextChoices):
    """By what two merchants may be the same."""

    COMPANY = "company", _("same company")
    IBAN = "iban", _("same bank account")
    ADDRESS = "address", _("same address")
    PHONE = "phone", _("same telephone")
    EMAIL = "email", _("same e-mail address")
    DEVICE = "device", _("same device")
    OFFICER = "officer", _("same person")


class PartyKind(models.TextChoices):
    """What the register of frozen assets lists."""

    PERSON = "person", _("Natural person")
    ENTITY = "entity", _("Legal person")
    SHIP = "ship", _("Ship")


class MatchState(models.TextChoices):
    """What was found of a name like a frozen party's."""

    OPEN = "open", _("To be cleared")
    CLEARED = "cleared", _("Somebody else of that name")
    UPHELD = "upheld", _("The frozen party")
