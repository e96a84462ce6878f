"""Ids as people give them: their beginning is enough."""

from lake.query import Connection, run_sql
from liveblog.errors import InputError

SHORTEST = 4
FIND = """
SELECT DISTINCT id FROM (
    SELECT capture_id AS id FROM captures UNION ALL SELECT section_id FROM revisions
    UNION ALL SELECT headline_id FROM headlines UNION ALL SELECT sighting_id FROM sightings
)
WHERE starts_with(id, $given) ORDER BY id LIMIT 9
"""
CAPTURES = "SELECT capture_id FROM captures WHERE starts_with(capture_id, $given) ORDER BY capture_id LIMIT 9"


def full_id(connection: Connection, given: str) -> str:
    """The id of a look, section, headline or sighting that begins so. Raises InputError."""
    return _only(connection, FIND, given, "row")


def full_capture_id(connection: Connection, given: str) -> str:
    """The id of the look that begins so. Raises InputError."""
    return _only(connection, CAPTURES, given, "look")


def _only(connection: Connection, query: str, given: str, what: str) -> str:
    if len(given) < SHORTEST:
        raise InputError(f"{given!r} is too short for an id: give at least {SHORTEST} characters")
    found = [str(row[0]) for row in run_sql(connection, query, {"given": given}).rows]
    if not found:
        raise InputError(f"no {what} of this lake has an id that begins with {given!r}: liveblog log BLOG shows ids")
    if len(found) > 1 and found[0] != given:
        raise InputError(f"{given!r} may mean several: {', '.join(found)}: give more of the id")
    return found[0]
