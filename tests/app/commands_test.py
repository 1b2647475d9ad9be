"""The real program from the outside: exit codes, messages, what goes to which stream. Found by YUJING.

Wrong disks, damaged stores and kills are tests/crash; streams against an oracle are tests/stream.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import time
import unittest
import urllib.error
import urllib.request

from program import (BILL, CASE, CHECK_FAILED, CONFIGURATION, DONE, INPUT, PROGRAM, ROOT, TIMEOUT_SECONDS, UNAVAILABLE,
                     USAGE, Test, environment, lines, main, small_bill, yujing)

COMMANDS = ["demo", "run", "payout", "explain", "export", "export totals", "export alerts", "export ledger",
            "policy", "policy check", "policy show", "policy diff", "generate", "store", "store verify",
            "store compact", "lists",
            "application", "decide", "dead-letters", "dead-letters list", "dead-letters replay", "topics", "topics create",
            "topics check", "keys", "keys new", "completion"]


class Usage(Test):
    def test_every_command_has_help_with_examples_on_standard_output(self):
        for command in COMMANDS:
            done = self.expect(yujing(*command.split(), "--help"), DONE)
            self.assertIn("Examples:", done.stdout.decode(), command)
            self.assertTrue(done.stdout.endswith(b"\n"), command)
            self.assertIn("yujing " + command.split()[0], done.stdout.decode(), command)
            self.assertEqual(done.stderr, b"", command)
        self.assertIn("Exit codes:", yujing("--help").stdout.decode())

    def test_version(self):
        done = self.expect(yujing("--version"), DONE)
        self.assertRegex(done.stdout.decode(), r"^yujing \d+\.\d+\.\d+ \(.+\)\n$")

    def test_unknown_command_names_those_there_are(self):
        self.expect(yujing("frobnicate"), USAGE, "`yujing frobnicate`", "demo, run, payout", "yujing --help")
        self.expect(yujing("policy", "chekc"), USAGE, "`yujing policy chekc`", "check, show, diff", "yujing policy --help")
        self.expect(yujing("--log", "json", "frobnicate"), USAGE, "frobnicate")

    def test_no_command(self):
        self.expect(yujing(), USAGE, "yujing --help")
        self.expect(yujing("export"), USAGE, "missing after `yujing export`", "totals, alerts, ledger", "yujing export --help")

    def test_unknown_or_wrong_option(self):
        self.expect(yujing("run", "--wat"), USAGE, "`yujing run` has no option `--wat`", "yujing run --help")
        self.expect(yujing("run", "--conf", "settings.yaml"), USAGE, "`--conf`", "there is --config")
        self.expect(yujing("run", "settings.yaml"), USAGE, "`yujing run`", "`settings.yaml`")
        self.expect(yujing("explain", "--person", "P1", "--year", "26"), USAGE, "--year", "26")
        self.expect(yujing("generate", "--persons", "0"), USAGE, "--persons")
        self.expect(yujing("generate", "--events", "many"), USAGE, "--events")
        self.expect(yujing("--log", "xml", "run"), USAGE, "--log")
        self.expect(yujing("explain"), USAGE, "--case", "--person")
        self.expect(yujing("explain", "--person", "P1"), USAGE, "--year")
        self.expect(yujing("policy", "show", "jixi", "--on", "2026-02-30"), USAGE, "2026-02-30")
        self.expect(yujing("policy", "show", "atlantis"), USAGE, "atlantis", "jincheng, jixi")


class SettingsFaults(Test):
    def test_unknown_key(self):
        path = self.settings("stroe: ./var\n")
        self.expect(yujing("run", "--config", path), CONFIGURATION, f"{path}:4: unknown key `stroe`",
                    "allowed: cities, policies, reference, store, store_memtable_kib, batch_events, source, alerts, metrics")

    def test_key_twice(self):
        path = self.settings("store: other\n")
        self.expect(yujing("run", "--config", path), CONFIGURATION, f"{path}:4:", "`store` is said twice",
                    "allowed", "source.path")

    def test_no_such_file(self):
        self.expect(yujing("run", "--config", self.folder / "none.yaml"), CONFIGURATION, "none.yaml", "--config")

    def test_a_folder_in_place_of_a_file(self):
        path = self.settings()
        self.expect(yujing("run", "--config", self.folder), CONFIGURATION, "is a folder")
        for flag in ("--events", "--persons", "--decisions", "--reference", "--alerts", "--dead-letters"):
            self.expect(yujing("run", "--config", path, "--once", flag, self.folder), CONFIGURATION, str(self.folder))

    def test_a_pipe_in_place_of_the_persons_file(self):
        # It was taken for a file that is not there: a run without categories, and nothing said.
        path = self.settings()
        os.mkfifo(self.folder / "pipe")
        self.expect(yujing("run", "--config", path, "--once", "--persons", self.folder / "pipe"), CONFIGURATION,
                    "source.persons", "no plain file")

    def test_what_is_no_yaml(self):
        for text, word in (("", "is empty"), ("cities:\n\t- jixi\n", "yaml:2: not YAML: a tab"),
                           ("cities: [jixi\nstore: x\n", "not YAML"), ("- jixi\n", "yaml:1")):
            said = self.expect(yujing("run", "--config", self.write("settings.yaml", text)), CONFIGURATION, word)
            self.assertNotIn(b"keys allowed", said.stderr)

    def test_windows_line_ends_and_a_byte_order_mark(self):
        path = self.settings()
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
        events = self.folder / "events.ndjson"
        events.write_bytes(b"\xef\xbb\xbf" + events.read_bytes().replace(b"\n", b"\r\n") + b'{"setl_id":"caf\xe9"}\r\n')
        done = self.expect(yujing("run", "--config", path, "--once", "--json"), DONE)
        self.assertEqual((json.loads(done.stdout)["applied"], json.loads(done.stdout)["dead_letters"]), (1, {"not_json": 1}))

    def test_unknown_city(self):
        path = self.write("settings.yaml", "cities: [atlantis]\nsource: {path: events.ndjson}\n")
        self.expect(yujing("run", "--config", path), CONFIGURATION, "atlantis", "jincheng, jixi, shuangyashan")

    def test_no_city_and_no_source(self):
        path = self.write("settings.yaml", "source: {path: events.ndjson}\n")
        self.expect(yujing("run", "--config", path), CONFIGURATION, "`cities` is not set")
        path = self.write("settings.yaml", "cities: [jixi]\n")
        self.expect(yujing("run", "--config", path), CONFIGURATION, "`source.path` is not set")

    def test_kafka_needs_brokers_and_no_plain_text_leaves_the_machine(self):
        path = self.write("settings.yaml", "cities: [jixi]\nsource: {kind: kafka}\n")
        for command in (("run",), ("topics", "check")):
            self.expect(yujing(*command, "--config", path), CONFIGURATION, f"{path}:2:", "`source.brokers`", "HOST:PORT")
        path = self.write("settings.yaml", "cities: [jixi]\nsource: {kind: kafka, brokers: \"kafka.example:9092\"}\n")
        for command in (("run",), ("topics", "create")):
            self.expect(yujing(*command, "--config", path), CONFIGURATION, f"{path}:2:", "kafka.example:9092", "plain text",
                        "security: tls")

    def test_missing_files_that_are_named(self):
        path = self.settings()
        (self.folder / "events.ndjson").unlink()
        self.expect(yujing("run", "--config", path, "--once"), CONFIGURATION, "events.ndjson")
        path = self.settings("reference: figures.yaml\n")
        self.expect(yujing("run", "--config", path, "--once"), CONFIGURATION, "figures.yaml")
        path = self.settings("policies: rules\n")
        self.expect(yujing("run", "--config", path, "--once"), CONFIGURATION, "rules")

    def test_environment_and_flags_win_over_the_file(self):
        path = self.settings()
        self.expect(yujing("run", "--config", path, "--once", YUJING_METRICS_LISTEN="nowhere"), CONFIGURATION,
                    "YUJING_METRICS_LISTEN")
        self.expect(yujing("run", "--config", path, "--once", YUJING_STORE=str(self.folder / "by-environment")), DONE)
        self.assertTrue((self.folder / "by-environment").is_dir())
        self.expect(yujing("run", "--once", "--store", self.folder / "by-flag", YUJING_CONFIG=str(path),
                           YUJING_STORE=str(self.folder / "unused")), DONE)
        self.assertTrue((self.folder / "by-flag").is_dir())
        self.assertFalse((self.folder / "unused").exists())


class Payout(Test):
    def test_a_bad_line_is_an_answer_and_the_rest_goes_on(self):
        done = yujing("payout", stdin=lines([CASE]) + b"{nonsense\n" + lines([dict(CASE, city="atlantis")]))
        self.expect(done, INPUT)
        results = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(results[0]["totals"]["assistance"], "14000.00")
        self.assertEqual(results[1]["error"]["code"], "not_json")
        self.assertEqual(results[2]["error"]["code"], "unknown_city")

    def test_golden_cases(self):
        cases = ROOT / "tests/cases/golden/cases.ndjson"
        done = self.expect(yujing("payout", stdin=cases.read_bytes()), DONE)
        expected = (cases.parent / "expected.ndjson").read_text().splitlines()
        answers = done.stdout.decode().splitlines()
        self.assertEqual(len(answers), len(expected))
        for answer, wanted in zip(answers, expected):
            self.assertEqual(json.loads(answer), json.loads(wanted))

    def test_a_disk_that_is_full(self):
        with open("/dev/full", "wb") as full:
            self.expect(yujing("payout", stdin=lines([CASE]), stdout=full), UNAVAILABLE, "standard output", "room")


class Run(Test):
    def test_reads_a_file_to_its_end_and_goes_on_from_there(self):
        path = self.settings(events=[BILL, dict(BILL, setl_id="S2", setl_time="2026-02-30")])
        done = self.expect(yujing("run", "--config", path, "--once"), DONE, "2 events read", "1 bad_date")
        self.assertEqual(done.stdout, b"")
        with open(self.folder / "events.ndjson", "ab") as events:
            events.write(lines([dict(BILL, setl_id="S3", medfee_sumamt="50.00", fulamt_ownpay_amt="50.00",
                                     preselfpay_amt=0, inscp_scp_amt=0, hifp_pay=0, hifmi_pay=0)]))
        done = self.expect(yujing("run", "--config", path, "--once", "--json"), DONE)
        self.assertEqual(json.loads(done.stdout)["applied"], 1)
        exported = self.expect(yujing("export", "totals", "--config", path), DONE, "line 3")
        self.assertEqual([json.loads(line) for line in exported.stdout.splitlines()], [{
            "psn_no": "P1", "year": 2026, "city": "jixi", "settlements": 2, "medfee": "50050.00",
            "own_expense": "2050.00", "paid": {"hifp_pay": "20000.00", "hifmi_pay": "5000.00"},
            "burden_after_insurance": "25050.00", "burden_after_assistance": "25050.00",
            "in_policy_burden": "20000.00", "assistance_paid": "0.00", "assistance_due": "0.00"}])
        exported = self.expect(yujing("export", "alerts", "--config", path), DONE)
        self.assertEqual([json.loads(line) for line in exported.stdout.splitlines()], [{
            "alert_id": "jixi:burden-over-10000:P1:2026", "psn_no": "P1", "year": 2026, "city": "jixi",
            "rule": "burden-over-10000", "state": "open", "amount": "25050.00", "line": "10000.00",
            "crossed_by": "S1", "late": False, "revision": 1}])
        exported = self.expect(yujing("export", "ledger", "--config", path), DONE)
        self.assertEqual([json.loads(line)["setl_id"] for line in exported.stdout.splitlines()], ["S1", "S3"])
        self.expect(yujing("store", "verify", "--config", path), DONE)

    def test_reads_standard_input(self):
        path = self.settings()
        done = yujing("run", "--config", path, "--once", "--events", "-", "--json", stdin=lines([BILL]))
        self.assertEqual(json.loads(self.expect(done, DONE).stdout)["applied"], 1)

    def test_reports_who_certified_a_category(self):
        person = {"psn_no": "P1", "categories": [{"category": "dibao", "from": "2026-01-01", "certified_by": office}
                                                 for office in ("civil_affairs", "trade_union", "trade_union")]}
        self.write("persons.ndjson", lines([person]))
        path = self.settings()
        done = self.expect(yujing("run", "--config", path, "--once", "--persons", self.folder / "persons.ndjson"), DONE,
                           "persons.ndjson:1: category `dibao` is certified by `trade_union`, by the rules of jixi it is "
                           "by civil_affairs; it is kept and counts all the same",
                           "2 categories in them were certified by another office than the rules'")
        self.assertEqual(done.stderr.decode().count("trade_union"), 1)
        totals = self.expect(yujing("export", "totals", "--config", path), DONE)
        self.assertEqual(json.loads(totals.stdout)["assistance_due"], "14000.00")  # 70% of 20,000

    def test_logs_as_json_on_request(self):
        path = self.settings()
        done = self.expect(yujing("--log", "json", "run", "--config", path, "--once"), DONE)
        entries = [json.loads(line) for line in done.stderr.splitlines()]
        self.assertIn("started", [entry["event"] for entry in entries])
        self.assertEqual(set(entries[0]), {"time", "level", "event", "message"})
        bad = yujing("--log", "json", "run", "--config", self.folder / "none.yaml")
        self.assertEqual(json.loads(self.expect(bad, CONFIGURATION).stderr)["level"], "error")

    def test_says_no_name_anywhere(self):
        broken = [dict(BILL, setl_id="S2", hifp_pay="12.345"), dict(BILL, setl_id="S3", insu_admdvs="990101")]
        path = self.settings(events=[BILL, *broken])
        done = self.expect(yujing("run", "--config", path, "--once", "--json"), DONE)
        said = done.stdout + done.stderr + (self.folder / "alerts.ndjson").read_bytes()
        for line in (self.folder / "dead-letters.ndjson").read_bytes().splitlines():
            letter = json.loads(line)
            said += (letter["reason"] + letter["message"] + letter["position"]).encode()
        for path in (self.folder / "store").rglob("*"):
            said += path.read_bytes() if path.is_file() else b""
        self.assertNotIn(BILL["psn_name"].encode(), said)
        self.assertNotIn(BILL["certno"].encode(), said)

    def test_outputs_that_cannot_be_written(self):
        path = self.settings()
        os.mkdir(self.folder / "out")
        self.expect(yujing("run", "--config", path, "--once", "--alerts", self.folder / "out"), CONFIGURATION, "out")
        self.expect(yujing("run", "--config", path, "--once"), DONE)
        for kind in ("totals", "alerts", "ledger"):
            with open("/dev/full", "wb") as full:
                self.expect(yujing("export", kind, "--config", path, stdout=full), UNAVAILABLE, "standard output")

    def test_two_keys_may_not_name_one_file(self):
        path = self.settings("alerts: {path: events.ndjson}\n")
        self.expect(yujing("run", "--config", path, "--once"), CONFIGURATION, "source.path", "alerts.path")
        self.assertEqual((self.folder / "events.ndjson").read_bytes(), lines([BILL]))

    def test_store_that_is_not_there(self):
        path = self.settings()
        for words in (["export", "totals"], ["store", "verify"], ["store", "compact"]):
            self.expect(yujing(*words, "--config", path), CONFIGURATION, "yujing run")
        self.assertFalse((self.folder / "store").exists())

    def test_store_compact_keeps_everything_in_fewer_bytes(self):
        path = self.settings(events=[small_bill(f"S{number:05}", psn_no=f"P{number % 50}") for number in range(3000)])
        self.expect(yujing("run", "--config", path, "--once"), DONE)
        before = [yujing("export", kind, "--config", path).stdout for kind in ("totals", "ledger")]
        done = self.expect(yujing("store", "compact", "--config", path, "--json"), DONE)
        said = json.loads(done.stdout)
        self.assertLess(said["bytes_after"], said["bytes_before"] / 2)
        files = sum(file.stat().st_size for file in (self.folder / "store").iterdir())
        self.assertEqual(said["bytes_after"], files)
        self.assertEqual([yujing("export", kind, "--config", path).stdout for kind in ("totals", "ledger")], before)
        self.expect(yujing("store", "verify", "--config", path), DONE)
        said = self.expect(yujing("store", "compact", "--config", path), DONE).stdout.decode()
        self.assertRegex(said, r"store: .*B before, .*B now\n$")


class Running(Test):
    """A monitor that waits for more, and what goes on beside it."""

    def start(self, *words):
        path = self.settings("metrics: {listen: \"127.0.0.1:0\"}\n")
        with open(self.folder / "stderr", "wb") as talk:
            process = subprocess.Popen([PROGRAM, "run", "--config", path, "--follow", *words],
                                       stdout=subprocess.PIPE, stderr=talk, env=environment())
        self.addCleanup(process.stdout.close)
        self.addCleanup(lambda: process.poll() is None and process.kill() or process.wait())
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            found = re.search(r"http://\S+/metrics", (self.folder / "stderr").read_text())
            if found:
                url = found.group(0)
                if self.get(url.replace("/metrics", "/readyz"))[0] == 200 and "yujing_alerts_open{" in self.get(url)[1]:
                    return path, process, url
            time.sleep(0.02)
        self.fail((self.folder / "stderr").read_text())

    @staticmethod
    def get(url):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except (urllib.error.URLError, OSError):
            return 0, ""

    def test_serves_counts_and_ends_cleanly_on_a_signal(self):
        for ending in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(ending=ending):
                shutil.rmtree(self.folder / "store", ignore_errors=True)
                for name in ("alerts.ndjson", "dead-letters.ndjson"):
                    (self.folder / name).unlink(missing_ok=True)
                path, process, url = self.start("--json")
                self.assertEqual(self.get(url.replace("/metrics", "/livez")), (200, "ok\n"))
                page = self.get(url)[1]
                self.assertIn('yujing_alerts_open{city="jixi",rule="burden-over-10000"} 1', page)
                self.assertNotIn("P1", page)
                process.send_signal(ending)
                self.assertEqual(process.wait(TIMEOUT_SECONDS), DONE)
                self.assertEqual(json.loads(process.stdout.read())["applied"], 1)
                self.assertIn("asked to stop", (self.folder / "stderr").read_text())
                self.expect(yujing("store", "verify", "--config", path), DONE)

    def test_its_store_is_its_own_but_can_be_read(self):
        path, _, _ = self.start()
        self.expect(yujing("run", "--config", path, "--once"), UNAVAILABLE, "in use by another process")
        self.expect(yujing("store", "compact", "--config", path), UNAVAILABLE, "in use by another process")
        done = self.expect(yujing("export", "totals", "--config", path), DONE, "line 1")
        self.assertEqual(len(done.stdout.splitlines()), 1)

    def test_its_port_is_its_own(self):
        path, _, url = self.start()
        address = re.search(r"//(\S+)/", url).group(1)
        self.expect(yujing("run", "--config", path, "--metrics", address), UNAVAILABLE, address, "metrics.listen")


class Policy(Test):
    def test_check_lists_every_problem(self):
        self.write("a.yaml", "kind: policy\nversion: x\n")
        self.write("b.yaml", "kind: other\n")
        done = self.expect(yujing("policy", "check", self.folder), CHECK_FAILED, "problem")
        said = done.stdout.decode()
        self.assertIn("a.yaml:1", said)
        self.assertIn("b.yaml:1", said)
        done = self.expect(yujing("policy", "check", "--json", self.folder), CHECK_FAILED)
        answer = json.loads(done.stdout)
        self.assertFalse(answer["ok"])
        self.assertGreaterEqual(len(answer["problems"]), 2)

    def test_check_of_the_shipped_ones(self):
        done = self.expect(yujing("policy", "check", ROOT / "thresholds/policies"), DONE)
        self.assertIn("5 cities", done.stdout.decode())
        self.assertTrue(json.loads(yujing("policy", "check", "--json", "shipped").stdout)["ok"])

    def test_show(self):
        done = self.expect(yujing("policy", "show", "jixi", "--on", "2026-03-01"), DONE)
        self.assertIn("鸡政办规〔2025〕4号", done.stdout.decode())
        done = self.expect(yujing("policy", "show", "jixi", "--on", "2026-03-01", "--json"), DONE)
        self.assertEqual(json.loads(done.stdout)["version"], "jixi-2026")
        self.expect(yujing("policy", "show", "jixi", "--on", "2020-01-01"), CHECK_FAILED, "2020-01-01", "jixi-2026")

    def test_diff(self):
        overlay = self.write("local.yaml", """
overlay: jixi-2026
tiers:
  - id: tekun
    deductible: {yuan: "100", cite: 补充通知一}
""")
        done = self.expect(yujing("policy", "diff", "shipped", f"shipped,{overlay}"), DONE)
        said = done.stdout.decode()
        self.assertIn("鸡西市（jixi）", said)
        self.assertIn("自 2026-01-01 至 2030-12-31（jixi-2026）", said)
        self.assertIn("起付标准：不设〔第十条（一）〕 → 100元〔补充通知一〕", said)
        done = self.expect(yujing("policy", "diff", "shipped", f"shipped,{overlay}", "--json"), DONE)
        self.assertEqual(json.loads(done.stdout), {
            "city": "jixi", "version": "jixi-2026", "version_before": "jixi-2026", "from": "2026-01-01",
            "until": "2030-12-31", "change": "changed", "path": "tiers/tekun/deductible",
            "section": "救助标准（按顺序取第一个符合的档次）", "title": "特困人员：起付标准", "categories": ["特困人员"],
            "before": "不设", "after": "100元", "cite_before": "第十条（一）", "cite_after": "补充通知一"})

    def test_diff_without_a_difference(self):
        done = self.expect(yujing("policy", "diff", "shipped", ROOT / "thresholds/policies"), DONE)
        self.assertEqual(done.stdout.decode(), "没有差别。\n")
        self.assertEqual(yujing("policy", "diff", "shipped", "shipped", "--json").stdout, b"")

    def test_diff_of_what_cannot_be_read(self):
        broken = self.write("broken.yaml", "overlay: jixi-2026\nreferal: {}\n")
        done = self.expect(yujing("policy", "diff", "shipped", f"shipped,{broken}"), CONFIGURATION, "broken.yaml:2", "referal")
        self.assertEqual(done.stdout, b"")
        self.expect(yujing("policy", "diff", "shipped", "nowhere"), CONFIGURATION, "nowhere")
        self.expect(yujing("policy", "diff", "shipped"), USAGE)


class Generate(Test):
    def test_the_same_seed_makes_the_same_bytes(self):
        words = ["generate", "--persons", 50, "--events", 300, "--seed"]
        once = self.expect(yujing(*words, 7), DONE)
        self.assertEqual(once.stdout, yujing(*words, 7).stdout)
        self.assertNotEqual(once.stdout, yujing(*words, 8).stdout)
        self.assertEqual(len(once.stdout.splitlines()), 300)

    def test_a_folder_is_ready_to_run(self):
        made = self.folder / "made"
        done = self.expect(yujing("generate", "--persons", 500, "--events", 3000, "--seed", 1, "--city", "yantai",
                                  "--to", made, "--json"), DONE)
        counts = json.loads(done.stdout)
        done = self.expect(yujing("run", "--config", made / "settings.yaml", "--once", "--json"), DONE)
        found = json.loads(done.stdout)
        self.assertEqual((found["lines"], found["applied"], found["dead_letter"]),
                         (counts["lines"], counts["bills"], counts["refused"]))
        self.expect(yujing("store", "verify", "--config", made / "settings.yaml"), DONE)

    def test_faults(self):
        with open("/dev/full", "wb") as full:
            self.expect(yujing("generate", "--events", 10000, stdout=full), UNAVAILABLE, "standard output")
        self.expect(yujing("generate", "--events", 10, "--to", "/nowhere/at/all.ndjson"), UNAVAILABLE, "/nowhere")
        self.expect(yujing("generate", "--events", 10, "--city", "atlantis"), CONFIGURATION, "atlantis", "jixi")
        self.expect(yujing("generate", "--events", 10, "--rate", 5), USAGE, "--rate", "kafka")
        made = self.folder / "made"
        self.expect(yujing("generate", "--persons", 1, "--events", 1, "--to", made), DONE)
        self.expect(yujing("generate", "--to", "kafka", "--config", made / "settings.yaml"), CONFIGURATION, "source.kind", "kafka")


class Keys(Test):
    def test_of_a_new_file_and_one_more(self):
        file = self.folder / "seal.keys"
        ids = [self.expect(yujing("keys", "new", "--file", file), DONE, str(file), "keep a copy").stdout.decode().strip()
               for _ in range(2)]
        self.assertEqual(file.stat().st_mode & 0o7777, 0o400)
        lines_of_keys = [line for line in file.read_text().splitlines() if not line.startswith("#")]
        self.assertEqual([line.split()[0] for line in lines_of_keys], ids)
        self.assertNotEqual(ids[0], ids[1])

    def test_of_a_file_that_others_may_read_or_that_is_none(self):
        file = self.write("seal.keys", "no key\n")
        os.chmod(file, 0o644)
        self.expect(yujing("keys", "new", "--file", file), CONFIGURATION, str(file), "others than its owner", "chmod 400")
        os.chmod(file, 0o400)
        self.expect(yujing("keys", "new", "--file", file), CONFIGURATION, f"{file}:1: is no key")
        self.assertEqual(file.read_text(), "no key\n")
        self.expect(yujing("keys", "new", "--file", self.folder / "none/seal.keys"), UNAVAILABLE, "cannot be written")
        self.expect(yujing("keys", "new"), USAGE, "--file")


class Demo(Test):
    def demo(self, *words):
        return yujing("demo", "--persons", 3000, "--events", 15000, *words, cwd=self.folder)

    def test_every_city(self):
        for city in ("jixi", "shuangyashan", "jincheng", "yantai", "yanbian"):
            page = self.expect(self.demo("--city", city), DONE).stdout.decode()
            for word in ("15,000 events read", "refused", "warnings open", "Why:", "Try next", f"var/demo-{city}"):
                self.assertIn(word, page, city)
            self.assertNotIn("\x1b", page)
            self.assertTrue((self.folder / "var" / f"demo-{city}" / "alerts.ndjson").stat().st_size > 0, city)

    def test_what_it_proposes_next_works(self):
        page = self.expect(self.demo(), DONE).stdout.decode()
        proposed = [line.split("|")[0].split()[1:] for line in page.split("Try next")[1].splitlines() if "yujing" in line]
        self.assertGreaterEqual(len(proposed), 4)
        for words in proposed:
            self.expect(yujing(*words, cwd=self.folder), DONE)
        self.expect(self.demo(), DONE)  # again, over the old one

    def test_takes_no_folder_of_somebody_else(self):
        self.write("precious.txt", "mine")
        self.expect(self.demo("--dir", "."), UNAVAILABLE, "--dir")
        self.assertEqual((self.folder / "precious.txt").read_text(), "mine")
        self.expect(self.demo("--city", "atlantis"), USAGE, "atlantis", "jixi")


if __name__ == "__main__":
    main()
