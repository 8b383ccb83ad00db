"""Four cases for each requirement: it applies, does not, is satisfied, and expires.

To add a requirement, add its definition to the module of its section in
``merchants/services/requirements/definitions/``, and its cases to the module of the same name here::

    CASES["address_proof"] = Cases(
        applies=lambda file: file.owner_is_settled_abroad(),      # makes it apply; nothing answers it yet
        does_not=lambda file: None,                               # makes it not apply, or EVERY_MERCHANT
        satisfied=lambda file: file.send_address_proof(),         # is done after ``applies``, and answers it
        expired=lambda file: file.wait(days=366),                 # is done after ``satisfied``, or NEVER
    )

Each step is a function of a ``Sheet`` (``cases.py``): a merchant whose file is empty, its owner, two
reviewers, and the moment at which requirements are computed. Steps call services, as doors do.
``test_cases.py`` fails for a definition without cases, and for cases without a definition; ``EVERY_MERCHANT``
and ``NEVER`` are checked against what the definition declares. Then write ``docs/requirements.md`` anew with
``manage.py requirements_table``.
"""
