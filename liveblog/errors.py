"""The front door's errors. Each says what, where and what to do next, in one line; the command line prints just that.

LiveblogError            exit status 1: it was tried and it failed
└── InputError           exit status 2: what was given cannot be used
    └── BlogUnknown      no blog of that name in the lake
"""


class LiveblogError(Exception):
    """Something was tried and failed. The message is one line for a person."""

    exit_status = 1


class InputError(LiveblogError):
    """What the user gave (an argument, a file, a setting) cannot be used."""

    exit_status = 2


class BlogUnknown(InputError):
    """No blog in the lake is what the user means. Raised by `liveblog.history.find_blog`."""
