"""The guard of everything outside: which addresses are public, however they are written; one look-up; one time."""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from time import monotonic

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.web_server import Site, serving

from argine.desk.core import outside
from argine.desk.core.outside import Limits, OutsideError, Request, Trouble, exchange

FEW = Limits(seconds=1, most_bytes=100)
PRIVATE_4 = [
    IPv4Network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("224.0.0.0/4", "240.0.0.0/4"),
    )
]
PRIVATE_6 = [
    IPv6Network(text)
    for text in (
        *("::/96", "::ffff:0:0/96", "64:ff9b:1::/48", "100::/64", "2001:db8::/32", "fc00::/7", "fe80::/10"),
        *("fec0::/10", "ff00::/8"),
    )
]


def within(networks: list[IPv4Network] | list[IPv6Network]) -> st.SearchStrategy[int]:
    return st.sampled_from(networks).flatmap(
        lambda network: st.integers(int(network.network_address), int(network.broadcast_address))
    )


def ways_to_write(number: int) -> list[str]:
    """The forms of an IPv4 address that the system's resolver takes."""
    a, b, c, d = IPv4Address(number).packed
    return [
        *(f"{a}.{b}.{c}.{d}", f"{number}", f"{number:#x}", f"0{number:o}", f"{a}.{b}.{c * 256 + d}"),
        *(f"{a}.{(b << 16) + (c << 8) + d}", f"{a:#x}.{b:#x}.{c:#x}.{d:#x}", f"0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
    ]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False),
        ("::", False), ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:127.0.0.1", False), ("ff02::1", False),
        ("::ffff:93.184.215.14", False), ("::7f00:1", False), ("192.88.99.1", False),
        ("2002:7f00:1::", False), ("64:ff9b:1::1", False), ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::93.184.215.14", True), ("2002:5db8:d70e::1", True),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert outside.is_public(address) is public


@given(within(PRIVATE_4))
def test_no_address_of_a_special_range_is_public_in_whatever_form_it_is_written(number: int) -> None:
    for host in ways_to_write(number):
        with pytest.raises(OutsideError) as refusal:
            outside._look_up(host, 80, private=False)
        assert refusal.value.trouble == Trouble.PRIVATE


@given(within(PRIVATE_6))
def test_no_special_range_of_the_newer_internet_is_public(number: int) -> None:
    assert not outside.is_public(str(IPv6Address(number)))


@given(within(PRIVATE_4))
def test_a_private_address_within_a_newer_one_is_not_public(number: int) -> None:
    for host in (f"::ffff:{IPv4Address(number)}", f"64:ff9b::{IPv4Address(number)}"):
        assert not outside.is_public(host)
    assert not outside.is_public(str(IPv6Address((0x2002 << 112) | (number << 80))))


@given(st.integers(0, 2**32 - 1))
def test_an_address_is_public_exactly_if_it_is_in_no_special_range(number: int) -> None:
    address = IPv4Address(number)
    assume(address not in IPv4Network("192.0.0.0/24"))  # some of it is public, some not
    assert outside.is_public(str(address)) is not any(address in network for network in PRIVATE_4)


def test_a_name_with_one_private_address_among_others_is_not_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(0, 0, 0, "", ("93.184.215.14", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)
    with pytest.raises(OutsideError) as refusal:
        exchange(Request("https://rebinding.example/"), FEW)
    assert refusal.value.trouble == Trouble.PRIVATE


def test_a_name_that_changes_its_address_is_looked_up_once_and_reached_where_it_was_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[object] = []
    look_up, connected = socket.getaddrinfo, []

    def rebinding(host: str, *args: object, **more: object) -> object:
        asked.append(host)
        if host == "rebinding.example":
            return look_up("127.0.0.1" if len(asked) > 1 else "93.184.215.14", *args, **more)  # type: ignore[arg-type]
        return look_up(host, *args, **more)  # type: ignore[arg-type]

    def connect(address: tuple[str, int], **_more: object) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(OutsideError):
        exchange(Request("http://rebinding.example/"), FEW)
    assert (asked, connected) == (["rebinding.example"], [("93.184.215.14", 80)])


def test_a_server_that_drips_is_cut_off_in_head_and_body() -> None:
    with serving(Site(drip_s=0.05)) as site:
        site.says("/", "x" * 1000)
        started = monotonic()
        with pytest.raises(OutsideError) as refusal:
            exchange(Request(site.url(), private=True), Limits(seconds=0.5, most_bytes=10_000))
        assert refusal.value.trouble == Trouble.SLOW
        assert monotonic() - started < 3


def test_a_head_that_drips_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        started = monotonic()
        with pytest.raises(OutsideError) as refusal:
            exchange(Request(f"http://127.0.0.1:{port}/", private=True), Limits(seconds=0.3, most_bytes=100))
        assert refusal.value.trouble == Trouble.SLOW
        assert monotonic() - started < 3


def test_no_more_is_read_than_the_limit_says_and_of_another_type_nothing() -> None:
    with serving(Site()) as site:
        site.says("/", "x" * 1000)
        site.pages["/picture"] = (200, {"Content-Type": "image/png"}, b"bytes")
        answer = exchange(Request(site.url(), private=True), FEW)
        assert (len(answer.body), answer.is_whole, answer.address) == (100, False, "127.0.0.1")
        picture = exchange(Request(site.url("/picture"), private=True, takes=("text/",)), FEW)
        assert (picture.status, picture.body) == (200, b"")
        assert "Cookie" not in site.asked[0][1]
        assert site.asked[0][1]["User-Agent"].startswith("argine/")


@pytest.mark.parametrize("url", ["http://[::1/", "http://a.example:99999/", "http://\udcff/", "http://a b/"])
def test_an_address_that_is_none_is_not_reached(url: str) -> None:
    with pytest.raises(OutsideError):
        exchange(Request(url), FEW)


def test_the_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    with serving(Site()) as site:
        site.says("/", "here")
        assert exchange(Request(site.url(), private=True), FEW).body == b"here"
