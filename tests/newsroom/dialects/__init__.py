"""The content-management systems of the newsroom: one file each, registered here by name."""

from collections.abc import Mapping

from tests.newsroom.dialects.base import Dialect
from tests.newsroom.dialects.beacon import Beacon
from tests.newsroom.dialects.courier import Courier
from tests.newsroom.dialects.gazette import Gazette
from tests.newsroom.dialects.herald import Herald
from tests.newsroom.dialects.kurier import Kurier
from tests.newsroom.dialects.tribune import Tribune
from tests.newsroom.dialects.wire import Wire

DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect for dialect in (Gazette(), Herald(), Courier(), Beacon(), Kurier(), Wire(), Tribune())
}
"""Every dialect by name."""
