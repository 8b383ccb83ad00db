"""The main job, from a merchant's sign-up to a parcel collected at a pickup point.

One list of steps (``steps``), each with a check of the database. Three drivers go through them: ``make
journey`` (plain HTTP, pages without JavaScript), a test with a real browser, and a person, whom
``manage.py journey --follow`` watches.
"""
