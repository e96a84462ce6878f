"""The publishers that are known: those that ship with the program, and the user's own, which win where names meet.

A blog belongs to the source on whose site its address lies; without one, its source is its domain, with no time zone,
language, delay or paging of its own.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from crawler.sources import Source, SourceError, load, load_folder, shipped
from liveblog.addresses import domain_of
from liveblog.errors import InputError
from liveblog.settings import Settings

Contexts = Mapping[str, tuple[str | None, str | None]]
"""Slug of a source -> its time zone (IANA) and language (BCP 47)."""


class Sources:
    """Publishers by slug."""

    def __init__(self, sources: Iterable[Source] = ()) -> None:
        self._by_slug = {source.slug: source for source in sources}

    @property
    def all(self) -> tuple[Source, ...]:
        """All of them, by slug."""
        return tuple(self._by_slug[slug] for slug in sorted(self._by_slug))

    @property
    def contexts(self) -> Contexts:
        """What pages are read with where they do not say it themselves: by slug, and by the domain of the home, which
        is what an imported look calls its source."""
        said = {source.slug: (source.time_zone, source.language) for source in self.all}
        return {domain_of(source.home): said[source.slug] for source in self.all} | said

    def get(self, slug: str) -> Source | None:
        """The source of that slug."""
        return self._by_slug.get(slug)

    def named(self, slug: str) -> Source:
        """The source of that slug. Raises InputError."""
        if slug not in self._by_slug:
            raise InputError(f"no source {slug!r}: liveblog sources list names them (LIVEBLOG_SOURCES adds a folder)")
        return self._by_slug[slug]

    def of(self, address: str) -> Source | None:
        """The source on whose site an address lies; of two, the one whose home names the longer host."""
        owners = [source for source in self.all if source.owns(address)]
        return max(owners, key=lambda source: len(domain_of(source.home)), default=None)

    def name_of(self, address: str) -> str:
        """What the `source` columns call it: its slug, or the domain where no source is known."""
        found = self.of(address)
        return found.slug if found else domain_of(address)


@lru_cache(maxsize=4)
def _known(folder: Path | None, only_own: bool) -> Sources:
    try:
        own = load_folder(folder) if folder else ()
        return Sources(own if only_own else (*shipped(), *own))
    except SourceError as error:
        raise InputError(str(error)) from error
    except OSError as error:
        raise InputError(f"LIVEBLOG_SOURCES={folder}: {error.strerror or error}") from error


def known_sources(settings: Settings) -> Sources:
    """The sources of LIVEBLOG_SOURCES, and the shipped ones unless they are left out.

    Raises InputError that names file, line and field.
    """
    if settings.sources is not None and not settings.sources.is_dir():
        raise InputError(f"LIVEBLOG_SOURCES={settings.sources} is no folder: make it, or unset the variable")
    return _known(settings.sources, settings.only_own_sources)


def source_given(given: str, settings: Settings) -> Source:
    """A source by its slug, or a file of one. Raises InputError that names file, line and field."""
    if not given.endswith(".toml"):
        return known_sources(settings).named(given)
    try:
        return load(Path(given))
    except SourceError as error:
        raise InputError(str(error)) from error
    except OSError as error:
        raise InputError(f"{given}: {error.strerror or error}") from error
