"""Who am I, and what may I do."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.etags import ETagMixin
from partners.api.serializers import MeOut


class MeView(ETagMixin, APIView):
    """The application a token speaks for."""

    required_scopes: ClassVar[dict[str, list[str]]] = {"GET": []}

    @extend_schema(operation_id="me", responses=MeOut, tags=["api"])
    def get(self, request: Request) -> Response:
        """Answer the application, its kind, the scopes of this token and the sales channel, if it is one."""
        principal = request.user
        facts = {
            "id": principal.application.public_id,
            "name": principal.application.name,
            "kind": principal.application.kind,
            "scopes": sorted(principal.scopes),
            "channel": principal.channel,
            "token_expires_at": request.auth.expires_at,
        }
        return Response(MeOut(facts).data)
