"""Settings of the tests: those of the demonstration, quicker, and with nothing that leaves the process."""

import os
import tempfile
from pathlib import Path

for name in (
    "DEBUG",
    "SENTRY_DSN",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "EMAIL_URL",
    "CACHE_URL",
    "DOCUMENTS_URL",
    "CLAMAV_URL",
):
    os.environ.pop(name, None)
os.environ["PASSERELLE_ENV"] = "demo"
os.environ["CELERY_BROKER_URL"] = "memory://"
# Shared with the workers of pytest-xdist, which inherit it.
SCRATCH = Path(
    os.environ.setdefault(
        "PASSERELLE_TEST_SCRATCH", str(Path(tempfile.gettempdir()) / f"passerelle-test-{os.getpid()}")
    )
)
(SCRATCH / "var" / "static").mkdir(parents=True, exist_ok=True)
os.environ["VAR_DIR"] = str(SCRATCH / "var")

from config.settings import *  # noqa: E402, F403
from core import translations  # noqa: E402

# Before Django reads them, which it does while it loads the apps.
translations.compile_all(BASE_DIR)  # noqa: F405

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "documents": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
