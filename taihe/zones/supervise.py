"""Keeps a county's processes running under one roof: `taihe up`.

Each program has a keeper, a small process that starts it, passes its lines on, starts it again when
it dies, and ends it when the house closes.  All keepers hold one end of a pipe, the lifeline: when
the supervisor closes the other end, or is killed and so drops it, each keeper ends its program.
Nothing is left behind either way.
"""

from __future__ import annotations

import ctypes
import http.client
import os
import selectors
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import IO, Any, Protocol, cast
from urllib.parse import urlsplit

from honcho.manager import Manager
from honcho.printer import Message, Printer
from honcho.process import Process

from taihe.ground import clock

SYSTEM = "总管"
TAIL_LINES = 20
HEALTH_EVERY = 0.2
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None)


@dataclass(frozen=True)
class Program:
    """One program to keep running: its name in the log, its command line, and what to add to the environment."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Patience:
    """Times in seconds: how often a program may die before all stops, and how long it may take to end."""

    restarts: int = 5
    window: float = 60.0
    first_delay: float = 0.5
    grace: float = 10.0


class Events(Protocol):
    """Where a keeper reports: honcho's queue."""

    def put(self, message: Message) -> None:
        """Hand a message to the supervisor."""

    def cancel_join_thread(self) -> None:
        """Let the process end although messages are unread."""


class CountyTime:
    """honcho's clock, on the county's wall."""

    now = staticmethod(clock.local)


def _die_with_parent() -> None:
    """In the child, before exec: have the kernel send SIGTERM should even the keeper be killed."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _let_pass(number: int, frame: FrameType | None) -> None:
    """A handler that does nothing.  SIG_IGN would be inherited by the programs, and they would be deaf."""


class Lines:
    """A program's output, cut into lines."""

    def __init__(self, output: IO[bytes], send: Callable[[bytes], None]) -> None:
        os.set_blocking(output.fileno(), False)
        self.output, self.send, self.rest = output, send, b""
        self.fileno = output.fileno

    def pass_on(self) -> bool:
        """Send the whole lines that are there; false when no more can come now."""
        try:
            read = os.read(self.fileno(), 65536)
        except BlockingIOError:
            return False
        *lines, self.rest = (self.rest + read).split(b"\n")
        for line in lines:
            self.send(line + b"\n")
        return bool(read)

    def finish(self) -> None:
        """Send what is left and close.  Bounded: a stranger may hold the other end and write for ever."""
        for _ in range(100):
            if not self.pass_on():
                break
        if self.rest:
            self.send(self.rest)
        self.output.close()


class Keeper(Process):
    """Runs one program, again and again, in a process of its own (honcho's Process)."""

    def __init__(self, program: Program, patience: Patience, lifeline: tuple[int, int], **honcho: Any) -> None:
        env = {**os.environ, "PYTHONUNBUFFERED": "1", **program.env}
        super().__init__(list(program.argv), **{**honcho, "env": env})
        self.patience = patience
        self.lifeline, self.supervisors_end = lifeline
        self.supervisor = os.getpid()
        self.ended: deque[float] = deque()
        self._clock = CountyTime

    def run(self, events: Events | None = None, ignore_signals: bool = True) -> None:
        """honcho's entry point in the keeper's process: until the lifeline closes or patience ends."""
        self._events = events
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # only the lifeline counts
            signal.signal(number, _let_pass)
        os.close(self.supervisors_end)
        self._send_message({"pid": os.getpid()}, type="start")
        told = self._keep_going()
        self._send_message({"returncode": 0 if told else 1}, type="stop")
        if events is not None and os.getppid() != self.supervisor:
            events.cancel_join_thread()  # nobody reads our messages any more: do not wait for that

    def _keep_going(self) -> bool:
        """Start the program whenever it has ended; true when the house closes, false when patience ends."""
        while True:
            told, outcome = self._run_once()
            if told:
                return True
            delay = self._delay()
            if delay is None:
                self._say(f"{outcome}，{self.patience.window:g} 秒内已退出 {len(self.ended)} 次，不再重新启动。")
                return False
            self._say(f"{outcome}，{delay:g} 秒后重新启动。")
            if self._closing_within(delay):
                return True

    def _say(self, sentence: str) -> None:
        self._send_message(f"◆ {sentence}\n")

    def _delay(self) -> float | None:
        """How long to wait before the next start, or None when it died too often."""
        now = time.monotonic()
        self.ended.append(now)
        while self.ended[0] <= now - self.patience.window:
            self.ended.popleft()
        died = len(self.ended)
        return None if died > self.patience.restarts else self.patience.first_delay * 2.0 ** (died - 1)

    def _closing_within(self, seconds: float) -> bool:
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.lifeline, selectors.EVENT_READ)
            return bool(waiting.select(seconds))

    def _run_once(self) -> tuple[bool, str]:
        """Start the program and stay until it has ended; whether the house closes, and how it ended."""
        try:
            child = subprocess.Popen(  # noqa: S603  our own programs
                self.cmd,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        except OSError as refusal:
            return self._closing_within(0), f"无法启动（{refusal.strerror}：{self.cmd[0]}）"
        self._say(f"已启动（进程 {child.pid}）。")
        lines = Lines(cast("IO[bytes]", child.stdout), self._send_message)
        told = self._watch(child, lines)
        _signal_group(child, signal.SIGKILL)  # whoever it started and left
        lines.finish()
        code = child.wait()
        return told, f"已退出（{'信号' if code < 0 else '代码'} {abs(code)}）"

    def _watch(self, child: subprocess.Popen[bytes], lines: Lines) -> bool:
        """Pass lines on until the program has ended; whether it was told to, because the house closes."""
        ending = os.pidfd_open(child.pid)
        deadline, told = float("inf"), False
        with selectors.DefaultSelector() as waiting:
            for source in (lines, ending, self.lifeline):
                waiting.register(source, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in waiting.select(min(deadline - time.monotonic(), 3600))}
                if lines in ready and not lines.pass_on():
                    waiting.unregister(lines)
                if ending in ready:
                    break
                if self.lifeline in ready:
                    waiting.unregister(self.lifeline)
                    told, deadline = True, time.monotonic() + self.patience.grace
                    _signal_group(child, signal.SIGTERM)
                elif time.monotonic() >= deadline:
                    deadline = float("inf")
                    self._say(f"{self.patience.grace:g} 秒内没有结束，强行终止。")
                    _signal_group(child, signal.SIGKILL)
        os.close(ending)
        return told


def _signal_group(child: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)


class RememberingPrinter(Printer):
    """Prints as honcho does and keeps each program's last lines."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.tails: dict[str, deque[str]] = {}

    def write(self, message: Message) -> None:
        """Print one message with its coloured prefix."""
        text = message.data.decode("utf-8", "replace") if isinstance(message.data, bytes) else message.data
        self.tails.setdefault(message.name, deque(maxlen=TAIL_LINES)).append(text.rstrip("\n"))
        super().write(message)


class House(Manager):
    """honcho's manager over keepers: one that ends on its own has given up, and then all end."""

    _terminating: bool
    _printer: RememberingPrinter

    def __init__(self, programs: Sequence[Program], patience: Patience, announcer: threading.Thread) -> None:
        super().__init__(RememberingPrinter())
        self._clock = CountyTime
        self.announcer = announcer
        self.lifeline = os.pipe()
        self._process_ctor = lambda program, **honcho: Keeper(program, patience, self.lifeline, **honcho)
        for program in programs:
            self.add_process(program.name, program)

    def _start(self) -> None:
        super()._start()
        os.close(self.lifeline[0])
        self.announcer.start()  # only now: keepers were forked from a process with one thread

    def terminate(self) -> None:
        """Close the lifeline; each keeper ends its program, by force after the grace.  Safe in a signal handler."""
        if not self._terminating:
            self._terminating = True
            os.close(self.lifeline[1])

    def kill(self) -> None:
        """Nothing: keepers know when to use force, and honcho is less patient."""

    def say(self, sentence: str) -> None:
        """A line of the supervisor's own."""
        self._printer.write(Message("line", sentence + "\n", clock.local(), SYSTEM, None))

    def _system_print(self, data: str) -> None:
        """honcho's English remarks; keepers say the same in Chinese."""

    def _gone(self, entry: dict[str, Any]) -> bool:
        return entry.get("returncode") is not None or not entry["process"].is_alive()

    def _all_stopped(self) -> bool:
        return all(map(self._gone, self._processes.values()))

    def _any_stopped(self) -> bool:
        return any(map(self._gone, self._processes.values()))

    def failed(self) -> list[str]:
        """Names of programs that were given up, or whose keeper was killed."""
        return [name for name, entry in self._processes.items() if entry.get("returncode") != 0]

    def show_tails(self) -> None:
        """The last lines of every program that was given up."""
        for name in self.failed():
            self.say(f"“{name}”反复退出，已停止全部进程。它最后的日志：")
            for line in self._printer.tails.get(name, ()):
                self.say(f"    {line}")


def _healthy(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=2)) as asked:
            asked.request("GET", parts.path or "/")
            return asked.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False


def _announce(health: Sequence[str], on_ready: Callable[[], None], closed: threading.Event) -> None:
    """Call `on_ready` once every address answers 200."""
    waiting = list(health)
    while waiting and not closed.wait(HEALTH_EVERY):
        waiting = [url for url in waiting if not _healthy(url)]
    if not waiting and not closed.is_set():
        on_ready()


def supervise(
    programs: Sequence[Program],
    health: Sequence[str] = (),
    on_ready: Callable[[], None] = lambda: None,
    patience: Patience | None = None,
) -> int:
    """Run programs until Ctrl-C or SIGTERM (returns 0), or until one dies too often (returns 1).

    `health` are http addresses that must answer 200 before `on_ready` is called, once, from another
    thread.  Call from the main thread; Linux only (pidfd, prctl).
    """
    closed = threading.Event()
    announcer = threading.Thread(target=_announce, args=(health, on_ready, closed), daemon=True)
    house = House(programs, patience or Patience(), announcer)
    try:
        house.loop()
    finally:
        closed.set()
        house.terminate()
    house.show_tails()
    return 1 if house.failed() else 0
