"""What the API says of merchants."""

from typing import Any

from rest_framework import serializers

from merchants.services.requirements import Actor


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
    blocks = serializers.ListField(child=serializers.CharField())


class CapabilityOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    status = serializers.CharField(help_text="active or inactive.")


class RequirementsOut(serializers.Serializer[Any]):
    """The same answer as the task list of the portal."""

    currently_due = RequirementOut(many=True)
    eventually_due = RequirementOut(many=True)
    past_due = RequirementOut(many=True)
    pending_verification = RequirementOut(many=True)
    errors = RequirementErrorOut(many=True)
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
