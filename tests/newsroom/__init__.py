"""A live-blog site that evolves, with known truth: for the demo, for end-to-end tests and for scoring.

script     what happens, as data          state    what a blog is at a moment
press      sources, blogs, editions       world    which of them there are
dialects/  how each system writes pages   stories/ the scripts
site       request -> reply               server   the socket, and `Newsroom`
truth      the truth as JSON              seen     what the looks could see, from the access log
"""

from tests.newsroom.server import Newsroom

__all__ = ["Newsroom"]
