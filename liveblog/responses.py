"""Any response back from the archive, as it was received."""

from lake.lake import Lake
from lake.query import Connection, run_sql
from liveblog.errors import InputError, LiveblogError
from transforms.records import Payload

LOOK = "SELECT blog_id, segment, response_record_id FROM captures WHERE capture_id = $id"
HOLDER = """
SELECT blog_id, capture_id, segment FROM captures
WHERE list_contains(record_ids, $record) AND response_record_id = $record AND segment IS NOT NULL
ORDER BY observed_at LIMIT 1
"""


def response_of(lake: Lake, connection: Connection, capture_id: str, page: int = 1) -> Payload:
    """What page `page` (from 1) of a look brought; for one that brought nothing new, the response it refers to.

    Raises InputError where there is no such page, LiveblogError where the archive does not hold it.
    """
    blog, segment, record = next(run_sql(connection, LOOK, {"id": capture_id}).rows)
    payloads = _payloads(lake, segment, capture_id, blog)
    if not payloads and record:
        holder = next(run_sql(connection, HOLDER, {"record": record}).rows, None)
        payloads = _payloads(lake, holder[2], holder[1], holder[0]) if holder else ()
    answered = [payload for payload in payloads if not 300 <= payload.status < 400]
    if not answered:
        raise LiveblogError(f"look {capture_id} brought no response: liveblog why {capture_id} tells its outcome")
    if page > len(answered):
        raise InputError(f"look {capture_id} walked {len(answered)} page(s): there is no page {page}")
    return answered[page - 1]


def _payloads(lake: Lake, segment: str | None, capture_id: str, blog_id: str) -> tuple[Payload, ...]:
    if segment is None:
        return ()
    found = (capture for capture in lake.raw.read(segment, None, {blog_id}) if capture.look.capture_id == capture_id)
    return next((capture.payloads for capture in found), ())
