"""Catalogue files: received, mapped, tried, confirmed, run, reported.

``receiving`` → ``mapping`` → ``analysing`` (dry run) → ``deciding`` → ``running``;
``report`` tells what is wrong.
"""
