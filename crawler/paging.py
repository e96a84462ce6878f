"""The way through the pages of a blog: which address holds the next older updates?

Only a reader can tell, and readers live in another room. So a crawl names a function, ``module:function``, that is
given the page that came last and the walk's first one, both as received, and gives an address; it is loaded in the
crawl's process if any blog is to be walked through.
"""

import logging
from collections.abc import Callable
from pkgutil import resolve_name

from crawler.answers import Answer
from crawler.items import Payload
from crawler.visits import Visit

Older = Callable[[Payload, Payload], str | None]

logger = logging.getLogger(__name__)


class Pages:
    """Finds older pages by the function that `name` names; without one there are none.

    Raises ImportError or AttributeError if there is no such function.
    """

    def __init__(self, name: str | None) -> None:
        self._find: Older | None = resolve_name(name) if name else None

    def older(self, visit: Visit, answer: Answer) -> str | None:
        """Address of the next page of a visit's walk; None at its end or bound, and where it would go in circles."""
        if self._find is None or visit.pages >= visit.request.max_pages:
            return None
        url = self._ask(self._find, answer, visit.main or answer)
        return url if url and visit.may_turn_to(url) else None

    def _ask(self, find: Older, answer: Answer, first: Answer) -> str | None:
        try:
            return find(_payload(answer), _payload(first))
        except Exception:  # a defect in somebody's reader must not cost the page that was fetched
            logger.exception("no older page of %s: the paging function failed", answer.url)
            return None


def _payload(answer: Answer) -> Payload:
    return Payload(answer.url, answer.status, answer.headers, answer.body)
