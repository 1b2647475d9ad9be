#!/usr/bin/python3
"""A real Prometheus reads the real program on a real broker: every alarm is proven, every query of alarms and dashboards finds
data, and events that wait too long raise an alarm that goes away again.

    prometheus_test.py [--seed S] [--keep]

The interpreter is the system's, which has confluent_kafka. Ends with `N passed, N failed`.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.normpath(os.path.join(HERE, "..", ".."))
for folder in ("../stream", "../crash"):
    sys.path.insert(0, os.path.normpath(os.path.join(HERE, folder)))

from kafka_broker import Broker  # noqa: E402
from kafka_flow import Flow  # noqa: E402
from program import DONE, Material, call, program_path, read  # noqa: E402

PROMETHEUS = os.path.join(TOP, "deploy", "prometheus")
DASHBOARDS = os.path.join(TOP, "deploy", "grafana")
PATIENCE_SECONDS = 90
HOUR_MS = 3_600_000
OLD_EVENTS = 150_000
# What /metrics promises: names without their prefix, with their labels (docs/operations.md, docs/kafka.md).
PROMISED = """events_total{result} event_seconds_bucket{le} alert_seconds_bucket{le} alerts_total{change,city,rule}
alerts_open{city,rule} persons settlements{city} burden_yuan_total{city,payer} batch_events_bucket{le} dead_letters_total{reason}
refolds_total store_bytes store_write_stall_seconds_total list_last_success_timestamp_seconds list_rows{city,office}
last_commit_timestamp_seconds ready build_info{commit,version}""".split()
PROMISED_OF_KAFKA = """kafka_lag_records{partition,topic} kafka_lag_seconds kafka_transactions_total{result} kafka_clients_total
rebalances_total restore_seconds_bucket{le} restore_records_total partition_stopped{partition}""".split()
# Of files, which this run does not read.
OF_FILES = {"yujing_source_lag_bytes"}


def free_port():
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def wait_for(what, holds, seconds=PATIENCE_SECONDS):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = holds()
        if found:
            return found
        time.sleep(0.3)
    raise AssertionError(f"not within {seconds} s: {what}")


class Prometheus:
    """Prometheus with the settings as shipped but for the address, and seconds in the place of minutes."""

    def __init__(self, folder, target):
        os.makedirs(folder)
        settings = read(os.path.join(PROMETHEUS, "prometheus.yml")).decode()
        alarms = read(os.path.join(PROMETHEUS, "alarms.yml")).decode()
        settings = settings.replace("127.0.0.1:9464", target).replace("15s", "1s")
        alarms = re.sub(r"for: \d+[mh]", "for: 2s", alarms)
        for name, text in (("prometheus.yml", settings), ("alarms.yml", alarms)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        with open(os.path.join(folder, "log"), "wb") as log:
            self.process = subprocess.Popen(
                ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
                 f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def ask(self, path, **words):
        query = urllib.parse.urlencode(words)
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}", timeout=10) as answer:
            return json.load(answer)["data"]

    def query(self, text):
        return self.ask("query", query=text)["result"]

    def is_up(self):
        try:
            return any(found["value"][1] == "1" for found in self.query('up{job="yujing"}'))
        except OSError:
            return False

    def firing(self, name):
        return [alert for alert in self.ask("alerts")["alerts"]
                if alert["labels"]["alertname"] == name and alert["state"] == "firing"]

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, problems):
        print(f"{'FAILED' if problems else 'ok'}  {what}", *(f"\n    {line}" for line in problems), sep="", flush=True)
        self.failed += bool(problems)
        self.passed += not problems


def check_alarms(checks):
    """promtool: silent before, there at, gone after its time, for each alarm."""
    for words in (["check", "config", "prometheus.yml"], ["test", "rules", "alarms_test.yml"]):
        done = subprocess.run(["promtool", *words], cwd=PROMETHEUS, capture_output=True, text=True, check=False)
        checks.check(f"promtool {' '.join(words)}", [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines())
    named = set(re.findall(r"- alert: (\w+)", read(os.path.join(PROMETHEUS, "alarms.yml")).decode()))
    proven = set(re.findall(r"alertname: (\w+)\n +exp_alerts:\n", read(os.path.join(PROMETHEUS, "alarms_test.yml")).decode()))
    checks.check(f"each of {len(named)} alarms is shown to come", sorted(named - proven))


def metrics_of(text):
    return set(re.findall(r"\byujing_\w+", text)) - OF_FILES


def check_queries(checks, prometheus):
    """Every metric that an alarm asks for, and every query of the dashboards as it stands there."""
    alarms = read(os.path.join(PROMETHEUS, "alarms.yml")).decode()
    expressions = re.findall(r"expr: (?:\|\n((?: {10,}.*\n)+)|(.*))", alarms)
    asked = sorted(metrics_of("\n".join(block or line for block, line in expressions)))
    checks.check(f"the {len(asked)} metrics of the alarms are there", [name for name in asked if not prometheus.query(name)])
    for name in sorted(os.listdir(DASHBOARDS)):
        if not name.endswith(".json"):
            continue
        board = json.loads(read(os.path.join(DASHBOARDS, name)))
        empty = []
        queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
        for query in queries:
            plain = query.replace("$instance", ".*").replace("$city", ".*")
            # What is shown only where there is something to show is asked without that.
            plain = re.sub(r" > 0$", " >= 0", plain)
            if not prometheus.query(plain):
                empty.append(query)
        checks.check(f"{name}: {len(queries)} queries find data", empty)


def check_promises(checks, what, url, promised):
    """Every metric that is promised is on the page of a run that has read something, with those labels."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        page = answer.read().decode()
    there = set()
    for name, labels in re.findall(r"^yujing_(\w+)(?:\{(.*)\})? ", page, re.MULTILINE):
        keys = sorted(re.findall(r'(\w+)="', labels))
        there.add(name + (f"{{{','.join(keys)}}}" if keys else ""))
    checks.check(f"{what}: {len(promised)} metrics are promised", [name for name in promised if name not in there])


def check_files(checks, program, material, lists, folder):
    """The same over files."""
    port = free_port()
    os.makedirs(folder)
    for name in ("reference.yaml", "events.ndjson", "persons.ndjson"):
        shutil.copyfile(material.file(name), os.path.join(folder, name))
    config = os.path.join(folder, "settings.yaml")
    with open(config, "w", encoding="utf-8") as settings:
        settings.write("cities: [jixi, yantai]\nreference: reference.yaml\nstore: var\n"
                       "source: {kind: file, path: events.ndjson, persons: persons.ndjson, follow: true}\n"
                       f'metrics: {{listen: "127.0.0.1:{port}", lists: {lists}}}\n')
    running = subprocess.Popen([program, "run", "--config", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/"

    def is_ready():
        try:
            with urllib.request.urlopen(url + "readyz", timeout=10):
                return True
        except OSError:
            return False

    try:
        wait_for("a run over files", is_ready)
        wait_for("its first commit", lambda: b"yujing_alerts_total{" in urllib.request.urlopen(url + "metrics", timeout=10).read())
        check_promises(checks, "over files", url + "metrics", [*PROMISED, "source_lag_bytes"])
    finally:
        running.terminate()
        running.wait(PATIENCE_SECONDS)


def check_lag(checks, flow, running, prometheus):
    """Settlements an hour old wait: the alarm comes; they are read: it goes."""
    name = "YujingEventsTooOld"
    checks.check("no alarm before", [str(alert) for alert in prometheus.firing(name)])
    old = int(time.time() * 1000) - HOUR_MS
    lines = [line for kind, line in flow.lines() if kind == "settlements"]

    messages = [(line, flow.key_of(line)) for line in lines]

    def send_old():
        running.signal(signal.SIGSTOP)
        for number in range(OLD_EVENTS):
            line, key = messages[number % len(messages)]
            while True:
                try:
                    flow.producer.produce(flow.topics["settlements"], value=line, key=key, timestamp=old)
                    break
                except BufferError:
                    flow.producer.poll(0.05)
        flow.sent()

    # The monitor is held back: it runs for a moment of each third of a second, so that what is old does not run out at once.
    def held_back():
        send_old()
        for _ in range(40):
            running.signal(signal.SIGCONT)
            time.sleep(0.04)
            running.signal(signal.SIGSTOP)
            time.sleep(0.3)
            if prometheus.firing(name):
                break
        running.signal(signal.SIGCONT)
        return prometheus.firing(name)

    wait_for("the alarm of events that are too old", held_back)
    checks.check("the alarm of events that are too old comes", [])
    wait_for("the end of that alarm", lambda: not prometheus.firing(name))
    checks.check("and goes when they are read", [])


def whole(checks, seed, folder):
    program = program_path()
    material = Material(os.path.join(folder, "material"), seed, 800, 120, "jixi,yantai")
    with Broker() as broker:
        lists = os.path.join(folder, "lists")
        flow = Flow(broker, f"operations-{seed}", material, os.path.join(folder, "run"), seed=seed)
        port = free_port()
        with open(flow.config, "a", encoding="utf-8") as settings:
            settings.write(f'metrics: {{listen: "127.0.0.1:{port}", lists: {lists}}}\n')
        lines = flow.lines()
        half = len(lines) // 2
        for kind, line in lines[:half]:
            flow.send_line(kind, line)
        flow.sent()
        first = call(program, "run", "--once", "--config", flow.config)
        checks.check("the stream is read", [] if first.code == DONE else [str(first)])
        made = call(program, "lists", "--month", "2026-12", "--out", lists, "--config", flow.config)
        checks.check("the lists are made", [] if made.code == DONE else [str(made)])
        running = flow.start(program)
        prometheus = Prometheus(os.path.join(folder, "prometheus"), f"127.0.0.1:{port}")
        try:
            wait_for("Prometheus reads the program", prometheus.is_up)
            for kind, line in lines[half:]:  # new ones, known ones, refused ones: figures that move
                flow.send_line(kind, line)
            flow.sent()
            wait_for("a rate of warnings", lambda: prometheus.query("rate(yujing_alerts_total[1m])"))
            check_queries(checks, prometheus)
            check_promises(checks, "over Kafka", f"http://127.0.0.1:{port}/metrics", PROMISED + PROMISED_OF_KAFKA)
            check_files(checks, program, material, lists, os.path.join(folder, "files"))
            check_lag(checks, flow, running, prometheus)
            running.signal(signal.SIGTERM)
            ended = running.end()
            checks.check("the program stops clean", [] if ended.code == DONE else [str(ended)])
            wait_for("the alarm of a program that does not answer", lambda: prometheus.firing("YujingDown"))
            checks.check("a program that does not answer is noticed", [])
        finally:
            prometheus.stop()


def main():
    parser = argparse.ArgumentParser(description="A real Prometheus on the real program.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="leave the folder")
    options = parser.parse_args()
    checks = Checks()
    check_alarms(checks)
    folder = tempfile.mkdtemp(prefix="yujing-operations-")
    try:
        whole(checks, options.seed, folder)
    except Exception:  # pylint: disable=broad-except  # counted as a check that failed
        checks.check("ran to its end", traceback.format_exc().splitlines())
    if options.keep:
        print(f"left in {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
