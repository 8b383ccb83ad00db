"""The demonstration world: what ``manage.py demo`` loads, through the services of the apps.

The same size gives the same names and figures; moments are counted back from the moment of loading.
"""
