"""No request reaches an address inside our own network, however it is spelled and wherever it comes from."""

import asyncio
import socket
import subprocess
import sys
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.addresses import Resolver, guarded_socket, is_public
from crawler.errors import PrivateAddress
from crawler.items import CrawlRequest, Look, Outcome
from crawler.settings import CrawlJob, CrawlSettings

SPELLINGS = [
    "http://127.0.0.1:{port}/page",
    "http://[::1]:{port}/page",
    "http://[::ffff:127.0.0.1]:{port}/page",
    "http://0.0.0.0:{port}/page",
    "http://2130706433:{port}/page",
    "http://0x7f000001:{port}/page",
    "http://127.1:{port}/page",
    "http://localhost:{port}/page",
    "http://LOCALHOST.:{port}/page",
    "http://anything.localhost:{port}/page",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://192.168.0.1/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://news.example@127.0.0.1:{port}/page",
    "http://reader:secret@localhost:{port}/page",
    "http://0177.0.0.1:{port}/page",
    "http://１２７.0.0.1:{port}/page",
    "http://127。0。0。1:{port}/page",
    "http://127.0.0.1.:{port}/page",
]
UNSURE = ("2130706433", "0x7f000001", "127.1", "0177.0.0.1", "１２７", "127。", "127.0.0.1.")
"""No addresses by RFC 3986: some resolvers take them for 127.0.0.1, others for a name that nobody has."""


@pytest.mark.parametrize("obey_robots", [True, False])
def test_no_spelling_of_a_private_address_is_asked(site, run, obey_robots):
    before = len(site.log(""))
    requests = [CrawlRequest(url, url.format(port=site.http), "test") for url in SPELLINGS]
    looks = run(*requests, allow_private=False, obey_robots=obey_robots).looks
    assert {url for url, look in looks.items() if look.outcome in (Outcome.FETCHED, Outcome.NOT_MODIFIED)} == set()
    blocked = {url for url, look in looks.items() if look.outcome is Outcome.BLOCKED}
    assert blocked >= {url for url in SPELLINGS if not url.removeprefix("http://").startswith(UNSURE)}
    assert all("not a public address" in looks[url].reason for url in blocked)
    assert len(site.log("")) == before


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b:1::1", False),
        ("2002:7f00:1::", False),
        ("::127.0.0.1", False),
        ("::ffff:0:127.0.0.1", False),
        ("fec0::1", False),
        ("5f00::1", False),
        ("fe80::1%eth0", False),
        ("0.0.0.0", False),  # noqa: S104 - nothing is bound to it
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("ff02::1", False),
        ("255.255.255.255", False),
    ],
)
def test_which_addresses_are_public(address, public):
    assert is_public(address) is public


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_a_private_address_stays_private_in_every_wrapping(address: IPv4Address):
    wrapped = [
        address,
        IPv6Address(f"::ffff:{address}"),
        IPv6Address(int(IPv6Address("64:ff9b::")) | int(address)),
        IPv6Address(int(IPv6Address("2002::")) | int(address) << 80),
        IPv6Address(int(address)),
        IPv6Address(int(IPv6Address("::ffff:0:0:0")) | int(address)),
    ]
    assert not any(is_public(str(one)) for one in wrapped)


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "10.1.2.3"), (socket.AF_INET6, "::1")])
def test_the_socket_for_a_private_address_is_never_made(family, address):
    with pytest.raises(PrivateAddress, match="not a public address"):
        guarded_socket((family, socket.SOCK_STREAM, 0, "", (address, 80)))


def test_names_under_localhost_are_loopback_without_asking_anybody():
    async def resolve(host: str) -> str:
        resolver = Resolver(allow_private=True)
        (found,) = await resolver.resolve(host, 80)
        await resolver.close()
        return found["host"]

    assert asyncio.run(resolve("guardian.localhost")) == "127.0.0.1"
    assert asyncio.run(resolve("localhost.")) == "127.0.0.1"


CHILD = """
import asyncio, socket, sys
import crawler.addresses
from crawler import __main__ as child

FOUND = {"front.test": "127.0.0.2", "inside.test": "127.0.0.1"}
real = crawler.addresses.is_public
# One address of this machine stands for the internet, so that something can redirect into our network.
crawler.addresses.is_public = lambda address: address == "127.0.0.2" or real(address)

async def lookup(self, host, port=0, family=socket.AF_INET):
    return [dict(hostname=host, host=FOUND[host], port=port, family=socket.AF_INET, proto=0, flags=0)]

setattr(crawler.addresses.Resolver, sys.argv[1], lookup)
child.main()
"""


@pytest.fixture
def crawl_with_resolver(tmp_path, read):
    """Looks by blog_id of a crawl whose child has `Resolver.<method>` replaced."""

    def crawl_with_resolver(method: str, *requests: CrawlRequest) -> dict[str, Look]:
        job = CrawlJob("r", "b", str(tmp_path), CrawlSettings(delay_s=0, timeout_s=3, obey_robots=False), "r-b")
        lines = [job.to_json(), *(request.to_json() for request in requests), "", ""]
        with subprocess.Popen(
            [sys.executable, "-c", CHILD, method], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as child:
            child.stdin.write("\n".join(lines).encode())
            child.stdin.flush()
            assert b"finished" in child.stdout.read()
        (segment,) = tmp_path.glob("*.warc.gz")
        looks = [Look.from_json(one.body) for one in read(segment) if one.headers["WARC-Type"] == "metadata"]
        return {look.blog_id: look for look in looks}

    return crawl_with_resolver


def test_a_name_or_a_redirect_that_leads_into_our_network_is_refused(site, crawl_with_resolver):
    front, inside = f"http://front.test:{site.http}", f"http://inside.test:{site.http}"
    looks = crawl_with_resolver(
        "_lookup",
        CrawlRequest("public", f"{front}/page", "test"),
        CrawlRequest("direct", f"{inside}/page", "test"),
        CrawlRequest("redirected", f"{front}/to/{inside}/page", "test"),
    )
    assert looks["public"].outcome is Outcome.FETCHED
    assert [looks[one].outcome for one in ("direct", "redirected")] == [Outcome.BLOCKED] * 2
    assert looks["direct"].reason == "inside.test leads to 127.0.0.1, which is not a public address"
    assert [exchange.status for exchange in looks["redirected"].exchanges] == [301]


def test_a_resolver_that_says_one_thing_and_means_another_gains_nothing(site, crawl_with_resolver):
    """DNS rebinding: even when the check of the name is got round, the address that is connected to is checked."""
    looks = crawl_with_resolver("resolve", CrawlRequest("direct", f"http://inside.test:{site.http}/page", "test"))
    assert looks["direct"].outcome is Outcome.BLOCKED
    assert looks["direct"].reason == "127.0.0.1 is not a public address"


def test_a_proxy_of_the_environment_is_not_used_since_it_would_resolve_names_for_us(site, run, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    (look,) = run(site.url("page", "unproxied")).looks.values()
    assert look.outcome is Outcome.FETCHED
