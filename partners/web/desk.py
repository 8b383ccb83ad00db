"""Partners and what they sign in with, among the desks of the staff."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from core.web.desk import Page, add_page

LINES: Final = (
    ("application", "health", _("Partners"), "cable", 60),
    ("channel", "reference", _("Sales channels"), "storefront", 60),
    ("credential", "control", _("Credentials"), "key", 50),
)

for model, section, title, icon, order in LINES:
    add_page(
        Page(
            key=f"partners.{model}",
            section=section,
            title=title,
            icon=icon,
            url_name=f"admin:partners_{model}_changelist",
            permission=f"partners.view_{model}",
            order=order,
        )
    )
