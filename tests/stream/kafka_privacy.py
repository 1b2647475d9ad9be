#!/usr/bin/python3
"""What a run writes holds no name, no id number and no phone: everything a run over Kafka and one over files left behind is
searched for those of everybody who was in the input, in good events and records and in spoilt ones.

    kafka_privacy.py [NAME …]      all tests, or those named as unittest names them

The inputs hold them, of course, and so does a dead letter: over Kafka sealed, in a file in its `bytes` (docs/contracts.md). Topics are
read by a consumer, since what lies in their segments is compressed; of a store over files the log is searched, which is not. The
program is $YUJING, by default build/dev/app/yujing. Ends with a line "N passed, N failed".
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import urllib.request

import confluent_kafka as ck

from kafka_broker import Broker

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "app"))
from program import DONE, PROGRAM, Test, environment, run_tests, yujing  # noqa: E402

PARTITIONS = 2
PERSONS, EVENTS, SEED = 400, 4000, 7
PATIENCE_SECONDS = 120
# Names are made of these alone, which nothing else says.
RARE = [chr(code) for code in range(0x9f00, 0x9f80)]
NAME = re.compile("[\u9f00-\u9f7f]{3}")
ESCAPED = re.compile(rb"\\u9[fF][0-7][0-9a-fA-F]")
DIGITS = re.compile(rb"[0-9]{11,}X?")
MADE_NAME, MADE_CERTNO, MADE_PHONE = re.compile("测试".encode() + rb"(?:[\x80-\xff]{3}){2}"), re.compile(rb"FAKE\d{14}"), re.compile(rb"FAKE\d{8}")


class People:
    """Names, id numbers and phones as real ones look, each of one person; and where they are found."""

    def __init__(self):
        self.random = random.Random(SEED)
        self.secrets = {}  # what is written -> which kind of thing it is
        self.known = {}

    def of(self, number):
        if number not in self.known:
            name = "".join(self.random.choice(RARE) for _ in range(3))
            certno = f"2303021{self.random.randrange(10**10):010d}" + self.random.choice("0123456789X")
            phone = f"19{self.random.randrange(10**9):09d}"
            self.known[number] = (name, certno, phone)
            self.secrets.update({name.encode(): "name", certno.encode(): "id number", phone.encode(): "phone"})
        return self.known[number]

    def replace(self, line):
        """A made-up line with those of its person."""
        found = re.search(rb"P\d{4}(\d{8})|FAKE\d{6}(\d{8})|FAKE(\d{8})", line)
        name, certno, phone = (text.encode() for text in self.of(int(next(filter(None, found.groups()))) if found else 0))
        return MADE_PHONE.sub(phone, MADE_CERTNO.sub(certno, MADE_NAME.sub(name, line)))

    def found_in(self, data):
        """What of it somebody could read there: (kind, bytes)."""
        found = set()
        for name in NAME.findall(data.decode("utf-8", "ignore")):
            if name.encode() in self.secrets:
                found.add(("name", name.encode()))
        for text in ESCAPED.findall(data):
            found.add(("escaped name", text))
        for match in DIGITS.finditer(data):
            digits = match.group()
            for length in (11, 18):
                for at in range(len(digits) - length + 1):
                    if digits[at:at + length] in self.secrets:
                        found.add((self.secrets[digits[at:at + length]], digits[at:at + length]))
        return found


def spoilt(people):
    """Events and records that are refused, with a name, an id number and a phone wherever one may slip to."""
    good = {"setl_id": "S-spoilt", "psn_no": "P-spoilt", "setl_time": "2026-03-09 10:00:00", "med_type": "11",
            "medfee_sumamt": "10.00", "insu_admdvs": "230302"}
    events, records = [], []
    for number in range(20):
        name, certno, phone = people.of(10**6 + number)
        own = {**good, "psn_name": name, "certno": certno, "phone": phone}
        whole = json.dumps(own, ensure_ascii=False).encode()
        events += [whole[:whole.index(name.encode()) + 5], whole[:-3] + b"\xff\xfe\"}", whole + b"}", whole + whole]
        for field in ("setl_time", "medfee_sumamt"):  # (numbers of bills and persons, and codes, are kept as they come)
            for text in (name, certno, phone, f"{name} {certno} {phone}"):
                if (field, text) != ("medfee_sumamt", phone):  # as good an amount as any
                    events.append(json.dumps({**own, field: text}, ensure_ascii=number % 2 == 0).encode())
        events += [json.dumps({**own, name: certno, "medfee_sumamt": "1,0"}).encode(),
                   json.dumps({**own, "medfee_sumamt": phone, "inscp_scp_amt": "1.00", "fulamt_ownpay_amt": phone,
                               "overlmt_selfpay": "0.00", "preselfpay_amt": "0.00"}).encode(),
                   json.dumps({**own, "setl_id": None}).encode()]
        person = {"psn_no": "P-spoilt", "psn_name": name, "certno": certno, "phone": phone, "insu_admdvs": "230302"}
        records += [json.dumps({**person, **wrong}, ensure_ascii=False).encode() for wrong in (
            {"psn_no": ""}, {"updt_time": name}, {"updt_time": phone}, {"categories": certno}, {"categories": [{"category": "dibao",
             "from": phone, "until": None}]}, {"applications": [{"date": name}]}, {"categories": [name]})]
        records.append(json.dumps(person, ensure_ascii=False).encode()[:-20])
    return events, records


class Privacy(Test):
    def setUp(self):
        super().setUp()
        self.people = People()
        made = self.folder / "made"
        self.expect(yujing("generate", "--persons", PERSONS, "--events", EVENTS, "--seed", SEED, "--city", "jixi", "--to", made), DONE)
        lines = {name: [self.people.replace(line) for line in (made / f"{name}.ndjson").read_bytes().splitlines()]
                 for name in ("events", "persons", "decisions")}
        events, records = spoilt(self.people)
        mixed = random.Random(SEED)
        for name, more in (("events", events), ("persons", records)):
            for line in more:  # so that no partition stops
                lines[name].insert(mixed.randrange(len(lines[name])), line.replace(b"\n", b" "))
        self.lines = lines
        # What is searched for is there to be found.
        there = {kind for kind, _ in self.people.found_in(b"\n".join(lines["events"] + lines["persons"]))}
        self.assertEqual(there, {"name", "escaped name", "id number", "phone"})
        self.searched = {}

    def search(self, what, data):
        self.searched[what] = len(data)
        found = self.people.found_in(data)
        around = [data[max(0, at - 80):at + 60] for _, text in list(found)[:3] for at in [data.find(text)]]
        self.assertFalse(found, f"in {what}: {sorted(found)[:5]}, such as {around}")

    def search_folder(self, what, folder, leave_out=lambda path: False):
        files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not leave_out(path)]
        for path in files:
            self.search(f"{what}: {path.relative_to(folder)}", path.read_bytes())
        self.assertTrue(files, what)

    def run_and_read(self, *words, until):
        """A run with its metrics, stopped once `until` holds of the page; what it said and served."""
        log = self.folder / "run.log"
        with open(log, "wb") as file:
            running = subprocess.Popen([PROGRAM, "run", *map(str, words)], stdout=subprocess.DEVNULL, stderr=file,
                                       stdin=subprocess.DEVNULL, env=environment(YUJING_METRICS_LISTEN="127.0.0.1:0"))
        try:
            served, page, end = None, "", time.monotonic() + PATIENCE_SECONDS
            while not (served and until(page)):
                self.assertIsNone(running.poll(), log.read_text())
                self.assertLess(time.monotonic(), end, page)
                served = re.search(r"http://(127\.0\.0\.1:\d+)/metrics", log.read_text())
                if served:
                    with urllib.request.urlopen(served.group(), timeout=10) as answer:
                        page = answer.read().decode()
                time.sleep(0.2)
            for path in ("metrics", "readyz?verbose", "livez?verbose"):
                with urllib.request.urlopen(f"http://{served.group(1)}/{path}", timeout=10) as answer:
                    self.search(path, answer.read())
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(PATIENCE_SECONDS)
        self.assertEqual(running.returncode, DONE, log.read_text())
        self.assertIn("refused", log.read_text())
        self.search("what the run said", log.read_bytes())

    def search_commands(self, config, **more):
        """What commands say that are not asked for names."""
        for words in (("export", "totals"), ("export", "alerts"), ("export", "ledger"), ("dead-letters", "list", "--json"),
                      ("dead-letters", "list"), ("dead-letters", "replay"), ("store", "verify"), ("run", "--once", "--log", "json")):
            done = yujing(*words, "--config", config, **more)
            self.expect(done, DONE)
            self.search(" ".join(words), done.stdout + done.stderr)

    def test_over_files(self):
        for name, lines in self.lines.items():
            self.write(f"{name}.ndjson", b"\n".join(lines) + b"\n")
        config = self.write("settings.yaml", "cities: [jixi]\nstore: store\nsource: {kind: file, path: events.ndjson, persons: "
                            "persons.ndjson, decisions: decisions.ndjson, follow: true}\n")
        self.run_and_read("--config", config, until=lambda page: "yujing_ready 1\n" in page and "yujing_alerts_total{" in page)
        self.search("alerts.ndjson", (self.folder / "alerts.ndjson").read_bytes())
        letters = [json.loads(line) for line in (self.folder / "dead-letters.ndjson").read_bytes().splitlines()]
        self.assertGreater(len(letters), 200)
        self.search("dead-letters.ndjson but its bytes",
                    json.dumps([{**letter, "bytes": ""} for letter in letters], ensure_ascii=False).encode())
        # All of it lies in the log, as it came: the memtables are larger than what was written.
        store = self.folder / "store"
        logs = b"".join(path.read_bytes() for path in store.glob("*.log"))
        known = json.loads((self.folder / "alerts.ndjson").read_bytes().splitlines()[0])["data"]["psn_no"]
        self.assertIn(known.encode(), logs)
        self.search_folder("store", store)
        self.search_commands(config)
        self.search_folder("store, afterwards", store)


class PrivacyOverKafka(Privacy):
    test_over_files = None

    @classmethod
    def setUpClass(cls):
        cls.broker = Broker()

    @classmethod
    def tearDownClass(cls):
        cls.broker.close()

    def send(self, topics):
        producer = ck.Producer({"bootstrap.servers": self.broker.address, "partitioner": "murmur2_random"})
        for kind, name in (("settlements", "events"), ("persons", "persons"), ("decisions", "decisions")):
            for line in self.lines[name]:
                person = re.search(rb'"psn_no":"([^"]*)"', line)
                producer.produce(topics[kind], key=person.group(1) if person and not self.people.found_in(person.group()) else None,
                                 value=line)
                producer.poll(0)
        self.assertEqual(producer.flush(PATIENCE_SECONDS), 0)

    def read(self, topic):
        """Everything in a topic, of transactions that were aborted too: keys, values and headers, one after the other."""
        consumer = ck.Consumer({"bootstrap.servers": self.broker.address, "group.id": "reader", "enable.partition.eof": True,
                                "auto.offset.reset": "earliest", "enable.auto.commit": False,
                                "isolation.level": "read_uncommitted"})
        consumer.assign([ck.TopicPartition(topic, partition, ck.OFFSET_BEGINNING) for partition in range(PARTITIONS)])
        parts, ended, count = [], set(), 0
        while len(ended) < PARTITIONS:
            message = consumer.poll(PATIENCE_SECONDS)
            self.assertIsNotNone(message)
            if message.error():
                self.assertEqual(message.error().code(), ck.KafkaError._PARTITION_EOF)
                ended.add(message.partition())
                continue
            count += 1
            parts += [message.key() or b"", message.value() or b""]
            for name, value in message.headers() or []:
                parts += [name.encode(), value or b""]
        consumer.close()
        return b"\n".join(parts), count

    def test_over_kafka(self):
        topics = {kind: f"privacy.{kind}" for kind in ("settlements", "persons", "decisions", "alerts", "letters", "ledger")}
        keys = self.folder / "seal.keys"
        self.expect(yujing("keys", "new", "--file", keys), DONE)
        config = self.write("kafka.yaml", "\n".join((
            "cities: [jixi]", "store: store", "store_memtable_kib: 64",
            f'source: {{kind: kafka, brokers: "{self.broker.address}", settlements: {topics["settlements"]}, '
            f'persons: {topics["persons"]}, decisions: {topics["decisions"]}}}',
            f'alerts: {{kind: kafka, topic: {topics["alerts"]}, dead_letters: {topics["letters"]}}}',
            f"kafka: {{ledger: {topics['ledger']}, partitions: {PARTITIONS}}}", f"seal: {{key_file: {keys}}}", "")))
        self.expect(yujing("topics", "create", "--config", config), DONE)
        self.send(topics)
        self.run_and_read("--config", config, until=lambda page: "yujing_ready 1\n" in page and "yujing_alerts_total{" in page)
        self.search_commands(config)
        verified = yujing("store", "verify", "--against-topic", "--config", config)
        self.expect(verified, DONE)
        self.search("store verify --against-topic", verified.stdout + verified.stderr)
        decided = yujing("decide", "--person", "P-spoilt", "--category", "dibao", "--from", "2026-01-01", "--config", config)
        self.expect(decided, DONE)
        self.search("decide", decided.stdout + decided.stderr)
        for kind in ("alerts", "letters", "ledger"):
            data, count = self.read(topics[kind])
            self.assertGreater(count, 0, kind)
            self.search(f"topic {kind}", data)
        self.assertIn(b"yujing_dlt_message", self.read(topics["letters"])[0])
        # The files, for what is in no topic of ours: positions, transactions, the cluster's own records, logs.
        self.search_folder("store", self.folder / "store")
        inputs = tuple(f"{topics[kind]}-" for kind in ("settlements", "persons", "decisions"))
        folder = type(self.folder)(self.broker.folder)
        self.search_folder("broker", folder, lambda path: path.parent.name.startswith(inputs))


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv[1:]))
