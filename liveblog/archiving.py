"""From the spool into the lake: closed segments are archived while the crawl goes on."""

from datetime import UTC, datetime
from pathlib import Path

from lake.errors import LakeError
from lake.lake import Lake
from liveblog.withheld import cleaned


class Archive:
    """Puts closed segments into the lake and takes them off the spool; one that cannot be put stays in the spool."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self.keys: list[str] = []
        self._failed: LakeError | None = None

    def __call__(self, segment: Path) -> None:
        """Archive one segment. A failure is kept for `finish`: the crawl goes on, the spool holds what it brings.

        One that is gone was archived by another task of this machine, which picks up the same leftovers.
        """
        try:
            day = datetime.fromtimestamp(segment.stat().st_mtime, UTC).date()
            with cleaned(self._lake, segment) as clean:
                self.keys.append(self._lake.raw.put_segment(clean, day.isoformat()))
        except FileNotFoundError:
            return
        except LakeError as error:
            self._failed = error
            return
        segment.unlink(missing_ok=True)

    def finish(self) -> None:
        """Raise what went wrong, if anything did."""
        if self._failed is not None:
            raise self._failed
