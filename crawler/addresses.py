"""Which network addresses may be fetched from: the guard against server-side request forgery.

The address is checked when the socket for it is made, that is after the name was resolved and on the very address that
is connected to: a name that resolves differently a moment later (DNS rebinding) gains nothing, nor does a redirect.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from aiohttp import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from crawler.errors import PrivateAddress

Address = IPv4Address | IPv6Address

NAT64 = IPv6Network("64:ff9b::/96")
"""Addresses that a gateway turns into the IPv4 address in their last 32 bits (RFC 6052)."""

UNICAST = IPv6Network("2000::/3")
"""All that is handed out of the public IPv6 internet; elsewhere Python takes site-local addresses and old wrappings of
IPv4 ones to be global (RFC 3879, RFC 4291 section 2.5.5.1, RFC 2765)."""

LOOPBACK = "127.0.0.1"


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet; an IPv4 address wrapped in an IPv6 one is judged as such."""
    parsed = _unwrapped(ip_address(address.partition("%")[0]))
    return parsed.is_global and not parsed.is_multicast and (parsed.version == 4 or parsed in UNICAST)


def guarded_socket(addr_info: AddrInfoType) -> socket.socket:
    """Make the socket for a resolved address. Raises PrivateAddress if it is not a public one."""
    family, kind, proto, _, address = addr_info
    if not is_public(str(address[0])):
        raise PrivateAddress(f"{address[0]} is not a public address")
    return socket.socket(family=family, type=kind, proto=proto)


class Resolver(AbstractResolver):
    """The system's resolver, its answers narrowed to public addresses unless `allow_private`.

    Names under ``localhost`` are loopback whatever the system says (RFC 6761, section 6.3).
    """

    def __init__(self, allow_private: bool = False) -> None:
        self._allow_private = allow_private
        self._system = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Addresses of a host. Raises PrivateAddress if none of them is public, OSError if it has none."""
        found = await self._lookup(host, port, family)
        public = [one for one in found if self._allow_private or is_public(one["host"])]
        if not public:
            raise PrivateAddress(f"{host} leads to {found[0]['host']}, which is not a public address")
        return public

    async def close(self) -> None:
        """Nothing is held open."""
        await self._system.close()

    async def _lookup(self, host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
        name = host.rstrip(".").lower()
        if name == "localhost" or name.endswith(".localhost"):
            return [_resolved(host, port)]
        return await self._system.resolve(host, port, family)


def _resolved(host: str, port: int) -> ResolveResult:
    return ResolveResult(
        hostname=host, host=LOOPBACK, port=port, family=socket.AF_INET, proto=0, flags=socket.AI_NUMERICHOST
    )


def _unwrapped(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    nat64 = IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else None
    return address.ipv4_mapped or address.sixtofour or nat64 or address
