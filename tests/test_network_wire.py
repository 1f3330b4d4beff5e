"""HTTP as bytes, held against h11: what it reads, we read the same way."""

from itertools import pairwise

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tldr_lint.network.wire import (
    HEAD_LIMIT,
    Body,
    BrokenBodyError,
    BrokenHeadError,
    Head,
    HeadReader,
    UnfitRequestError,
    request_head,
)

TOKENS = st.text("abcXYZ0189-_.!", min_size=1, max_size=12).map(str.encode)
VALUES = st.text("abc XYZ09;=/\"'é,", max_size=20).map(lambda text: text.strip().encode("latin-1"))
FRAMING = frozenset({b"content-length", b"transfer-encoding", b"connection"})
HEADERS = st.lists(
    st.tuples(TOKENS, VALUES).filter(lambda header: header[0].lower() not in FRAMING), max_size=5
)
BODIES = st.binary(max_size=300)


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    """The data in pieces, as a network may deliver it."""
    at = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in pairwise(at)]


def read(pieces: list[bytes]) -> tuple[Head | None, bytes, bytes]:
    """The head, the body as far as it came, and what is left in the buffer."""
    buffer, reader = bytearray(), HeadReader()
    head: Head | None = None
    body = b""
    for piece in pieces:
        buffer += piece
        head = head or reader.take(buffer)
        if head is not None and not head.body.done:
            body += head.body.take(buffer)
    return head, body, bytes(buffer)


def read_by_h11(pieces: list[bytes]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "a")]))
    connection.send(h11.EndOfMessage())
    status, headers, body = 0, [], b""
    for piece in [*pieces, b""]:
        connection.receive_data(piece)
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Response):
                status, headers = event.status_code, list(event.headers)
            elif isinstance(event, h11.Data):
                body += event.data
            elif not isinstance(event, h11.InformationalResponse):
                break
        if isinstance(event, h11.EndOfMessage):
            break
    return status, [(bytes(name), bytes(value)) for name, value in headers], body


def chunked(body: bytes, sizes: list[int], extension: bytes, trailers: bytes) -> bytes:
    pieces = split(body, sizes)
    made = b"".join(b"%x%s\r\n%s\r\n" % (len(piece), extension, piece) for piece in pieces if piece)
    return made + b"0\r\n" + trailers + b"\r\n"


@given(
    st.integers(200, 599),
    HEADERS,
    BODIES,
    st.sampled_from(["length", "chunks", "end"]),
    st.lists(st.integers(0, 1000), max_size=6),
    st.lists(st.integers(0, 1000), max_size=6),
    st.sampled_from([b"", b";a=b", b" "]),
    st.sampled_from([b"", b"X-Sum: 1\r\n"]),
    st.sampled_from([b"", b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"]),
)
def test_an_answer_is_read_as_h11_reads_it(
    status: int,
    headers: list[tuple[bytes, bytes]],
    body: bytes,
    framing: str,
    cuts: list[int],
    sizes: list[int],
    extension: bytes,
    trailers: bytes,
    interim: bytes,
) -> None:
    """A header or a byte of a body is lost or made up, however the network cuts it."""
    if status in {204, 304}:
        body, framing = b"", "length"
    lines = [b"%s: %s" % header for header in headers]
    data = body
    if framing == "length":
        lines.append(b"Content-Length: %d" % len(body))
    elif framing == "chunks":
        lines.append(b"Transfer-Encoding: chunked")
        data = chunked(body, sizes, extension, trailers)
    first = b"HTTP/1.1 %d Said" % status
    wire = interim + b"\r\n".join([first, *lines]) + b"\r\n\r\n" + data
    pieces = split(wire, cuts)

    head, found, left = read(pieces)

    assert head is not None
    assert read_by_h11(pieces) == (head.status, list(head.headers), found)
    assert left == b""
    assert head.keeps == (framing != "end")
    assert head.body.done == (framing != "end")


@given(st.lists(TOKENS, max_size=3), HEADERS)
def test_a_request_is_one_to_h11(path: list[bytes], headers: list[tuple[bytes, bytes]]) -> None:
    """A server reads another request than the one that was meant."""
    named = [(b"Host", b"a.net"), *(each for each in headers if each[0].lower() != b"host")]
    target = b"/" + b"/".join(path)
    connection = h11.Connection(h11.SERVER)

    connection.receive_data(request_head("GET", target, named))

    event = connection.next_event()
    assert isinstance(event, h11.Request)
    assert (b"GET", target) == (event.method, event.target)
    assert [(name.lower(), value) for name, value in named] == list(event.headers)
    assert isinstance(connection.next_event(), h11.EndOfMessage)


@pytest.mark.parametrize(
    ("target", "value"),
    [
        (b"/a b", b"x"),
        (b"", b"x"),
        (b"/a\r\nX: y", b"x"),
        (b"/a\n", b"x"),
        (b"/", b"x\r\nX: y"),
        (b"/", b"x\ny"),
        (b"/", b"x\x00"),
    ],
)
def test_a_request_that_would_be_two_is_not_sent(target: bytes, value: bytes) -> None:
    """A link's text goes on the wire as a header or a request of its own."""
    with pytest.raises(UnfitRequestError):
        request_head("GET", target, [(b"Host", b"a.net"), (b"X-Y", value)])


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.sampled_from(
                [
                    *(b"HTTP/1.1 200 OK", b"HTTP/1.1 103 a", b"\r\n", b"\n", b"\r\n\r\n", b"0"),
                    *(b"Content-Length: 3", b"Content-Length: 4", b"Transfer-Encoding: chunked"),
                ]
            ),
        ),
        max_size=12,
    )
)
def test_whatever_comes_is_an_answer_or_none(pieces: list[bytes]) -> None:
    """A hostile answer ends the run, or more is read than was sent."""
    try:
        head, body, left = read(pieces)
    except (BrokenHeadError, BrokenBodyError):
        return
    assert len(body) + len(left) <= sum(map(len, pieces))
    assert head is None or head.status >= 200


@pytest.mark.parametrize(
    ("lines", "keeps", "body"),
    [
        ([b"Content-Length: 3", b"Content-Length: 3"], True, b"abc"),
        ([b"Content-Length: 3", b"Transfer-Encoding: chunked"], False, b"a"),
        ([b"Content-Length: 3", b"Connection: keep-alive, Close"], False, b"abc"),
        ([b"Content-Length: +3"], False, b"abcdef"),
        ([b"Transfer-Encoding: gzip, chunked"], False, b"abcdef"),
        ([b"Transfer-Encoding: identity", b"Content-Length: 2"], False, b"ab"),
    ],
)
def test_an_end_that_is_in_doubt_ends_the_connection(
    lines: list[bytes], keeps: bool, body: bytes
) -> None:
    """The rest of one answer is taken for the next page's."""
    data = b"1\r\na\r\n0\r\n\r\n" if body == b"a" else b"abcdef"

    head, found, _ = read([b"\r\n".join([b"HTTP/1.1 200 OK", *lines]) + b"\r\n\r\n" + data])

    assert head is not None
    assert (keeps, body) == (head.keeps, found)


@pytest.mark.parametrize(
    "wire",
    [
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 20,
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * (HEAD_LIMIT // 6 + 1),
    ],
)
def test_what_is_no_head_is_said_to_be_none(wire: bytes) -> None:
    """Another protocol, or a head without end or with two lengths, is taken for a page."""
    with pytest.raises(BrokenHeadError):
        read([wire])


@pytest.mark.parametrize(
    "wire",
    [b"zz\r\n", b"-1\r\n", b"1\r\nab\r\n", b"1" * 20 + b"\r\n", b"1" * 20_000],
)
def test_chunks_that_make_no_sense_end_the_body(wire: bytes) -> None:
    """A broken body is read on for ever."""
    with pytest.raises(BrokenBodyError):
        Body(0, chunked=True).take(bytearray(wire))


def test_trailers_have_an_end() -> None:
    """A server sends trailers for as long as it likes."""
    body = Body(0, chunked=True)
    trailers = bytearray(b"0\r\n" + (b"X: y" * 1000 + b"\r\n") * 100)

    with pytest.raises(BrokenBodyError):
        body.take(trailers)
