#!/usr/bin/python3
"""End to end on a real broker: what a read_committed reader sees, and what the stores hold, is what the oracle computes from the
raw topics.

    kafka_test.py [--seed S …] [--only NAME …] [--version V] [--nodes 1|3] [--keep]

Names: once, live, files, generated, sent, decided, flood. The interpreter is the system's, which has confluent_kafka.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "..", "crash"))

import kafka_suite  # noqa: E402
from kafka_flow import Flow  # noqa: E402
from program import CONFIGURATION, DONE, INPUT, UNAVAILABLE, Folder, Material, call, environment, read  # noqa: E402

CITIES = ("jixi", "jixi,yantai", "shuangyashan,jincheng", "yanbian", "jixi,shuangyashan,jincheng,yantai,yanbian")
EVENTS, PERSONS = 1500, 200


class Check(kafka_suite.Scenario):
    """One scenario with a messy stream of its seed."""

    def __init__(self, *what):
        super().__init__(*what)
        self.material = Material(os.path.join(self.folder, "material"), self.seed, EVENTS, PERSONS,
                                 CITIES[self.seed % len(CITIES)])

    def flow(self, **options):
        return Flow(self.broker, f"{self.name}-{self.seed}", self.material, os.path.join(self.folder, "run"),
                    seed=self.seed, **options)

    def once(self, flow, what, code=DONE):
        ended = flow.start(self.program, "--once").end()
        self.expect(f"{what}: the run", ended, code)
        if code == DONE:
            self.check(f"{what}: what came out", flow.problems(self.program))
        return ended


def once(check):
    """All there is first, poison within; then nothing new; then more."""
    flow = check.flow()
    lines = flow.lines()
    first, second = lines[:len(lines) * 2 // 3], lines[len(lines) * 2 // 3:]
    poison = flow.poison()
    for i, (kind, line) in enumerate(first):
        flow.send_line(kind, line)
        if i % (len(first) // len(poison)) == 0 and poison:
            value, key, headers = poison.pop()
            flow.send("settlements", value, key, headers)
            flow.send(flow.rng.choice(("persons", "decisions")), value if value != b"   " else None, key or b"K", headers)
    flow.sent()
    check.once(flow, "all at once")
    check.once(flow, "nothing new")
    for kind, line in second:
        flow.send_line(kind, line)
    flow.sent()
    check.once(flow, "more")
    compacted = call(check.program, "store", "compact", "--json", "--config", flow.config)
    check.expect("store compact", compacted, DONE)
    report = json.loads(compacted.out)
    check.check("of all partitions", [] if 0 < report["bytes_after"] < report["bytes_before"] and
                compacted.err.count(b"writing its tables anew") == flow.partitions else [str(compacted), str(report)])
    for words in (("store", "verify"), ("store", "verify", "--against-topic")):
        check.expect(" ".join(words), call(check.program, *words, "--config", flow.config), DONE)
    check.once(flow, "after the compaction")


def live(check):
    """The monitor runs while it comes, is asked to stop, and goes on."""
    flow = check.flow()
    lines = flow.lines()
    half = len(lines) // 2
    running = flow.start(check.program)
    for i, (kind, line) in enumerate(lines[:half]):
        flow.send_line(kind, line)
        if i % 200 == 0:
            time.sleep(flow.rng.random() / 5)
    for value, key, headers in flow.poison():
        flow.send("settlements", value, key, headers)
    flow.sent()
    running.signal(signal.SIGTERM)
    ended = running.end()
    check.check("asked to stop", [] if ended.code == DONE else [str(ended)])
    for kind, line in lines[half:]:
        flow.send_line(kind, line)
    flow.sent()
    check.once(flow, "gone on")


def files(check):
    """The same bytes give the same totals and open alerts in file mode."""
    flow = check.flow()
    folder = Folder(os.path.join(check.folder, "files"), check.program)
    for name in ("settings.yaml", "reference.yaml"):
        folder.put(name, check.material.file(name))
    by_kind = {}
    for kind, line in flow.lines():
        flow.send_line(kind, line)
    flow.sent()
    check.once(flow, "over Kafka")
    # In the order of the topics, which decides between versions of one time.
    for kind, name in (("settlements", "events"), ("persons", "persons"), ("decisions", "decisions")):
        by_kind[name] = [message.value() for message in flow.read_topic(kind)]
        with open(folder.file(f"{name}.ndjson"), "wb") as file:
            file.write(b"".join(value + b"\n" for value in by_kind[name]))
    ended = folder.once()
    check.check("over files: the run", [] if ended.code == DONE else [str(ended)])
    for kind in ("totals", "alerts"):
        there = []
        for config in (folder.config, flow.config):
            lines = [json.loads(line) for line in call(check.program, "export", kind, "--config", config).out.splitlines()]
            if kind == "alerts":  # how many messages led there hangs on where batches end
                lines = [{**line, "revision": 0} for line in lines if line["state"] == "open"]
            there.append(lines)
        differ = [f"files: {ours}\n    Kafka: {theirs}" for ours, theirs in zip(*there) if ours != theirs]
        if len(there[0]) != len(there[1]) or not there[0]:
            differ.insert(0, f"{len(there[0])} lines by files, {len(there[1])} by Kafka")
        check.check(f"same {kind} in both modes ({len(there[0])} lines)", differ[:6])


def generated(check):
    """What `yujing generate` makes, partitions many, memtables small."""
    folder = os.path.join(check.folder, "generated")
    made = call(check.program, "generate", "--persons", "3000", "--events", "30000", "--seed", str(check.seed), "--to", folder,
                "--city", check.material.plan["cities"][0])
    check.check("generate", [] if made.code == DONE else [str(made)])
    check.material.plan["parts"] = [{"persons": "persons.ndjson", "decisions": None}]
    for name in ("events.ndjson", "persons.ndjson"):
        shutil.copyfile(os.path.join(folder, name), check.material.file(name))
    flow = check.flow(partitions=8, memtable_kib=64)
    for kind, line in flow.lines():
        flow.send_line(kind, line)
    flow.sent()
    check.once(flow, "30,000 events")


def flood(check):
    """Too much is refused: the partition stops with an alarm, the others go on, the dead letters stay few."""
    flow = check.flow()
    for kind, line in flow.lines():
        flow.send_line(kind, line)
    for _ in range(3000):
        flow.send("settlements", b"nothing we know", b"always the same key")
    flow.sent()
    ended = check.once(flow, "a flood", code=INPUT)
    check.check("the message", [] if "were refused" in str(ended) else [str(ended)])
    letters = [message for message in flow.read_topic("dead-letters") if message.value() == b"nothing we know"]
    check.check("the dead letters are few", [] if 0 < len(letters) < 1200 else [f"{len(letters)} of 3000"])


def murmur2(key):
    """As Java's default partitioner hashes."""
    mask = 0xffffffff
    value = 0x9747b28c ^ len(key)
    whole = len(key) // 4 * 4
    for i in range(0, whole, 4):
        k = int.from_bytes(key[i:i + 4], "little") * 0x5bd1e995 & mask
        value = (value * 0x5bd1e995 & mask) ^ ((k ^ k >> 24) * 0x5bd1e995 & mask)
    if len(key) > whole:
        value = (value ^ int.from_bytes(key[whole:], "little")) * 0x5bd1e995 & mask
    value = (value ^ value >> 13) * 0x5bd1e995 & mask
    return (value ^ value >> 15) & 0x7fffffff


def sent(check):
    """`yujing generate --to kafka` sends the lines it would write, each to its person's partition."""
    folder = os.path.join(check.folder, "made")
    flow = check.flow()
    words = ["generate", "--persons", "9000", "--events", "3000", "--seed", str(check.seed)]
    made = call(check.program, *words, "--city", ",".join(flow.cities), "--to", folder)
    check.check("generate", [] if made.code == DONE else [str(made)])
    made = call(check.program, *words, "--rate", "2000", "--to", "kafka", "--config", flow.config)
    check.check("generate --to kafka", [] if made.code == DONE else [str(made)])
    for kind, name in (("persons", "persons"), ("decisions", "decisions"), ("settlements", "events")):
        messages = flow.read_topic(kind)
        written = read(os.path.join(folder, f"{name}.ndjson")).splitlines()
        problems = [] if written and sorted(written) == sorted(message.value() for message in messages) else \
            [f"{len(messages)} messages, {len(written)} lines of the file, not the same"]
        for message in messages:
            if murmur2(message.key()) % flow.partitions != message.partition():
                problems.append(f"key {message.key()} lies in partition {message.partition()}")
            # A spoilt line tells no key.
            if flow.key_of(message.value()) not in (message.key(), None, b"", b"?", message.value()[:20]):
                problems.append(f"key {message.key()} of {message.value()}")
        check.check(f"{len(messages)} {kind}", problems[:6])
    check.once(flow, "all of it")
    flow.topics["ledger"] = "nobody.ledger"
    flow.settings(flow.folder)
    made = call(check.program, *words, "--to", "kafka", "--config", flow.config)
    check.check("a topic is missing", [] if made.code == CONFIGURATION and b"topics create" in made.err else [str(made)])


def decided(check):
    """What `yujing decide` sends beside a running monitor counts, also for who has decisions already."""
    flow = check.flow()
    for kind, line in flow.lines():
        flow.send_line(kind, line)
    flow.sent()
    check.once(flow, "before")

    def totals():
        return {(line["psn_no"], line["year"], line["city"]): line for line in
                map(json.loads, call(check.program, "export", "totals", "--config", flow.config).out.splitlines())}

    def decide(person, *words):
        return call(check.program, "decide", "--config", flow.config, "--person", person, *words)

    def last_of(person):
        there = [message for message in flow.read_topic("decisions") if message.key() == person.encode()]
        return (json.loads(there[-1].value()), there[-1].partition()) if there else ({}, None)

    before = totals()
    known = {message.key().decode("utf-8", "replace") for message in flow.read_topic("decisions")}
    due = sorted((line for line in before.values() if line["assistance_due"] == "0.00"),
                 key=lambda line: -float(line["in_policy_burden"]))
    chosen = list(dict.fromkeys([line["psn_no"] for line in due if line["psn_no"] in known][:1] +
                                [line["psn_no"] for line in due][:2]))
    running = flow.start(check.program)
    problems = []
    for person in chosen:
        had, _ = last_of(person)
        done = decide(person, "--category", "dibao", "--from", "2020-01-01", "--certified-by", "civil_affairs")
        has, partition = last_of(person)
        if done.code != DONE or json.loads(done.out) != has:
            problems.append(f"{done}\n    {has} lies in the topic")
        wanted = {(held["category"], held["from"]) for held in had.get("categories") or []} | {("dibao", "2020-01-01")}
        if {(held["category"], held["from"]) for held in has["categories"]} != wanted:
            problems.append(f"{has}, and there was {had}")
        if partition != murmur2(person.encode()) % flow.partitions:
            problems.append(f"the decision about {person} lies in partition {partition}")
    check.check(f"{len(chosen)} decisions", problems)

    # Several at once about one person: whoever was told that it is recorded finds it in the last record.
    person = chosen[0]
    days = [f"2019-0{number}-01" for number in range(1, 4)]
    several = [subprocess.Popen([check.program, "decide", "--config", flow.config, "--person", person, "--category", "dibao",
                                 "--from", day], env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
               for day in days]
    said = [process.communicate()[1].decode() for process in several]
    there = {held["from"] for held in last_of(person)[0]["categories"]}
    problems = []
    for process, day, words in zip(several, days, said):
        if process.returncode not in (DONE, UNAVAILABLE) or (process.returncode == DONE) != (day in there):
            problems.append(f"{day}: exit code {process.returncode}, the record has {sorted(there)}: {words}")
    if all(process.returncode != DONE for process in several):
        problems.append("none of them was recorded")
    check.check("several at once", problems)

    sent_before = len(flow.read_topic("decisions"))
    for words, code, part in ((("--category", "nothing", "--from", "2026-01-01"), 64, "no city in use has such a category"),
                              (("--category", "dibao", "--from", "2026-01-01", "--at", "2001-01-01 00:00:00"), INPUT,
                               f"topic {flow.topics['decisions']}: holds a decision about this person of")):
        done = decide(person, *words)
        check.check(f"refused: {part}", [] if done.code == code and part in done.tail() else [str(done)])
    check.check("what is refused is not sent", [] if len(flow.read_topic("decisions")) == sent_before else ["it was"])

    running.signal(signal.SIGTERM)
    ended = running.end()
    check.check("asked to stop", [] if ended.code == DONE else [str(ended)])
    check.once(flow, "after")
    after = totals()
    same = [person for person in chosen
            if all(after[key]["assistance_due"] == line["assistance_due"] for key, line in before.items() if key[0] == person)]
    check.check("export shows other figures", [] if len(same) < len(chosen) else [f"nothing changed for {chosen}"])
    flow.topics["decisions"] = "nobody.decisions"
    flow.settings(flow.folder)
    done = decide(person, "--category", "dibao", "--from", "2026-01-01")
    check.check("the topic is missing", [] if done.code == UNAVAILABLE and "topics check" in done.tail() else [str(done)])


SCENARIOS = {"once": once, "live": live, "files": files, "generated": generated, "sent": sent, "decided": decided, "flood": flood}


if __name__ == "__main__":
    sys.exit(kafka_suite.main("End to end on a real broker.", SCENARIOS, Check, seeds=(1, 2)))
