#!/usr/bin/env python3
"""Does the oracle itself hold?

    python3 tests/oracle/test_oracle.py [--golden DIR]

DIR holds cases.ndjson and expected.ndjson; without it, or where it is not
there, the golden cases are left out.
"""

import argparse
import collections
import datetime
import json
import os
import stat
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import compare  # noqa: E402
import messy  # noqa: E402
import payout  # noqa: E402
import stream as stream_module  # noqa: E402
from settlement import (MATCHED_AMOUNTS, Account, Number, Refused, parse_amount,  # noqa: E402
                        parse_time, read_settlement, yuan)

GOLDEN = None


def golden(name):
    with open(os.path.join(GOLDEN, name), encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def fen(text):
    return parse_amount(text)


class Golden(unittest.TestCase):
    def setUp(self):
        if GOLDEN is None:
            self.skipTest("no golden cases")

    def test_payout_key_by_key(self):
        for case, expected in zip(golden("cases.ndjson"), golden("expected.ndjson")):
            found = payout.differences(expected, payout.solve_line(json.dumps(case)))
            self.assertEqual(found, [], case["case_id"])

    def test_a_stream_made_of_a_case_ends_with_what_the_case_says(self):
        for case, expected in zip(golden("cases.ndjson"), golden("expected.ndjson")):
            city, code = case["city"], payout.CITY_CODES[case["city"]]
            figures = case.get("reference", {})
            income = figures.get("income", {})
            stream = stream_module.Stream([city], {
                "income": {"city": {code: income.get("city")},
                           "province": {code[:2]: income.get("province")}},
                "premium": {code: figures.get("premium")},
                "single_disease": {code: figures.get("single_disease")}})
            applications = list(case.get("applications", []))
            applications += [case["application"]] if "application" in case else []
            record = {**case["person"], "applications": applications}
            # Backwards: the order of arrival must not matter.
            events = [json.dumps(event).encode() for event in reversed(case["settlements"])]
            stream.feed_events(b"\n".join(events))
            stream.feed_persons(json.dumps(record).encode())
            self.assertEqual(stream.dead_letters, [], case["case_id"])

            totals = stream.totals()
            self.assertEqual(sum(line["settlements"] for line in totals),
                             len(expected["settlements"]), case["case_id"])
            for field, name in (("assistance_due", "assistance_total"),
                                ("burden_after_insurance", "burden_after_insurance"),
                                ("in_policy_burden", "in_policy_burden")):
                by_year = collections.Counter()
                for row in expected["settlements"]:
                    by_year[int(row["benefit_date"][:4])] += fen(row[name])
                self.assertEqual({line["year"]: fen(line[field]) for line in totals},
                                 dict(by_year), case["case_id"])
            self.assertEqual([(alert["rule"], alert["year"], alert["crossed_by"])
                              for alert in stream.alerts()],
                             [(warned["rule"], warned["year"], warned["crossed_by"])
                              for warned in expected["warnings"]], case["case_id"])


class Reading(unittest.TestCase):
    def test_amounts(self):
        good = {"4.52": 452, "4.5": 450, "4.500": 450, "0": 0, "-25.1": -2510, "007.50": 750,
                ".50": 50, "1e2": 10_000, "1.5e1": 1500, "150E-2": 150, "0e-99": 0, "-0": 0,
                "999999999999.99": 10 ** 14 - 1, "100000e-5": 100, "0e999999999999": 0}
        for text, value in good.items():
            self.assertEqual(parse_amount(text), value, text)
        bad = ("", " ", "abc", "4.505", "1,000.00", "+1", " 1", "1 ", "1e-3", "--1", ".", "-", "e5",
               "1e999", "1e" + "9" * 5000, "1000000000000", "0x10", "NaN", "１２", "1.2.3", True,
               None, [], {}, 1.5)
        for text in bad:
            with self.assertRaises(Refused, msg=repr(text)):
                parse_amount(text)
        self.assertEqual([yuan(0), yuan(-5), yuan(123_456)], ["0.00", "-0.05", "1234.56"])

    def test_times(self):
        self.assertEqual(parse_time("2026-03-01"), datetime.datetime(2026, 3, 1))
        for text in ("2026-02-29", "2026-3-1", "2026-03-01T00:00:00", "2026-03-01 24:00:00", ""):
            with self.assertRaises(Refused, msg=text):
                parse_time(text)

    def refusal(self, **changes):
        event = {"setl_id": "S1", "psn_no": "P1", "setl_time": "2026-03-01", "med_type": "21",
                 "medfee_sumamt": Number("10"), "insu_admdvs": "230302", **changes}
        try:
            settlement = read_settlement(event, cities={"jixi": "2303", "yantai": "3706"})
        except Refused as refused:
            return refused.reason
        return "read" if settlement else "ignored"

    def test_the_first_reason_in_order_is_named(self):
        later = {"setl_time": "2026-02-30", "insu_admdvs": "", "inscp_scp_amt": "3",
                 "fulamt_ownpay_amt": "1", "overlmt_selfpay": "1", "preselfpay_amt": "1"}
        self.assertEqual(self.refusal(), "read")
        self.assertEqual(self.refusal(setl_id=None, psn_no="", **later), "ignored")
        self.assertEqual(self.refusal(psn_no=True, maf_pay="x", **later), "missing_field")
        self.assertEqual(self.refusal(medfee_sumamt="", **later), "missing_field")
        self.assertEqual(self.refusal(maf_pay=True, **later), "bad_amount")
        self.assertEqual(self.refusal(**later), "bad_date")
        self.assertEqual(self.refusal(**{**later, "setl_time": "2026-02-28"}), "sums_disagree")
        self.assertEqual(self.refusal(insu_admdvs=""), "unknown_city")
        self.assertEqual(self.refusal(med_type=""), "missing_field")
        self.assertEqual(self.refusal(med_type="", init_setl_id="S0"), "read")

    def test_shapes(self):
        node = {"setl_id": "S1", "psn_no": Number("77"), "setl_time": "2026-03-01 00:00:00",
                "med_type": Number("21"), "medfee_sumamt": "10.00", "psn_pay": "4", "oth_pay": "",
                "othfund_pay": "1"}
        flat = {**node, "insu_optins": "230302"}
        wrapped = {"setlinfo": {**node, "psn_part_amt": "4.00", "psn_pay": "9"},
                   "setldetail": [], "insuplc_admdvs": "230302"}
        reply = {"output": {"setlinfo": {**node, "insu_admdvs": None}}, "insu_admdvs": "230302",
                 "med_type": "11"}
        read = [read_settlement(event, cities={"jixi": "2303", "yantai": "3706"})
                for event in (flat, wrapped, reply)]
        self.assertEqual(read[0].content(), read[1].content())
        self.assertEqual(read[0].content(), read[2].content())
        self.assertEqual((read[0].psn_no, read[0].amount["oth_pay"]), ("77", 100))


class Identity(unittest.TestCase):
    def take(self, *events):
        account = Account()
        outcomes = []
        for changes in events:
            event = {"setl_id": "S1", "psn_no": "P1", "setl_time": "2026-03-01",
                     "med_type": "21", "medfee_sumamt": "10", **changes}
            outcomes.append(account.take(read_settlement(event, cities={"jixi": "2303"})))
        return outcomes, [bill.setl_id for bill in account.live()]

    def test_versions(self):
        new, old = "2026-03-02", "2026-03-01"
        self.assertEqual(
            self.take({"updt_time": old}, {"updt_time": new},  # remembered by the duplicate,
                      {"updt_time": old, "medfee_sumamt": "11"},
                      {"updt_time": new, "medfee_sumamt": "11"},
                      {"medfee_sumamt": "11"},
                      {"updt_time": "2026-03-03", "medfee_sumamt": "11"}),
            (["applied", "duplicate", "outdated", "conflict", "outdated", "replaced"], ["S1"]))
        self.assertEqual(self.take({}, {"hifp_pay": "0.00", "refd_setl_flag": "1"},
                                   {"pay_loc": "4"})[0], ["applied", "duplicate", "conflict"])

    def test_void_is_for_good(self):
        self.assertEqual(self.take({}, {"vali_flag": "0", "pay_loc": "4"}, {"vali_flag": "1"}),
                         (["applied", "conflict", "duplicate"], []))

    def test_reversals(self):
        twin = {"setl_id": "S2"}
        visit = {"mdtrt_id": "V1"}
        negative = {"setl_id": "R", "medfee_sumamt": "-10", "mdtrt_id": "V1"}
        named = {"setl_id": "R", "init_setl_id": "S1", "med_type": None}
        self.assertEqual(self.take(named, {})[1], [])
        self.assertEqual(self.take(visit, negative)[1], [])
        self.assertEqual(self.take(visit, negative, {**visit, **twin})[1], ["S1", "S2"])
        self.assertEqual(self.take(visit, {**negative, "mdtrt_id": None})[1], ["S1"])
        # A void original can still be matched, and is no second candidate.
        self.assertEqual(self.take({**visit, "vali_flag": "0"}, {**visit, **twin}, negative)[1],
                         ["S2"])
        # Neither a void reversal nor the reversal of a reversal does anything.
        self.assertEqual(self.take({}, {**named, "vali_flag": "0"})[1], ["S1"])
        self.assertEqual(self.take({}, named, {"setl_id": "RR", "init_setl_id": "R"})[1], [])


class Moments(unittest.TestCase):
    """Warnings at the edges; the rest is in the golden cases."""

    def crossed(self, categories, *bills, city="jixi"):
        settlements = [{"setl_id": name, "setl_time": time, "med_type": "11",
                        "medfee_sumamt": amount, "maf_pay": "0"} for name, time, amount in bills]
        answer = payout.solve({"city": city, "person": {"psn_no": "P", "categories": [
            {"category": category, "from": begin, "until": until}
            for category, begin, until in categories]}, "settlements": settlements})
        return [(warned["rule"], warned["crossed_by"]) for warned in answer["warnings"]]

    def test_the_line_itself_is_not_over_it(self):
        self.assertEqual(self.crossed([], ("A", "2026-03-01", "10000")), [])
        self.assertEqual(self.crossed([], ("A", "2026-03-01", "10000.01")),
                         [("burden-over-10000", "A")])

    def test_a_category_that_begins_later(self):
        bill = ("A", "2026-03-01", "7000")
        watched = [("monitored", "2026-12-31", None)]
        self.assertEqual(self.crossed(watched, bill, city="jincheng"),
                         [("monitored-over-6000", "A")])
        self.assertEqual(self.crossed([("monitored", "2027-01-01", None)], bill,
                                      city="jincheng"), [])

    def test_a_bill_at_the_first_instant_is_not_earlier(self):
        watched = [("monitored", "2026-03-01", "2026-03-01")]
        late = ("A", "2026-03-01 00:00:01", "1")
        self.assertEqual(self.crossed(watched, ("B", "2026-03-01", "7000"), late,
                                      city="jincheng"), [("monitored-over-6000", "B")])
        self.assertEqual(self.crossed(watched, ("B", "2026-02-28 23:59:59", "7000"),
                                      ("C", "2026-03-02", "1"), city="jincheng"),
                         [("monitored-over-6000", "B")])


class Messy(unittest.TestCase):
    SEEDS = range(1, 9)

    def make(self, folder, seed, cities="jixi,shuangyashan,jincheng,yantai,yanbian", events=900):
        world = messy.World(str(seed), cities.split(","))
        messy.write_stream(world, 40, events, folder)

    def test_same_seed_same_bytes(self):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            self.make(one, 5)
            self.make(two, 5)
            for name in ("events.ndjson", "persons.ndjson", "reference.yaml", "plan.json"):
                self.assertEqual(stream_module.read_file(os.path.join(one, name)),
                                 stream_module.read_file(os.path.join(two, name)), name)

    def test_everything_happens(self):
        """Not a test of the rules: a promise that the streams reach them."""
        seen = collections.Counter()
        for seed in self.SEEDS:
            with tempfile.TemporaryDirectory() as folder:
                self.make(folder, seed)
                stream = stream_module.stream_of(folder)
                for name, feed in (("persons", stream.feed_persons),
                                   ("decisions", stream.feed_decisions),
                                   ("events", stream.feed_events)):
                    feed(stream_module.read_file(os.path.join(folder, name + ".ndjson")))
            self.count(stream, seen)
        wanted = (
            ["outcome " + name for name in stream.counts]
            + ["dead letter " + reason for reason in (
                "not_json", "missing_field", "bad_amount", "bad_date", "sums_disagree",
                "unknown_city", "conflict")]
            + ["dead record " + reason for reason in ("not_json", "missing_field", "bad_date")]
            + ["named: " + what for what in ("a bill", "a reversal", "nobody", "void")]
            + ["matched: " + what for what in ("none", "one", "several", "no visit")]
            + ["rule " + rule["rule"] for city in payout.CITIES.values()
               for rule in city["warnings"]]
            + ["reason " + reason for reason in (
                "no_policy_in_force", "no_category", "hukou_outside", "not_referred",
                "care_not_covered", "reference_missing")]
            + ["layer " + layer for layer in payout.LAYERS]
            + ["late", "in time", "void bill", "reversed twice", "two cities", "60 bills",
               "no record", "unknown category", "other year's account", "hospital bears",
               "cap used up", "burden on the line", "line plus a fen", "at midnight"])
        missing = [what for what in wanted if seen[what] == 0]
        self.assertEqual(missing, [], dict(seen))

    def count(self, stream, seen):
        for name, number in stream.counts.items():
            seen["outcome " + name] += number
        for reason, _ in stream.dead_letters:
            seen["dead letter " + reason] += 1
        for reason, _ in stream.dead_records:
            seen["dead record " + reason] += 1
        for psn_no, account in stream.accounts.items():
            self.count_account(account, seen)
            seen["no record"] += psn_no not in stream.persons.by_person
            seen["unknown category"] += any(
                entry["category"] in messy.UNKNOWN_CATEGORIES
                for entry in stream.person(psn_no)["categories"])
        cities = collections.Counter()
        for psn_no, _, calculation in stream.calculations():
            cities[psn_no] += 1
            self.count_calculation(calculation, seen)
        seen["two cities"] += sum(number > 1 for number in cities.values())
        for alert in stream.alerts():
            seen["late" if alert["late"] else "in time"] += 1
            seen["rule " + alert["rule"]] += 1
            if alert["line"]:
                seen["line plus a fen"] += fen(alert["amount"]) - fen(alert["line"]) == 1

    def count_account(self, account, seen):
        targets = collections.Counter()
        for entry in account.entries.values():
            current = entry.current
            if not current.is_reversal:
                seen["void bill"] += entry.void
                continue
            name = current.text["init_setl_id"]
            if name:
                original = account.entries.get(name)
                kind = ("nobody" if original is None else
                        "a reversal" if original.current.is_reversal else "a bill")
                seen["named: " + ("void" if entry.void else kind)] += 1
                targets[name] += kind == "a bill"
                continue
            visit = current.text["mdtrt_id"]
            matches = [other for other in account.entries.values()
                       if not other.current.is_reversal
                       and other.current.text["mdtrt_id"] == visit
                       and all(other.current.amount[field] == -current.amount[field]
                               for field in MATCHED_AMOUNTS)]
            seen["matched: " + ("no visit" if not visit else
                                ("none", "one", "several")[min(2, len(matches))])] += 1
        seen["reversed twice"] += sum(number > 1 for number in targets.values())
        seen["60 bills"] += len(account.live()) >= 60

    def count_calculation(self, calculation, seen):
        burden = collections.Counter()
        for result in calculation.run():
            bill = result["settlement"]
            seen["reason " + str(result["reason"])] += 1
            seen["hospital bears"] += result["hospital_borne"] > 0
            for layer in result["payouts"]:
                seen["layer " + layer] += 1
            _, _, governing = calculation.tier_of(result["day"])
            seen["other year's account"] += governing.year != result["day"].year
            seen["at midnight"] += bill.setl_time.time() == datetime.time()
            burden[result["day"].year] += result["W"]
            seen["burden on the line"] += burden[result["day"].year] in (1_000_000, 2_000_000)
        seen["cap used up"] += sum(account["cap_used"] in (1_000_000, 2_000_000, 3_000_000)
                                   for account in calculation.years.values())


STAND_IN = '''#!{python}
"""The oracle dressed up as the program, so that compare.py can be tried."""
import base64, json, os, sys
sys.path.insert(0, {here!r})
import payout, stream
if sys.argv[1] == "payout":
    answers = [payout.solve_line(line) for line in sys.stdin.buffer if line.strip()]
    for answer in answers:
        print(json.dumps(answer))
    sys.exit(65 if any("error" in answer for answer in answers) else 0)
folder = os.path.dirname(sys.argv[sys.argv.index("--config") + 1])
os.chdir(folder)
if sys.argv[1] == "run":
    number = len([name for name in os.listdir(".") if name.startswith("seen.")])
    with open("seen.%03d" % number, "wb") as file:
        file.write(stream.read_file("persons.ndjson"))
the = stream.stream_of(".")
for name in sorted(name for name in os.listdir(".") if name.startswith("seen.")):
    the.feed_persons(stream.read_file(name))
the.feed_decisions(stream.read_file("decisions.ndjson"))
the.feed_events(stream.read_file("events.ndjson"))
if sys.argv[1] == "run":
    with open("dead-letters.ndjson", "w") as file:
        for reason, line in the.dead_letters + the.dead_records:
            file.write(json.dumps({{"reason": reason, "message": "", "position": "0",
                                    "bytes": base64.b64encode(line).decode()}}) + "\\n")
    # All alerts as if raised by this run; a run before it cleared its own.
    with open("alerts.ndjson", "a") as file:
        def send(kind, alert_id):
            file.write(json.dumps({{"id": str(file.tell()), "source": "stand-in",
                                    "type": "cn.yujing.alert." + kind,
                                    "data": {{"alert_id": alert_id,
                                             "revision": file.tell() + 1}}}}) + "\\n")
            file.flush()
        if number:
            for alert_id in open("ids").read().split():
                send("cleared", alert_id)
        ids = [str(index) for index, _ in enumerate(the.alerts())]
        for alert_id in ids:
            send("raised", alert_id)
    with open("ids", "w") as file:
        file.write(" ".join(ids))
elif sys.argv[2] == "totals":
    for line in the.totals():
        {spoil}
        print(json.dumps(line))
else:
    for number, line in enumerate(the.alerts()):
        print(json.dumps({{**line, "alert_id": str(number), "revision": 1}}))
'''


class Compare(unittest.TestCase):
    def differences(self, spoil="pass"):
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "yujing")
            with open(program, "w", encoding="utf-8") as file:
                file.write(STAND_IN.format(python=sys.executable, here=HERE, spoil=spoil))
            os.chmod(program, os.stat(program).st_mode | stat.S_IXUSR)
            world = messy.World("3", ["jixi", "yantai"])
            messy.write_stream(world, 10, 200, folder)
            with open(os.path.join(folder, "cases.ndjson"), "wb") as file:
                file.write(messy.joined([world.case_line(index) for index in range(20)]))
            with open(os.devnull, "w", encoding="utf-8") as quiet:
                stdout, sys.stdout = sys.stdout, quiet
                try:
                    return [compare.compare_stream(program, folder, parts=False).count,
                            compare.compare_stream(program, folder, parts=True).count,
                            compare.compare_payout(program, folder).count]
                finally:
                    sys.stdout = stdout

    def test_the_same_is_the_same(self):
        self.assertEqual(self.differences(), [0, 0, 0])

    def test_a_difference_is_found(self):
        at_once, in_parts, payouts = self.differences('line["assistance_due"] = "0.01"')
        self.assertGreater(at_once, 0)
        self.assertGreater(in_parts, 0)
        self.assertEqual(payouts, 0)


def main():
    global GOLDEN
    parser = argparse.ArgumentParser()
    parser.add_argument("--golden", default=os.environ.get("YUJING_GOLDEN"))
    options, rest = parser.parse_known_args()
    if options.golden and os.path.isdir(options.golden):
        GOLDEN = options.golden
    unittest.main(argv=sys.argv[:1] + rest)


if __name__ == "__main__":
    main()
