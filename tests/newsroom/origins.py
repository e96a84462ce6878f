"""Where a source's addresses begin: by host name, or below a bare address for tools that cannot resolve names."""


def source_origin(host: str, slug: str) -> str:
    """In the form that a host suggests: ``http://gazette.newsroom`` beside other names, else ``…/@gazette``."""
    return f"http://{host}/@{slug}" if is_bare(host) else named_origin(host, slug)


def named_origin(host: str, slug: str) -> str:
    """By host name: the source's label before the domain of `host`, before ``localhost`` where that has none."""
    name, _, port = host.partition(":")
    domain = "localhost" if is_bare(host) else name.split(".", 1)[-1]
    return f"http://{slug}.{domain}" + (f":{port}" if port else "")


def is_bare(host: str) -> bool:
    """Whether a host is an address or ``localhost``: one that has no names beside it."""
    return host[:1].isdigit() or host.startswith(("localhost", "["))
