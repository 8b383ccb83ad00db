"""When to try again."""

import random
from datetime import timedelta

CEILING = timedelta(hours=1)


def delay(attempt: int) -> timedelta:
    """Return the pause after the given attempt (from 1): 2, 4, 8 … seconds up to an hour, within a quarter.

    The chance part keeps what failed together from coming back together.
    """
    seconds = min(CEILING.total_seconds(), 2.0 ** min(attempt, 20))
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311 - no secret
