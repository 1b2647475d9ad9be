#!/usr/bin/python3
"""What the monitor costs over a real Kafka, exactly once: a broker of deploy/kafka, the real program, its CPU seconds.

drain    persons and events lie in their topics; a new group reads all of it. Persons come first and are counted apart.
floor    after each of these runs the same events are read and decoded by the program's own reader, and nothing done with them.
restore  the store of the last of these runs is removed, and all of it comes back from the ledger topic.
latency  events come at a rate; from an event's stamp until a read_committed reader has the alert it raised.
growth   the drain with few and with very many persons.

CPU seconds are the program's, of all its threads; the broker's, whose Java machine compiles in full here, are told apart. Several
programs are measured by turns.
"""

import argparse
import atexit
import collections
import contextlib
import json
import mmap
import multiprocessing
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import confluent_kafka as ck

import file_mode

sys.path.insert(0, str(file_mode.ROOT / "tests/stream"))
from kafka_broker import Broker  # noqa: E402

PARTS = ("drain", "floor", "restore", "latency", "growth")
TICKS = os.sysconf("SC_CLK_TCK")
LOOK_SECONDS = 0.2
JIXI = "2303"
WARM_UP_SECONDS = 30  # of a latency run: persons are still being read, and the broker compiles itself
PERSON = re.compile(rb'"psn_no":"([^"]*)"')


def cpu_seconds(pid):
    """User and system seconds of a process with all its threads."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def bytes_below(*folders):
    """Room taken on the disk: logs and tables are made larger than what is in them."""
    return sum(path.stat().st_blocks * 512 for folder in folders for path in pathlib.Path(folder).rglob("*") if path.is_file())


def free_port():
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


def touch_memory(gibibytes):
    """Of a virtual machine, whose host takes back what lies idle: giving it again takes some microseconds a page, which no run should
    pay for another. In a process of its own: the largest resident set is handed on to those that a process starts."""
    def touch():
        with mmap.mmap(-1, gibibytes << 30) as room:
            for at in range(0, len(room), mmap.PAGESIZE):
                room[at] = 1
    if gibibytes:
        toucher = multiprocessing.get_context("fork").Process(target=touch)
        toucher.start()
        toucher.join()


def share(values, part):
    """The value that `part` of all are not above."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


class Load:
    """Topics filled once. Each run reads them as a group of its own, with a ledger and a folder of its own."""

    def __init__(self, bench, name, persons, events, zipf):
        self.bench, self.name, self.persons, self.events, self.zipf = bench, name, persons, events, zipf
        self.groups = 0
        self.made = bench.folder / f"{name}.made"
        self.made.mkdir()
        self.generate(self.made, "--persons", 1, "--events", 1, "--city", "jixi", "--policies",
                      file_mode.ROOT / "thresholds/policies", "--to", f"{self.made}/")

    def generate(self, cwd, *words):
        file_mode.run(self.bench.options.program[0], "generate", "--zipf", self.zipf, "--seed", 1, *words, cwd=cwd)

    def group(self):
        """The folder of a new group, with its settings; its topics are there."""
        self.groups += 1
        options, home = self.bench.options, self.bench.folder / f"{self.name}.{self.groups}"
        home.mkdir()
        shutil.copy(self.made / "reference.yaml", home)
        (home / "port").write_text(str(free_port()))
        (home / "settings.yaml").write_text(
            f"cities: [jixi]\npolicies: {file_mode.ROOT}/thresholds/policies\nreference: reference.yaml\nstore: store\n"
            f"source: {{kind: kafka, brokers: \"{self.bench.broker.address}\", group: {home.name}, settlements: "
            f"{self.name}.settlements, persons: {self.name}.persons, decisions: {self.name}.decisions}}\n"
            f"alerts: {{kind: kafka, topic: {home.name}.alerts, dead_letters: {home.name}.dead-letters}}\n"
            f"kafka: {{instance: {home.name}, ledger: {home.name}.ledger, partitions: {options.partitions}"
            f"{f', commit_ms: {options.commit_ms}' if options.commit_ms else ''}}}\n"
            f"metrics: {{listen: \"127.0.0.1:{(home / 'port').read_text()}\"}}\n")
        file_mode.run(options.program[0], "topics", "create", "--config", "settings.yaml", "--json", cwd=home)
        return home

    def fill(self, home, *words):
        self.generate(home, "--persons", self.persons, "--events", self.events, "--to", "kafka", "--config", "settings.yaml", *words)


class Running:
    """`yujing run` in the folder of a group."""

    def __init__(self, program, home, *words):
        self.url = f"http://127.0.0.1:{(home / 'port').read_text()}/metrics"
        self.began = time.monotonic()
        self.told = (home / "told").open("wb")
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with  # end() waits
            [program, "run", "--config", "settings.yaml", "--json", *words], cwd=home, stdout=subprocess.PIPE, stderr=self.told)
        atexit.register(self.process.kill)  # of a bench that is cut short

    def seconds(self):
        return time.monotonic() - self.began

    def cpu(self):
        return cpu_seconds(self.process.pid)

    def metric(self, name):
        """The sum over its labels; 0 as long as nobody answers."""
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(self.url, timeout=5) as answer:
                lines = answer.read().decode().splitlines()
            return sum(float(line.rsplit(" ", 1)[1]) for line in lines if re.split("[ {]", line, maxsplit=1)[0] == name)
        return 0

    def wait_for(self, name, goes_on=lambda: True):
        while self.metric(name) == 0:
            if self.process.poll() is not None:
                self.end()
                return
            if not goes_on():
                sys.exit(f"yujing run: {name} is still 0, and nothing more is being sent")
            time.sleep(LOOK_SECONDS)

    def end(self, ask=False):
        """What it says, its CPU seconds and largest resident set."""
        if ask:
            self.process.send_signal(signal.SIGTERM)
        said = self.process.stdout.read()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.told.close()
        if self.process.returncode != 0:
            sys.exit(f"yujing run: exit code {self.process.returncode}\n{pathlib.Path(self.told.name).read_text()}")
        return {"said": json.loads(said), "seconds": self.seconds(), "cpu_seconds": usage.ru_utime + usage.ru_stime,
                "resident_bytes": usage.ru_maxrss * 1024}


def drain(bench, load, home, program):
    touch_memory(bench.options.touch)
    broker_before = bench.broker_cpu()
    running = Running(program, home, "--once")
    running.wait_for("yujing_events_total")
    persons_seconds, persons_cpu = running.seconds(), running.cpu()
    done = running.end()
    said = done["said"]
    bills = said["applied"] + said["reversed"]  # each a settlement of its own
    return {"cpu_seconds_per_million_events": (done["cpu_seconds"] - persons_cpu) * 1e6 / said["lines"],
            "events_per_second": said["lines"] / (done["seconds"] - persons_seconds),
            "persons_cpu_seconds_per_million": persons_cpu * 1e6 / load.persons,
            "persons_seconds": persons_seconds,
            "resident_bytes": done["resident_bytes"],
            "store_bytes_per_settlement": bytes_below(home / "store") / bills,
            "ledger_topic_bytes_per_settlement": bytes_below(*bench.topic_folders(home, "ledger")) / bills,
            "broker_cpu_seconds_per_million_events": (bench.broker_cpu() - broker_before) * 1e6 / said["lines"]}


def floor(bench, load):
    topics = (f"{load.name}.{kind}" for kind in ("settlements", "persons", "decisions"))
    said = subprocess.run([bench.options.floor, bench.broker.address, *topics, JIXI], check=True, stdout=subprocess.PIPE).stdout
    done = json.loads(said)
    return done["cpu_seconds"] * 1e6 / done["events"]


def restore(home, program):
    shutil.rmtree(home / "store")
    running = Running(program, home)
    running.wait_for("yujing_ready")
    seconds, cpu, entries = running.seconds(), running.cpu(), running.metric("yujing_restore_records_total")
    copying = running.metric("yujing_restore_seconds_sum")
    running.end(ask=True)
    return {"entries": entries, "entries_per_cpu_second": entries / cpu, "seconds_until_ready": seconds,
            "cpu_seconds_until_ready": cpu, "seconds_of_partitions_added": copying}


class AlertReader(threading.Thread):
    """Keeps for each alert its person, when it was made and when it was here."""

    def __init__(self, address, topic, partitions):
        super().__init__(daemon=True)
        self.seen, self.stop = [], threading.Event()
        self.consumer = ck.Consumer({"bootstrap.servers": address, "group.id": f"{topic}.reader", "enable.auto.commit": False,
                                     "isolation.level": "read_committed", "fetch.wait.max.ms": 10, "log_level": 2})
        self.consumer.assign([ck.TopicPartition(topic, number, 0) for number in range(partitions)])

    def run(self):
        while not self.stop.is_set():
            message = self.consumer.poll(LOOK_SECONDS)
            if message is not None and not message.error():
                self.seen.append((message.key(), message.timestamp()[1], time.time() * 1000))
        self.consumer.close()


def stamps(bench, load, persons):
    """When events of these persons were sent, by person, and of all the first and the last."""
    consumer = ck.Consumer({"bootstrap.servers": bench.broker.address, "group.id": f"{load.name}.stamps",
                            "enable.auto.commit": False, "enable.partition.eof": True, "log_level": 2})
    consumer.assign([ck.TopicPartition(f"{load.name}.settlements", number, 0) for number in range(bench.options.partitions)])
    found, first, last, ended = collections.defaultdict(list), None, 0, 0
    while ended < bench.options.partitions:
        for message in consumer.consume(10000, 1):
            if message.error():
                ended += 1
                continue
            stamp = message.timestamp()[1]
            first, last = min(stamp, first or stamp), max(stamp, last)
            if message.key() in persons:
                found[message.key()].append(stamp)
    consumer.close()
    return found, first, last


def latency(bench, load, rate, program):
    """An alert is told at the end of a batch with events of its person: the last of them sent before the alert was made."""
    home = load.group()
    reader = AlertReader(bench.broker.address, f"{home.name}.alerts", bench.options.partitions)
    reader.start()
    running = Running(program, home)
    sending = threading.Thread(target=load.fill, args=(home, "--rate", rate), daemon=True)
    sending.start()
    running.wait_for("yujing_events_total", sending.is_alive)
    time.sleep(WARM_UP_SECONDS)
    before, events_before, cpu_before = time.monotonic(), running.metric("yujing_events_total"), running.cpu()
    warm = time.time() * 1000
    while sending.is_alive():
        seconds, events, cpu = time.monotonic() - before, running.metric("yujing_events_total"), running.cpu()
        sending.join(1)
    time.sleep(1)
    running.end(ask=True)
    reader.stop.set()
    reader.join()
    sent, first, last = stamps(bench, load, {person for person, _, _ in reader.seen})
    waits = [seen - max(before) for person, made, seen in reader.seen if made > warm
             if (before := [stamp for stamp in sent[person] if stamp <= made])]
    if not waits:
        sys.exit("no alert came after the first seconds: more events are needed")
    return {"asked_events_per_second": rate, "sent_events_per_second": load.events * 1000 / (last - first), "alerts": len(waits),
            "p50_ms": share(waits, 0.5), "p99_ms": share(waits, 0.99), "max_ms": max(waits), "cores": (cpu - cpu_before) / seconds,
            "cpu_seconds_per_million_events": (cpu - cpu_before) * 1e6 / (events - events_before)}


class Bench:
    def __init__(self, options, broker, folder):
        self.options, self.broker, self.folder = options, broker, folder
        self.loads = 0

    def load(self, persons, events, zipf):
        self.loads += 1
        return Load(self, f"load{self.loads}", persons, events, zipf)

    def broker_cpu(self):
        return cpu_seconds((pathlib.Path(self.broker.folder) / "node1/pid").read_text().strip())

    def topic_folders(self, home, kind):
        return pathlib.Path(self.broker.folder).glob(f"node*/data/{home.name}.{kind}-*")

    def by_turns(self, load, measure):
        """Medians by program; each run in the folder of a new group."""
        runs = {program: [] for program in self.options.program}
        for _ in range(self.options.runs):
            for program, done in runs.items():
                home = load.group()
                done.append(measure(home, program))
                shutil.rmtree(home)
        about = {"persons": load.persons, "events": load.events, "zipf": load.zipf, "runs": self.options.runs}
        return [{**about, "program": program, **{name: statistics.median(one[name] for one in done) for name in done[0]}}
                for program, done in runs.items()]

    def drains(self, persons, events, zipf, parts):
        load = self.load(persons, events, zipf)
        load.fill(load.group())

        def measure(home, program):
            found = drain(self, load, home, program)
            if "floor" in parts:
                least = floor(self, load)
                found.update({"floor_cpu_seconds_per_million_events": least, "by_floor": found["cpu_seconds_per_million_events"] / least})
            if "restore" in parts:
                found.update({f"restore_{name}": value for name, value in restore(home, program).items()})
            return found
        return self.by_turns(load, measure)

    def latencies(self, rate):
        events, measured = int(rate * (self.options.seconds + WARM_UP_SECONDS)), []
        for program in self.options.program:
            load = self.load(self.options.persons, events, 0)  # sent while the program runs
            measured.append({"program": program, "persons": load.persons, **latency(self, load, rate, program)})
        return measured


def say(part, results):
    for result in results:
        words = [f"{name} {value:,.1f}" if isinstance(value, float) else f"{name} {value}" for name, value in result.items()]
        print(f"{part}: {', '.join(words)}", file=sys.stderr, flush=True)


def measure_all(options, bench):
    found = {}

    def keep(part, results):
        found.setdefault(part, []).extend(results)
        say(part, results)
    if {"drain", "floor", "restore"} & set(options.only):
        for zipf in options.zipf:
            keep("drain", bench.drains(options.persons, options.events, zipf, options.only))
    if "latency" in options.only:
        for rate in options.rate:
            keep("latency", bench.latencies(rate))
        if "drain" in found:
            keep("latency", bench.latencies(int(min(result["events_per_second"] for result in found["drain"]) / 2)))
    if "growth" in options.only:
        for persons in options.growth_persons:
            keep("growth", bench.drains(persons, options.events, 0, ()))
        few, many = (found["growth"][at]["cpu_seconds_per_million_events"] for at in (0, -1))
        found["cpu_per_event_at_many_by_few"] = many / few
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", nargs="+", default=[os.environ.get("YUJING") or str(file_mode.ROOT / "build/bench/app/yujing")])
    parser.add_argument("--floor", default=file_mode.ROOT / "build/bench/tests/kafka_floor")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=3_000_000)
    parser.add_argument("--runs", type=int, default=3, help="the median of so many is given, but for the latency")
    parser.add_argument("--zipf", type=float, nargs="*", default=[0, 0.99], help="0: every person alike")
    parser.add_argument("--rate", type=int, nargs="*", default=[20_000], help="of a latency run, events a second; after a drain "
                        "also half of its own rate")
    parser.add_argument("--seconds", type=int, default=60, help="of a latency run, after the first")
    parser.add_argument("--growth-persons", type=int, nargs="+", default=[100_000, 5_000_000])
    parser.add_argument("--touch", type=int, default=6, metavar="GIB", help="memory touched before each drain, which a host may have "
                        "taken back; 0: none")
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--commit-ms", type=int, help="default: the program's own")
    parser.add_argument("--folder", help="where broker and stores live, 20 gigabytes; default: the system's for temporary files")
    parser.add_argument("--out", help="a file for the results as JSON; default: standard output")
    options = parser.parse_args()
    for program in options.program:
        if not os.access(program, os.X_OK):
            sys.exit(f"no program at {program}; build it (cmake --workflow --preset bench) or name it with --program")
    tempfile.tempdir = options.folder
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))  # and the broker with it
    os.environ.setdefault("KAFKA_JVM", "-Xms1g -Xmx1g -XX:+UseSerialGC")  # as a broker that runs for long: compiled in full
    answer = {"machine": file_mode.machine(options.program[0])}
    answer["machine"]["packages"]["librdkafka1"] = file_mode.first_line("dpkg-query", "-W", "-f", "${Version}", "librdkafka1")
    with tempfile.TemporaryDirectory(prefix="yujing-bench-") as folder, Broker() as broker:
        answer["kafka"] = broker.version
        answer["kafka_mode"] = measure_all(options, Bench(options, broker, pathlib.Path(folder)))
    file_mode.give(answer, options.out)


if __name__ == "__main__":
    main()
