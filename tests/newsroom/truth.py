"""The truth as JSON: what a blog's page says at a moment, and everything that has happened to it so far."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from tests.newsroom import prose
from tests.newsroom.dialects import DIALECTS
from tests.newsroom.press import Blog, Edition, path_of
from tests.newsroom.script import Event
from tests.newsroom.state import State, Update


def truth(blog: Blog, at: datetime, origin: str) -> dict[str, Any]:
    """The blog at a moment.

    ``updates`` are those of the first page, in order; ``all_updates`` also those of further pages, each with its
    ``page``; ``removed`` those withdrawn. Before the page exists, ``phase`` is ``absent`` and all lists are empty.
    """
    state = blog.state(at)
    about = {"blog": blog.name, "at": at.isoformat(), "source": blog.source.slug, "dialect": blog.source.dialect}
    if state is None:
        return {**about, "phase": "absent", "updates": [], "all_updates": [], "removed": [], "events": []}
    dialect = DIALECTS[blog.source.dialect]
    room = dialect.room(state)
    edition = Edition(blog, state, at, origin, dialect.stretch(state, 0, room))
    every = [update_json(edition, update, 1 + place // room) for place, update in enumerate(dialect.order(state))]
    pinned = state.pinned
    return {
        **about,
        "url": edition.url,
        "phase": str(state.phase),
        "title": state.title,
        "standfirst": state.standfirst,
        "language": blog.source.language,
        "timezone": blog.source.timezone,
        "lede": list(blog.story.lede),
        "changed_at": state.changed_at.isoformat(),
        "key_events": [update.headline for update in state.key_events],
        "pinned": pinned.key if pinned else None,
        "boilerplate": list(blog.source.boilerplate),
        "updates": [item for item in every if item["page"] == 1],
        "all_updates": every,
        "removed": [update_json(edition, update, None) for update in state.withdrawn],
        "events": [event_json(blog, event) for event in blog.story.events[: state.applied]],
    }


def update_json(edition: Edition, update: Update, page: int | None) -> dict[str, Any]:
    """One update, as the page shows it, with its identity in the truth."""
    dialect = DIALECTS[edition.source.dialect]
    return {
        "key": update.key,
        "publisher_id": dialect.publisher_id(edition.blog, update),
        "permalink": dialect.permalink(edition, update),
        "kind": "card" if update.is_card else "update",
        "headline": update.headline or (update.card.headline if update.is_card and update.card else None) or None,
        "text": update.card.teaser if update.is_card and update.card else prose.plain(update.text),
        "card": asdict(update.card) if update.card else None,
        "authors": [update.author] if update.author else [],
        "published_at": update.published_at.isoformat(),
        "posted_at": update.posted_at.isoformat(),
        "modified_at": _iso(update.modified_at),
        "removed_at": _iso(update.withdrawn_at),
        "pinned": update.pinned,
        "key_event": update.key_event,
        "page": page,
    }


def event_json(blog: Blog, event: Event) -> dict[str, Any]:
    """One event: its moment, what it does, and the fields that it sets."""
    fields = {name: value for name, value in asdict(event).items() if value is not None and name not in ("at_s", "do")}
    fields.pop("key_event") if not event.key_event else None
    if event.published_s is not None:
        fields["published_at"] = (blog.starts_at + timedelta(seconds=fields.pop("published_s"))).isoformat()
    if event.text is not None:
        fields["text"] = prose.plain(event.text)
    at = blog.starts_at + timedelta(seconds=event.at_s)
    return {"at": at.isoformat(), "do": str(event.do), **fields}


def listing(blogs: Mapping[str, Blog], at: datetime, origins: Mapping[str, str]) -> list[dict[str, Any]]:
    """The index of all blogs."""
    return [_listed(blog, blog.state(at), origins[blog.source.slug]) for blog in blogs.values()]


def _listed(blog: Blog, state: State | None, origin: str) -> dict[str, Any]:
    path = path_of(state) if state else f"/live/{blog.story.slug}"
    return {
        "blog": blog.name,
        "source": blog.source.slug,
        "dialect": blog.source.dialect,
        "timezone": blog.source.timezone,
        "language": blog.source.language,
        "url": f"{origin}{path}",
        "path": path,
        "phase": str(state.phase) if state else "absent",
        "title": state.title if state else blog.story.title,
        "starts_at": blog.starts_at.isoformat(),
        "ends_at": blog.ends_at.isoformat(),
        "events": len(blog.story.events),
        "events_so_far": state.applied if state else 0,
        "truth": f"/-/truth/{blog.name}.json",
    }


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
