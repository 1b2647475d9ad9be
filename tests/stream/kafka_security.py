#!/usr/bin/python3
"""Topics and the link to Kafka on real brokers: `topics create` and `check` with every misfit; SCRAM with ACLs on Kafka 3.9,
certificates of both sides on 4.1; and each thing that can be wrong, with its message and exit code.

    kafka_security.py [NAME …]      all tests, or those named as unittest names them (Topics, Scram.test_host_name)

The program is $YUJING, by default build/dev/app/yujing. Ends with a line "N passed, N failed".
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic

from kafka_broker import Broker

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "app"))
from program import (CHECK_FAILED, CONFIGURATION, DONE, PROGRAM, UNAVAILABLE, Test, environment, run_tests, small_bill,  # noqa: E402
                     yujing)

NEW, OLD = "4.1.1", "3.9.1"
PASSWORD = "correct-horse"
ROLES = ("settlements", "persons", "decisions", "alerts", "dead letters", "ledger")
KEYS = ("source.settlements", "source.persons", "source.decisions", "alerts.topic", "alerts.dead_letters", "kafka.ledger")
NAMES = {role: "yujing." + role.replace(" ", "-") for role in ROLES}
PATIENCE_SECONDS = 60


class SecuredBroker(Broker):
    """One node that lets in who proves to be somebody: scram or mtls."""

    def __init__(self, security, version):  # pylint: disable=super-init-not-called
        self.folder = tempfile.mkdtemp(prefix="yujing-kafka-")
        self.version, self.nodes = version, 1
        try:
            self.call("start", "--port", "0", "--version", version, "--security", security, "--users",
                      f"watcher:{PASSWORD},reader:other,runner:third")
            self.address = self.call("brokers").strip()
        except BaseException:
            self.close()
            raise

    def file(self, name):
        return os.path.join(self.folder, name)

    def tool(self, name, *words):
        return self.call("tool", name, "--bootstrap-server", self.address, "--command-config", self.file("admin.properties"),
                         *words)

    def acl(self, *words):
        self.tool("kafka.admin.AclCommand" if self.version.startswith("3.") else "org.apache.kafka.tools.AclCommand", *words)

    def allow(self, user, *words):
        self.acl("--add", "--allow-principal", f"User:{user}", *words)

    def forbid(self, user, *words):
        self.acl("--remove", "--force", "--allow-principal", f"User:{user}", *words)


class OnABroker(Test):
    """Tests that share a broker, which make_broker() starts."""

    broker = None

    @classmethod
    def setUpClass(cls):
        cls.broker = cls.make_broker()

    @classmethod
    def tearDownClass(cls):
        cls.broker.close()

    def settings(self, brokers=None, **kafka):
        lines = [f'source: {{kind: kafka, brokers: "{brokers or self.broker.address}"}}']
        if kafka:
            lines += ["kafka:"] + [f'  {key}: "{value}"' for key, value in kafka.items()]
        return self.write("settings.yaml", "\n".join(lines) + "\n")

    def topics(self, command, code, *words, config, more=(), **variables):
        return self.expect(yujing("topics", command, "--config", config, *more, **variables), code, *words)

    def run_with_the_rights_of_the_manual(self, user, config, link):
        """The rights of docs/kafka.md suffice; one that is missing is said. `link`: how librdkafka gets in as somebody with all rights."""
        config.write_text("cities: [jixi]\nstore: stores\n" + config.read_text())
        topics = {role: ("--topic", name) for role, name in NAMES.items()}
        self.broker.allow(user, "--operation", "Read", *topics["settlements"], *topics["persons"], *topics["decisions"],
                          *topics["ledger"])
        self.broker.allow(user, "--operation", "Write", *topics["ledger"], *topics["alerts"], *topics["dead letters"])
        self.broker.allow(user, "--operation", "Read", "--group", "yujing", "--resource-pattern-type", "prefixed")
        self.broker.allow(user, "--operation", "Write", "--transactional-id", "yujing", "--resource-pattern-type", "prefixed")
        producer = Producer({"bootstrap.servers": self.broker.address, "ssl.ca.location": self.broker.file("ca.pem"),
                             "partitioner": "murmur2_random", **link})
        for number in range(20):
            producer.produce(NAMES["settlements"], key=f"P{number}",
                             value=json.dumps(small_bill(f"S{number}", psn_no=f"P{number}", yuan="12000.00" if number else "much")))
        producer.flush(60)
        done = self.expect(yujing("run", "--config", config, "--once", "--json"), DONE)
        self.assertEqual((json.loads(done.stdout)["applied"], json.loads(done.stdout)["dead_letters"]), (19, {"bad_amount": 1}))
        self.broker.forbid(user, "--operation", "Write", *topics["alerts"])
        producer.produce(NAMES["settlements"], key="Q1", value=json.dumps(small_bill("T1", psn_no="Q1", yuan="12000.00")))
        producer.flush(60)
        self.expect(yujing("run", "--config", config, "--once"), UNAVAILABLE, "TOPIC_AUTHORIZATION_FAILED",
                    "give our user the right by an ACL")


class Topics(OnABroker):
    @classmethod
    def make_broker(cls):
        return Broker()

    def setUp(self):
        super().setUp()
        self.admin = AdminClient({"bootstrap.servers": self.broker.address})
        # Names of its own for each test: a broker forgets a topic only after a while.
        self.names = {role: f"{self.id().rsplit('.', 1)[1]}.{role.replace(' ', '-')}" for role in ROLES}
        self.config = self.settings(partitions=4)
        self.named = {f"YUJING_{key.upper().replace('.', '_')}": name for key, name in zip(KEYS, self.names.values())}

    def topics(self, command, code, *words, **more):
        return super().topics(command, code, *words, **{"config": self.config, **self.named, **more})

    def report(self, command, code, *words):
        return json.loads(self.topics(command, code, *words, more=["--json"]).stdout)

    def wait(self, what, holds):
        """What was asked of the broker is seen by all who ask it after a moment."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            self.assertLess(time.monotonic(), until, what)
            time.sleep(0.05)

    def partitions(self, role):
        topic = self.admin.list_topics(timeout=30).topics.get(self.names[role])
        return 0 if topic is None or topic.error else len(topic.partitions)

    def change(self, role, **config):
        config = {key.replace("_", "."): value for key, value in config.items()}
        name = self.names[role]
        for done in self.admin.alter_configs([ConfigResource("topic", name, set_config=config)]).values():
            done.result()

        def is_changed():
            answer, = self.admin.describe_configs([ConfigResource("topic", name)]).values()
            return all(answer.result()[key].value == value for key, value in config.items())
        self.wait(f"{name} has {config}", is_changed)

    def make(self, role, partitions, **config):
        topic = NewTopic(self.names[role], partitions, 1, config={key.replace("_", "."): value for key, value in config.items()})
        for done in self.admin.create_topics([topic]).values():
            done.result()
        self.wait(f"{topic} is made", lambda: self.partitions(role) == partitions)

    def add_partitions(self, role, count):
        for done in self.admin.create_partitions([NewPartitions(self.names[role], count)]).values():
            done.result()
        self.wait(f"{role} has {count} partitions", lambda: self.partitions(role) == count)

    def test_are_made_as_they_must_be(self):
        said = self.topics("check", CHECK_FAILED, "6 of the topics' settings do not fit")
        for name in self.names.values():
            self.assertIn(f"topic {name} ", said.stdout.decode())
        made = self.topics("create", DONE)
        self.assertEqual(made.stdout.decode().count("made, fits"), 6, made.stdout)
        there = self.report("check", DONE)
        self.assertTrue(there["fits"])
        self.assertEqual([(t["for"], t["topic"], t["partitions"], t["replication"], t["cleanup_policy"], t["misfits"])
                          for t in there["topics"]],
                         [(role, self.names[role], 4, 1, policy, [])
                          for role, policy in zip(ROLES, ("delete", "compact", "compact", "delete", "delete", "compact"))])
        self.assertEqual([t["created"] for t in self.report("create", DONE)["topics"]], [False] * 6)

    def test_that_are_missing_are_made_like_those_there(self):
        self.make("settlements", 6, max_message_bytes="4000000")
        there = self.report("create", DONE)
        self.assertEqual({t["for"]: t["partitions"] for t in there["topics"]},
                         {"settlements": 6, "persons": 6, "decisions": 6, "ledger": 6, "alerts": 4, "dead letters": 4})

    def test_that_do_not_fit_are_told_one_by_one(self):
        self.topics("create", DONE)
        self.change("settlements", cleanup_policy="compact", max_message_bytes="20000000")
        self.change("persons", cleanup_policy="delete")
        self.change("alerts", min_insync_replicas="2")
        self.change("dead letters", unclean_leader_election_enable="true")
        self.change("ledger", cleanup_policy="compact,delete", max_message_bytes="1000")
        self.add_partitions("decisions", 5)
        there = self.report("check", CHECK_FAILED, "8 of the topics' settings do not fit")
        misfits = {topic["for"]: topic["misfits"] for topic in there["topics"]}
        for role, words in (("settlements", ["cleanup.policy is compact; set it to delete"]),
                            ("persons", ["cleanup.policy is delete; set it to compact"]),
                            ("decisions", ["has 5 partitions and", "has 4; a person"]),
                            ("alerts", ["min.insync.replicas is 2 and there are 1 copies: nothing can be written"]),
                            ("dead letters", ["unclean.leader.election.enable is true",
                                              "max.message.bytes is 1048588; set it to 20004096 or more"]),
                            ("ledger", ["cleanup.policy is compact,delete; set it to compact", "set it to 1048588 or more"])):
            for message in misfits[role]:
                self.assertTrue(message.startswith(f"topic {self.names[role]} ({role}): "), message)
            for word in words:
                self.assertIn(word, " ".join(misfits[role]))

    def test_with_more_copies_than_brokers(self):
        self.topics("create", CONFIGURATION, f"topic {self.names['settlements']}", "INVALID_REPLICATION_FACTOR",
                    "`kafka.replication` must not exceed", YUJING_KAFKA_REPLICATION="3")
        self.topics("create", DONE)
        self.topics("check", CHECK_FAILED, "6 of the topics' settings do not fit", YUJING_KAFKA_REPLICATION="2")

    def test_where_nobody_listens(self):
        self.topics("check", UNAVAILABLE, "127.0.0.1:1", "nobody listens there", "source.brokers",
                    config=self.settings(brokers="127.0.0.1:1"))

    def test_asked_to_stop_where_nobody_listens(self):
        config = self.write("run.yaml", 'cities: [jixi]\nstore: store\nsource: {kind: kafka, brokers: "127.0.0.1:1"}\n')
        with subprocess.Popen([PROGRAM, "run", "--config", config], stderr=subprocess.PIPE, env=environment()) as running:
            running.stderr.readline()  # it watches for signals before it says anything
            running.send_signal(signal.SIGTERM)
            self.assertIn(b"asked to stop", running.communicate(timeout=PATIENCE_SECONDS)[1])
        self.assertEqual(running.returncode, DONE)

    def test_of_files(self):
        config = self.write("files.yaml", "source: {kind: file, path: events.ndjson}\n")
        self.named = {}
        self.topics("check", CONFIGURATION, "`source.kind` is `file`", "kind: kafka", config=config)

    def test_tls_to_a_plain_port(self):
        other = self.write("ca.pem", "")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.folder / "ca.key", "-out",
                        other, "-days", "2", "-subj", "/CN=other"], check=True, capture_output=True)
        self.topics("check", UNAVAILABLE, "this listener does not speak TLS",
                    config=self.settings(security="tls", ca=other))


class Scram(OnABroker):
    @classmethod
    def make_broker(cls):
        broker = SecuredBroker("scram", OLD)
        read = [word for role in ("settlements", "persons", "decisions", "alerts", "dead letters", "ledger")
                for word in ("--topic", NAMES[role])]
        broker.allow("watcher", "--operation", "Describe", "--operation", "DescribeConfigs", "--operation", "Create", *read)
        broker.allow("reader", "--operation", "Describe", *read[:2])
        return broker

    def scram(self, user="watcher", ca=None, brokers=None, **more):
        return self.settings(brokers, security="scram", ca=ca or self.broker.file("ca.pem"), user=user,
                             password_file=self.broker.file(f"{user}.password"), **more)

    def test_user_with_its_rights_is_let_in(self):
        self.topics("create", DONE, "", config=self.scram())
        self.topics("check", DONE, "", config=self.scram())

    def test_user_with_just_the_rights_of_the_manual_runs(self):
        self.topics("create", DONE, config=self.scram())
        self.run_with_the_rights_of_the_manual("runner", self.scram(user="runner"), {
            "security.protocol": "sasl_ssl", "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "admin",
            "sasl.password": pathlib.Path(self.broker.file("admin.password")).read_text().strip()})

    def test_password_of_the_environment(self):
        config = self.settings(security="scram", ca=self.broker.file("ca.pem"), user="watcher")
        self.topics("check", CONFIGURATION, "no password for `kafka.user` watcher", "YUJING_KAFKA_PASSWORD", config=config)
        self.topics("create", DONE, config=config, YUJING_KAFKA_PASSWORD=PASSWORD)

    def test_wrong_password(self):
        done = self.topics("check", UNAVAILABLE, "the user `watcher` is not let in", "check `kafka.user`", config=self.scram(),
                           YUJING_KAFKA_PASSWORD="wrong-horse")
        self.assertNotIn(b"wrong-horse", done.stderr + done.stdout)

    def test_unknown_user(self):
        config = self.settings(security="scram", ca=self.broker.file("ca.pem"), user="nobody")
        self.topics("check", UNAVAILABLE, "the user `nobody` is not let in", config=config, YUJING_KAFKA_PASSWORD=PASSWORD)

    def test_password_that_others_may_read(self):
        file = self.write("password", PASSWORD)
        os.chmod(file, 0o444)
        config = self.settings(security="scram", ca=self.broker.file("ca.pem"), user="watcher", password_file=file)
        self.topics("check", CONFIGURATION, "others than its owner", "chmod 400", config=config)

    def test_authority_that_did_not_sign_the_brokers(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.folder / "ca.key", "-out",
                        self.folder / "ca.pem", "-days", "2", "-subj", "/CN=other"], check=True, capture_output=True)
        self.topics("check", UNAVAILABLE, "not signed by the authority in `kafka.ca`", config=self.scram(ca=self.folder / "ca.pem"))

    def test_host_name_that_is_not_in_the_certificate(self):
        # 127.1 is 127.0.0.1, and stands in no certificate.
        self.topics("check", UNAVAILABLE, "the certificate of 127.1:", "is for another name",
                    config=self.scram(brokers=self.broker.address.replace("127.0.0.1", "127.1")))

    def test_plain_text_to_a_tls_port(self):
        self.topics("check", UNAVAILABLE, "wants another security than `kafka.security` says", config=self.settings())

    def test_tls_alone_where_a_user_is_wanted(self):
        self.topics("check", UNAVAILABLE, "wants a user and password", "security: scram",
                    config=self.settings(security="tls", ca=self.broker.file("ca.pem")))

    def test_missing_right(self):
        self.topics("check", UNAVAILABLE, "TOPIC_AUTHORIZATION_FAILED", "give our user the right by an ACL",
                    config=self.scram(user="reader"))


class Certificates(OnABroker):
    @classmethod
    def make_broker(cls):
        broker = SecuredBroker("mtls", NEW)
        broker.allow("watcher", "--operation", "Describe", "--operation", "DescribeConfigs", "--operation", "Create", "--topic",
                     "yujing.", "--resource-pattern-type", "prefixed")
        return broker

    def tls(self, **more):
        return self.settings(security="tls", ca=self.broker.file("ca.pem"), **more)

    def ours(self, user):
        return self.tls(certificate=self.broker.file(f"{user}.pem"), key=self.broker.file(f"{user}.key"))

    def test_certificate_of_ours_is_let_in(self):
        self.topics("create", DONE, config=self.ours("watcher"))
        self.topics("check", DONE, config=self.ours("watcher"))

    def test_certificate_with_just_the_rights_of_the_manual_runs(self):
        self.topics("create", DONE, config=self.ours("watcher"))
        self.run_with_the_rights_of_the_manual("runner", self.ours("runner"), {
            "security.protocol": "ssl", "ssl.certificate.location": self.broker.file("admin.pem"),
            "ssl.key.location": self.broker.file("admin.key")})

    def test_no_certificate(self):
        self.topics("check", UNAVAILABLE, "ask for a certificate of ours", "`kafka.certificate`", config=self.tls())

    def test_certificate_they_do_not_trust(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.folder / "own.key", "-out",
                        self.folder / "own.pem", "-days", "2", "-subj", "/CN=watcher"], check=True, capture_output=True)
        self.topics("check", UNAVAILABLE, "do not accept our certificate",
                    config=self.tls(certificate=self.folder / "own.pem", key=self.folder / "own.key"))

    def test_key_of_another_certificate(self):
        self.topics("check", CONFIGURATION, "look at `kafka.ca`, `kafka.certificate` and `kafka.key`",
                    config=self.tls(certificate=self.broker.file("watcher.pem"), key=self.broker.file("reader.key")))

    def test_certificate_that_is_not_there(self):
        self.topics("check", CONFIGURATION, "`kafka.certificate`", "nowhere.pem cannot be read",
                    config=self.tls(certificate=self.folder / "nowhere.pem", key=self.folder / "nowhere.key"))

    def test_plain_text(self):
        self.topics("check", UNAVAILABLE, "wants another security than `kafka.security` says", config=self.settings())

    def test_scram_where_there_are_certificates(self):
        config = self.ours("watcher")
        config.write_text(config.read_text().replace('"tls"', '"scram"') + "  user: watcher\n")
        self.topics("check", UNAVAILABLE, "does not offer SCRAM-SHA-512", config=config, YUJING_KAFKA_PASSWORD=PASSWORD)


class ScramOnKafka4(OnABroker):
    @classmethod
    def make_broker(cls):
        return SecuredBroker("scram", NEW)

    def test_is_recognised_as_refused_by_the_brokers(self):
        config = self.settings(security="scram", ca=self.broker.file("ca.pem"), user="watcher",
                               password_file=self.broker.file("watcher.password"))
        done = yujing("topics", "create", "--config", config)
        if done.returncode != DONE:  # a librdkafka before 2.6.1
            self.expect(done, UNAVAILABLE, "Kafka 4 refuses the SCRAM of librdkafka", "`kafka.security: tls` with a certificate")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv[1:]))
