#!/usr/bin/env python3
"""Runs the program on a messy stream and compares all it says with the oracle.

    python3 tests/oracle/messy.py --seed 7 --out DIR
    python3 tests/oracle/compare.py --yujing PATH/yujing --dir DIR
    python3 tests/oracle/compare.py --yujing PATH/yujing --dir DIR --parts

    python3 tests/oracle/messy.py --seed 7 --cases 500 --out DIR
    python3 tests/oracle/compare.py --yujing PATH/yujing --dir DIR --payout

    python3 tests/oracle/compare.py --yujing PATH/yujing --soak 50
        makes seeds 1 to 50 of all three kinds itself, in a folder of its own

With --parts the events are appended part by part, with `run --once` after each,
and the persons and decisions files are put as they were when the part came.
DIR stays as it is: everything runs in a copy. Exit code 1 on any difference.
"""

import argparse
import base64
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from payout import differences, solve_line  # noqa: E402
from stream import lines_of, read_file, stream_of  # noqa: E402

SHOWN = 6           # differences printed per kind
TIMEOUT_SECONDS = 600

TOTALS_KEY = ("psn_no", "year", "city")
ALERTS_KEY = ("psn_no", "year", "city", "rule")


class Differences:
    """Collects and prints; remembers whether there was any."""

    def __init__(self, title):
        self.title = title
        self.count = 0

    def add(self, headline, *details):
        if self.count == 0:
            print(f"--- {self.title}")
        self.count += 1
        if self.count <= SHOWN * 4:
            print(headline)
            for detail in details:
                print(f"    {detail}")
        elif self.count == SHOWN * 4 + 1:
            print("... and more")


def run(command, found, expect=(0,), **options):
    """stdout of a command that must end well, or None."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_SECONDS, check=False,
                              **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        found.add(f"{' '.join(command)}: {error}")
        return None
    if done.returncode not in expect:
        tail = done.stderr.decode("utf-8", "replace").strip().splitlines()[-8:]
        found.add(f"{' '.join(command)}: exit code {done.returncode}", *tail)
        return None
    return done.stdout


def parse_lines(data, what, found):
    lines = []
    for number, line in enumerate(lines_of(data), 1):
        try:
            lines.append(json.loads(line))
        except ValueError as error:
            found.add(f"{what}, line {number} is not JSON: {error}", line[:200])
    return lines


# --------------------------------------------------------------------------
# Streams

def prepare(folder, work, parts):
    """Copies DIR and returns (the oracle fed to the end, the steps to take)."""
    plan = json.loads(read_file(os.path.join(folder, "plan.json")))
    stream = stream_of(folder)
    for name in ("settings.yaml", "reference.yaml"):
        shutil.copy(os.path.join(folder, name), os.path.join(work, name))
    if parts:
        steps = plan["parts"]
    else:
        steps = [{"events": "events.ndjson", "persons": "persons.ndjson",
                  "decisions": "decisions.ndjson"}]
    for step in steps:
        stream.feed_persons(read_file(os.path.join(folder, step["persons"])))
        if step["decisions"]:
            stream.feed_decisions(read_file(os.path.join(folder, step["decisions"])))
        stream.feed_events(read_file(os.path.join(folder, step["events"])))
    return plan, stream, steps


def compare_stream(yujing, folder, parts):
    mode = "in parts" if parts else "at once"
    with tempfile.TemporaryDirectory(prefix="yujing-compare-") as work:
        plan, stream, steps = prepare(folder, work, parts)
        found = Differences(f"seed {plan['seed']}, cities {','.join(plan['cities'])}, "
                            f"{plan['events']} events, {plan['persons']} persons, {mode}: {folder}")
        config = os.path.join(work, "settings.yaml")
        for step in steps:
            with open(os.path.join(work, "events.ndjson"), "ab") as events:
                events.write(read_file(os.path.join(folder, step["events"])))
            shutil.copy(os.path.join(folder, step["persons"]),
                        os.path.join(work, "persons.ndjson"))
            decisions = step["decisions"] and os.path.join(folder, step["decisions"])
            if decisions and os.path.exists(decisions):
                shutil.copy(decisions, os.path.join(work, "decisions.ndjson"))
            if run([yujing, "run", "--config", config, "--once"], found) is None:
                return found
        totals = run([yujing, "export", "totals", "--config", config], found)
        alerts = run([yujing, "export", "alerts", "--config", config], found)
        if totals is not None:
            compare_lines("total", TOTALS_KEY, stream.totals(),
                          parse_lines(totals, "export totals", found), found)
        if alerts is not None:
            exported = parse_lines(alerts, "export alerts", found)
            compare_alerts(stream.alerts(), exported, found)
            compare_messages(exported, read_file(os.path.join(work, "alerts.ndjson")), found)
        compare_dead_letters(stream, read_file(os.path.join(work, "dead-letters.ndjson")), found)
    return found


def compare_lines(what, key_fields, expected, actual, found):
    """Line by line: who is missing, who is too many, who differs, and the order."""
    def keyed(lines):
        return {tuple(line.get(field) for field in key_fields): line for line in lines}

    wanted, got = keyed(expected), keyed(actual)
    if len(got) != len(actual):
        found.add(f"{what}: {len(actual) - len(got)} lines come twice")
    # By character, not by the locale.
    order = [tuple(line.get(field) for field in key_fields) for line in actual]
    try:
        if order != sorted(order):
            found.add(f"{what}: the lines are not sorted by {', '.join(key_fields)}")
    except TypeError:
        found.add(f"{what}: a key field is missing or of another type")
    shown = 0
    for key in sorted(set(wanted) | set(got), key=str):
        headline = f"{what} {' '.join(map(str, key))}"
        if key not in got:
            details = [f"expected, not there: {json.dumps(wanted[key], ensure_ascii=False)}"]
        elif key not in wanted:
            details = [f"there, not expected: {json.dumps(got[key], ensure_ascii=False)}"]
        else:
            details = differences(wanted[key], got[key])
        if details:
            shown += 1
            if shown <= SHOWN:
                found.add(headline, *details[:10])
            else:
                found.count += 1
    if shown > SHOWN:
        print(f"... {shown - SHOWN} more {what} lines differ")


def compare_alerts(expected, actual, found):
    ids, still_open = set(), []
    for alert in actual:
        alert = dict(alert)
        alert_id, revision = alert.pop("alert_id", None), alert.pop("revision", None)
        if not isinstance(alert_id, str) or alert_id in ids:
            found.add(f"alert_id missing or used twice: {alert_id!r}")
        ids.add(alert_id)
        if not isinstance(revision, int) or revision < 1:
            found.add(f"revision of {alert_id} is {revision!r}")
        if alert.get("state") == "open":
            still_open.append(alert)
        elif alert.get("state") != "cleared":
            found.add(f"state of {alert_id} is {alert.get('state')!r}")
    compare_lines("alert", ALERTS_KEY, expected, still_open, found)


def compare_messages(exported, data, found):
    """Whoever follows the messages must end where the export does: an alert is
    raised, perhaps changed, perhaps cleared, and only then raised again."""
    state, revisions, seen = {}, {}, set()
    for message in parse_lines(data, "alerts.ndjson", found):
        kind = str(message.get("type")).rpartition(".")[2]
        content = message.get("data") or {}
        alert_id, revision = content.get("alert_id"), content.get("revision")
        before = state.get(alert_id, "cleared")
        if (kind, before) not in (("raised", "cleared"), ("changed", "open"), ("cleared", "open")):
            found.add(f"message {message.get('type')!r} for {alert_id!r}, which was {before}")
        if not isinstance(revision, int) or revision <= revisions.get(alert_id, 0):
            found.add(f"message for {alert_id!r}: revision {revision!r} after "
                      f"{revisions.get(alert_id)!r}")
        else:
            revisions[alert_id] = revision
        if (message.get("source"), message.get("id")) in seen:
            found.add(f"message {message.get('id')!r} comes twice")
        seen.add((message.get("source"), message.get("id")))
        state[alert_id] = "cleared" if kind == "cleared" else "open"
    now_open = {alert_id for alert_id, now in state.items() if now == "open"}
    wanted = {alert.get("alert_id") for alert in exported if alert.get("state") == "open"}
    if now_open != wanted:
        found.add("the messages leave other alerts open than the export",
                  f"only in messages: {sorted(map(str, now_open - wanted))[:5]}",
                  f"only in export: {sorted(map(str, wanted - now_open))[:5]}")


def compare_dead_letters(stream, data, found):
    actual = collections.Counter()
    for letter in parse_lines(data, "dead-letters.ndjson", found):
        if set(letter) != {"reason", "message", "position", "bytes"}:
            found.add(f"dead letter with the keys {sorted(letter)}")
        try:
            line = base64.b64decode(letter["bytes"], validate=True)
        except (KeyError, ValueError, TypeError) as error:
            found.add(f"dead letter whose bytes are not base64: {error}")
            continue
        line = line.rstrip(b"\n")
        actual[letter.get("reason"), line[:-1] if line.endswith(b"\r") else line] += 1

    expected = collections.Counter(stream.dead_letters)
    # The persons and decisions files are read whole at each start, so their
    # lines may be refused again at each.
    records = set(stream.dead_records)
    by_line = collections.defaultdict(set)
    for reason, line in actual:
        by_line[line].add(reason)
    shown = 0
    for reason, line in sorted(set(expected) | set(actual) | records):
        wanted, got = expected[reason, line], actual[reason, line]
        if wanted == got or got >= max(wanted, 1) and (reason, line) in records:
            continue
        shown += 1
        found.count += shown > SHOWN
        if shown <= SHOWN:
            others = sorted(by_line[line] - {reason})
            found.add(f"dead letter {reason}: expected {max(wanted, (reason, line) in records)} "
                      f"times, got {got}" + (f" (refused as {', '.join(map(str, others))})"
                                             if others else ""),
                      line.decode("utf-8", "backslashreplace")[:1500])
    if shown > SHOWN:
        print(f"... {shown - SHOWN} more dead letters differ")


# --------------------------------------------------------------------------
# Payout cases

def compare_payout(yujing, folder):
    path = os.path.join(folder, "cases.ndjson")
    cases = read_file(path)
    found = Differences(f"payout: {path}")
    output = run([yujing, "payout"], found, expect=(0, 65), input=cases)
    if output is None:
        return found
    answers = parse_lines(output, "yujing payout", found)
    lines = [line for line in lines_of(cases) if line.strip()]
    if len(answers) != len(lines):
        found.add(f"{len(lines)} cases, {len(answers)} results")
    shown = 0
    for line, answer in zip(lines, answers):
        expected = solve_line(line)
        for result in (expected, answer):
            # The message is for people; only the code is agreed.
            if isinstance(result.get("error"), dict):
                result["error"].pop("message", None)
        details = differences(expected, answer)
        if details:
            shown += 1
            if shown <= SHOWN:
                found.add(f"case {expected['case_id']}", *details[:10])
            else:
                found.count += 1
    if shown > SHOWN:
        print(f"... {shown - SHOWN} more cases differ")
    return found


# --------------------------------------------------------------------------

def soak(yujing, seeds, first):
    """Many small runs of every kind; stops at nothing, prints what differs."""
    here = os.path.dirname(os.path.abspath(__file__))
    cities = ("jixi", "shuangyashan", "jincheng", "yantai", "yanbian", "jixi,yantai",
              "jixi,shuangyashan", "jincheng,yanbian",
              "jixi,shuangyashan,jincheng,yantai,yanbian")
    sizes = ((40, 3), (300, 12), (600, 40), (1500, 30))
    failed = []
    for seed in range(first, first + seeds):
        with tempfile.TemporaryDirectory(prefix="yujing-soak-") as folder:
            events, persons = sizes[seed % len(sizes)]
            common = [sys.executable, os.path.join(here, "messy.py"), "--seed", str(seed),
                      "--cities", cities[seed % len(cities)], "--out", folder]
            subprocess.run(common + ["--events", str(events), "--persons", str(persons)],
                           check=True)
            subprocess.run(common + ["--cases", "60"], check=True)
            results = [compare_stream(yujing, folder, parts=False),
                       compare_stream(yujing, folder, parts=True),
                       compare_payout(yujing, folder)]
        if any(found.count for found in results):
            failed.append(seed)
            print(f"    make it again: messy.py --seed {seed} --cities "
                  f"{cities[seed % len(cities)]} --events {events} --persons {persons}; "
                  f"--cases 60 for the cases")
    print(f"{seeds} seeds, {len(failed)} with differences" + (f": {failed}" if failed else ""))
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description="Compare the program with the oracle.")
    parser.add_argument("--yujing", required=True, metavar="PATH")
    parser.add_argument("--dir", help="what messy.py made")
    parser.add_argument("--parts", action="store_true", help="append the events part by part")
    parser.add_argument("--payout", action="store_true", help="compare the payout cases instead")
    parser.add_argument("--soak", type=int, metavar="N", help="make and compare N seeds")
    parser.add_argument("--first", type=int, default=1, help="first seed of --soak")
    options = parser.parse_args()
    yujing = os.path.abspath(options.yujing)
    if options.soak:
        return soak(yujing, options.soak, options.first)
    if not options.dir:
        parser.error("--dir or --soak is needed")
    if options.payout:
        found = compare_payout(yujing, options.dir)
    else:
        found = compare_stream(yujing, options.dir, options.parts)
    print(f"{found.title}: " + (f"{found.count} differences" if found.count else "all equal"))
    return 1 if found.count else 0


if __name__ == "__main__":
    sys.exit(main())
