"""The parts pages are made of: one module each, gathered by ``{% load passerelle %}``.

docs/components.md shows how to use them; /styleguide/ shows how they look.
"""
