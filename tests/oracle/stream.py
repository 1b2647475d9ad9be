#!/usr/bin/env python3
"""What the monitor must end with, recomputed from the raw inputs alone.

    python3 tests/oracle/stream.py --dir DIR            (totals)
    python3 tests/oracle/stream.py --dir DIR --show alerts|dead-letters|counts

DIR holds settings.yaml, reference.yaml, events.ndjson, persons.ndjson and
perhaps decisions.ndjson, as messy.py writes them.

Nothing here is incremental: every line is read into one person's account, and
the end is computed from the accounts as they stand. So no order of arrival, no
restart and no cache can matter.

Readings of the specification, beyond those in payout.py:

- An amount that is null, missing or "" is kept as 0, so it is the same content
  as "0.00"; only the identities S1 to S4 tell them apart.
- A filing that is missing is kept as missing: it is not the same content as
  "none", nor is a missing area the same as the only city's.
- enddate and begndate are kept as days; a setl_time without a time of day is
  the first instant of its day.
- A setl_id that is a boolean, an object or an array is a required text that is
  missing, not a pre-settlement. The same of an optional text is as if absent.
- JSON that is not an object is `not_json`; `output` or `setlinfo` that holds no
  object is `missing_field`, also where no setl_id is in sight.
- Every category's first day, and the day after its last, is a moment, also
  where the category is unknown or another record already holds it open.
- A person record with a category or an application that cannot be read is
  refused as a whole. A category without `from` has always been held.
- Only the spelling that wins is read: a broken amount under a spelling that
  yields does no harm.
"""

import argparse
import datetime
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from payout import (CITY_CODES, Calculation, burden_after_assistance,  # noqa: E402
                    burden_after_insurance, own_expense, read_applications, read_categories,
                    read_figure, read_figures)
from settlement import (PAYERS, Account, Refused, city_of, parse_object,  # noqa: E402
                        parse_time, read_settlement, yuan)


# --------------------------------------------------------------------------
# The few lines of YAML the tests write: nested maps, plain or quoted scalars.

def scalar(text):
    text = text.strip()
    if text.startswith('"') and text.endswith('"'):
        return json.loads(text)
    if text.startswith("[") and text.endswith("]"):
        return [scalar(part) for part in text[1:-1].split(",") if part.strip()]
    return text


def read_yaml(text):
    """Block maps by indentation. Not YAML: just as much of it as messy.py writes."""
    root = {}
    open_maps = [(-1, root)]
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        key, _, value = line.strip().partition(":")
        while open_maps[-1][0] >= indent:
            open_maps.pop()
        parent = open_maps[-1][1]
        key = str(scalar(key))
        if value.strip() in ("", "{}"):
            parent[key] = {}
            open_maps.append((indent, parent[key]))
        else:
            parent[key] = scalar(value)
    return root


def reference_of(city, tables):
    """The part of reference.yaml that one city's calculation looks at."""
    code = CITY_CODES[city]
    income = tables.get("income") or {}
    return {
        "income": {
            "city": read_figures((income.get("city") or {}).get(code)),
            "province": read_figures((income.get("province") or {}).get(code[:2]))},
        "premium": read_figures((tables.get("premium") or {}).get(code)),
        "single_disease": {
            disease: read_figure(limit) for disease, limit in
            ((tables.get("single_disease") or {}).get(code) or {}).items()}}


# --------------------------------------------------------------------------

class Records:
    """The latest record per person, of one source: offices or our case book."""

    def __init__(self):
        self.by_person = {}

    def take(self, line):
        value = parse_object(line)
        psn_no = value.get("psn_no")
        if not isinstance(psn_no, str) or psn_no == "":
            raise Refused("missing_field", "psn_no")
        updt_time = value.get("updt_time")
        updt_time = (datetime.datetime.min if updt_time in (None, "")
                     else parse_time(updt_time))
        record = {"updt_time": updt_time,
                  "hukou_admdvs": str(value.get("hukou_admdvs") or ""),
                  "categories": read_categories(value.get("categories")),
                  "applications": read_applications(value.get("applications"))}
        known = self.by_person.get(str(psn_no))
        if known is None or updt_time >= known["updt_time"]:
            self.by_person[str(psn_no)] = record


def lines_of(data):
    """Lines without their ends; a file that ends with one has no line after it."""
    lines = data.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return [line[:-1] if line.endswith(b"\r") else line for line in lines]


class Stream:
    def __init__(self, cities, tables):
        self.cities = {city: CITY_CODES[city] for city in cities}
        self.references = {city: reference_of(city, tables) for city in cities}
        self.accounts = {}
        self.persons = Records()
        self.decisions = Records()
        self.dead_letters = []         # (reason, bytes) of the events, in order
        self.dead_records = []         # the same of persons and decisions
        self.counts = dict.fromkeys(("applied", "duplicate", "replaced", "outdated", "conflict",
                                     "ignored", "refused", "blank"), 0)

    def feed_events(self, data):
        for line in lines_of(data):
            if not line.strip():
                self.counts["blank"] += 1
                continue
            try:
                outcome = self.take(parse_object(line))
            except Refused as refused:
                self.dead_letters.append((refused.reason, line))
                outcome = "refused"
            if outcome == "conflict":
                self.dead_letters.append((outcome, line))
            self.counts[outcome] += 1

    def take(self, event):
        settlement = read_settlement(event, cities=self.cities)
        if settlement is None:
            return "ignored"
        return self.accounts.setdefault(settlement.psn_no, Account()).take(settlement)

    def feed_persons(self, data):
        self.feed_records(self.persons, data)

    def feed_decisions(self, data):
        self.feed_records(self.decisions, data)

    def feed_records(self, records, data):
        for line in lines_of(data):
            if not line.strip():
                continue
            try:
                records.take(line)
            except Refused as refused:
                self.dead_records.append((refused.reason, line))

    def person(self, psn_no):
        """The union of what the offices say and what our case book decided."""
        empty = {"categories": [], "applications": [], "hukou_admdvs": ""}
        office = self.persons.by_person.get(psn_no, empty)
        ours = self.decisions.by_person.get(psn_no, empty)
        return {"hukou_admdvs": office["hukou_admdvs"],
                "categories": office["categories"] + ours["categories"],
                "applications": sorted(set(office["applications"] + ours["applications"]))}

    def calculations(self):
        """(psn_no, city, calculation) for everyone with a live bill."""
        for psn_no in sorted(self.accounts):
            by_city = {}
            for bill in self.accounts[psn_no].live():
                by_city.setdefault(city_of(bill, self.cities), []).append(bill)
            for city, bills in sorted(by_city.items()):
                yield psn_no, city, Calculation(city, self.person(psn_no), bills,
                                                self.references[city])

    def totals(self):
        lines = []
        for psn_no, city, calculation in self.calculations():
            by_year = {}
            for result in calculation.run():
                by_year.setdefault(result["day"].year, []).append(result)
            for year, results in by_year.items():
                bills = [result["settlement"] for result in results]
                paid = {payer: sum(bill.amount[payer] for bill in bills) for payer in PAYERS}
                lines.append({
                    "psn_no": psn_no, "year": year, "city": city, "settlements": len(bills),
                    "medfee": yuan(sum(bill.amount["medfee_sumamt"] for bill in bills)),
                    "own_expense": yuan(sum(map(own_expense, bills))),
                    "paid": {payer: yuan(sum_) for payer, sum_ in paid.items() if sum_ > 0},
                    "burden_after_insurance": yuan(sum(map(burden_after_insurance, bills))),
                    "burden_after_assistance": yuan(sum(map(burden_after_assistance, bills))),
                    "in_policy_burden": yuan(sum(result["B"] for result in results)),
                    "assistance_paid": yuan(paid["maf_pay"]),
                    "assistance_due": yuan(sum(sum(result["payouts"].values())
                                               for result in results))})
        return sorted(lines, key=lambda line: (line["psn_no"], line["year"], line["city"]))

    def alerts(self):
        """The open alerts, without alert_id and revision."""
        lines = []
        for psn_no, city, calculation in self.calculations():
            for warned in calculation.warnings():
                lines.append({
                    "psn_no": psn_no, "year": warned["year"], "city": city,
                    "rule": warned["rule"], "state": "open", "amount": yuan(warned["amount"]),
                    "line": None if warned["line"] is None else yuan(warned["line"]),
                    "crossed_by": warned["crossed_by"], "late": warned["late"]})
        return sorted(lines, key=lambda line: (line["psn_no"], line["year"], line["city"],
                                               line["rule"]))


def read_file(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def stream_of(folder):
    """A stream with the cities and figures of DIR, nothing fed yet."""
    settings = read_yaml(read_file(os.path.join(folder, "settings.yaml")).decode())
    tables = read_yaml(read_file(os.path.join(folder, "reference.yaml")).decode())
    return Stream(settings["cities"], tables)


def main():
    parser = argparse.ArgumentParser(description="What the monitor must end with.")
    parser.add_argument("--dir", required=True)
    parser.add_argument("--show", default="totals",
                        choices=("totals", "alerts", "dead-letters", "counts"))
    options = parser.parse_args()
    stream = stream_of(options.dir)
    stream.feed_persons(read_file(os.path.join(options.dir, "persons.ndjson")))
    stream.feed_decisions(read_file(os.path.join(options.dir, "decisions.ndjson")))
    stream.feed_events(read_file(os.path.join(options.dir, "events.ndjson")))
    if options.show == "totals":
        lines = stream.totals()
    elif options.show == "alerts":
        lines = stream.alerts()
    elif options.show == "counts":
        lines = [stream.counts]
    else:
        lines = [{"reason": reason, "line": line.decode("utf-8", "replace")}
                 for reason, line in stream.dead_letters + stream.dead_records]
    for line in lines:
        print(json.dumps(line, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
