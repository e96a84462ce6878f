"""A live-blog site that evolves, with known truth: for the demo, for end-to-end tests and for scoring.

script      what happens, as data              state      what a blog is at a moment
press       sources, blogs, editions           world      which of them there are
dialects/   how each system writes pages       stories/   scripts as data
scenarios/  what real sites do, by name        trouble/   what bad servers do, by name
site        request -> reply                   server     the socket
truth       the truth as JSON                  seen       what the looks could see, from the access log
compare     a record beside the truth          newsroom   all of it, as other code uses it
"""

from tests.newsroom.newsroom import Newsroom

__all__ = ["Newsroom"]
