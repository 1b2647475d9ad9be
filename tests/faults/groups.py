#!/usr/bin/python3
"""What goes on around the program over Kafka: members come and go, freeze, come twice; the broker dies. The end is compared with
the oracle.

    groups.py [--seed S …] [--only NAME …] [--version V] [--keep]

Names: members (a second one joins and leaves every second under load), frozen (stopped past its session, then woken), double (two
processes of one identity), broker (killed under load and started again).
"""

import argparse
import fcntl
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "stream"))
sys.path.insert(0, os.path.join(HERE, "..", "crash"))

from kafka_broker import Broker  # noqa: E402
from kafka_flow import Flow  # noqa: E402
from program import DONE, UNAVAILABLE, Material, program_path  # noqa: E402

EVENTS, PERSONS = 12000, 1500
SESSION_MS, TRANSACTION_MS = 6000, 4000


class Scene:
    """A flow that is being sent in the background, and the members that read it."""

    def __init__(self, name, seed, broker, program, folder):
        self.rng = random.Random(f"{name} {seed}")
        self.broker, self.program, self.folder = broker, program, folder
        material = Material(os.path.join(folder, "material"), seed, EVENTS, PERSONS, self.rng.choice(("jixi", "jixi,yantai")))
        self.flow = Flow(broker, f"{name}-{seed}", material, os.path.join(folder, "one"), partitions=6, memtable_kib=64,
                         seed=seed, kafka={"session_timeout_ms": SESSION_MS, "transaction_timeout_ms": TRANSACTION_MS})
        self.other = self.flow.settings(os.path.join(folder, "two"))
        self.problems = []
        self.sender = None

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

    def expect(self, what, ended, codes):
        if ended.code not in codes:
            self.problems.append(f"{what}: expected {codes}; {ended}")

    def finish(self):
        """Everything sent, everybody gone: one reads to the end."""
        self.sender.join()
        time.sleep(SESSION_MS / 1000 + 2)  # so that the last one has all partitions
        ended = self.flow.start(self.program, "--once").end()
        self.expect("the last run", ended, (DONE,))
        self.problems += self.flow.problems(self.program)


def members(scene):
    scene.send(40)
    first = scene.flow.start(scene.program)
    turns = 0
    second = None
    while scene.sender.is_alive():
        if second is None:
            second = scene.flow.start(scene.program, config=scene.other)
        else:
            if scene.rng.random() < 0.5:
                second.signal(signal.SIGKILL)
                second.end()
            else:
                second.signal(signal.SIGTERM)
                scene.expect("the second member", second.end(), (DONE, -signal.SIGTERM))
            second = None
        turns += 1
        time.sleep(1)
    if second is not None:
        second.signal(signal.SIGTERM)
        scene.expect("the second member", second.end(), (DONE,))
    if not first.alive():
        scene.problems.append(f"the first member ended: {first.end()}")
    first.signal(signal.SIGTERM)
    scene.expect("the first member", first.end(), (DONE,))
    scene.finish()
    if turns < 10:
        scene.problems.append(f"the second member came and went {turns} times only")


def frozen(scene):
    scene.send(45)
    first = scene.flow.start(scene.program)
    second = scene.flow.start(scene.program, config=scene.other)
    time.sleep(10)
    first.signal(signal.SIGSTOP)
    time.sleep(SESSION_MS / 1000 + 8)
    first.signal(signal.SIGCONT)
    scene.sender.join()
    time.sleep(5)
    for name, running in (("the frozen member", first), ("the other", second)):
        running.signal(signal.SIGTERM)
        scene.expect(name, running.end(), (DONE,))
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
    first = scene.flow.start(scene.program)
    time.sleep(8)
    first.signal(signal.SIGSTOP)  # a whole copy
    shutil.copytree(os.path.join(scene.folder, "one", "var"), os.path.join(scene.folder, "two", "var"))
    first.signal(signal.SIGCONT)
    second = scene.flow.start(scene.program, config=scene.other)
    until = time.monotonic() + 60
    while first.alive() and second.alive() and time.monotonic() < until:
        time.sleep(0.2)
    if first.alive() and second.alive():
        scene.problems.append("both processes of one identity go on after a minute")
    gone, left = (first, second) if not first.alive() else (second, first)
    scene.expect("the one that was put out", gone.end(), (UNAVAILABLE,))
    left.signal(signal.SIGTERM)
    scene.expect("the one that stayed", left.end(), (DONE,))
    again = scene.flow.start(scene.program)
    again.wait_until(lambda _: is_held(os.path.join(scene.folder, "one", "var", "INSTANCE")))
    third = scene.flow.start(scene.program)  # on the same folder: refused at once
    scene.expect("a second on the same folder", third.end(), (UNAVAILABLE,))
    again.signal(signal.SIGTERM)
    scene.expect("the first on the folder", again.end(), (DONE,))
    scene.finish()


def broker(scene):
    scene.send(45)
    running = scene.flow.start(scene.program)
    exits = 0
    for _ in range(4):
        time.sleep(4 + 3 * scene.rng.random())
        scene.broker.kill()
        time.sleep(scene.rng.choice((0.2, 2, 5)))
        scene.broker.start_again()
        if not running.alive():  # the watchdog, or a stop it was right to make; started again by whoever keeps it running
            exits += 1
            scene.expect("after the broker was killed", running.end(), (UNAVAILABLE,))
            running = scene.flow.start(scene.program)
    scene.sender.join()
    running.signal(signal.SIGTERM)
    scene.expect("asked to stop", running.end(), (DONE,))
    scene.finish()
    print(f"    {exits} exits in 4 kills of the broker", flush=True)


SCENES = {"members": members, "frozen": frozen, "double": double, "broker": broker}


def main():
    parser = argparse.ArgumentParser(description="Groups, freezes, doubles and dying brokers.")
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--only", nargs="+", choices=SCENES, default=list(SCENES))
    parser.add_argument("--version", default="3.9.1", help="of Kafka")
    parser.add_argument("--keep", action="store_true", help="leave the folders of what failed")
    options = parser.parse_args()
    program = program_path()
    passed = failed = 0
    print(f"seeds {options.seed}, Kafka {options.version}", flush=True)
    with Broker(version=options.version) as kafka:
        for name in options.only:
            for seed in options.seed:
                folder = tempfile.mkdtemp(prefix=f"yujing-{name}-")
                began = time.monotonic()
                scene = None
                try:
                    scene = Scene(name, seed, kafka, program, folder)
                    SCENES[name](scene)
                    problems = scene.problems
                except Exception:  # pylint: disable=broad-except  # one scene's end is not the suite's
                    problems = (scene.problems if scene else []) + traceback.format_exc().splitlines()
                    if scene and scene.sender:
                        scene.sender.join()
                print(f"{'FAILED' if problems else 'ok    '}  {name}, seed {seed}, {time.monotonic() - began:.0f} s", flush=True)
                for line in problems:
                    print("    " + line)
                passed += not problems
                failed += bool(problems)
                if options.keep and problems:
                    print(f"    left in {folder}")
                else:
                    shutil.rmtree(folder, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
