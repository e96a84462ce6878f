"""Small WARC segments in the layout that crawler/items.py draws, written with warcio itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.items import LOOK_CONTENT_TYPE, Exchange, Look, Outcome, capture_id, record_id

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
URL = "https://news.example/live/flood"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


def warc_date(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Segment:
    """A WARC under construction."""

    def __init__(self) -> None:
        self.buffer = BytesIO()
        self.writer = WARCWriter(self.buffer, gzip=True, warc_version="1.1")

    def look(self, blog: str = "b1", minutes: float = 0, body: bytes = b"<p>page</p>", **more) -> Look:
        """A look that brought one page; `revisit_of` names the record that holds the body."""
        revisit_of, outcome = more.pop("revisit_of", None), more.pop("outcome", Outcome.FETCHED)
        encoding = more.pop("encoding", None)
        started = START + timedelta(minutes=minutes)
        capture = capture_id(blog, started)
        response_id = record_id(capture, "response")
        exchange = Exchange(
            url=URL, started_at=started, elapsed_ms=80, status=200, content_type="text/html", body_bytes=len(body),
            request_record_id=record_id(capture, "request"), response_record_id=response_id,
            revisit=revisit_of is not None, warc_date=warc_date(started),
        )  # fmt: skip
        answered = outcome is Outcome.FETCHED
        look = Look(
            capture_id=capture, blog_id=blog, source="riverside", url=URL, outcome=outcome, started_at=started,
            observed_at=started + timedelta(milliseconds=80), run_key="run", batch_id="0",
            exchanges=(exchange,) if answered else (),
        )  # fmt: skip
        look = replace(look, **more)
        if answered:
            self._request(record_id(capture, "request"), warc_date(started))
            self.response(URL, body, response_id, warc_date(started), revisit_of, encoding)
        self.metadata(look)
        return look

    def response(
        self,
        url: str,
        body: bytes,
        response_id: str,
        date: str,
        revisit_of: str | None = None,
        encoding: str | None = None,
    ) -> None:
        """A response as received, its body encoded already, or a revisit that stands for it."""
        fields = [("Content-Type", "text/html"), ("Content-Length", str(len(body)))]
        fields += [("Content-Encoding", encoding)] if encoding else []
        headers = StatusAndHeaders("200 OK", fields, "HTTP/1.1")
        warc = {"WARC-Record-ID": response_id, "WARC-Date": date}
        if revisit_of:
            warc |= {"WARC-Refers-To": revisit_of, "WARC-Profile": IDENTICAL, "WARC-Refers-To-Target-URI": URL}
        kind, payload = ("revisit", None) if revisit_of else ("response", BytesIO(body))
        self._write(url, kind, payload, len(body), http_headers=headers, warc_headers_dict=warc)

    def warcinfo(self, software: str) -> None:
        """The record that names the program which wrote the segment."""
        self.writer.write_record(self.writer.create_warcinfo_record("segment.warc.gz", {"software": software}))

    def metadata(self, look: Look) -> None:
        """The record that ends a look."""
        content = look.to_json()
        warc = {"WARC-Record-ID": record_id(look.capture_id, "look"), "WARC-Date": warc_date(look.observed_at)}
        self._write(look.url, "metadata", BytesIO(content), len(content), LOOK_CONTENT_TYPE, warc_headers_dict=warc)

    def _request(self, request_id: str, date: str) -> None:
        headers = StatusAndHeaders("GET /live/flood HTTP/1.1", [("Host", "news.example")], is_http_request=True)
        warc = {"WARC-Record-ID": request_id, "WARC-Date": date}
        self._write(URL, "request", http_headers=headers, warc_headers_dict=warc)

    def _write(self, *arguments: object, **more) -> None:
        self.writer.write_record(self.writer.create_warc_record(*arguments, **more))

    def saved(self, path: Path) -> Path:
        """Write the segment to a file."""
        path.write_bytes(self.buffer.getvalue())
        return path
