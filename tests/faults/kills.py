#!/usr/bin/python3
"""Kills the program over Kafka at named points and at random, spoils its stores in between, and compares the end with the oracle.

    kills.py [--seed S …] [--kills N] [--version V] [--nodes 1|3] [--keep]

A round has one stream, sent piece by piece, and N kills with a start after each; every kill point is met. After the last the
program reads to the end by itself, and what came out must be what the oracle computes from the raw topics. Memtables are as small
as the settings allow, so that stores really lie on the disk when the next start looks at them. A kill counts only if the process
was alive; what is done to the stores, and when, comes from the seed. Of three nodes of the broker one at a time is killed and started
again all the while.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "stream"))
sys.path.insert(0, os.path.join(HERE, "..", "crash"))

from kafka_broker import Broker  # noqa: E402
from kafka_flow import Flow  # noqa: E402
from kafka_suite import Shaker  # noqa: E402
from program import DONE, UNAVAILABLE, Material, call, program_path  # noqa: E402

POINTS = ("before_produce", "mid_produce", "after_produce", "after_offsets", "in_commit", "after_commit", "mid_store",
          "after_store", "in_restore", "after_restore")
RESTORES = ("in_restore", "after_restore")  # need a store that lies behind
MISCHIEF = ("nothing", "nothing", "nothing", "deleted", "one deleted", "older copy", "damaged", "cut")
EVENTS, PERSONS, MEMTABLE_KIB, POINT_SECONDS = 6000, 900, 64, 30
SEEDS_FOR_ALL_POINTS = 3  # a single round may well pass a point before anything is to be done there


class Round:
    """One stream with its kills."""

    def __init__(self, seed, kills, broker, program, folder):
        self.rng = random.Random(f"kills {seed}")
        self.seed, self.kills, self.program = seed, kills, program
        material = Material(os.path.join(folder, "material"), seed, EVENTS, PERSONS,
                            self.rng.choice(("jixi", "jixi,yantai", "shuangyashan,jincheng,yanbian")))
        self.flow = Flow(broker, f"kills-{seed}", material, os.path.join(folder, "run"), partitions=4,
                         memtable_kib=MEMTABLE_KIB, seed=seed, kafka={"commit_ms": "20"})
        self.store = os.path.join(folder, "run", "var")
        self.copy = os.path.join(folder, "copy")
        self.killed = {}
        self.lines = []
        self.shaker = Shaker(broker, f"kills {seed}") if broker.nodes > 1 else None

    def settle(self):
        """From now on the broker is left alone."""
        if self.shaker:
            self.shaker.close()
        self.shaker = None

    def partitions(self):
        if not os.path.isdir(self.store):
            return []
        return [os.path.join(self.store, name) for name in sorted(os.listdir(self.store)) if name.isdigit()]

    def mischief(self, what):
        """Does it to the stores; says what it was, as far as there was something to do it to."""
        folders = self.partitions()
        if what == "nothing" or not folders:
            return "nothing"
        if what == "deleted":
            for folder in folders:
                shutil.rmtree(folder)
        elif what == "one deleted":
            shutil.rmtree(self.rng.choice(folders))
        elif what == "older copy":
            if not os.path.isdir(self.copy):
                return "nothing"
            for folder in folders:
                shutil.rmtree(folder)
            for name in os.listdir(self.copy):
                shutil.copytree(os.path.join(self.copy, name), os.path.join(self.store, name))
        else:
            folder = self.rng.choice(folders)
            wanted = (".sst",) if what == "damaged" else ("MANIFEST", "CURRENT", ".sst")
            files = [name for name in sorted(os.listdir(folder)) if any(part in name for part in wanted)
                     and os.path.getsize(os.path.join(folder, name)) > 0]
            if not files:
                return "nothing"
            path = os.path.join(folder, self.rng.choice(files))
            with open(path, "r+b") as file:
                size = os.path.getsize(path)
                if what == "cut":
                    file.truncate(size // 2)
                else:
                    at = self.rng.randrange(size)
                    file.seek(at)
                    byte = file.read(1)[0]
                    file.seek(at)
                    file.write(bytes([byte ^ (1 << self.rng.randrange(8))]))
            what += f" {os.path.basename(path)}"
        return what

    def keep_copy(self):
        shutil.rmtree(self.copy, ignore_errors=True)
        os.makedirs(self.copy)
        for folder in self.partitions():
            shutil.copytree(folder, os.path.join(self.copy, os.path.basename(folder)))

    def kill_once(self, number, point):
        """One start and its kill."""
        mischief = self.rng.choice(MISCHIEF)
        if point in RESTORES:
            mischief = self.rng.choice(("deleted", "older copy", "one deleted"))
        done = self.mischief(mischief)
        if self.rng.random() < 0.4:
            self.keep_copy()
        if point is None:
            running = self.flow.start(self.program)
            time.sleep(self.rng.choice((0.05, 0.3, 1, 2)) * self.rng.random() + self.rng.choice((0, 0, 1)))
            was_alive = running.signal(signal.SIGKILL)
            ended = running.end()
            name = "any moment"
        else:
            count = self.rng.choice((1, 1, 2))
            running = self.flow.start(self.program, more={"YUJING_KILL_AT": f"{point}:{count}"})
            running.wait_until(lambda _: False, timeout=POINT_SECONDS)
            was_alive = not running.alive()
            name = f"{point}:{count}"
            if running.alive():  # not so often passed with what there was to do
                was_alive = running.signal(signal.SIGKILL)
                name += " (not reached, killed later)"
            ended = running.end()
        if ended.code == -signal.SIGKILL and was_alive:
            key = name.split(":")[0] if "not reached" not in name else "any moment"
            self.killed[key] = self.killed.get(key, 0) + 1
        else:
            self.lines.append(f"    start {number}: {ended}")
        self.lines.append(f"    kill {number}: {name}, before it: {done}")
        # While nodes of the broker are killed a start may find none that answers: it says so, and is made again.
        return ended.code == -signal.SIGKILL or (self.shaker is not None and ended.code == UNAVAILABLE)

    def run(self):
        lines = self.flow.lines()
        points = list(POINTS)
        self.rng.shuffle(points)
        plan = [points[i] if i < len(points) else self.rng.choice((None, None, *POINTS)) for i in range(self.kills)]
        self.rng.shuffle(plan)
        while len(plan) > 4 and any(point in RESTORES for point in plan[:2]):
            self.rng.shuffle(plan)  # something must lie in the ledger before a restore is killed
        piece = len(lines) // (self.kills + 1)
        problems = []
        for number, point in enumerate(plan):
            for kind, line in lines[number * piece:(number + 1) * piece]:
                self.flow.send_line(kind, line)
            self.flow.sent()
            if not self.kill_once(number, point):
                problems.append(f"start {number} was not killed, but ended by itself")
        for kind, line in lines[self.kills * piece:]:
            self.flow.send_line(kind, line)
        self.flow.sent()
        self.settle()
        ended = self.flow.start(self.program, "--once").end()
        if ended.code != DONE:
            return problems + [str(ended)]
        problems += self.flow.problems(self.program)
        verified = call(self.program, "store", "verify", "--config", self.flow.config)
        if verified.code != DONE:
            problems.append(str(verified))
        return problems


def main():
    parser = argparse.ArgumentParser(description="Kills over Kafka.")
    parser.add_argument("--seed", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--kills", type=int, default=12, help="of a round")
    parser.add_argument("--version", default="3.9.1", help="of Kafka")
    parser.add_argument("--nodes", type=int, choices=(1, 3), default=1, help="of the broker")
    parser.add_argument("--keep", action="store_true", help="leave the folders of what failed")
    options = parser.parse_args()
    program = program_path()
    passed = failed = 0
    killed = {}
    print(f"seeds {options.seed}, {options.kills} kills each, Kafka {options.version}, {options.nodes} nodes", flush=True)
    with Broker(nodes=options.nodes, version=options.version) as broker:
        for seed in options.seed:
            folder = tempfile.mkdtemp(prefix="yujing-kills-")
            began = time.monotonic()
            one = None
            try:
                one = Round(seed, options.kills, broker, program, folder)
                problems = one.run()
            except (Exception, SystemExit):  # pylint: disable=broad-except  # one round's end is not the suite's
                problems = traceback.format_exc().splitlines()
            if one:
                one.settle()
            for name, times in (one.killed if one else {}).items():
                killed[name] = killed.get(name, 0) + times
            took = time.monotonic() - began
            print(f"{'FAILED' if problems else 'ok    '}  seed {seed}, {took:.0f} s", flush=True)
            if problems:
                print("\n".join((one.lines if one else []) + ["    " + line for line in problems]))
            failed += bool(problems)
            passed += not problems
            if options.keep and problems:
                print(f"    left in {folder}")
            else:
                shutil.rmtree(folder, ignore_errors=True)
    print("kills: " + ", ".join(f"{times} {name}" for name, times in sorted(killed.items())) + f"; {sum(killed.values())} in all")
    missed = [point for point in POINTS if point not in killed]
    if missed and options.kills >= len(POINTS) and len(options.seed) >= SEEDS_FOR_ALL_POINTS:
        print(f"FAILED  never killed at: {', '.join(missed)}")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
