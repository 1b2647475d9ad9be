"""`yujing dead-letters`: refused events looked at, mended, and sent back once."""

import gzip
import json
import subprocess

from program import BILL, CONFIGURATION, DONE, INPUT, PROGRAM, UNAVAILABLE, USAGE, Test, lines, main, small_bill, yujing

BAD_DATE = dict(BILL, setl_id="S2", setl_time="2026-02-30")
BAD_SUM = dict(BILL, setl_id="S3", medfee_sumamt="50001.00", overlmt_selfpay="0.00")
ELSEWHERE = small_bill("S4", insu_admdvs="370602")  # Yantai
SUSPICIOUS = small_bill("S5\x1b[2J", hifp_pay="x")


class DeadLetters(Test):
    def refuse(self, *events, more=""):
        path = self.settings(more, events=[BILL, *events])
        self.run_monitor(path)
        return path

    def run_monitor(self, path, *words):
        done = self.expect(yujing("run", "--config", path, "--once", "--json", *words), DONE)
        return json.loads(done.stdout)

    def list(self, path, *words):
        done = self.expect(yujing("dead-letters", "list", "--json", "--config", path, *words), DONE)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def replay(self, path, *words, code=DONE, said=(), stdin=b""):
        done = self.expect(yujing("dead-letters", "replay", "--config", path, *words, stdin=stdin), code, *said)
        return json.loads(done.stdout) if "--json" in words and code == DONE else done

    def events(self):
        return (self.folder / "events.ndjson").read_bytes()


class Look(DeadLetters):
    def test_a_list_for_people(self):
        path = self.refuse(BAD_DATE, BAD_SUM, ELSEWHERE)
        page = self.expect(yujing("dead-letters", "list", "--config", path), DONE).stdout.decode()
        self.assertIn("#1  bad_date  events.ndjson:2 (byte ", page)
        self.assertIn("setl_time", page)
        self.assertTrue(page.endswith("3 dead letters: 1 bad_date, 1 sums_disagree, 1 unknown_city\n"), page)
        self.assertNotIn(BILL["psn_name"], page)

    def test_the_lines_only_on_request(self):
        path = self.refuse(BAD_DATE, BAD_SUM)
        page = self.expect(yujing("dead-letters", "list", "--bytes", "--config", path), DONE).stdout.decode()
        self.assertIn(BILL["psn_name"], page)
        done = self.expect(yujing("dead-letters", "list", "--raw", "--config", path), DONE, "2 dead letters")
        self.assertEqual(done.stdout, lines([BAD_DATE, BAD_SUM]))

    def test_chosen_by_reason_number_and_amount(self):
        path = self.refuse(BAD_DATE, BAD_SUM, ELSEWHERE, dict(BAD_DATE, setl_id="S9"))
        numbers = lambda *words: [letter["number"] for letter in self.list(path, *words)]
        self.assertEqual(numbers(), [1, 2, 3, 4])
        self.assertEqual(numbers("--reason", "bad_date"), [1, 4])
        self.assertEqual(numbers("--reason", "bad_date,unknown_city", "--limit", "2"), [1, 3])
        self.assertEqual(numbers("--letter", "2,4"), [2, 4])
        self.assertEqual(numbers("--after", "3"), [4])

    def test_what_was_counted_since_is_told(self):
        path = self.refuse(BAD_DATE, BAD_SUM)
        self.assertEqual([letter["in_ledger"] for letter in self.list(path)], [False, False])
        self.write("mended.ndjson", lines([dict(BAD_DATE, setl_time="2026-02-28")]))
        self.replay(path, "--from", self.folder / "mended.ndjson", "--yes")
        self.run_monitor(path)
        self.assertEqual([letter["in_ledger"] for letter in self.list(path)], [True, False])
        self.assertEqual([letter["number"] for letter in self.list(path, "--open")], [2])

    def test_a_terminal_obeys_nothing_in_it(self):
        path = self.refuse(SUSPICIOUS)
        with open(self.folder / "events.ndjson", "ab") as events:
            events.write(b'{"setl_id":"S6","note":"caf\xe9 \x1b[31m\xc2\x9b"}\n')
        self.run_monitor(path)
        shown = self.expect(yujing("dead-letters", "list", "--bytes", "--config", path), DONE).stdout
        self.assertNotIn(b"\x1b", shown)
        self.assertNotIn(b"\xc2\x9b", shown)
        self.assertIn("caf\ufffd", shown.decode())

    def test_faults(self):
        path = self.settings()
        self.expect(yujing("dead-letters", "list", "--config", path), CONFIGURATION, "yujing run")
        path = self.refuse(BAD_DATE)
        self.expect(yujing("dead-letters", "list", "--reason", "nope", "--config", path), USAGE, "`nope`", "not_json, ")
        letters = self.folder / "dead-letters.ndjson"
        letters.write_bytes(b"{}\n" + letters.read_bytes())
        self.expect(yujing("dead-letters", "list", "--config", path), INPUT, "dead-letters.ndjson:1", "backup")
        letters.unlink()
        self.expect(yujing("dead-letters", "list", "--config", path), CONFIGURATION, "dead-letters.ndjson")


class SendBack(DeadLetters):
    def test_nothing_is_done_without_yes(self):
        path = self.refuse(BAD_DATE)
        before = self.events()
        mended = self.write("mended.ndjson", lines([dict(BAD_DATE, setl_time="2026-02-28")]))
        self.replay(path, "--from", mended, said=["1 line would be added", "--yes"])
        self.assertEqual(self.events(), before)
        self.replay(path, "--from", mended, "--yes", said=["1 line added", "events.ndjson"])
        self.assertEqual(self.events(), before + mended.read_bytes())
        self.assertEqual(self.run_monitor(path)["applied"], 1)
        self.expect(yujing("store", "verify", "--config", path), DONE)

    def test_never_twice(self):
        path = self.refuse(BAD_DATE)
        good = dict(BAD_DATE, setl_time="2026-02-28")
        mended = self.write("mended.ndjson", lines([good, dict(good, psn_name="again")]))
        counts = self.replay(path, "--from", mended, "--yes", "--json")
        self.assertEqual((counts["sent"], counts["repeated"]), (1, 1))
        counts = self.replay(path, "--from", mended, "--yes", "--json", said=["not yet read", "nothing to send"])
        self.assertEqual((counts["sent"], counts["waiting"]), (0, 2))
        self.run_monitor(path)
        counts = self.replay(path, "--from", mended, "--yes", "--json", said=["in the ledger already"])
        self.assertEqual((counts["sent"], counts["in_ledger"]), (0, 2))
        self.assertEqual(len(self.events().splitlines()), 3)

    def test_a_line_that_is_still_wrong_stops_all(self):
        path = self.refuse(BAD_DATE)
        before = self.events()
        mended = self.write("mended.ndjson", lines([dict(BAD_DATE, setl_time="2026-02-28"), BAD_SUM, {"psn_no": "P1"},
                                                    dict(BILL, medfee_sumamt="50000.00", fulamt_ownpay_amt="0")]))
        self.replay(path, "--from", mended, "--yes", code=INPUT,
                    said=["mended.ndjson:2: would be refused again: sums_disagree", "mended.ndjson:3: has no setl_id",
                          "mended.ndjson:4: would be refused again", "nothing was sent"])
        self.assertEqual(self.events(), before)

    def test_a_conflict_needs_a_later_time(self):
        other = dict(BILL, hosp_lv="03")
        path = self.refuse(other)
        self.replay(path, "--from", "-", "--yes", stdin=lines([other]), code=INPUT, said=["conflict", "later updt_time"])
        self.replay(path, "--from", "-", "--yes", stdin=lines([dict(other, updt_time="2026-04-01 08:00:00")]))
        self.assertEqual(self.run_monitor(path)["replaced"], 1)
        counts = self.replay(path, "--from", "-", "--json",
                             stdin=lines([dict(BILL, updt_time="2026-03-30 08:00:00")]))
        self.assertEqual(counts["outdated"], 1)

    def test_refused_lines_that_pass_with_other_settings(self):
        path = self.refuse(BAD_DATE, ELSEWHERE, dict(ELSEWHERE, setl_id="S7"))
        self.replay(path, "--yes", said=["would be refused again, unknown_city", "nothing to send"])
        path.write_text(path.read_text().replace("[jixi]", "[jixi, yantai]"))
        counts = self.replay(path, "--reason", "unknown_city", "--yes", "--json")
        self.assertEqual((counts["lines"], counts["sent"], counts["refused"]), (2, 2, {}))
        self.assertEqual(self.run_monitor(path)["applied"], 2)

    def test_a_byte_order_mark_and_windows_line_ends_are_left_behind(self):
        path = self.refuse(BAD_DATE)
        before = self.events()
        good = lines([dict(BAD_DATE, setl_time="2026-02-28")])
        self.replay(path, "--from", "-", "--yes", stdin=b"\xef\xbb\xbf" + good.replace(b"\n", b"\r\n") + b"\r\n")
        self.assertEqual(self.events(), before + good)

    def test_lines_of_the_persons_file_are_mended_there(self):
        self.write("persons.ndjson", b'{"psn_no":""}\n')
        path = self.settings()
        self.run_monitor(path, "--persons", self.folder / "persons.ndjson")
        counts = self.replay(path, "--json", said=["persons or decisions file"])
        self.assertEqual((counts["records"], counts["to_send"]), (1, 0))

    def test_an_events_file_that_cannot_be_added_to(self):
        path = self.refuse(BAD_DATE)
        good = lines([dict(BAD_DATE, setl_time="2026-02-28")])
        words = ["--from", "-", "--yes"]
        events = self.folder / "events.ndjson"
        whole = events.read_bytes()
        events.write_bytes(whole + b'{"setl_id"')
        self.replay(path, *words, stdin=good, code=INPUT, said=["last line is not ended"])
        self.assertEqual(events.read_bytes(), whole + b'{"setl_id"')
        self.replay(path, *words, "--events", "-", stdin=good, code=CONFIGURATION, said=["standard input", "--print"])
        events.write_bytes(gzip.compress(whole))
        self.replay(path, *words, stdin=good, code=CONFIGURATION, said=["gzip", "--print"])
        self.replay(path, *words, "--events", self.folder, stdin=good, code=CONFIGURATION, said=["no plain file"])
        events.unlink()
        self.replay(path, *words, stdin=good, code=CONFIGURATION, said=["no such file"])
        self.assertFalse(events.exists())
        done = self.replay(path, "--from", "-", "--print", stdin=good, said=["1 line written"])
        self.assertEqual(done.stdout, good)

    def test_a_disk_that_is_full_leaves_the_file_as_it_was(self):
        path = self.refuse(BAD_DATE)
        before = self.events()
        many = lines([small_bill(f"N{i}") for i in range(2000)])
        mended = self.write("mended.ndjson", many)
        limit = (len(before) + 4096) // 1024
        done = subprocess.run(["bash", "-c", f"ulimit -f {limit}; trap '' XFSZ; exec \"$@\"", "bash",
                               PROGRAM, "dead-letters", "replay", "--from", mended,
                               "--yes", "--config", path], capture_output=True, check=False)
        self.expect(done, UNAVAILABLE, "events.ndjson", "nothing was added")
        self.assertEqual(self.events(), before)


if __name__ == "__main__":
    main()
