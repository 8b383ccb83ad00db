"""What works behind the pages, in a thread: jobs, events and the sandbox carrier's rounds."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.utils import timezone

from core.services import events, jobs
from demo.people import PartnerSignIn
from orders.adapters.carriers.sandbox import courier
from orders.adapters.carriers.sandbox.client import Client
from orders.adapters.carriers.sandbox.fate import Chances

SPEED = 20_000
PAUSE_SECONDS = 0.3
EVERYONE_COLLECTS = Chances(lost=0, delayed=0, locker_full=0, refused=0, unclaimed=0)


@contextmanager
def at_work(url: str, carrier: PartnerSignIn) -> Iterator[list[BaseException]]:
    """Work until the end of the block; what failed is in the list that it gives."""
    over, failures = threading.Event(), []

    def work() -> None:
        client = Client(url, carrier.client_id, carrier.secret)
        try:
            while not over.wait(PAUSE_SECONDS):
                jobs.run_pending()
                events.relay_all()
                courier.make_round(client, at=timezone.now(), speed=SPEED, chances=EVERYONE_COLLECTS)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield failures
    finally:
        over.set()
        thread.join()


def settle() -> None:
    """Do here what is to be done behind the pages, mails among it, until nothing is left."""
    while events.relay_all() + jobs.run_pending(reraise=True):
        pass
