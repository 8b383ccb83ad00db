"""How the OpenAPI document tells who may call what."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from partners.api.permissions import required_scopes
from partners.enums import Scope

NAME = "oauth2"


class ApplicationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "partners.api.authentication.ApplicationAuthentication"
    name = NAME

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[str]]:
        return {NAME: [str(scope) for scope in required_scopes(auto_schema.view, auto_schema.method)]}

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        scopes = {str(scope.value): str(scope.label) for scope in Scope}
        token_url = "/identity/o/api/token"  # noqa: S105
        return {
            "type": "oauth2",
            "description": "Tokens last an hour. Authorization code needs PKCE with S256.",
            "flows": {
                "clientCredentials": {"tokenUrl": token_url, "scopes": scopes},
                "authorizationCode": {
                    "authorizationUrl": "/identity/o/authorize",
                    "tokenUrl": token_url,
                    "refreshUrl": token_url,
                    "scopes": scopes,
                },
            },
        }
