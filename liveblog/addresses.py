"""Addresses as people give them."""

from urllib.parse import urlsplit

from liveblog.errors import InputError


def checked_address(address: str) -> str:
    """An http(s) address with a host, stripped of blanks. Raises InputError for anything else."""
    text = address.strip()
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InputError(f"{text!r} is not an address: {error}") from error
    if parts.scheme not in {"http", "https"} or not host or any(character.isspace() for character in text):
        raise InputError(f"{text!r} is not an address that can be fetched: give it as https://host/path")
    if parts.username is not None:
        raise InputError(f"the address at {host} carries a user name: give it without credentials")
    return text


def is_address(text: str) -> bool:
    """Whether it is an http(s) address with a host, as `checked_address` takes it."""
    try:
        return bool(checked_address(text))
    except InputError:
        return False


def check_domain(name: str) -> None:
    """Raise InputError for what is no host, with a port where its addresses name one."""
    try:
        domain = domain_of(checked_address(f"https://{name}/"))
    except InputError:
        domain = None
    if domain != name:
        raise InputError(f"{name!r} is not a domain: give it as www.example.org")


def domain_of(address: str) -> str:
    """The host (and port, where one is named) that an address is fetched from, in lower case."""
    parts = urlsplit(address)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
