"""Words of Django and allauth that we say otherwise in French: named here, they enter our catalogue.

Our catalogue is read before theirs, so what it holds wins.
"""

from django.utils.translation import gettext_noop

THEIRS = (
    gettext_noop("Email"),
    gettext_noop("Use your password"),
    gettext_noop("Use authenticator app or code"),
    gettext_noop("Use a security key"),
)
