"""Scenarios on a real broker: each run with each seed, told of, counted.

A scenario is a function of one argument, a Scenario or what a suite makes of it. Suites call main().
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "crash"))

from kafka_broker import Broker  # noqa: E402
from program import program_path  # noqa: E402


class Scenario:
    """One scenario under way: what it has, and what was found."""

    def __init__(self, name, seed, broker, program, folder):
        self.name, self.seed, self.broker, self.program, self.folder = name, seed, broker, program, folder
        self.rng = random.Random(f"{name} {seed}")
        self.shaker = None
        self.began = time.monotonic()
        self.failed = 0
        self.lines = []

    def settle(self):
        """From now on the broker is left alone."""
        if self.shaker:
            self.shaker.close()
            self.note(f"{self.shaker.kills} times a node of the broker was killed meanwhile")
        self.shaker = None

    def note(self, line):
        self.lines.append(f"    {time.monotonic() - self.began:.0f} s: {line}")

    def check(self, what, problems):
        """Passed where there are no problems."""
        self.lines.append(f"{'FAILED' if problems else 'ok'}  {self.name}, seed {self.seed}, Kafka "
                          f"{self.broker.version}: {what}, {time.monotonic() - self.began:.0f} s")
        self.lines += ["    " + line for line in problems]
        self.failed += bool(problems)

    def expect(self, what, ended, *codes):
        self.check(what, [] if ended.code in codes else [f"expected {codes}; {ended}"])

    def close(self):
        """Ends what the scenario has running, also after a failure."""


class Shaker:
    """Kills one node of several at a time and starts it again, over and over, until it is closed."""

    def __init__(self, broker, seed):
        self.broker, self.rng = broker, random.Random(f"shaker {seed}")
        self.kills = 0
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        while not self.ending.wait(2 + 10 * self.rng.random()):
            node = self.rng.randint(1, self.broker.nodes)
            self.broker.kill(node)
            self.kills += 1
            self.ending.wait(self.rng.choice((0.2, 2, 8)))
            self.broker.start_again(node)

    def close(self):
        self.ending.set()
        self.thread.join()


def run_one(scenario, function, shake):
    """Runs it to its end, whatever happens."""
    try:
        if shake:
            scenario.shaker = Shaker(scenario.broker, f"{scenario.name} {scenario.seed}")
        function(scenario)
    except (Exception, SystemExit):  # pylint: disable=broad-except  # one scenario's end is not the suite's
        scenario.check("ran to its end", traceback.format_exc().splitlines())
    finally:
        scenario.settle()
        scenario.close()


def main(about, scenarios, kind=Scenario, seeds=(1,), unshaken=()):
    """`kind` makes the scenario's object; `unshaken` are scenarios that kill the broker themselves."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--seed", type=int, nargs="+", default=list(seeds))
    parser.add_argument("--only", nargs="+", choices=scenarios, default=list(scenarios))
    parser.add_argument("--version", default="3.9.1", help="of Kafka")
    parser.add_argument("--nodes", type=int, choices=(1, 3), default=1,
                        help="of the broker; of three, one at a time is killed and started again all the while")
    parser.add_argument("--keep", action="store_true", help="leave the folders of what failed")
    options = parser.parse_args()
    program = program_path()
    passed = failed = 0
    print(f"seeds {options.seed}, Kafka {options.version}, {options.nodes} node{'s' if options.nodes > 1 else ''}", flush=True)
    with Broker(nodes=options.nodes, version=options.version) as broker:
        for seed in options.seed:
            for name in options.only:
                folder = tempfile.mkdtemp(prefix=f"yujing-{name}-")
                scenario = kind(name, seed, broker, program, folder)
                run_one(scenario, scenarios[name], options.nodes > 1 and name not in unshaken)
                print("\n".join(scenario.lines), flush=True)
                passed += not scenario.failed
                failed += bool(scenario.failed)
                if options.keep and scenario.failed:
                    print(f"      left in {folder}")
                else:
                    shutil.rmtree(folder, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0
