"""What the web server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config import observability

# Before the application loads its middleware: OpenTelemetry adds one.
observability.start("web")
application = get_wsgi_application()
