"""Pages for everyone: welcome, legal notices, help, status of the platform."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.web import frame, navigation, readiness
from core.web.views.errors import page_context


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Welcome a visitor; send who is signed in to where they work."""
    if request.user.is_authenticated:
        start = navigation.start_url(request, frame.of(request))
        if start:
            return redirect(start)
        if request.user.is_staff:
            return redirect("admin:index")
    return render(request, "pages/home.html")


@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/legal.html", {"operator": settings.OPERATOR})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/privacy.html", {"operator": settings.OPERATOR})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/accessibility.html", {"operator": settings.OPERATOR})


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Explain the pages: in the portal's frame to members, as a public page to visitors."""
    base = "portal/base.html" if request.user.is_authenticated else "base.html"
    return render(request, "pages/help.html", {"operator": settings.OPERATOR, "base": base})


@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Say in plain words whether the platform works; 503 when a part of it does not."""
    checked = readiness.parts()
    works = all(part.works for part in checked)
    return render(
        request,
        "pages/status.html",
        page_context(request, title=_("Status of the platform"), parts=checked, works=works),
        status=200 if works else 503,
    )
