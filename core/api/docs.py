"""The API explained to people: two readers of its OpenAPI document, and a page for each kind of problem."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

from core.api import problem_types

# Redoc makes style elements without text and fills them by script: this is the hash of no text.
EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"


class AnyAccept(DefaultContentNegotiation):
    """Pages and scripts are what they are, whatever the browser's Accept says."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class TryView(SpectacularSwaggerSplitView):
    """The document with forms to try each request."""

    url_name = "api:schema"
    template_name = "api/try.html"
    content_negotiation_class = AnyAccept


@method_decorator(csp_update({"style-src": [SELF, EMPTY_STYLE]}), name="dispatch")
class ReferenceView(SpectacularRedocView):
    """The document to read."""

    url_name = "api:schema"
    template_name = "api/reference.html"
    content_negotiation_class = AnyAccept


def problems(request: HttpRequest) -> HttpResponse:
    """List every code that the API may answer."""
    return render(request, "api/problems.html", {"problems": problem_types.catalogue()})


def problem(request: HttpRequest, code: str) -> HttpResponse:
    """Explain one code."""
    kinds = problem_types.catalogue().get(code)
    if kinds is None:
        raise Http404
    return render(request, "api/problem.html", {"code": code, "kinds": kinds})
