"""Decide on applications, by two people. Staff only; the doors have checked that.

``queue``: who reviews which file. ``checks``: what is found of each requirement. ``decisions``: what becomes
of the file. ``renewals``: what open stores send again. ``notes``: what the staff tell each other.
``wording``: what the merchant reads.
"""

from merchants.services.review.base import HOLD, NotProposed, TakenBySomeone, TextNeeded, WrongState
from merchants.services.review.checks import (
    NothingLeft,
    ReasonNeeded,
    UnknownRequirement,
    accept,
    accept_rest,
    correct,
    forget,
)
from merchants.services.review.decisions import (
    ANSWER_DELAY,
    NameMatched,
    NotChecked,
    NothingAsked,
    NotReady,
    SamePerson,
    confirm,
    propose,
    reject,
    request_information,
    send_back,
)
from merchants.services.review.queue import (
    COUNTED,
    NotReviewer,
    QueueEmpty,
    assign,
    deal,
    is_stale,
    release,
    reviewers,
    take,
    take_next,
    take_over,
)
from merchants.services.review.register import NothingDiffers, take_words

__all__ = [
    "ANSWER_DELAY",
    "COUNTED",
    "HOLD",
    "NameMatched",
    "NotChecked",
    "NotProposed",
    "NotReady",
    "NotReviewer",
    "NothingAsked",
    "NothingDiffers",
    "NothingLeft",
    "QueueEmpty",
    "ReasonNeeded",
    "SamePerson",
    "TakenBySomeone",
    "TextNeeded",
    "UnknownRequirement",
    "WrongState",
    "accept",
    "accept_rest",
    "assign",
    "confirm",
    "correct",
    "deal",
    "forget",
    "is_stale",
    "propose",
    "reject",
    "release",
    "request_information",
    "reviewers",
    "send_back",
    "take",
    "take_next",
    "take_over",
    "take_words",
]
