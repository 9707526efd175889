"""The front as a browser meets it: a real server process, real sockets, and every way a body can go wrong."""

import hashlib
import http.client
import json
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from taihe.ground.errors import BadSetup
from taihe.ground.natives import native
from taihe.zones.bridge import Proxies

from . import tiny
from .serving import serving, until

MEBI = 1024 * 1024
SMALL = {
    "TAIHE_FRONT_THREADS": 2,
    "TAIHE_FRONT_WAITING": 3,
    "TAIHE_MAX_BODY": 2 * MEBI,
    "TAIHE_ALL_BODIES": 3 * MEBI,
    "TAIHE_BODY_IDLE": 2.0,
    "TAIHE_TRUSTED_PROXIES": ["127.0.0.0/8"],
}


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    """A front with the default settings."""
    with serving(tmp_path_factory.mktemp("front")) as server:
        yield server


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A front with two threads and little room, behind a trusted proxy on this machine."""
    with serving(tmp_path_factory.mktemp("small"), env={"TINY_SETTINGS": json.dumps(SMALL)}) as server:
        yield server


def received(sock):
    with sock.makefile("rb") as stream:
        return stream.read()


def talk(server, request):
    """Send bytes, and read until the server closes."""
    with server.raw() as sock:
        sock.sendall(request)
        return received(sock)


# --- what the application sees


def test_environ_says_what_was_asked(front):
    seen = front.json("/echo?q=%E5%A4%AA&b=1", headers={"Accept": "application/json", "X-Custom": "1"})
    meta = seen["meta"]
    assert meta["QUERY_STRING"] == "q=%E5%A4%AA&b=1"
    assert (meta["SCRIPT_NAME"], meta["REQUEST_METHOD"], meta["SERVER_PROTOCOL"]) == ("", "GET", "HTTP/1.1")
    assert (meta["SERVER_NAME"], meta["SERVER_PORT"]) == ("127.0.0.1", str(front.port))
    assert (meta["REMOTE_ADDR"], meta["HTTP_X_CUSTOM"]) == ("127.0.0.1", "1")
    assert meta["HTTP_HOST"] == f"127.0.0.1:{front.port}"
    assert "CONTENT_LENGTH" not in meta
    assert seen["scheme"] == "http"


def test_chinese_path_is_decoded(front):
    assert front.json("/%E5%A4%AA%E5%92%8C/%E5%85%AC%E6%96%87")["path"] == "/太和/公文"


def test_path_that_is_not_utf8_is_not_found_and_not_an_error(front):
    assert front.ask("/%ff%fe").status == 404


def test_repeated_headers_are_joined_and_underscores_dropped(front):
    answer = talk(
        front,
        b"GET /echo HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\nCookie: b=2\r\nX-Many: 1\r\nX-Many: 2\r\n"
        b"X_Remote_User: mayor\r\nConnection: close\r\n\r\n",
    )
    meta = json.loads(answer.partition(b"\r\n\r\n")[2])["meta"]
    assert (meta["HTTP_COOKIE"], meta["HTTP_X_MANY"]) == ("a=1; b=2", "1,2")
    assert not [key for key in meta if "USER" in key and key.startswith("HTTP_X_REMOTE")]


def test_forwarded_headers_of_strangers_are_dropped(front):
    lies = {"X-Forwarded-For": "10.9.9.9", "X-Forwarded-Proto": "https", "X-Request-ID": "chosen-by-me"}
    seen = front.json("/echo", headers=lies)
    assert (seen["meta"]["REMOTE_ADDR"], seen["scheme"]) == ("127.0.0.1", "http")
    assert not [key for key in seen["meta"] if "FORWARDED" in key]
    assert seen["meta"]["HTTP_X_REQUEST_ID"] != "chosen-by-me"


def test_forwarded_headers_of_our_proxy_count(small):
    said = {
        "X-Forwarded-For": "10.1.1.1, 10.9.9.9, 127.0.0.5",
        "X-Forwarded-Proto": "https",
        "X-Request-ID": "proxy-id-1",
    }
    seen = small.json("/echo", headers=said)
    assert (
        seen["meta"]["REMOTE_ADDR"] == "10.9.9.9"
    )  # the last hop that is not ours; what stands before it may be invented
    assert seen["scheme"] == "https"
    assert seen["meta"]["HTTP_X_REQUEST_ID"] == "proxy-id-1"


@pytest.mark.parametrize("said", ["unknown", "10.1.1.1, <script>", "10.1.1.1:80", ""])
def test_an_origin_that_is_no_address_is_not_believed(small, said):
    assert small.json("/echo", headers={"X-Forwarded-For": said})["meta"]["REMOTE_ADDR"] == "127.0.0.1"


def test_a_network_that_is_none_is_refused_at_start():
    with pytest.raises(ValueError, match="does not appear"):
        Proxies(["everywhere"])


def test_every_answer_carries_a_request_id(front):
    ids = {front.ask(path).getheader("X-Request-ID") for path in ("/echo", "/nowhere", "/explode", "/stream?gate=/")}
    assert len(ids) == 4
    assert None not in ids


# --- bodies


def test_thirty_megabytes_arrive_whole(front):
    body = hashlib.sha256(b"seed").digest() * (30 * MEBI // 32)
    seen = front.json("/digest", method="POST", body=body)
    assert seen == {"size": len(body), "sha256": hashlib.sha256(body).hexdigest(), "length": str(len(body))}


def test_chunked_upload_gets_a_length(front):
    pieces = [b"one", b"two" * 50000, b"three"]
    seen = front.json(
        "/digest", method="POST", body=iter(pieces), encode_chunked=True, headers={"Transfer-Encoding": "chunked"}
    )
    whole = b"".join(pieces)
    assert seen == {"size": len(whole), "sha256": hashlib.sha256(whole).hexdigest(), "length": str(len(whole))}


def test_body_over_the_cap_is_told_so(small):
    answer = small.ask("/digest", method="POST", body=b"x" * (8 * MEBI), headers={"Accept": "text/html"})
    page = answer.body.decode()
    assert answer.status == 413
    assert "提交的内容超过了 2 MB 的上限" in page
    assert "front.body_too_large" in page
    assert answer.getheader("X-Request-ID") in page


def test_chunked_body_over_the_cap_is_told_so(small):
    pieces = (b"x" * 100_000 for _ in range(40))
    answer = small.ask(
        "/digest", method="POST", body=pieces, headers={"Transfer-Encoding": "chunked"}, encode_chunked=True
    )
    assert answer.status == 413
    assert "系统没有接收" in answer.body.decode()


def test_expectation_is_refused_before_the_body_is_sent(small):
    with small.raw() as sock:
        sock.sendall(b"POST /digest HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 90000000\r\n\r\n")
        assert sock.recv(4096).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST /digest HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf",
        b"POST /digest HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ],
)
def test_cut_off_body_never_reaches_the_application(small, request_bytes):
    before = small.log.read_text().count("front.body_cut_off")
    with small.raw() as sock:
        sock.sendall(request_bytes)
    until(lambda: small.log.read_text().count("front.body_cut_off") == before + 1)


def test_broken_chunks_are_refused(small):
    answer = talk(small, b"POST /digest HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nZZ\r\n")
    assert answer.startswith(b"HTTP/1.1 400")
    assert "没有传完" in answer.decode()


def test_slow_senders_hold_no_thread_and_time_out(small):
    slow = [small.raw() for _ in range(10)]
    for sock in slow:
        sock.sendall(b"POST /digest HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx")
    before = small.log.read_text().count("front.body_too_slow")
    assert small.ask("/echo").status == 200  # two threads, ten slow senders
    assert small.log.read_text().count("front.body_too_slow") == before  # and nobody had to give up first
    for sock in slow:
        with sock:
            answer = http.client.HTTPResponse(sock)
            answer.begin()
            assert answer.status == 408
            assert "上传太慢" in answer.read().decode()


# --- answers


def test_two_cookies_stay_two(front):
    assert [one.split(";")[0] for one in front.ask("/cookies").headers.get_all("Set-Cookie")] == ["a=1", "b=2"]


def test_stream_is_passed_on_as_it_is_made_and_closed(front, tmp_path):
    gate = tmp_path / "go"
    connection = front.connect()
    connection.request("GET", f"/stream?gate={gate}")
    answer = connection.getresponse()
    assert answer.read(6) == b"first;"  # the second piece waits for the gate
    closed = len(front.json("/told")["closed"])
    gate.touch()
    assert answer.read() == b"second"
    connection.close()
    until(lambda: len(front.json("/told")["closed"]) == closed + 1)


def test_stream_ends_when_the_client_leaves(front):
    closed = len(front.json("/told")["closed"])
    with front.raw() as sock:
        sock.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        assert sock.recv(1000)
    until(lambda: len(front.json("/told")["closed"]) == closed + 1)


def test_stream_that_fails_half_way_says_so_in_its_text(front):
    answer = front.ask("/broken-stream")
    assert answer.status == 200
    assert answer.body.decode().startswith("前半")
    assert "内容不完整" in answer.body.decode()


def test_head_has_the_length_and_no_body(front):
    whole, head = front.ask("/echo"), front.ask("/cookies", method="HEAD")
    assert whole.body
    assert (head.status, head.body, head.getheader("Content-Length")) == (200, b"", "6")
    assert front.ask("/stream", method="HEAD").body == b""
    assert front.ask("/file", method="HEAD").getheader("Content-Length") == str(Path(tiny.__file__).stat().st_size)


@pytest.mark.parametrize("code", [204, 304])
def test_answers_without_a_body(front, code):
    answer = front.ask(f"/status/{code}")
    assert (answer.status, answer.body) == (code, b"")


def test_files_are_sent_whole(front):
    assert front.ask("/file").body == Path(tiny.__file__).read_bytes()
    assert front.ask("/file?memory=1").body == b"from memory"


def test_exception_becomes_a_chinese_page_and_a_log_line_with_the_same_id(front):
    answer = front.ask("/explode", headers={"Accept": "text/html,*/*"})
    request_id = answer.getheader("X-Request-ID")
    assert answer.status == 500
    assert "系统处理您的请求时出错" in answer.body.decode()
    assert request_id in answer.body.decode()
    until(lambda: re.search(rf"request failed \[{request_id}\] /explode", front.log.read_text()))
    assert "outside Django's own net" in front.log.read_text()


def test_refusal_is_one_line_for_those_who_want_no_page(front):
    answer = front.ask("/explode", headers={"Accept": "application/json"})
    assert answer.getheader("Content-Type") == "text/plain; charset=utf-8"
    assert "（front.failed）" in answer.body.decode()


# --- many at once, and the end


def test_fifty_at_once(front):
    with ThreadPoolExecutor(50) as people:
        answers = list(people.map(lambda n: front.json(f"/echo?n={n}")["meta"]["QUERY_STRING"], range(50)))
    assert answers == [f"n={n}" for n in range(50)]
    assert front.json("/told")["threads"] <= 8


def test_too_many_waiting_are_turned_away_and_the_rest_served(small, tmp_path):
    gate = tmp_path / "go"
    with ThreadPoolExecutor(9) as people:
        asked = [people.submit(small.ask, f"/wait?gate={gate}") for _ in range(9)]
        until(lambda: sum(one.done() for one in asked) == 4)  # two threads, three waiting
        refused = [one.result() for one in asked if one.done()]
        assert small.ask("/healthz").status == 200  # health needs no thread of Django's
        gate.touch()
        statuses = sorted(one.result().status for one in asked)
    assert statuses == [200] * 5 + [503] * 4
    assert {one.getheader("Retry-After") for one in refused} == {"5"}
    assert "当前访问人数较多" in refused[0].body.decode()


def test_requests_under_way_finish_when_the_server_is_asked_to_stop(tmp_path):
    gate = tmp_path / "go"
    with serving(tmp_path) as server, ThreadPoolExecutor(1) as person:
        asked = person.submit(server.ask, f"/wait?gate={gate}")
        until(lambda: server.json("/told")["threads"] == 2)  # ours and the waiting one
        server.process.send_signal(signal.SIGTERM)
        until(lambda: "Shutting down" in server.log.read_text())
        gate.touch()
        assert asked.result().body == b"done"
        assert server.process.wait(15) == 0


# --- health and native handlers


def test_health_tells_zone_status_and_version(front):
    seen = front.json("/healthz")
    assert (seen["zone"], seen["status"]) == ("inner", "ok")
    assert seen["version"]


def test_health_notices_a_lost_database(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    with serving(tmp_path, env={"TINY_DB": str(folder / "db.sqlite3")}) as server:
        assert server.ask("/healthz").status == 200
        (folder / "db.sqlite3").write_bytes(b"this is no database" * 100)
        answer = until(lambda: (found := server.ask("/healthz")).status == 503 and found)
        assert json.loads(answer.body)["status"] == "database_unreachable"


def test_native_handler_streams_events(front):
    answer = front.ask("/events/duty")
    assert answer.getheader("Content-Type") == "text/event-stream"
    assert answer.body == b"data: 0\n\ndata: 1\n\ndata: 2\n\n"


def test_longest_native_prefix_wins(front):
    assert front.ask("/events/quiet").status == 204


def test_a_native_that_declines_leaves_the_request_to_django(front):
    assert front.ask("/echo-native").body == b"started"
    assert front.json("/echo?q=1", method="POST", body=b"whole body")["meta"]["CONTENT_LENGTH"] == "10"


def test_a_native_that_fails_is_told_and_the_next_request_is_served(front):
    broken = front.ask("/echo-broken", headers={"Accept": "text/html"})
    assert broken.status == 500
    assert "系统处理您的请求时出错" in broken.body.decode()
    assert front.ask("/echo-late").body == b"whole"
    assert front.ask("/echo-native").status == 200


def test_natives_are_told_when_the_front_stops(tmp_path):
    with serving(tmp_path):
        assert not (tmp_path / "stopped").exists()
    assert (tmp_path / "stopped").exists()


@pytest.mark.parametrize("prefix", ["events-without-slash", "/events"])
def test_native_prefix_must_be_free_and_absolute(prefix):
    with pytest.raises(BadSetup):
        native(prefix)(tiny.quiet)


def test_websockets_are_refused(front):
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    answer = front.ask("/events", headers={**upgrade, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
    assert answer.status == 403
    assert front.ask("/echo").status == 200


# --- conformance


def test_bridge_satisfies_the_wsgi_validator(tmp_path):
    with serving(tmp_path, env={"TINY": "validated"}) as server:
        assert server.ask("/any/path?q=1").body == b"read: "
        assert server.ask("/any", method="POST", body=b"abc").body == b"read: abc"
        chunked = server.ask(
            "/", method="PUT", body=iter([b"a", b"b"]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"}
        )
        assert chunked.body == b"read: ab"
        head = server.ask("/", method="HEAD")
        assert (head.status, head.getheader("Content-Length")) == (200, "6")
        assert "AssertionError" not in server.log.read_text()
