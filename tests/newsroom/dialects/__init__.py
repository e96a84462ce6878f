"""The content-management systems of the newsroom: one file each, registered here by name."""

from collections.abc import Mapping

from tests.newsroom.dialects.base import Dialect
from tests.newsroom.dialects.gazette import Gazette
from tests.newsroom.dialects.herald import Herald

DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for dialect in (Gazette(), Herald())}
"""Every dialect by name."""
