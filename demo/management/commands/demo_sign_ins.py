"""Print how to sign in to the demonstration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from demo import people
from demo.world.cast import emails
from merchants.models import Membership


class Command(BaseCommand):
    help = "Print the demonstration's sign-ins, with the codes of this half-minute."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"\nPassword of everyone below: {people.PASSWORD}\n")
        self.stdout.write(
            f"\nStaff, at {settings.PUBLIC_URL}/admin/ (second factor: the code, or its secret)"
        )
        for person in people.STAFF:
            self.stdout.write(
                f"  {person.email:36} {person.group.value:20} code {people.current_code(person.email)}"
                f"  secret {people.totp_secret(person.email)}"
            )
        self._write_merchants()
        self.stdout.write(f"\nPartners, at {settings.PUBLIC_URL}/identity/o/api/token (client credentials)")
        for sign_in in people.partner_sign_ins():
            self.stdout.write(
                f"  {sign_in.name:20} {sign_in.kind:12} client {sign_in.client_id}  secret {sign_in.secret}"
            )

    def _write_merchants(self) -> None:
        members = Membership.objects.filter(ended_at=None, user__email__in=emails())
        rows = members.select_related("user", "merchant__application").order_by("merchant", "pk")
        if not rows:
            return
        self.stdout.write(f"\nMerchants, at {settings.PUBLIC_URL}/ (no second factor)")
        for member in rows:
            file = member.merchant.application.get_status_display()
            self.stdout.write(f"  {member.user.email:36} {member.role:12} {member.merchant} ({file})")
