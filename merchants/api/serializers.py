"""What the API says of merchants."""

from typing import Any

from rest_framework import serializers

from merchants.enums import CapabilityCode, CapabilityStatus
from merchants.services.requirements import Actor, Blocks


class RequirementErrorOut(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Stable.")
    reason = serializers.CharField(help_text="In words, in the language asked for.")
    requirement = serializers.CharField()


class RequirementOut(serializers.Serializer[Any]):
    """One requirement. ``actor`` is who must act next."""

    code = serializers.CharField()
    title = serializers.CharField()
    reason = serializers.CharField(help_text="Empty when there is nothing to explain.")
    due_at = serializers.DateTimeField(allow_null=True)
    since = serializers.DateTimeField(allow_null=True)
    actor = serializers.ChoiceField(choices=[actor.value for actor in Actor])
    blocks = serializers.ListField(
        child=serializers.ChoiceField(choices=[what.value for what in Blocks]),
        help_text="What waits for it once it is past due; submission and opening, as long as it is open.",
    )
    markets = serializers.ListField(
        child=serializers.CharField(), help_text="ISO 3166-1: the only markets concerned. Empty for all."
    )
    holds = serializers.ListField(
        child=serializers.ChoiceField(choices=[Blocks.PUBLICATION.value, Blocks.PAYOUT.value]),
        help_text="What waits for it now.",
    )


class CapabilityOut(serializers.Serializer[Any]):
    """What the merchant may do. ``pending`` waits for us or a third party, ``inactive`` for the merchant."""

    code = serializers.ChoiceField(choices=CapabilityCode.choices)
    market = serializers.CharField(allow_null=True, help_text="ISO 3166-1; null where it is not about one.")
    status = serializers.ChoiceField(choices=CapabilityStatus.choices)
    requirements = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of the requirements that hold it now."
    )
    held_from = serializers.DateTimeField(
        allow_null=True, help_text="From when a requirement that is due will hold it, unless it is answered."
    )


class RequirementsOut(serializers.Serializer[Any]):
    """The same answer as the task list of the portal."""

    currently_due = RequirementOut(many=True)
    eventually_due = RequirementOut(many=True)
    past_due = RequirementOut(many=True)
    pending_verification = RequirementOut(many=True)
    errors = RequirementErrorOut(many=True)
    current_deadline = serializers.DateTimeField(
        allow_null=True, help_text="The first deadline of what is due now."
    )
    disabled_reason = serializers.CharField(help_text="Empty when the merchant may sell.")
    capabilities = CapabilityOut(many=True)


class AddressOut(serializers.Serializer[Any]):
    street = serializers.CharField()
    street2 = serializers.CharField()
    postcode = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField()


class TraderInformationOut(serializers.Serializer[Any]):
    """What must be shown with the trader's offers (Regulation (EU) 2022/2065, article 30, paragraph 7)."""

    id = serializers.UUIDField()
    store_name = serializers.CharField()
    legal_name = serializers.CharField()
    address = AddressOut()
    email = serializers.CharField()
    telephone = serializers.CharField(help_text="E.164.")
    registration_number = serializers.CharField(help_text="SIREN.")
    establishment_number = serializers.CharField(help_text="SIRET.")
    vat_number = serializers.CharField()
    self_certified_at = serializers.DateTimeField(
        allow_null=True, help_text="When the trader committed to offer compliant products only."
    )
