"""A blog's own rhythm: how long it may be left alone between two looks, by the times at which it posted so far.

    |u|        |u|      |u|          |u|
       shortest interval ──────────────>  rest: hardly anything is posted that soon after an update
       a third of the usual interval ──>  beat: as often a blog is looked at while something is waited for

Both have bounds of a few minutes, so that a blog whose pace changes (the quiet evening on which it happens) is caught
up with within one look. It only ever lengthens what the ladder says (`transforms.schedule`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from transforms.records import Kind, TimeSource
from transforms.rows import RevisionRow

INTERVALS = 8
"""The newest intervals tell the rhythm: an hour or so of a busy blog."""
LEAST_INTERVALS = 2
BEAT = 1 / 3
"""Of the usual (median) interval: an update is then seen within a third of it, and two rarely meet in one look."""
BEATS = (timedelta(seconds=90), timedelta(seconds=150))
"""Bounds of the beat. The longer one keeps 95 of 100 updates within three minutes from publication to query."""
REST = 0.8
"""Of the shortest interval."""
LONGEST_REST = timedelta(minutes=3)
UNTRUSTED = (None, TimeSource.RELATIVE)
"""Sources of times that are not the page's own, or that move with each look."""


def posted_at(sections: Iterable[RevisionRow]) -> list[datetime]:
    """When the updates among these sections were posted, in order; those whose time is not to be trusted left out."""
    updates = (row for row in sections if row.kind == Kind.UPDATE and row.time_source not in UNTRUSTED)
    return sorted(row.published_at for row in updates if row.published_at is not None)


def leave_alone(posted: Sequence[datetime], observed_at: datetime) -> timedelta:
    """Time from a look to the next one that the rhythm of these posts (in order) allows; zero where there is none."""
    past = [at for at in posted if at <= observed_at][-INTERVALS - 1 :]
    intervals = [(later - earlier).total_seconds() for earlier, later in pairwise(past)]
    if len(intervals) < LEAST_INTERVALS:
        return timedelta(0)
    shortest, longest = BEATS
    beat = min(max(timedelta(seconds=median(intervals) * BEAT), shortest), longest)
    rest = min(timedelta(seconds=min(intervals) * REST), LONGEST_REST)
    return max(beat, past[-1] + rest - observed_at)
