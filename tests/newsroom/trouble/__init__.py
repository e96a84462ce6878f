"""Servers that misbehave: named behaviours, grouped by theme.

    /trouble/<behaviour>/live/<slug>     a blog's page, always under that behaviour
    POST /-/trouble.json                 {"blog", "behaviour", "for_s"}: its own address misbehaves for a time
    GET, DELETE /-/trouble.json          what there is and what is cast; lift it

A behaviour takes the request and the way to a healthy reply, and gives the reply that goes out (`case.Case`). How a
reply goes out (cut off, in drops, without an end) is told by its `tests.newsroom.messages.Sending`. Delays are
simulated seconds: they shorten as the clock is sped up.
"""

from tests.newsroom.trouble.bodies import BODIES
from tests.newsroom.trouble.case import Behaviours
from tests.newsroom.trouble.edges import EDGES
from tests.newsroom.trouble.layouts import LAYOUTS
from tests.newsroom.trouble.redirects import REDIRECTS
from tests.newsroom.trouble.statuses import STATUSES
from tests.newsroom.trouble.walls import WALLS

TROUBLES: Behaviours = {**STATUSES, **EDGES, **WALLS, **REDIRECTS, **BODIES, **LAYOUTS}
"""Every behaviour by name."""
