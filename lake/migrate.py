"""One commit that begins today's format, in a lake that was written in an older one (`lake.formats`)."""

import secrets
from dataclasses import dataclass

import orjson

from lake.commit import RACES
from lake.errors import CommitContended
from lake.formats import FORMAT_VERSION, Step, steps
from lake.manifest import manifest_key
from lake.schemas import SCHEMA_VERSION
from lake.snapshots import Chain, Snapshot
from lake.succession import put_manifest, successor


@dataclass(frozen=True, slots=True)
class Pending:
    """What a migration would do."""

    snapshot: int
    format: int
    """Of the newest snapshot, as it is written."""
    schema: int
    """Of the newest snapshot: the columns that its release knew."""
    steps: tuple[Step, ...]

    @property
    def empty(self) -> bool:
        """The newest snapshot is up to date."""
        return (self.format, self.schema) == (FORMAT_VERSION, SCHEMA_VERSION)


def pending(chain: Chain) -> Pending:
    """What stands between a lake and today's format. Raises FormatUnknown where it is ahead of this release."""
    newest = chain.newest()
    if newest.number == 0:
        return Pending(0, FORMAT_VERSION, SCHEMA_VERSION, ())
    said = orjson.loads(chain.store.get(manifest_key(newest.number)))
    return Pending(newest.number, said["format"], said["schema"], steps(said["format"]))


def migrate(chain: Chain, run: str) -> Snapshot:
    """Commit the newest state in today's format; nothing where it is written in that. Raises CommitContended.

    Any other commit does the same by the way.
    """
    key = f"migrate/{secrets.token_hex(8)}"
    for _ in range(RACES):
        if pending(chain).empty:
            return chain.newest()
        newest = chain.newest()
        if put_manifest(chain.store, successor(newest, newest.manifest, kind="migrate", key=key, run=run)):
            return chain.newest()
    raise CommitContended(f"{chain.store.root}: {key} lost {RACES} races in a row. Run it again.")
