"""What production refuses, and what it promises browsers. Settings are read in a process of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

NAMES = (
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "DEBUG",
    "SESSION_COOKIE_NAME",
    "CELERY_BROKER_URL",
    "EMAIL_BACKEND",
    "ALLOWED_HOSTS",
)
GOOD = {
    "PASSERELLE_ENV": "production",
    "SECRET_KEY": "k" * 60,
    "INSTANCE_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "ALLOWED_HOSTS": "passerelle.example",
    "IDP_OIDC_PRIVATE_KEY": "pem",
}
DEMO = {
    "SECRET_KEY": "demo-only-secret-key-never-used-in-production-0123456789",
    "INSTANCE_KEY": "ZGVtby1vbmx5LWluc3RhbmNlLWtleS0zMi1ieXRlcyE=",
}


def read(**environment: str) -> subprocess.CompletedProcess[str]:
    code = f"import json, config.settings as s; print(json.dumps({{n: getattr(s, n) for n in {NAMES!r}}}))"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_is_locked() -> None:
    found = json.loads(read(**GOOD).stdout)

    assert found["SESSION_COOKIE_SECURE"] and found["CSRF_COOKIE_SECURE"] and found["SECURE_SSL_REDIRECT"]
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert found["ALLOWED_HOSTS"] == ["passerelle.example"]


@pytest.mark.parametrize("name", ["SECRET_KEY", "INSTANCE_KEY", "ALLOWED_HOSTS"])
def test_production_does_not_start_without(name: str) -> None:
    answer = read(**{key: value for key, value in GOOD.items() if key != name})

    assert answer.returncode == 1
    assert f"Set {name}" in answer.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "INSTANCE_KEY"])
def test_production_does_not_start_with_a_secret_that_everyone_can_read(name: str) -> None:
    answer = read(**{**GOOD, name: DEMO[name]})

    assert answer.returncode == 1
    assert f"Set {name}: production does not start with a default secret." in answer.stderr


def test_production_does_not_start_with_debug() -> None:
    assert "Unset DEBUG" in read(**GOOD, DEBUG="1").stderr


def test_another_environment_is_refused() -> None:
    assert "PASSERELLE_ENV is demo or production" in read(PASSERELLE_ENV="prod").stderr


def test_nothing_set_is_a_demonstration_on_this_machine() -> None:
    found = json.loads(read().stdout)

    assert found["CELERY_BROKER_URL"] == "filesystem://"
    assert found["EMAIL_BACKEND"] == "core.mail.FolderBackend"
    assert found["DEBUG"] is False


def test_a_mail_server_replaces_the_folder() -> None:
    found = json.loads(read(EMAIL_URL="smtp+tls://user:pass@mail.example:587").stdout)

    assert found["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"


@pytest.mark.django_db
class TestHeaders:
    def test_our_pages_allow_nothing_unsafe(self, client: Client) -> None:
        policy = client.get("/accounts/login/")["Content-Security-Policy"]

        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy

    def test_the_admin_alone_may_evaluate_and_carry_style_attributes(self, client: Client) -> None:
        policy = client.get("/admin/")["Content-Security-Policy"]

        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if " " in rule.strip())
        assert rules["script-src"] == "'self' 'unsafe-eval'"
        assert rules["style-src"] == "'self'"
        assert rules["style-src-attr"] == "'unsafe-inline'"

    def test_every_answer_carries_the_other_headers(self, client: Client) -> None:
        for path in ("/accounts/login/", "/no-such-page", "/healthz"):
            answer = client.get(path)
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert answer["Referrer-Policy"] == "same-origin"
            assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
            assert answer["X-Frame-Options"] == "DENY"
            assert "camera=(self)" in answer["Permissions-Policy"]


class TestMailFolder:
    def test_each_message_is_a_file(self, settings, tmp_path: Path) -> None:
        from django.core.mail import EmailMultiAlternatives

        from core.mail import FolderBackend

        settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
        message = EmailMultiAlternatives("Bonjour", "Texte", "a@passerelle.example", ["b@exemple.fr"])
        message.attach_alternative("<p>Texte</p>", "text/html")

        assert FolderBackend().send_messages([message, message, EmailMultiAlternatives("nobody")]) == 2

        files = sorted((tmp_path / "mail").iterdir())
        assert len(files) == 2
        assert b"To: b@exemple.fr" in files[0].read_bytes()
        assert b"text/html" in files[0].read_bytes()
