#!/usr/bin/python3
"""Refused events on a real topic: listed, opened where they are sealed, mended and sent back to the settlements topic.

    kafka_letters.py [NAME …]      all tests, or those named as unittest names them

The letters are written by this program, sealing and all, as docs/contracts.md and monitor/seal.h say. The program under test is
$YUJING, by default build/dev/app/yujing. Ends with a line "N passed, N failed".
"""

import base64
import ctypes
import json
import os
import sys

import confluent_kafka as ck

from kafka_broker import Broker

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "app"))
from program import BILL, DONE, INPUT, Test, lines, run_tests, small_bill, yujing  # noqa: E402

PARTITIONS = 2
SODIUM = ctypes.CDLL("libsodium.so.23")
SODIUM.sodium_init()


def seal(key_id, key, text, context):
    """As monitor/seal.h describes it: head, nonce, text under the cipher with its tag."""
    head, nonce = b"YJS1" + bytes.fromhex(key_id), os.urandom(24)
    vouched = head + context
    sealed = ctypes.create_string_buffer(len(text) + 16)
    SODIUM.crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, None, text, ctypes.c_ulonglong(len(text)), vouched,
                                                      ctypes.c_ulonglong(len(vouched)), None, nonce, key)
    return head + nonce + sealed.raw


def context_of(*parts):
    return b"".join(b"%d:%s" % (len(part.encode()), part.encode()) for part in parts)


class Letters(Test):
    broker = None

    @classmethod
    def setUpClass(cls):
        cls.broker = Broker()

    @classmethod
    def tearDownClass(cls):
        cls.broker.close()

    def setUp(self):
        super().setUp()
        name = self.id().rsplit(".", 1)[1]
        self.topics = {kind: f"{name}.{kind}" for kind in ("settlements", "persons", "decisions", "alerts", "letters", "ledger")}
        # A store that has a bill, as any run leaves one.
        self.expect(yujing("run", "--config", self.settings(events=(BILL,)), "--once"), DONE)
        self.config = self.write("kafka.yaml", "\n".join((
            "cities: [jixi]", "store: store",
            f'source: {{kind: kafka, brokers: "{self.broker.address}", settlements: {self.topics["settlements"]}, '
            f'persons: {self.topics["persons"]}, decisions: {self.topics["decisions"]}}}',
            f'alerts: {{kind: kafka, topic: {self.topics["alerts"]}, dead_letters: {self.topics["letters"]}}}',
            f'kafka: {{ledger: {self.topics["ledger"]}, partitions: {PARTITIONS}}}', "")))
        self.expect(yujing("topics", "create", "--config", self.config), DONE)
        self.producer = ck.Producer({"bootstrap.servers": self.broker.address, "partitioner": "murmur2_random"})

    def refuse(self, value, offset, reason="bad_amount", topic="settlements", partition=0, key="P1", headers=()):
        """Puts a letter where the monitor would."""
        told = {"topic": self.topics[topic], "partition": partition, "offset": offset, "timestamp": 1764000000000,
                "reason": reason, "message": f"what was wrong with {offset}"}
        told = [(f"yujing_dlt_{name}", str(text).encode()) for name, text in told.items()]
        self.producer.produce(self.topics["letters"], value=value, key=key, partition=offset % PARTITIONS,
                              headers=[*headers, *told])
        self.producer.flush(60)

    def context(self, offset, topic="settlements", partition=0):
        return context_of("dead letter", self.topics[topic], str(partition), str(offset))

    def list(self, *words, code=DONE, **environment):
        done = yujing("dead-letters", "list", "--json", "--config", self.config, *words, **environment)
        self.expect(done, code)
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()

    def messages(self, kind):
        """What is committed in a topic: (partition, key, value, headers)."""
        consumer = ck.Consumer({"bootstrap.servers": self.broker.address, "group.id": "reader", "enable.partition.eof": True,
                                "auto.offset.reset": "earliest", "enable.auto.commit": False})
        consumer.assign([ck.TopicPartition(self.topics[kind], partition, ck.OFFSET_BEGINNING)
                         for partition in range(PARTITIONS)])
        found, ended = [], set()
        while len(ended) < PARTITIONS:
            message = consumer.poll(60)
            self.assertIsNotNone(message)
            if message.error():
                self.assertEqual(message.error().code(), ck.KafkaError._PARTITION_EOF)
                ended.add(message.partition())
            else:
                found.append((message.partition(), message.key().decode(), message.value(), message.headers() or []))
        consumer.close()
        return found

    def sent(self):
        """What lies in the settlements topic: (partition, key, value)."""
        return [(partition, key, json.loads(value)) for partition, key, value, _ in self.messages("settlements")]

    def test_are_listed_with_where_they_came_from(self):
        self.refuse(b"no json \xff", 4, "not_json")
        self.refuse(json.dumps(BILL).encode(), 5, "sums_disagree")
        self.refuse(json.dumps(small_bill("S9")).encode(), 6)
        self.refuse(json.dumps(BILL).encode(), 8, "conflict")
        self.refuse(b"{}", 7, "missing_field", topic="persons", partition=1)
        letters, said = self.list()
        place = f"{self.topics['settlements']} partition 0 offset"
        self.assertEqual([(letter["number"], letter["reason"], letter["position"], letter["in_ledger"]) for letter in letters], [
            (1, "not_json", f"{place} 4", None), (3, "bad_amount", f"{place} 6", False), (5, "conflict", f"{place} 8", None),
            (2, "sums_disagree", f"{place} 5", True),
            (4, "missing_field", f"{self.topics['persons']} partition 1 offset 7", None)])
        self.assertIn("5 dead letters", said)
        self.assertEqual([letter["number"] for letter in self.list("--reason", "bad_amount,not_json")[0]], [1, 3])
        self.assertEqual([letter["number"] for letter in self.list("--open", "--after", "1", "--limit", "2")[0]], [3, 5])
        self.assertEqual([letter["bytes"] for letter in self.list("--letter", "1", "--bytes")[0]], ["no json \ufffd"])

    def test_that_are_sealed_open_with_their_key_alone(self):
        file = self.folder / "seal.keys"
        old = yujing("keys", "new", "--file", file).stdout.decode().strip()
        keys = dict(line.split() for line in file.read_text().splitlines() if not line.startswith("#"))
        text = json.dumps(small_bill("S7", psn_name="测试甲")).encode()
        self.refuse(seal(old, base64.b64decode(keys[old]), text, self.context(2)), 2)
        self.refuse(b"before there was a key", 4)
        # The key of today is another one; that of then still opens.
        yujing("keys", "new", "--file", file)
        letters, _ = self.list("--bytes", YUJING_SEAL_KEY_FILE=str(file))
        self.assertEqual([letter["bytes"] for letter in letters], [json.loads(json.dumps(text.decode())), "before there was a key"])
        # Without it everything but the bytes is shown.
        self.assertEqual([letter["in_ledger"] for letter in self.list()[0]], [None, None])
        self.assertIn("name the key file as `seal.key_file`", self.list("--bytes", code=INPUT)[1])
        other = self.folder / "other.keys"
        yujing("keys", "new", "--file", other)
        self.assertIn(f"sealed by the key {old}", self.list("--bytes", code=INPUT, YUJING_SEAL_KEY_FILE=str(other))[1])

    def test_of_the_monitor_go_out_sealed(self):
        file = self.folder / "seal.keys"
        yujing("keys", "new", "--file", file)
        ours = {"YUJING_SEAL_KEY_FILE": str(file), "YUJING_STORE": str(self.folder / "stores")}
        text = json.dumps(small_bill("S1", yuan="much", psn_name="测试甲"), ensure_ascii=False)
        self.producer.produce(self.topics["settlements"], key="P1", value=text.encode(), headers=[("sender", b"hospital")])
        self.producer.flush(60)
        self.expect(yujing("run", "--config", self.config, "--once", **ours), DONE, "(1 bad_amount)")
        (_, key, value, headers), = self.messages("letters")
        self.assertEqual((key, value[:4], dict(headers)["sender"]), ("P1", b"YJS1", b"hospital"))
        self.assertNotIn("测试甲".encode(), value)
        (letter,), _ = self.list("--bytes", **ours)
        self.assertEqual((letter["reason"], letter["bytes"], letter["in_ledger"]), ("bad_amount", text, False))

    def test_that_another_wrote_are_refused(self):
        self.producer.produce(self.topics["letters"], value=b"{}", partition=1)
        self.producer.flush(60)
        self.assertIn(f"topic {self.topics['letters']} partition 1 offset 0: is no dead letter", self.list(code=INPUT)[1])

    def test_that_are_mended_go_back_to_the_topic_once(self):
        mended = [small_bill(f"S{number}", psn_no=f"P{number}") for number in range(2, 12)]
        path = self.write("mended.ndjson", lines([*mended, BILL]))
        replay = ("dead-letters", "replay", "--config", self.config, "--from", path)
        self.expect(yujing(*replay), DONE, "1 left out: in the ledger already", f"10 lines would be added to "
                    f"{self.topics['settlements']}", "--yes")
        self.assertEqual(self.sent(), [])
        self.expect(yujing(*replay, "--yes"), DONE, f"10 lines added to {self.topics['settlements']}")
        sent = self.sent()
        self.assertEqual(sorted((key, value["setl_id"]) for _, key, value in sent),
                         sorted((bill["psn_no"], bill["setl_id"]) for bill in mended))
        # Sent by whom it may be, a person's bills lie in one partition.
        for bill in mended:
            self.producer.produce(self.topics["settlements"], key=bill["psn_no"], value=json.dumps(bill))
        self.producer.flush(60)
        places = {key: {partition for partition, other, _ in self.sent() if other == key} for _, key, _ in sent}
        self.assertEqual({len(partitions) for partitions in places.values()}, {1}, places)
        self.expect(yujing(*replay, "--yes"), DONE, "10 left out: sent already, not yet read", "nothing to send")
        self.assertEqual(len(self.sent()), 20)

    def test_that_would_pass_now_go_back_as_they_came(self):
        passes, still_wrong = small_bill("S2"), small_bill("S3", yuan="much")
        self.refuse(json.dumps(passes).encode(), 2, "unknown_city")
        self.refuse(json.dumps(still_wrong).encode(), 3)
        self.refuse(b"{}", 4, "missing_field", topic="persons")
        self.expect(yujing("dead-letters", "replay", "--config", self.config, "--yes"), DONE, "would be refused again, bad_amount",
                    "1 line added")
        self.assertEqual([value for _, _, value in self.sent()], [passes])


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv[1:]))
