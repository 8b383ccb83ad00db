"""States, kinds and reasons of the catalogue."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductStatus(models.TextChoices):
    """Whether a product may be on sale. Where it is on sale is said per market, by its listings."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In moderation")
    LIVE = "live", _("Live")
    REFUSED = "refused", _("Refused")
    ARCHIVED = "archived", _("Archived")


class ListingStatus(models.TextChoices):
    """Whether a product is on sale in one market."""

    DRAFT = "draft", _("Not published")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class TextStatus(models.TextChoices):
    """How far a text in one language can be relied on; no row means that it is missing."""

    MACHINE = "machine", _("Machine")
    HUMAN = "human", _("Human")
    REVIEWED = "reviewed", _("Reviewed")
    OUTDATED = "outdated", _("Outdated")


class AttributeType(models.TextChoices):
    """What values an attribute takes."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Number with unit")
    BOOLEAN = "boolean", _("Yes or no")
    DATE = "date", _("Date")
    CHOICE = "choice", _("Choice")
    CHOICES = "choices", _("Several choices")
    DIMENSION = "dimension", _("Dimensions")
    COLOUR = "colour", _("Colour")


class AttributeLevel(models.TextChoices):
    """How much an attribute is wanted."""

    REQUIRED = "required", _("Required")
    RECOMMENDED = "recommended", _("Recommended")
    OPTIONAL = "optional", _("Optional")


class VatClass(models.TextChoices):
    """Classes of goods that countries tax at different rates."""

    STANDARD = "standard", _("Standard rate")
    REDUCED = "reduced", _("Reduced rate")
    FOOD = "food", _("Food")
    BOOK = "book", _("Books")
    ZERO = "zero", _("Zero rate")


class GtinReason(models.TextChoices):
    """Why a variant has no GTIN."""

    HANDMADE = "handmade", _("Made by hand")
    OWN_BRAND = "own_brand", _("Own brand without GTIN")
    CUSTOM = "custom", _("Made to order")
    SECOND_HAND = "second_hand", _("Second hand")
    BUNDLE = "bundle", _("Bundle")


class LocationKind(models.TextChoices):
    """Where stock lies."""

    WAREHOUSE = "warehouse", _("Warehouse")
    SHOP = "shop", _("Shop")
    PLATFORM = "platform", _("Fulfilment centre")


class StockCause(models.TextChoices):
    """Why a quantity moved."""

    IMPORT = "import", _("Import")
    SET = "set", _("Set by hand")
    ADJUST = "adjust", _("Adjustment")
    RESERVE = "reserve", _("Reserved for an order")
    RELEASE = "release", _("Reservation released")
    DISPATCH = "dispatch", _("Sent")
    RETURN = "return", _("Returned to stock")


class PriceSource(models.TextChoices):
    """Where a price comes from."""

    MANUAL = "manual", _("Typed")
    IMPORT = "import", _("Import")
    RULE = "rule", _("Price rule")
    API = "api", _("API")


class ImportStatus(models.TextChoices):
    """Where an import stands."""

    UPLOADED = "uploaded", _("File received")
    ANALYSING = "analysing", _("Dry run under way")
    READY = "ready", _("Waiting for your decision")
    RUNNING = "running", _("Under way")
    COMPLETE = "complete", _("Complete")
    PARTIAL = "partial", _("Complete, with rows in error")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class RowOutcome(models.TextChoices):
    """What an import does with a row."""

    CREATE = "create", _("Creation")
    UPDATE = "update", _("Change")
    UNCHANGED = "unchanged", _("Unchanged")
    ERROR = "error", _("Error")


class Severity(models.TextChoices):
    """How serious a message about a row is."""

    ERROR = "error", _("Error")
    WARNING = "warning", _("Warning")
    INFO = "info", _("Information")
