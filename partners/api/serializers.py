"""What a connected application is told about itself."""

from typing import Any

from rest_framework import serializers

from partners.enums import ApplicationKind, Scope


class ChannelOut(serializers.Serializer[Any]):
    code = serializers.SlugField()
    name = serializers.CharField()
    countries = serializers.ListField(child=serializers.CharField())


class MeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=ApplicationKind.choices)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    channel = ChannelOut(allow_null=True)
    token_expires_at = serializers.DateTimeField()
