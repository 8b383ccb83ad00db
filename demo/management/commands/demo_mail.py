"""Print the newest mail of this machine as its reader sees it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo.journey import mailbox


class Command(BaseCommand):
    help = "Print the newest mail to an address; mails are files under var/mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *, email: str, **_options: Any) -> None:
        found = mailbox.messages(email)
        if not found:
            raise CommandError(f"No mail to {email} yet.")
        self.stdout.write(f"{found[-1]['Subject']}\n\n{mailbox.text_of(found[-1])}")
