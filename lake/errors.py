"""What can go wrong in the lake, named by what the caller should do. Each message says what, where and what to do next.

    LakeError
    ├── StoreError            the storage below: nothing was half written
    │   ├── StoreUnreachable  try again later, or mend the address
    │   ├── StoreRefused      mend the credentials or the permissions
    │   ├── StoreMissing      create the bucket
    │   ├── StoreFull         make room
    │   ├── StoreUnsafe       the store breaks its word on conditional writes: use another
    │   └── ObjectMissing     an object that should be there is not
    ├── AddressUnknown        write the lake's address in another way
    ├── FormatUnknown         written by a newer release: upgrade
    ├── SnapshotMissing       no such snapshot: choose another
    ├── SnapshotDamaged       a manifest, or a file that it names, is not what was written: `liveblog verify`
    ├── SegmentConflict       other content stands under a segment's name
    ├── SegmentUnreadable     not a WARC, or cut short
    ├── CommitContended       too many others commit at once: try again
    ├── LeaseHeld             someone else is at work: wait
    ├── LeaseLost             our time ran out: stop, publish nothing
    └── QueryFailed           DuckDB does not take the query

A message never holds a credential.
"""

from datetime import datetime


class LakeError(Exception):
    """Anything the lake raises on purpose."""


class StoreError(LakeError):
    """The storage below did not do what was asked."""


class StoreUnreachable(StoreError):
    """Raised when the store gives no answer, or says that it is overloaded, also after retries."""


class StoreRefused(StoreError):
    """Raised when credentials are absent or wrong, or they, or a folder's permissions, do not allow the operation."""


class StoreMissing(StoreError):
    """Raised when the bucket that should hold the lake does not exist."""


class StoreFull(StoreError):
    """Raised when no room is left; what was being written is not there, and everything older is."""


class StoreUnsafe(StoreError):
    """Raised when the store overwrites where it should refuse: publishing there could lose rows."""


class ObjectMissing(StoreError):
    """Raised on reading an object that is not there."""

    def __init__(self, where: str) -> None:
        super().__init__(f"{where}: no such object. `liveblog verify` says what else is missing and how to mend it.")
        self.where = where


class AddressUnknown(LakeError):
    """Raised when what should say where the lake is names neither a folder nor a bucket."""


class FormatUnknown(LakeError):
    """Raised when a lake, a manifest or a table was written in a format newer than this release knows."""


class SnapshotMissing(LakeError):
    """Raised when a snapshot that was asked for does not exist, or is no longer kept."""


class SnapshotDamaged(LakeError):
    """Raised when a manifest cannot be read, or a file is not what its manifest says."""


class SegmentConflict(LakeError):
    """Raised when a raw segment's name is taken by other content."""


class SegmentUnreadable(LakeError):
    """Raised when a file is not a WARC, or ends in the middle of a record."""


class CommitContended(LakeError):
    """Raised when a commit lost so many races in a row that it gave up; nothing was published."""


class LeaseHeld(LakeError):
    """Raised when another holder has the lease."""

    def __init__(self, name: str, holder: str, until: datetime) -> None:
        super().__init__(
            f"{name} is held by {holder} until {until:%Y-%m-%d %H:%M:%S} UTC: wait, or end that run first."
        )
        self.holder = holder
        self.until = until


class LeaseLost(LakeError):
    """Raised when a lease ran out or passed to another; whoever held it must publish nothing more."""


class QueryFailed(LakeError):
    """Raised when DuckDB refuses a query; the message is DuckDB's own."""
