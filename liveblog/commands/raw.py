"""``liveblog raw``: any response back, as the archive holds it."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from liveblog.options import NEW_FILE, lake_option

if TYPE_CHECKING:
    from transforms.records import Payload


@click.command("raw")
@click.argument("capture")
@lake_option
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, help="Which page of the look's walk.")
@click.option("--head", is_flag=True, help="Status and headers too, and the body as received: still compressed.")
@click.option("-o", "--output", type=NEW_FILE, metavar="FILE", help="Write there.")
def command(capture: str, lake: str | None, page: int, head: bool, output: Path | None) -> None:
    """The response of the look CAPTURE (the beginning of its id), byte for byte, whether its day is packed or not.

    For a look that brought nothing new, the response that it refers to.

    \b
    liveblog raw 5e0c12 > page.html
    """
    from lake.query import connect
    from liveblog.ids import full_capture_id
    from liveblog.pipeline import lake_to_read
    from liveblog.responses import response_of
    from liveblog.settings import read_settings

    opened = lake_to_read(read_settings(os.environ, lake=lake))
    connection = connect(opened, opened.newest())
    payload = response_of(opened, connection, full_capture_id(connection, capture), page)
    content = as_received(payload) if head else decoded(payload)
    if output is not None:
        output.write_bytes(content)
        click.echo(output)
    else:
        sys.stdout.buffer.write(content)


def as_received(payload: "Payload") -> bytes:
    """Status line, headers and body, as HTTP/1.1 would send them."""
    lines = [f"HTTP/1.1 {payload.status}", *(f"{name}: {value}" for name, value in payload.headers), "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace") + payload.body


def decoded(payload: "Payload") -> bytes:
    """The body with its Content-Encoding undone. Raises LiveblogError where that cannot be."""
    from liveblog.errors import LiveblogError
    from transforms.decode import DecodeError, decode_body
    from transforms.pages import MOST_BYTES

    encoding = next((value for name, value in payload.headers if name.lower() == "content-encoding"), None)
    try:
        return decode_body(payload.body, encoding, MOST_BYTES)
    except DecodeError as error:
        raise LiveblogError(f"{payload.url}: {error}: --head gives it as received") from error
