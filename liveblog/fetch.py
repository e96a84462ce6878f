"""One page fetched to be read at once: `extract URL`. Nothing is stored; manners are those of recording."""

import os
import tempfile
from pathlib import Path

from crawler.items import CrawlRequest
from crawler.run import crawl
from lake.warc import captures_of
from liveblog.addresses import checked_address, domain_of
from liveblog.errors import InputError
from liveblog.inputs import MAX_INPUT_BYTES, Given
from liveblog.settings import read_settings
from transforms.decode import DecodeError, decode_body
from transforms.identity import blog_id
from transforms.records import Capture, Document


def from_address(address: str, given: Given) -> Document:
    """Fetch an address once and give its document. Raises InputError where nothing readable came back."""
    address = checked_address(address)
    settings = read_settings(os.environ)
    with tempfile.TemporaryDirectory(prefix="liveblog-") as spool:
        report = crawl(
            [CrawlRequest(blog_id(address), address, domain_of(address))],
            spool=Path(spool),
            run_key="extract",
            batch_id="0",
            settings=settings.crawl,
        )
        captures = [capture for segment in report.segments for capture in _captures(Path(segment))]
    if not captures:
        raise InputError(f"{address}: nothing came back: {report.reason or 'the crawl left no look'}")
    return document_of(captures[-1], given)


def _captures(segment: Path) -> list[Capture]:
    with segment.open("rb") as stream:
        return list(captures_of(stream, str(segment), None, None))


def document_of(capture: Capture, given: Given) -> Document:
    """The document that a capture brought. Raises InputError where it brought none."""
    look = capture.look
    if not capture.payloads or look.outcome != "fetched":
        raise InputError(f"{look.url}: {look.reason or look.outcome}")
    payload = capture.payloads[-1]
    headers = {name.lower(): value for name, value in payload.headers}
    try:
        content = decode_body(payload.body, headers.get("content-encoding"), MAX_INPUT_BYTES)
    except DecodeError as error:
        raise InputError(f"{look.url}: {error}") from error
    return Document(
        content=content,
        url=given.url or look.final_url or look.url,
        content_type=headers.get("content-type"),
        fetched_at=given.fetched_at or look.observed_at,
        timezone=given.timezone,
        language=given.language,
        generic=given.generic,
    )
