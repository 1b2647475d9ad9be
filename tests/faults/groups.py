#!/usr/bin/python3
"""What goes on around the program over Kafka: members come and go, freeze, come twice; the broker dies. The end is compared with
the oracle.

    groups.py [--seed S …] [--only NAME …] [--version V] [--nodes 1|3] [--keep]

Names: members (a second one joins and leaves every second under load), frozen (stopped past its session, then woken), double (two
processes of one identity), broker (a node killed under load and started again), gone (asked to stop while there is no broker), outage
(no broker for longer than anything waits; minutes).
"""

import fcntl
import os
import shutil
import signal
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "stream"))
sys.path.insert(0, os.path.join(HERE, "..", "crash"))

import kafka_suite  # noqa: E402
from kafka_flow import Flow  # noqa: E402
from program import DONE, UNAVAILABLE, Material  # noqa: E402

EVENTS, PERSONS = 12000, 1500
SESSION_MS, TRANSACTION_MS = 6000, 4000
STOP_SECONDS = 40  # within which a stop without a broker ends: far above what it takes, far below what hangs


class Scene(kafka_suite.Scenario):
    """A flow that is being sent in the background, and the members that read it."""

    def __init__(self, *what):
        super().__init__(*what)
        material = Material(os.path.join(self.folder, "material"), self.seed, EVENTS, PERSONS,
                            self.rng.choice(("jixi", "jixi,yantai")))
        self.flow = Flow(self.broker, f"{self.name}-{self.seed}", material, os.path.join(self.folder, "one"), partitions=6,
                         memtable_kib=64, seed=self.seed,
                         kafka={"session_timeout_ms": SESSION_MS, "transaction_timeout_ms": TRANSACTION_MS})
        self.other = self.flow.settings(os.path.join(self.folder, "two"))
        self.sender = None
        self.started = []

    def send(self, seconds):
        """Sends everything, spread over so many seconds."""
        lines = self.flow.lines()

        def work():
            began = time.monotonic()
            for i, (kind, line) in enumerate(lines):
                self.flow.send_line(kind, line)
                ahead = seconds * i / len(lines) - (time.monotonic() - began)
                if ahead > 0.02:
                    time.sleep(ahead)
            self.flow.sent()
        self.sender = threading.Thread(target=work)
        self.sender.start()

    def start(self, **options):
        self.started.append(self.flow.start(self.program, **options))
        return self.started[-1]

    def close(self):
        for running in self.started:
            running.signal(signal.SIGKILL)
        if self.sender:
            self.sender.join()

    def finish(self):
        """Everything sent, everybody gone: one reads to the end."""
        self.sender.join()
        self.settle()
        time.sleep(SESSION_MS / 1000 + 2)  # so that the last one has all partitions
        self.expect("the last run", self.flow.start(self.program, "--once").end(), DONE)
        self.check("what came out", self.flow.problems(self.program))


def members(scene):
    scene.send(40)
    first = scene.start()
    turns = 0
    second = None
    while scene.sender.is_alive():
        if second is None:
            second = scene.start(config=scene.other)
        else:
            if scene.rng.random() < 0.5:
                second.signal(signal.SIGKILL)
                second.end()
            else:
                second.signal(signal.SIGTERM)
                scene.expect("the second member", second.end(), DONE, -signal.SIGTERM)
            second = None
        turns += 1
        time.sleep(1)
    if second is not None:
        second.signal(signal.SIGTERM)
        scene.expect("the second member", second.end(), DONE)
    scene.check("the first member goes on", [] if first.alive() else [str(first.end())])
    first.signal(signal.SIGTERM)
    scene.expect("the first member", first.end(), DONE)
    scene.finish()
    scene.check(f"the second member came and went {turns} times", [] if turns >= 10 else ["that is too few to tell"])


def frozen(scene):
    scene.send(45)
    first = scene.start()
    second = scene.start(config=scene.other)
    time.sleep(10)
    first.signal(signal.SIGSTOP)
    time.sleep(SESSION_MS / 1000 + 8)
    first.signal(signal.SIGCONT)
    scene.sender.join()
    time.sleep(5)
    for name, running in (("the frozen member", first), ("the other", second)):
        running.signal(signal.SIGTERM)
        scene.expect(name, running.end(), DONE)
    scene.finish()


def is_held(path):
    """Whether a process has the store folder."""
    with open(path, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return False
        except BlockingIOError:
            return True


def double(scene):
    """The store folder is copied with its INSTANCE, and both run."""
    scene.send(25)
    first = scene.start()
    scene.check("it has its stores", [] if first.wait_until(lambda _: os.path.exists(
        os.path.join(scene.folder, "one", "var", "5", "CURRENT"))) else [first.said()])
    time.sleep(5)
    first.signal(signal.SIGSTOP)  # a whole copy
    shutil.copytree(os.path.join(scene.folder, "one", "var"), os.path.join(scene.folder, "two", "var"))
    first.signal(signal.SIGCONT)
    second = scene.start(config=scene.other)
    until = time.monotonic() + 60
    while first.alive() and second.alive() and time.monotonic() < until:
        time.sleep(0.2)
    scene.check("one of the two ends", ["both go on after a minute"] if first.alive() and second.alive() else [])
    gone, left = (first, second) if not first.alive() else (second, first)
    scene.expect("the one that was put out", gone.end(), UNAVAILABLE)
    left.signal(signal.SIGTERM)
    scene.expect("the one that stayed", left.end(), DONE)
    again = scene.start()
    again.wait_until(lambda _: is_held(os.path.join(scene.folder, "one", "var", "INSTANCE")))
    third = scene.start()  # on the same folder: refused at once
    scene.expect("a second on the same folder", third.end(), UNAVAILABLE)
    again.signal(signal.SIGTERM)
    scene.expect("the first on the folder", again.end(), DONE)
    scene.finish()


def keep_running(scene, running, what):
    """Starts it again where it ended as it may, as whoever keeps it running would."""
    if running.alive():
        return running
    ended = running.end()
    scene.note(f"{what}: it ended, and is started again: {(ended.tail().splitlines() or [''])[-1]}")
    scene.expect(what, ended, UNAVAILABLE)
    again = scene.start()
    again.wait_until(lambda it: "watching" in it.said())  # before that a signal to stop just ends it
    return again


def broker(scene):
    """A node is killed and started again, four times."""
    scene.send(45)
    running = scene.start()
    for _ in range(4):
        time.sleep(4 + 3 * scene.rng.random())
        node = scene.rng.randint(1, scene.broker.nodes)
        scene.broker.kill(node)
        time.sleep(scene.rng.choice((0.2, 2, 5)))
        scene.broker.start_again(node)
        scene.note(f"node {node} is back")
        running = keep_running(scene, running, "after the broker was killed")
    scene.sender.join()
    scene.note("all is sent")
    running.signal(signal.SIGTERM)
    scene.expect("asked to stop", running.end(), DONE)
    scene.finish()


def gone(scene):
    """Asked to stop while no broker is there."""
    scene.send(20)
    running = scene.start()
    time.sleep(8 + 4 * scene.rng.random())
    for node in range(1, scene.broker.nodes + 1):
        scene.broker.kill(node)
    time.sleep(scene.rng.choice((0, 0.5, 3, 8)))
    running.signal(signal.SIGTERM)
    scene.expect("asked to stop without a broker", running.end(timeout=STOP_SECONDS), DONE)
    scene.broker.start_all()
    scene.finish()


def outage(scene):
    """All nodes are away for longer than anything waits: transactions, retries, the watch over calls."""
    scene.send(45)
    running = scene.start()
    time.sleep(6 + 4 * scene.rng.random())
    for node in range(1, scene.broker.nodes + 1):
        scene.broker.kill(node)
    away = scene.rng.choice((20, 50, 100))
    until = time.monotonic() + away
    while time.monotonic() < until:
        time.sleep(1)
        running = keep_running(scene, running, f"{away} s without a broker")
    scene.broker.start_all()
    scene.sender.join()
    time.sleep(5)
    running = keep_running(scene, running, "the broker is back")
    running.signal(signal.SIGTERM)
    scene.expect("asked to stop", running.end(), DONE)
    scene.finish()


SCENES = {"members": members, "frozen": frozen, "double": double, "broker": broker, "gone": gone, "outage": outage}

if __name__ == "__main__":
    sys.exit(kafka_suite.main("Groups, freezes, doubles and dying brokers.", SCENES, Scene,
                              unshaken=("double", "broker", "gone", "outage")))
