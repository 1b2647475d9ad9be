#!/usr/bin/env python3
"""Things go wrong around the program: each must be said clearly, with the right exit code, and nothing be lost.

    faults.py [--fast] [--seed S] [--only NAME …] [--flips N] [--jobs N] [--keep]

Names: in-use, newer-format, flips, disk-full, read-only, file-limit, outputs, events, stop. The seed decides the stream and
every random place; what failed says how to repeat it.
"""

import argparse
import concurrent.futures
import functools
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

from program import (CHECK_FAILED, CONFIGURATION, DONE, INPUT, TIMEOUT_SECONDS, UNAVAILABLE, Folder, Material,
                     Outcome, differences, oracle_problems, program_path, read, size)

EVENTS, PERSONS, CITIES = 20_000, 4_000, "jixi,yantai"
MIB = 1 << 20
LOG_BLOCK, LOG_HEADER = 32768, 7  # of the store's write-ahead log


class Fault:
    """One check under way: where it runs, and what it found."""

    def __init__(self, name, path, material, whole, seed, program):
        self.name, self.path, self.material = name, path, material
        self.whole = whole  # a finished, uninterrupted run: (folder, outcome)
        self.seed, self.program = seed, program
        self.passed = self.failed = 0
        self.lines = []
        os.makedirs(path, exist_ok=True)

    def file(self, name):
        return os.path.join(self.path, name)

    def say(self, line):
        self.lines.append(f"        {line}")

    def check(self, what, problems):
        if problems:
            self.failed += 1
            self.lines.append(f"FAILED  {self.name}: {what}; again: tests/crash/faults.py --only {self.name} "
                              f"--seed {self.seed}")
            self.lines += ["    " + line for text in problems for line in text.splitlines()]
        else:
            self.passed += 1
            self.lines.append(f"ok      {self.name}: {what}")

    def fresh(self, name):
        """A folder with all inputs, nothing read yet."""
        folder = self.material.folder(self.file(name), self.program)
        self.material.put_all(folder)
        return folder

    def finished(self, name):
        """A copy of the uninterrupted run."""
        return self.whole[0].copy(self.file(name))

    def expect_whole(self, folder):
        """Byte for byte what the uninterrupted run ended with."""
        problems = []
        return problems + self.whole[1].differences(Outcome(folder, problems)) + problems

    def expect_same_meaning(self, folder):
        """The same totals, and what the oracle says: where batches were cut elsewhere, an alert may have been
        told in other steps."""
        problems = []
        outcome = Outcome(folder, problems)
        return problems + differences("export totals", self.whole[1].parts["export totals"],
                                      outcome.parts["export totals"]) + oracle_problems(folder, outcome)


def expect(done, codes, *words):
    """Problems of a command that must have ended with one of the codes, with a message that holds the words."""
    codes = codes if isinstance(codes, tuple) else (codes,)
    said = done.err.decode("utf-8", "replace")
    problems = []
    if done.code not in codes:
        problems.append(f"expected exit code {' or '.join(map(str, codes))}: {done}")
    missing = [word for word in words if word.lower() not in said.lower()]
    if missing:
        problems.append(f"the message does not say {', '.join(map(repr, missing))}: {done}")
    if done.code != DONE and "error: " not in said:
        problems.append(f"no line begins with `error: `: {done}")
    return problems


# --------------------------------------------------------------------------

def in_use(fault):
    """A second program on the same store is refused; the first goes on."""
    folder = fault.fresh("first")
    events = read(folder.file("events.ndjson"))
    cut = events.index(b"\n", len(events) * 3 // 4) + 1
    with open(folder.file("events.ndjson"), "wb") as file:
        file.write(events[:cut])
    first = folder.start("--follow")
    if not first.wait_until(lambda _: folder.log_bytes() > MIB and folder.written() > 0):
        fault.check("the first one starts", [str(first.end(1))])
        return
    before = [size(folder.file(name)) for name in folder.OUTPUTS]
    second = folder.call("run", "--once")
    fault.check("a second `run` says the store is in use",
                expect(second, UNAVAILABLE, "in use by another process", folder.store))
    after = [size(folder.file(name)) for name in folder.OUTPUTS]
    fault.check("it leaves the outputs alone",
                [] if all(a >= b for a, b in zip(after, before)) else [f"they had {before} bytes, now {after}"])
    beside = folder.call("export", "totals")
    fault.check("an export works beside it", expect(beside, DONE, "as of") if beside.code != DONE or beside.out
                else ["it gave no totals"])

    with open(folder.file("events.ndjson"), "ab") as file:
        file.write(events[cut:])
    wanted = fault.whole[1].parts["export totals"]
    until = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < until and first.alive() and folder.call("export", "totals").out != wanted:
        time.sleep(0.2)
    problems = [] if first.alive() else [f"it has ended: {first.end()}"]
    first.signal(signal.SIGTERM)
    problems += expect(first.end(), DONE, "asked to stop") + fault.expect_same_meaning(folder)
    fault.check("the first is unharmed, goes on and stops when asked", problems)


# --------------------------------------------------------------------------

@functools.lru_cache(None)
def crc32c_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


def masked_crc32c(data):
    """The checksum as the store's log holds it."""
    table, crc = crc32c_table(), 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def rewrite_log_record(path, old, new):
    """Replaces bytes in the first record of a log that has them, and mends the checksum. True if there was one."""
    data = bytearray(read(path))
    at = 0
    while at + LOG_HEADER <= len(data):
        length = int.from_bytes(data[at + 4:at + 6], "little")
        record = slice(at + 6, at + LOG_HEADER + length)  # its type byte and what it holds
        if old in data[record] and masked_crc32c(data[record]) == int.from_bytes(data[at:at + 4], "little"):
            data[record] = data[record].replace(old, new, 1)
            data[at:at + 4] = masked_crc32c(data[record]).to_bytes(4, "little")
            with open(path, "wb") as file:
                file.write(data)
            return True
        at += LOG_HEADER + length
    return False


def newer_format(fault):
    """A store that says it is of a later format is refused by every command and left as it is."""
    folder = fault.fresh("later")
    running = folder.start("--follow")
    # Killed, so that what it wrote lies in the log.
    running.wait_until(lambda _: folder.log_bytes() > MIB // 4)
    running.signal(signal.SIGKILL)
    done = running.end()
    note = b"\x06format\x01"  # and a digit
    logs = sorted(os.path.join(folder.store, name) for name in os.listdir(folder.store) if name.endswith(".log"))
    changed = any(rewrite_log_record(path, note + b"%d" % number, note + b"7") for path in logs for number in range(1, 7))
    if done.code != -signal.SIGKILL or not changed:
        fault.check("the format is noted in the store's log, where the test can change it", [str(done)])
        return
    for words in (("run", "--once"), ("export", "totals"), ("store", "verify")):
        fault.check(f"`{' '.join(words)}` refuses it",
                    expect(folder.call(*words), CONFIGURATION, "format 7", folder.store))


# --------------------------------------------------------------------------

def store_files(folder):
    """Files of a store that hold something, by kind; the talk of the library is not among them."""
    kinds = {"tables": [], "log": [], "rest": []}
    for name in sorted(os.listdir(folder.store)):
        if size(os.path.join(folder.store, name)) > 0 and not name.startswith("LOG"):
            kinds["tables" if name.endswith(".sst") else "log" if name.endswith(".log") else "rest"].append(name)
    return kinds


def change_byte(folder, name, offset, mask):
    """Changes one byte of a store. Returns what was done."""
    path = os.path.join(folder.store, name)
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ mask]))
    return f"{name} byte {offset} of {size(path)}: {byte:#04x} to {byte ^ mask:#04x}"


def flip_anywhere(folder, rng):
    kinds = store_files(folder)
    weights = {"tables": 5, "log": 4, "rest": 2}
    there = [kind for kind in kinds if kinds[kind]]
    kind = rng.choices(there, [weights[kind] for kind in there])[0]
    name = rng.choice(kinds[kind])
    # Near the ends of a file lie its headers and footers; a log has a header at the begin of each of its blocks.
    length = size(os.path.join(folder.store, name))
    block = rng.choice((0, length // LOG_BLOCK, rng.randrange(length // LOG_BLOCK + 1)))
    offset = rng.choice((rng.randrange(length), rng.randrange(length), rng.randrange(min(64, length)),
                         length - 1 - rng.randrange(min(128, length)),
                         min(length - 1, block * LOG_BLOCK + rng.randrange(7))))
    return change_byte(folder, name, offset, rng.choice((1 << rng.randrange(8), rng.randrange(1, 256))))


def flip_end_of_log(folder, rng):
    """Changes the header of the log's last record, so that it looks like one torn by a crash."""
    logs = store_files(folder)["log"]
    if not logs:
        return "no log to change"
    data = read(os.path.join(folder.store, logs[-1]))
    last = at = 0
    while at + LOG_HEADER <= len(data):
        if LOG_BLOCK - at % LOG_BLOCK < LOG_HEADER:  # no header fits: the rest of the block is empty
            at += LOG_BLOCK - at % LOG_BLOCK
            continue
        last, at = at, at + LOG_HEADER + int.from_bytes(data[at + 4:at + 6], "little")
    return change_byte(folder, logs[-1], last + rng.choice((4, 5, rng.randrange(LOG_HEADER))),  # 4 and 5 hold its length
                       1 << rng.randrange(8))


REPORTED = (CHECK_FAILED, INPUT, UNAVAILABLE, CONFIGURATION)


def flip_once(base, path, rng, flip, before, after):
    """One flip in a copy: where, what every command says of it, and the problems. `before` is what the exports
    gave, `after` what the run to the end gives where nothing was changed."""
    folder = base.copy(path)
    where = flip(folder, rng)
    problems, said, expected = [], [], before
    # A start may leave out a torn end of the log and read those events again: so the exports come before and after.
    for words in (("store", "verify"), ("export", "totals"), ("export", "alerts"), ("run", "--once"),
                  ("export", "totals"), ("export", "alerts")):
        done = folder.call(*words)
        name = " ".join(words)
        said.append(f"{name}: {'done' if done.code == DONE else 'reported'}")
        if done.code in REPORTED:
            problems += expect(done, REPORTED)
        elif done.code != DONE:
            problems.append(f"{name}: expected a message and an exit code for damage: {done}")
        elif name in expected and done.out != expected[name]:
            problems.append(f"`{name}` ended with 0 and other lines than before the byte was changed; it said: {done.tail()}")
            problems += differences(name, expected[name], done.out)
        elif name == "run --once":
            expected = after
            for output in folder.OUTPUTS:
                problems += differences(output, after[output], read(folder.file(output)))
    folder.remove()
    return where, ", ".join(said), problems


def flips(fault, count):
    """A changed byte anywhere in the store is reported or does no harm; no wrong total is ever given out."""
    closed = fault.finished("closed")
    opened = fault.finished("opened")  # a start moves what lies in the log into tables
    fault.check("another start with nothing new to read changes nothing",
                expect(opened.once(), DONE) + fault.expect_whole(opened))
    killed = fault.fresh("killed")  # with all it has in the log
    running = killed.start("--once")
    # What the next batch puts out says that the commit before it is over.
    running.wait_until(lambda _: killed.log_bytes() > MIB)
    written = killed.written()
    running.wait_until(lambda _: killed.written() > written)
    running.signal(signal.SIGKILL)
    running.end()

    after = fault.whole[1].parts
    bases = [("finished", closed, after), ("killed", killed, Outcome(killed, []).parts), ("started again", opened, after)]
    for number in range(1, count + 1):
        if number % 4:
            flip, (name, base, before) = flip_anywhere, bases[number % 3]
        else:
            flip, (name, base, before) = flip_end_of_log, bases[number // 4 % 2]
        where, said, problems = flip_once(base, fault.file(f"flip{number}"), random.Random(f"flip {fault.seed} {number}"),
                                          flip, before, after)
        fault.check(f"flip {number} in a store {name}: {where} ({said})", problems)


# --------------------------------------------------------------------------

def used(path):
    """Bytes a file or a folder takes on a disk of small blocks."""
    files = [path] if os.path.isfile(path) else [os.path.join(folder, name) for folder, _, names in os.walk(path)
                                                 for name in names]
    return sum((size(file) + 4095) // 4096 * 4096 for file in files)


def fill_and_run(fault, room, names, share):
    """With those names of a run's folder on the small disk `room`: runs into its end, then with space again to the end."""
    small = fault.fresh("run")
    if names:
        for name in names:
            os.symlink(os.path.join(room, name), small.file(name))
        if "var" in names:
            os.mkdir(os.path.join(room, "var"))
        need = sum(used(fault.whole[0].file(name)) for name in names)
    else:
        need = used(fault.whole[0].path) - used(small.path)
        moved = small.copy(os.path.join(room, "run"))
        small.remove()
        small = moved
    ballast = os.path.join(room, "ballast")
    free = os.statvfs(room)
    with open(ballast, "wb") as file:
        left = free.f_bavail * free.f_frsize - int(need * share)
        while left > 0:
            left -= file.write(b"\0" * min(left, MIB))
    problems = []
    for _ in range(2):  # starting again without room is no worse
        problems += expect(small.once(), UNAVAILABLE, "make room", small.path)
    os.remove(ballast)
    problems += expect(small.once(), DONE) + fault.expect_whole(small)
    what = " and ".join(names) if names else "everything"
    fault.check(f"{what} on a disk with room for {share:.0%} of what a run writes there ({need / MIB:.1f} MiB), then room "
                "again", problems)
    small.remove()
    for name in os.listdir(room):
        there = os.path.join(room, name)
        shutil.rmtree(there) if os.path.isdir(there) else os.remove(there)


def mount_room(fault):
    """A small disk of the check's own, or None where nobody may mount one."""
    room = fault.file("room")
    os.makedirs(room)
    size_ = used(fault.whole[0].path) * 3 + 64 * MIB
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_}", "tmpfs", room], capture_output=True,
                             check=False)
    return None if mounted.returncode else room


def disk_full(fault, fast=False):
    """Store and outputs, or one of them, on a disk that is too small."""
    room = mount_room(fault)
    if room is None:
        fault.say("note: no small disk can be mounted here; what a full disk does is shown by file-limit alone")
        return
    rng = random.Random(f"disk {fault.seed}")
    try:
        for share in [0.4] if fast else [0.0, rng.uniform(0.02, 0.2), rng.uniform(0.2, 0.5), rng.uniform(0.5, 0.8)]:
            fill_and_run(fault, room, (), share)
        for names in () if fast else (("var",), Folder.OUTPUTS, ("dead-letters.ndjson",)):
            fill_and_run(fault, room, names, rng.uniform(0.0, 0.8))
    finally:
        subprocess.run(["umount", room], check=False)


def read_only(fault):
    """The disk of a killed run can only be read; then it can be written again."""
    room = mount_room(fault)
    if room is None:
        fault.say("note: no disk can be mounted here to be made read-only")
        return
    reads = (("export", "totals"), ("export", "alerts"), ("store", "verify"))

    def remount(mode):
        subprocess.run(["mount", "-o", f"remount,{mode}", room], check=True)

    try:
        folder = fault.fresh("inputs").copy(os.path.join(room, "run"))
        running = folder.start("--once")  # killed, so that the store has a log to be read
        running.wait_until(lambda _: folder.log_bytes() > MIB and folder.written() > 0)
        running.signal(signal.SIGKILL)
        running.end()
        before = [folder.call(*words).out for words in reads]
        remount("ro")
        fault.check("a run on a read-only disk", expect(folder.once(), UNAVAILABLE, folder.store, "make it writable"))
        for words, out in zip(reads, before):
            done = folder.call(*words)
            fault.check(f"`{' '.join(words)}` on a read-only disk",
                        expect(done, DONE) + differences(words[-1], out, done.out))
        remount("rw")
        fault.check("a run once it can be written again", expect(folder.once(), DONE) + fault.expect_whole(folder))

        outside = fault.fresh("outside")
        os.symlink(os.path.join(room, "alerts.ndjson"), outside.file("alerts.ndjson"))
        remount("ro")
        problems = expect(outside.once(), UNAVAILABLE, outside.file("alerts.ndjson"), "writable")
        remount("rw")
        fault.check("the alerts alone on a read-only disk, then writable",
                    problems + expect(outside.once(), DONE) + fault.expect_whole(outside))
    finally:
        subprocess.run(["umount", room], check=False)


def own_mounts():
    """Starts this script again where it may mount a disk of its own, which ends with it. Returns where it may not."""
    words = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    if shutil.which("unshare") and subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0:
        os.execvp(words[0], [*words, sys.executable, os.path.abspath(__file__), *sys.argv[1:], "--own-mounts"])


def file_limit(fault, fast=False):
    """No file may grow beyond a limit: the nearest thing to a full disk that everybody can have."""
    rng = random.Random(f"limit {fault.seed}")
    largest = max(size(os.path.join(path, name)) for path, _, names in os.walk(fault.whole[0].store) for name in names)
    alerts = size(fault.whole[0].file("alerts.ndjson"))
    for limit in [alerts // 2] if fast else [4096, alerts // 2, rng.randrange(max(largest, alerts))]:
        folder = fault.fresh(f"limit{limit}")

        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))  # pylint: disable=cell-var-from-loop

        # Python ignores SIGXFSZ; so does then the program, and a write beyond the limit fails.
        done = folder.call("run", "--once", preexec_fn=limited, restore_signals=False)
        problems = expect(done, UNAVAILABLE, "make room", folder.path)
        problems += expect(folder.once(), DONE) + fault.expect_whole(folder)
        fault.check(f"no file longer than {limit} bytes, then no limit", problems)


# --------------------------------------------------------------------------

def outputs(fault):
    """Somebody moved or cut an output file between two runs."""
    for name in Folder.OUTPUTS:
        folder = fault.finished(f"moved-{name}")
        kept = read(folder.file(name))
        os.remove(folder.file(name))
        problems = expect(folder.once(), INPUT, folder.file(name), "cut or removed", str(len(kept)))
        with open(folder.file(name), "wb") as file:
            file.write(kept)
        fault.check(f"{name} removed, then put back", problems + expect(folder.once(), DONE) + fault.expect_whole(folder))

        with open(folder.file(name), "wb") as file:
            file.write(kept[:-7])
        problems = expect(folder.once(), INPUT, folder.file(name), "cut or removed", str(len(kept) - 7))
        fault.check(f"{name} cut: still as it was cut", problems + differences(name, kept[:-7], read(folder.file(name))))

        with open(folder.file(name), "wb") as file:
            file.write(kept + b'{"half a line of a batch that was nev')
        fault.check(f"{name} with a torn end is cut back to what was recorded",
                    expect(folder.once(), DONE) + fault.expect_whole(folder))


def events(fault):
    """The events file is another one, is shorter, is gone; then it is back."""
    folder = fault.fresh("events")
    whole = read(folder.file("events.ndjson"))
    cut = whole.index(b"\n", len(whole) * 2 // 3) + 1

    def write(data):
        with open(folder.file("events.ndjson"), "wb") as file:
            file.write(data)

    write(whole[:cut])
    fault.check("two thirds of the events", expect(folder.once(), DONE))
    before = folder.call("export", "totals").out
    lines = whole.splitlines(keepends=True)
    for what, data, words in (("another file", b"".join(lines[7:] + lines[:7]), ("was replaced", "Put back")),
                              ("shorter", whole[:cut // 2], ("was cut", "Put back")),
                              ("empty", b"", ("was cut", "Put back"))):
        write(data)
        problems = expect(folder.once(), INPUT, folder.file("events.ndjson"), *words)
        problems += differences("export totals", before, folder.call("export", "totals").out)
        fault.check(f"the events file is {what}", problems)
    os.remove(folder.file("events.ndjson"))
    fault.check("the events file is gone",
                expect(folder.once(), (CONFIGURATION, INPUT, UNAVAILABLE), folder.file("events.ndjson")))
    write(whole)
    fault.check("the right one is back, longer: read from where it stood",
                expect(folder.once(), DONE) + fault.expect_same_meaning(folder))


# --------------------------------------------------------------------------

def stop(fault, fast=False):
    """SIGTERM: ends cleanly with 0, and goes on later."""
    rng = random.Random(f"stop {fault.seed}")

    def stop_some(folder, wanted, seconds):
        """Starts and stops; returns how many runs were stopped before their end, and problems."""
        stopped, problems = 0, []
        for _ in range(wanted):
            running = folder.start("--once")
            # Before the program listens to the signal it ends like any other does.
            running.wait_until(lambda run: "watching" in run.said())
            time.sleep(rng.uniform(0.0, seconds / 2))
            if not running.signal(signal.SIGTERM):
                problems += expect(running.end(), DONE)
                break
            done = running.end()
            problems += expect(done, DONE)
            stopped += b"asked to stop" in done.err
        return stopped, problems

    def seconds_of(folder):
        began = time.monotonic()
        done = folder.once()
        return time.monotonic() - began, expect(done, DONE)

    for what, prepare in (("reading events", None),
                          ("reading persons", lambda folder: folder.put("persons.ndjson",
                                                                        fault.material.file("all-persons.ndjson"))),
                          ("folding again", lambda folder: folder.put("reference.yaml",
                                                                      fault.material.file("reference-raised.yaml")))):
        if fast and prepare:
            continue
        name = what.replace(" ", "-")
        folder = fault.finished(name) if prepare else fault.fresh(name)
        model = folder.copy(fault.file(f"{name}-whole"))
        for one in (folder, model):
            if prepare:
                prepare(one)
        seconds, problems = seconds_of(model)
        stopped, more = stop_some(folder, 4, seconds)
        problems += more + expect(folder.once(), DONE)
        ends = [Outcome(one, problems) for one in (model, folder)]
        problems += differences("export totals", ends[0].parts["export totals"], ends[1].parts["export totals"])
        problems += oracle_problems(folder, ends[1])
        fault.check(f"stopped {stopped} times while {what}", problems)
        if not stopped:
            fault.say(f"note: no stop landed while {what}")


# --------------------------------------------------------------------------

CHECKS = {"in-use": in_use, "newer-format": newer_format, "flips": flips, "disk-full": disk_full,
          "read-only": read_only, "file-limit": file_limit, "outputs": outputs, "events": events, "stop": stop}


def run_check(name, path, material, whole, seed, program, options):
    fault = Fault(name, path, material, whole, seed, program)
    try:
        if name == "flips":
            flips(fault, options.flips or (8 if options.fast else 40))
        elif name in ("disk-full", "file-limit", "stop"):
            CHECKS[name](fault, fast=options.fast)
        else:
            CHECKS[name](fault)
    except Exception:  # pylint: disable=broad-except  # one broken check must not hide the others
        fault.check("the test itself", [traceback.format_exc()])
    return fault


def prepare(work, seed, program, events_count):
    """The stream of the seed and its uninterrupted run."""
    material = Material(os.path.join(work, "material"), seed, events_count, PERSONS, CITIES)
    folder = material.folder(os.path.join(work, "whole"), program)
    material.put_all(folder)
    done = folder.once()
    problems = expect(done, DONE)
    outcome = Outcome(folder, problems)
    return material, (folder, outcome), problems + oracle_problems(folder, outcome)


def main():
    parser = argparse.ArgumentParser(description="Make things go wrong around the program.")
    parser.add_argument("--fast", action="store_true", help="a smaller stream and fewer variants")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=sorted(CHECKS), metavar="NAME", help=", ".join(CHECKS))
    parser.add_argument("--flips", type=int, help="bytes to change, one at a time")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="checks at a time")
    parser.add_argument("--keep", action="store_true", help="keep the folders of the runs and say where")
    parser.add_argument("--own-mounts", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    program = program_path()
    names = options.only or list(CHECKS)
    if {"disk-full", "read-only"} & set(names) and not options.own_mounts:
        own_mounts()
    work = tempfile.mkdtemp(prefix="yujing-faults-")
    try:
        material, whole, problems = prepare(work, options.seed, program, 9_000 if options.fast else EVENTS)
        print(f"seed {options.seed}: messy.py {material.make}", flush=True)
        left_out = [name for name in CHECKS if name not in names]
        if left_out:
            print(f"note: not asked for and left out: {' '.join(left_out)}", flush=True)
        first = Fault("uninterrupted", os.path.join(work, "first"), material, whole, options.seed, program)
        first.check("as the oracle says", problems)
        print("\n".join(first.lines), flush=True)
        passed, failed = first.passed, first.failed
        with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
            tasks = [pool.submit(run_check, name, os.path.join(work, name), material, whole, options.seed, program,
                                 options) for name in names]
            for task in concurrent.futures.as_completed(tasks):
                fault = task.result()
                passed, failed = passed + fault.passed, failed + fault.failed
                print("\n".join(fault.lines), flush=True)
    finally:
        if options.keep:
            print(f"kept: {work}")
        else:
            shutil.rmtree(work, ignore_errors=True)
    times = os.times()
    print(f"{times.children_user + times.children_system + times.user:.0f} s of processor time")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
