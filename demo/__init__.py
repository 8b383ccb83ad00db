"""What shows Passerelle at work: the demonstration world, and the journey through its main job.

Installed everywhere but in production. It stands above all apps and changes data only through their services.
"""
