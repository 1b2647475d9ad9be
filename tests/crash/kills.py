#!/usr/bin/env python3
"""Kills the real program with SIGKILL at random moments and starts it again until it ends by itself.

    kills.py [--fast] [--seed S …] [--scenario NAME …] [--rounds N] [--kills N] [--jobs N] [--keep]

Whatever was killed must end with the totals, alerts and outputs of the uninterrupted run, byte for byte, and
those must be what the oracle computes from the raw inputs. A kill counts only if the process was alive.

The stream, the moments and their order come from the seed; where a kill lands depends on the machine too. So a
seed that failed is worth repeating a few times:

    kills.py --seed 2 --scenario persons --rounds 20
"""

import argparse
import collections
import concurrent.futures
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback

from program import (DONE, Material, Outcome, differences, oracle_problems, program_path)

KILLS_WANTED, ROWS_WANTED = 30, 8  # in all; right after another, before the run between them ended
ROUNDS_MAX = 40  # of a scenario that still lacks kills
EARLY_SECONDS = 0.05  # a kill this soon after the start lands in the opening of the store

# seed -> events, persons, cities, scenarios. Tens of thousands of events are many batches, and so many persons are
# several of records and of folding again.
STREAMS = {1: (60_000, 9_000, "jixi,yantai", ("stream", "parts", "figures")),
           2: (30_000, 9_000, "jixi,jincheng,yantai,yanbian",
               ("parts", "persons", "persons-again", "figures-back")),
           3: (36_000, 12_000, "shuangyashan,yantai", ("stream", "persons", "figures", "figures-back"))}
STREAM_FAST = (14_000, 6_000, "jixi,yantai")
# Of these seeds the store keeps so little in memory that it writes a table with every commit.
SMALL_MEMTABLES, MEMTABLE_KIB = (2, 3), 64
BATCH_EVENTS = 4096


# --------------------------------------------------------------------------
# Scenarios: steps, each a change of the inputs and a run to the end.

class Step:
    def __init__(self, name, prepare, killed=True, finished=True):
        self.name, self.prepare = name, prepare
        self.killed = killed      # kills fall into its run
        self.finished = finished  # runs to its end before the next step


class Scenario:
    def __init__(self, name, steps, exact=True, kills=(2, 4)):
        self.name, self.steps = name, steps
        self.kills = kills  # from, to: how many fall into a step
        self.exact = exact  # ends with the bytes of the uninterrupted run; else with what the oracle says

    def first_killed(self):
        return next(i for i, step in enumerate(self.steps) if step.killed)


def stream_scenario(material):
    return Scenario("stream", [Step("all at once", material.put_all)])


def parts_scenario(material):
    """The events file grows, the persons and decisions files are as they were when the part came."""
    def prepare(part):
        def put(folder):
            folder.append_events(material.file(part["events"]))
            folder.put("persons.ndjson", material.file(part["persons"]))
            if part["decisions"]:
                folder.put("decisions.ndjson", material.file(part["decisions"]))
        return put
    parts = material.plan["parts"]
    return Scenario("parts", [Step(f"part {i + 1} of {len(parts)}", prepare(part)) for i, part in enumerate(parts)],
                    kills=(0, 2))


def first_month(material):
    """Every event, but nearly nobody known: the first persons file."""
    def put(folder):
        folder.put("persons.ndjson", material.file(material.plan["parts"][0]["persons"]))
        folder.append_events(material.file("events.ndjson"))
    return put


def next_month(material):
    """The persons file replaced by one with everything known, and decisions beside it."""
    def put(folder):
        folder.put("persons.ndjson", material.file("all-persons.ndjson"))
        if material.has("decisions.ndjson"):
            folder.put("decisions.ndjson", material.file("decisions.ndjson"))
    return put


def persons_scenario(material):
    return Scenario("persons", [Step("the month before", first_month(material), killed=False),
                                Step("persons file replaced", next_month(material))])


def persons_again_scenario(material):
    """Killed while a persons file is read; before the next start it is replaced by a longer one."""
    def cut(folder):
        next_month(material)(folder)
        path = folder.file("persons.ndjson")
        with open(path, "rb") as file:
            lines = file.readlines()
        with open(path, "wb") as file:
            file.writelines(lines[:len(lines) * 9 // 10])
        folder.feeds = [feed for feed in folder.feeds if feed[1] != material.file("all-persons.ndjson")]
    return Scenario("persons-again", [Step("the month before", first_month(material), killed=False),
                                      Step("persons file replaced", cut, finished=False),
                                      Step("persons file replaced again", next_month(material), killed=False)],
                    exact=False)


def figures(material, name):
    return lambda folder: folder.put("reference.yaml", material.file(name))


def figures_scenario(material):
    return Scenario("figures", [Step("the old figures", material.put_all, killed=False),
                                Step("reference figures changed", figures(material, "reference-raised.yaml"))])


def figures_back_scenario(material):
    """Killed in the middle of folding again; before the next start the old figures are put back."""
    return Scenario("figures-back", [Step("the old figures", material.put_all, killed=False),
                                     Step("reference figures changed", figures(material, "reference-raised.yaml"),
                                          finished=False),
                                     Step("the old figures again", figures(material, "reference.yaml"),
                                          killed=False)],
                    exact=False)


SCENARIOS = {"stream": stream_scenario, "parts": parts_scenario, "persons": persons_scenario,
             "figures": figures_scenario, "persons-again": persons_again_scenario,
             "figures-back": figures_back_scenario}


# --------------------------------------------------------------------------
# Moments to kill at

class Extent:
    """Of an uninterrupted step: how long it ran, and the bytes of both outputs before and after."""

    def __init__(self, seconds, before, after):
        self.seconds, self.before, self.after = seconds, before, after

    def share(self, written):
        """How much of the step's output is written, 0 to 1."""
        return min(1.0, max(0.0, (written - self.before) / max(1, self.after - self.before)))


class Growth:
    """True when what is measured has grown so many times since the start."""

    def __init__(self, measure, times):
        self.measure, self.left, self.last = measure, times, measure()

    def __call__(self, running):
        now = self.measure()
        if now > self.last:
            self.left -= 1
        self.last = now
        return self.left <= 0


class Moment:
    """When to kill: a condition on the running program, and a little patience after it."""

    def __init__(self, rng, extent, after_a_kill):
        kinds = ("start",) * (4 if after_a_kill else 1) + ("time",) * 4 + ("output", "output", "commit", "share", "share")
        self.kind = rng.choice(kinds)
        self.patience = 0.0
        if self.kind == "start":
            self.value = rng.uniform(0, EARLY_SECONDS)
        elif self.kind == "time":
            self.value = rng.uniform(0, (0.7 if after_a_kill else 1.05) * extent.seconds)
        elif self.kind == "share":
            self.value = rng.choice((rng.random(), rng.random(), 1.0))
            self.patience = rng.uniform(0, 0.01)
        else:
            self.value = rng.randint(1, 4)
            self.patience = rng.choice((0.0, rng.uniform(0, 0.004)))
        self.extent = extent

    def condition(self, folder):
        if self.kind in ("start", "time"):
            return lambda running: running.seconds() >= self.value
        if self.kind == "share":
            wanted = self.extent.before + self.value * (self.extent.after - self.extent.before)
            return lambda running: folder.written() >= wanted
        return Growth(folder.written if self.kind == "output" else folder.log_bytes, self.value)

    def __str__(self):
        return {"start": f"{self.value * 1000:.0f} ms after the start", "time": f"after {self.value:.2f} s",
                "output": f"when the outputs had grown {self.value} times",
                "commit": f"when the store's log had grown {self.value} times",
                "share": f"when {self.value:.0%} of the outputs were written"}[self.kind]


# --------------------------------------------------------------------------

class Report:
    """What one scenario with one seed found."""

    def __init__(self, title):
        self.title = title
        self.lines, self.problems = [], []
        self.passed = self.failed = self.kills = self.rows = 0
        self.where = collections.Counter()

    def check(self, what, problems, again=""):
        if problems:
            self.failed += 1
            self.problems.append(f"FAILED  {self.title}, {what}" + (f"; again: {again}" if again else ""))
            self.problems += ["    " + line for text in problems for line in text.splitlines()]
        else:
            self.passed += 1

    def killed(self, extent, written, seconds, after_a_kill):
        share = extent.share(written)
        self.kills += 1
        self.rows += after_a_kill
        if seconds < EARLY_SECONDS:
            self.where["within 50 ms of the start"] += 1
        elif share <= 0:
            self.where["before the first output"] += 1
        elif share < 1:
            self.where["midway"] += 1
        else:
            self.where["after the last output"] += 1

    def summary(self):
        where = ", ".join(f"{count} {place}" for place, count in sorted(self.where.items()))
        return f"{self.title}: {self.kills} kills ({where or 'none'}; {self.rows} right after another)"


def run_uninterrupted(scenario, material, path, program, report):
    """Runs every step to its end. Returns the folder as it was before the first step with kills, the extents
    of the steps, and the outcome."""
    folder = material.folder(os.path.join(path, "whole"), program)
    problems, extents, before = [], [], None
    for number, step in enumerate(scenario.steps):
        if number == scenario.first_killed():
            before = folder.copy(os.path.join(path, "before"))
        step.prepare(folder)
        written, began = folder.written(), time.monotonic()
        done = folder.once()
        if done.code != DONE:
            problems.append(f"{step.name}: {done}")
        extents.append(Extent(time.monotonic() - began, written, folder.written()))
    outcome = Outcome(folder, problems)
    if scenario.exact:
        problems += oracle_problems(folder, outcome)
    report.check("uninterrupted", problems)
    report.lines.append("; ".join(f"{step.name}: {extent.seconds:.2f} s, {extent.after - extent.before} bytes put out"
                                  for step, extent in zip(scenario.steps, extents)))
    if material.small_memtables:
        # With the usual memory so short a run leaves all in its log. How many there are hangs on what was merged.
        written = any(name.endswith(".sst") for name in os.listdir(folder.store))
        report.check("writes tables", [] if written else ["there is none in the store"])
    folder.remove()
    return before, extents, outcome


def kill_some(folder, step, extent, count, rng, report, problems):
    """Kills so many runs of the step. Returns whether the step has ended by itself."""
    after_a_kill = False
    verify_after = rng.randint(0, count) if "figures" not in step.name else None
    for number in range(count):
        moment = Moment(rng, extent, after_a_kill)
        running = folder.start("--once")
        if running.wait_until(moment.condition(folder)):
            time.sleep(moment.patience)
        sent = running.signal(signal.SIGKILL)
        seconds, done = running.seconds(), running.end()
        if sent and done.code == -signal.SIGKILL:
            written = folder.written()
            report.killed(extent, written, seconds, after_a_kill)
            report.lines.append(f"  {step.name}: killed {moment}: {seconds * 1000:.0f} ms, "
                                f"{extent.share(written):.0%} of the outputs written")
            after_a_kill = True
            if "error" in running.said():
                problems.append(f"{step.name}: complained before it was killed: {running.said()}")
            if number == verify_after and written > 0:
                verified = folder.call("store", "verify")
                if verified.code != DONE:
                    problems.append(f"{step.name}, right after a kill: {verified}")
            continue
        if done.code != DONE:
            problems.append(f"{step.name}, started after {number} kills: {done}")
        return True
    return False


def run_killed(scenario, before, extents, expected, path, rng, report):
    """One round. Returns its problems."""
    folder, problems = before.copy(path), []
    for number, (step, extent) in enumerate(zip(scenario.steps, extents)):
        if number < scenario.first_killed():
            continue
        step.prepare(folder)
        ended = False
        if step.killed:
            ended = kill_some(folder, step, extent, rng.randint(*scenario.kills), rng, report, problems)
        if step.finished and not ended:
            done = folder.once()
            if done.code != DONE:
                problems.append(f"{step.name}, started after the last kill: {done}")
    outcome = Outcome(folder, problems)
    if scenario.exact:
        problems += expected.differences(outcome)
    else:
        problems += differences("export totals", expected.parts["export totals"], outcome.parts["export totals"])
        problems += oracle_problems(folder, outcome)
    if not problems:
        folder.remove()
    return problems


def run_scenario(name, seed, material, path, program, rounds, kills_wanted):
    """All rounds of a scenario; more of them while too few kills have landed, or none midway."""
    report = Report(f"seed {seed} {name}")
    try:
        scenario = SCENARIOS[name](material)
        before, extents, outcome = run_uninterrupted(scenario, material, path, program, report)
        for number in range(1, max(rounds, ROUNDS_MAX) + 1):
            if number > rounds and report.kills >= kills_wanted and report.where["midway"]:
                break
            rng = random.Random(f"{name} {seed} {number}")
            report.lines.append(f"  round {number}")
            problems = run_killed(scenario, before, extents, outcome, os.path.join(path, f"round{number}"), rng, report)
            report.check(f"round {number}", problems,
                         f"tests/crash/kills.py --seed {seed} --scenario {name} --rounds {max(number, 20)}")
        if not report.where["midway"]:
            report.lines.append(f"  note: no kill of `{name}` landed midway through its outputs")
    except Exception:  # pylint: disable=broad-except  # one broken scenario must not hide the others
        report.check("the test itself", [traceback.format_exc()])
    return report


def make_material(path, seed, fast):
    events, persons, cities = STREAM_FAST if fast else STREAMS.get(seed, STREAMS[2])[:3]
    material = Material(path, seed, events, persons, cities)
    material.small_memtables = seed in SMALL_MEMTABLES
    with open(material.file("settings.yaml"), "a", encoding="utf-8") as settings:
        settings.write(f"batch_events: {BATCH_EVENTS}\n")
        if material.small_memtables:
            settings.write(f"store_memtable_kib: {MEMTABLE_KIB}\n")
    return material


def main():
    parser = argparse.ArgumentParser(description="Kill the program at random moments, compare how it ends.")
    parser.add_argument("--fast", action="store_true", help="one seed, a small stream, few kills")
    parser.add_argument("--seed", type=int, nargs="+", help="default: " + " ".join(map(str, STREAMS)))
    parser.add_argument("--scenario", nargs="+", choices=sorted(SCENARIOS), metavar="NAME",
                        help=", ".join(SCENARIOS))
    parser.add_argument("--rounds", type=int, help="rounds of each scenario")
    parser.add_argument("--kills", type=int, default=KILLS_WANTED, help="so many in all, at least")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="scenarios at a time")
    parser.add_argument("--keep", action="store_true", help="keep the folders of the runs and say where")
    options = parser.parse_args()
    program = program_path()
    seeds = options.seed or ([1] if options.fast else list(STREAMS))
    def scenarios_of(seed):
        usual = STREAMS[seed][3] if seed in STREAMS and not options.fast else SCENARIOS
        return options.scenario or usual

    rounds = options.rounds or (1 if options.fast else 2)
    print(f"seeds {' '.join(map(str, seeds))}; {rounds} rounds of each scenario", flush=True)

    work = tempfile.mkdtemp(prefix="yujing-kills-")
    reports = []
    try:
        with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
            made = {seed: pool.submit(make_material, os.path.join(work, f"seed{seed}"), seed, options.fast)
                    for seed in seeds}
            scenarios = sum(len(scenarios_of(seed)) for seed in seeds)
            wanted = max(3, -(-options.kills // scenarios))
            tasks = []
            for seed in seeds:
                material = made[seed].result()
                print(f"seed {seed}: messy.py {material.make}", flush=True)
                for name in scenarios_of(seed):
                    path = os.path.join(work, f"seed{seed}-{name}")
                    os.makedirs(path)
                    tasks.append(pool.submit(run_scenario, name, seed, material, path, program, rounds, wanted))
            for task in concurrent.futures.as_completed(tasks):
                report = task.result()
                reports.append(report)
                print("\n".join([report.summary(), *report.lines, *report.problems]), flush=True)
    finally:
        if options.keep:
            print(f"kept: {work}")
        else:
            shutil.rmtree(work, ignore_errors=True)

    passed, failed = (sum(getattr(report, name) for report in reports) for name in ("passed", "failed"))
    kills, rows = (sum(getattr(report, name) for report in reports) for name in ("kills", "rows"))
    where = sum((report.where for report in reports), collections.Counter())
    print(f"{kills} kills, seeds {' '.join(map(str, seeds))}: "
          + ", ".join(f"{count} {place}" for place, count in sorted(where.items())) + f"; {rows} right after another")
    if not (options.fast or options.seed or options.scenario):
        enough = kills >= options.kills and rows >= ROWS_WANTED
        passed, failed = (passed + 1, failed) if enough else (passed, failed + 1)
        if not enough:
            print(f"FAILED  at least {options.kills} kills were wanted, {ROWS_WANTED} of them right after another; "
                  f"{kills} landed, {rows} so")
    for report in reports:
        for line in report.problems:
            if line.startswith("FAILED"):
                print(line)
    used = os.times()
    print(f"{used.children_user + used.children_system + used.user:.0f} s of processor time")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
