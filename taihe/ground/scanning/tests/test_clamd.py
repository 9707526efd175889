"""The clamd client against a real socket server that speaks the daemon's protocol."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from taihe.ground.errors import BadSetup
from taihe.ground.scanning import Limits, clamd_answers

from . import samples
from .conftest import Look


class Daemon:
    """PING and INSTREAM as clamd answers them; finds the test string, has a size limit, can be mute."""

    def __init__(self, listener: socket.socket, limit: int = 1_000_000, answer: bytes | None = None) -> None:
        self.listener, self.limit, self.answer = listener, limit, answer
        self.seen: list[bytes] = []

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self.listener.accept()
                with peer, contextlib.suppress(OSError):
                    peer.sendall(self.reply(peer.makefile("rb")))

    def reply(self, stream) -> bytes:
        command = b""
        while not command.endswith(b"\0"):
            command += stream.read(1)
        if command == b"zPING\0":
            return b"PONG\0"
        assert command == b"zINSTREAM\0"
        data = b""
        while size := struct.unpack(">I", stream.read(4))[0]:
            if len(data) + size > self.limit:
                return b"INSTREAM size limit exceeded. ERROR\0"
            data += stream.read(size)
        self.seen.append(data)
        if self.answer is not None:
            return self.answer
        return b"stream: Test.Signature FOUND\0" if b"BADWORD" in data else b"stream: OK\0"


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("TAIHE_CLAMD", f"127.0.0.1:{listener.getsockname()[1]}")
        yield from served(Daemon(listener))


def served(daemon: Daemon) -> Iterator[Daemon]:
    thread = threading.Thread(target=daemon.serve)
    thread.start()
    try:
        yield daemon
    finally:
        daemon.listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        assert not thread.is_alive()


def test_clean_and_infected_by_tcp(look: Look, daemon: Daemon) -> None:
    text = b"text " * 50_000
    report = look("说明.txt", text)
    assert report.verdict == "clean"
    assert "clamd" in report.engines
    assert daemon.seen == [text]
    report = look("说明.txt", b"BADWORD")
    assert (report.verdict, report.codes) == ("refused", {"malware"})
    assert report.findings[0].evidence == "Test.Signature"


def test_by_unix_socket(look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "clamd.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        monkeypatch.setenv("TAIHE_CLAMD", str(path))
        for _ in served(Daemon(listener)):
            assert clamd_answers(str(path))
            assert look("说明.txt", b"BADWORD").codes == {"malware"}
    assert not clamd_answers(str(path))
    assert look("说明.txt", b"text").codes == {"scanner-unavailable"}


def test_past_the_daemons_size_limit(look: Look, daemon: Daemon) -> None:
    daemon.limit = 100_000
    for size in (100_001, 20_000_000):
        report = look("说明.txt", b"t" * size)
        assert (report.verdict, report.codes) == ("refused", {"scanner-limit"}), size


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"", "scanner-unavailable"),
        (b"stream: Can't allocate memory ERROR\0", "scanner-error"),
        (b"OK", "scanner-error"),
    ],
)
def test_anything_but_ok_is_not_clean(look: Look, daemon: Daemon, answer: bytes, code: str) -> None:
    daemon.answer = answer
    report = look("说明.txt", b"text")
    assert (report.verdict, report.codes) == ("refused", {code})


def test_a_dead_daemon_fails_closed(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("TAIHE_CLAMD", f"127.0.0.1:{port}")
    report = look("说明.txt", b"text")
    assert (report.verdict, report.codes) == ("refused", {"scanner-unavailable"})
    assert not clamd_answers(f"127.0.0.1:{port}")


def test_a_daemon_that_never_answers_fails_closed(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        monkeypatch.setenv("TAIHE_CLAMD", f"127.0.0.1:{mute.getsockname()[1]}")
        report = look("说明.txt", b"text", limits=replace(Limits.current(), seconds=1))
    assert (report.verdict, report.codes) == ("refused", {"scanner-unavailable"})


def test_a_faulty_address_is_a_fault_of_the_installation(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIHE_CLAMD", "clamd")
    with pytest.raises(BadSetup):
        look("说明.txt", b"text")


def test_opaque_archives_pass_only_with_clamd(look: Look, daemon: Daemon) -> None:
    report = look("包.7z", b"7z\xbc\xaf\x27\x1c\0\4" + b"\0" * 30)
    assert (report.verdict, report.codes) == ("clean", {"archive-clamd-only"})
    assert "clamd" in report.engines
    assert look("包.7z", b"7z\xbc\xaf\x27\x1c\0\4BADWORD" + b"\0" * 30).verdict == "refused"


def test_a_refused_file_is_not_sent_on(look: Look, daemon: Daemon) -> None:
    assert look("说明.txt", samples.eicar()).verdict == "refused"
    assert look("机密" + "★.txt", b"text").secret_mark_found
    assert daemon.seen == []
