"""Topics of one test, what is sent to them, what the program must make of it, and what it made of it.

What must come out is computed by tests/oracle from the raw topics, read back from the broker; nothing of the program is used.
"""

import collections
import contextlib
import ctypes
import io
import json
import os
import random
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("../oracle", "../crash"):
    sys.path.insert(0, os.path.normpath(os.path.join(HERE, folder)))

import confluent_kafka as ck  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402

import compare  # noqa: E402
import stream as oracle_stream  # noqa: E402
from program import DONE, Running, call, read  # noqa: E402
from settlement import Refused, parse_object, read_settlement  # noqa: E402

# confluent_kafka 1.7 lets go of None once too often for each header without a value that it hands out: at the end of the program the
# interpreter would find that nobody holds it.
for _ in range(100_000):
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(None))

INPUTS = ("settlements", "persons", "decisions")
MESSAGE_BYTES_MAX = 16 << 20
CALL_SECONDS = 60
SEND_SECONDS = 300  # brokers may be away meanwhile


def refuse_reason(take, value):
    """The reason an event or record is refused for, or None."""
    try:
        return "conflict" if take(parse_object(value or b"")) == "conflict" else None
    except Refused as refused:
        return refused.reason


class Flow:
    """Topics with a prefix of their own, a folder with settings, and everything that is known of both."""

    def __init__(self, broker, name, material, folder, partitions=4, memtable_kib=None, seed=0, kafka=()):
        self.broker, self.name, self.material, self.folder = broker, name, material, folder
        self.partitions, self.rng = partitions, random.Random(f"flow {name} {seed}")
        self.topics = {kind: f"{name}.{kind}" for kind in (*INPUTS, "alerts", "dead-letters", "ledger")}
        self.cities = oracle_stream.read_yaml(read(material.file("settings.yaml")).decode())["cities"]
        self.kafka = {"commit_ms": "50", "allow_plaintext": "true", **dict(kafka)}
        if memtable_kib:
            self.memtable = f"store_memtable_kib: {memtable_kib}\n"
        else:
            self.memtable = ""
        os.makedirs(folder, exist_ok=True)
        self.make_topics()
        self.config = self.settings(folder)
        self.producer = ck.Producer({"bootstrap.servers": broker.address, "enable.idempotence": True,
                                     "partitioner": "murmur2_random", "message.max.bytes": MESSAGE_BYTES_MAX,
                                     "compression.type": "lz4", "linger.ms": 5, "log_level": 2})

    # ---- what there is

    def make_topics(self):
        admin = AdminClient({"bootstrap.servers": self.broker.address})
        large = {"max.message.bytes": str(MESSAGE_BYTES_MAX + (1 << 20))}
        compact = {"cleanup.policy": "compact", "segment.bytes": str(1 << 20), "min.cleanable.dirty.ratio": "0.1"}
        kinds = {"settlements": large, "persons": {**large, **compact}, "decisions": {**large, **compact},
                 "alerts": {}, "dead-letters": {"max.message.bytes": str(MESSAGE_BYTES_MAX + (2 << 20))}, "ledger": compact}
        made = admin.create_topics([NewTopic(self.topics[kind], self.partitions, self.broker.nodes, config=config)
                                    for kind, config in kinds.items()])
        for future in made.values():
            future.result(CALL_SECONDS)

    def settings(self, folder, **kafka):
        """Writes settings.yaml into a folder of one member; returns its path."""
        os.makedirs(folder, exist_ok=True)
        shutil.copyfile(self.material.file("reference.yaml"), os.path.join(folder, "reference.yaml"))
        topics = ", ".join(f"{kind}: {self.topics[kind]}" for kind in INPUTS)
        more = {"ledger": self.topics["ledger"], "replication": self.broker.nodes, **self.kafka, **kafka}
        path = os.path.join(folder, "settings.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"cities: [{', '.join(self.cities)}]\nreference: reference.yaml\nstore: var\n{self.memtable}"
                       f"source: {{kind: kafka, brokers: \"{self.broker.address}\", group: {self.name}, {topics}}}\n"
                       f"alerts: {{kind: kafka, topic: {self.topics['alerts']}, "
                       f"dead_letters: {self.topics['dead-letters']}}}\n"
                       f"kafka: {{{', '.join(f'{key}: {value}' for key, value in more.items())}}}\n")
        return path

    # ---- what is sent

    def key_of(self, line):
        """The person's number, as an upstream would take it from its own record; else something."""
        for read_key in (lambda event: read_settlement(event).psn_no, lambda event: str(event["psn_no"])):
            try:
                return read_key(parse_object(line)).encode()
            except (Refused, KeyError, TypeError, AttributeError):
                continue
        return self.rng.choice((None, b"", b"?", line[:20]))

    def send(self, kind, value, key, headers=None):
        while True:
            try:
                self.producer.produce(self.topics[kind], value=value, key=key, headers=headers)
                break
            except BufferError:
                self.producer.poll(0.05)
        self.producer.poll(0)

    def send_line(self, kind, line):
        if kind == "settlements":
            self.send(kind, line, self.key_of(line), [("trace", b"t-%d" % self.rng.randrange(1 << 30))])
            return
        try:
            self.send(kind, line, str(parse_object(line)["psn_no"]).encode())
        except (Refused, KeyError):
            self.send(kind, line, self.rng.choice((b"?", line[:16])))

    def sent(self):
        left = self.producer.flush(SEND_SECONDS)
        if left:
            sys.exit(f"{left} messages could not be sent to {self.broker.address}")

    def lines(self):
        """Everything of the material as (kind, line), in an order of the seed: records of all states of the files before,
        between and after events, events shuffled over the whole stream, some sent again."""
        plan = self.material.plan
        events = [line for line in oracle_stream.lines_of(read(self.material.file("events.ndjson"))) if line.strip()]
        everything = [("settlements", line) for line in events]
        everything += [("settlements", line) for line in self.rng.sample(events, len(events) // 20)]
        seen = set()
        for part in plan["parts"]:
            for kind in ("persons", "decisions"):
                name = part[kind]
                if not name or (kind, name) in seen or not self.material.has(name):
                    continue
                seen.add((kind, name))
                everything += [(kind, line) for line in oracle_stream.lines_of(read(self.material.file(name)))
                               if line.strip()]
        self.rng.shuffle(everything)
        return everything

    def poison(self):
        """Everything that must neither stop the stream nor get lost, as (value, key, headers)."""
        deep = b'{"setl_id":' * 1000
        good = b'{"setl_id":"S-large","psn_no":"P-large","setl_time":"2026-03-09 10:00:00","med_type":"11",' \
               b'"medfee_sumamt":"10.00","insu_admdvs":"%s","note":"%s"}'
        area = {"jixi": b"230302", "shuangyashan": b"230502", "jincheng": b"140502", "yantai": b"370602",
                "yanbian": b"222401"}[self.cities[0]]
        return [(None, b"P-null", None), (None, None, None), (b"", b"P-empty", None), (b"   ", b"P-blank", None),
                (b"\xff\xfe\x00bad utf-8", b"\xff\xfe", [("odd", b"\x00\xff"), ("odd", None), ("", b"")]),
                (b'{"setl_id":"S1","psn_no":', b"P-cut", None), (deep, b"P-deep", None), (b"[1,2,3]", b"P-list", None),
                (b'{"setl_id":"S-nan","psn_no":"P-nan","setl_time":"2026-03-09 10:00:00","med_type":"11",'
                 b'"medfee_sumamt":NaN}', b"P-nan", None),
                (b'{"setl_id":"S-big","psn_no":"P-big","setl_time":"2026-03-09 10:00:00","med_type":"11",'
                 b'"medfee_sumamt":99999999999999999999999999}', b"P-big", None),
                (b"x" * (10 << 20), b"P-10M", [("size", b"10 MiB")]),
                (good % (area, b"y" * (10 << 20)), b"P-large", None),
                (b'{"setl_id":"S2","setl_id":"S3","psn_no":"P-dup"}', b"P-dup", [("yujing_dlt_reason", b"an older one")])]

    # ---- what lies in the topics

    def ends(self, kind):
        """Where each partition ends, whatever is committed of it."""
        consumer = ck.Consumer({"bootstrap.servers": self.broker.address, "group.id": f"{self.name}.ends",
                                "isolation.level": "read_uncommitted"})
        ends = {number: consumer.get_watermark_offsets(ck.TopicPartition(self.topics[kind], number), timeout=CALL_SECONDS)[1]
                for number in range(self.partitions)}
        consumer.close()
        return ends

    def read_topic(self, kind):
        """All committed messages, by partition and offset, to the end."""
        topic = self.topics[kind]
        consumer = ck.Consumer({"bootstrap.servers": self.broker.address, "group.id": f"{self.name}.reader",
                                "isolation.level": "read_committed", "enable.auto.commit": False,
                                "enable.partition.eof": True, "auto.offset.reset": "earliest", "check.crcs": True,
                                "fetch.message.max.bytes": MESSAGE_BYTES_MAX, "fetch.wait.max.ms": 50, "log_level": 2})
        ends = self.ends(kind)  # not of this consumer: what is not decided yet is waited for
        consumer.assign([ck.TopicPartition(topic, number, 0) for number in range(self.partitions)])
        open_ones = {number for number, end in ends.items() if end > 0}
        messages = []
        until = time.monotonic() + 4 * CALL_SECONDS
        while open_ones:
            if time.monotonic() > until:
                sys.exit(f"{topic}: partitions {sorted(open_ones)} have not been read to their ends {ends}: is a "
                         "transaction still open?")
            message = consumer.poll(1)
            if message is None:
                continue
            if message.error():
                if message.error().code() == ck.KafkaError._PARTITION_EOF:  # pylint: disable=protected-access
                    if message.offset() >= ends[message.partition()]:
                        open_ones.discard(message.partition())
                    continue
                sys.exit(f"{topic}: {message.error()}")
            messages.append(message)
            if message.offset() + 1 >= ends[message.partition()]:
                open_ones.discard(message.partition())
        consumer.close()
        return sorted(messages, key=lambda message: (message.partition(), message.offset()))

    def group_positions(self):
        """(kind, partition) -> the group's committed offset."""
        consumer = ck.Consumer({"bootstrap.servers": self.broker.address, "group.id": self.name})
        asked = [ck.TopicPartition(self.topics[kind], number) for kind in INPUTS for number in range(self.partitions)]
        found = consumer.committed(asked, timeout=CALL_SECONDS)
        consumer.close()
        kinds = {self.topics[kind]: kind for kind in INPUTS}
        return {(kinds[part.topic], part.partition): part.offset for part in found}

    # ---- what must come out

    def expected(self):
        """The oracle fed with the raw topics, and the dead letters there must be: (topic, partition, offset) -> (reason,
        message)."""
        tables = oracle_stream.read_yaml(read(self.material.file("reference.yaml")).decode())
        stream = oracle_stream.Stream(self.cities, tables)
        dead, raw = {}, {}
        takes = {"settlements": stream.take, "persons": None, "decisions": None}
        for kind in INPUTS:
            raw[kind] = self.read_topic(kind)
            records = {"persons": stream.persons, "decisions": stream.decisions}.get(kind)
            for message in raw[kind]:
                value = message.value()
                if records is None:
                    reason = refuse_reason(takes[kind], value)
                elif not value:
                    continue  # forgets the person's names
                else:
                    reason = None
                    try:
                        records.take(value)
                    except Refused as refused:
                        reason = refused.reason
                if reason:
                    dead[message.topic(), message.partition(), message.offset()] = (reason, message)
        return stream, dead, raw

    def problems(self, program):
        """Everything that is not as it must be, once the stream was read to its end."""
        found = compare.Differences(self.name)
        stream, dead, raw = self.expected()
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            totals, alerts = self.exports(program, found)
            compare.compare_lines("total", compare.TOTALS_KEY, stream.totals(), totals, found)
            compare.compare_alerts(stream.alerts(), alerts, found)
            self.check_alert_messages(alerts, found)
            self.check_dead_letters(dead, found)
            self.check_positions(raw, found)
        return said.getvalue().splitlines() if found.count else []

    def exports(self, program, found):
        """Totals and alerts over all partitions."""
        lines = []
        for kind in ("totals", "alerts"):
            done = call(program, "export", kind, "--config", self.config)
            if done.code != DONE:
                found.add(str(done))
            lines.append(compare.parse_lines(done.out, f"export {kind}", found))
        return lines

    def check_alert_messages(self, exported, found):
        ids = collections.Counter()
        lines = []
        for message in self.read_topic("alerts"):
            headers = {name: (value or b"").decode() for name, value in message.headers() or []}
            content = json.loads(message.value())
            ids[headers.get("ce_id")] += 1
            if headers.get("ce_specversion") != "1.0" or headers.get("content-type") != "application/json":
                found.add(f"headers of an alert: {headers}")
            if message.key().decode() != content.get("psn_no") or headers.get("ce_subject") != content.get("alert_id"):
                found.add(f"alert {headers.get('ce_id')}: key or subject is not what its data says")
            lines.append(json.dumps({"id": headers.get("ce_id"), "type": headers.get("ce_type"), "data": content}))
        for alert_id, times in ids.items():
            if times > 1:
                found.add(f"alert {alert_id} came {times} times")
        compare.compare_messages(exported, "\n".join(lines).encode(), found)

    def check_dead_letters(self, dead, found):
        there = {}
        for message in self.read_topic("dead-letters"):
            headers = message.headers() or []
            ours = {name[len("yujing_dlt_"):]: value.decode() for name, value in headers if name.startswith("yujing_dlt_")}
            place = (ours.get("topic"), int(ours.get("partition", -1)), int(ours.get("offset", -1)))
            if place in there:
                found.add(f"dead letter of {place} comes twice")
            there[place] = message
            if place not in dead:
                found.add(f"dead letter of {place}, not expected: {ours}")
                continue
            reason, source = dead[place]
            if ours.get("reason") != reason:
                found.add(f"dead letter of {place}: {ours.get('reason')}, expected {reason}")
            if message.value() != source.value():
                found.add(f"dead letter of {place}: not the bytes that came")
            if message.key() != source.key():
                found.add(f"dead letter of {place}: key {message.key()!r}, came with {source.key()!r}")
            kept = [(name, value or b"") for name, value in headers if not name.startswith("yujing_dlt_")]
            came = [(name, value or b"") for name, value in source.headers() or []
                    if not name.startswith("yujing_dlt_")]
            if kept != came:
                found.add(f"dead letter of {place}: headers {kept}, came with {came}")
        for place in set(dead) - set(there):
            found.add(f"no dead letter of {place} ({dead[place][0]})")

    def check_positions(self, raw, found):
        """All that was sent is committed as read, and at most what a transaction of the sender leaves behind it."""
        positions = self.group_positions()
        ends = {kind: self.ends(kind) for kind in raw}
        last = {(kind, message.partition()): message.offset() + 1 for kind, messages in raw.items() for message in messages}
        for (kind, partition), offset in last.items():
            position, end = positions.get((kind, partition)), ends[kind][partition]
            if position is None or not offset <= position <= end:
                found.add(f"{kind} {partition}: the group stands at {position}, the last message is {offset - 1}, the end {end}")

    # ---- the program

    def start(self, program, *words, config=None, more=None):
        """A `yujing run` in the background; `more` goes into its environment."""
        return Running(program, Config(config or self.config), *words, more=more)


class Config:
    """What Running needs of a folder."""

    def __init__(self, path):
        self.config = path
