"""The front door: the ``liveblog`` command, its settings, and the pipeline that composes the rooms."""

__version__ = "0.1.0"
