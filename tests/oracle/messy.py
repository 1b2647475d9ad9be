#!/usr/bin/env python3
"""Messy streams from a seed: everything a centre sends on a bad day.

    python3 tests/oracle/messy.py --seed 7 --events 600 --persons 40 \\
        --cities jixi,yantai --out DIR
    python3 tests/oracle/messy.py --seed 7 --cases 500 --out DIR

The first writes DIR/events.ndjson, persons.ndjson, decisions.ndjson (not
always: a decisions file that is not there is empty), reference.yaml,
settings.yaml, and DIR/parts/: the events cut at random line ends, with the
persons and decisions files as they are when each part arrives. plan.json lists
the parts. The second writes DIR/cases.ndjson for the payout calculator.

The generator never says what should come out; stream.py and payout.py do. It
only knows enough of the rules to come close to their edges: it keeps a rough
tally per person and year and aims bills at what is left below a line.
"""

import argparse
import datetime
import json
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from payout import CITIES  # noqa: E402
from settlement import INSURERS, yuan  # noqa: E402

AREAS = {  # city -> codes of its counties, and one elsewhere in the province
    "jixi": (("230302", "230321", "230399"), "230102"),
    "shuangyashan": (("230502", "230521", "230599"), "230102"),
    "jincheng": (("140502", "140521", "140581"), "140102"),
    "yantai": (("370602", "370634", "370699"), "370102"),
    "yanbian": (("222401", "222424", "222499"), "220102"),
}
FAR_AWAY = ("110105", "310101")
YEARS = {  # where most bills lie; a few lie outside what is in force
    "jixi": (2025, 2026, 2026, 2026, 2026, 2027, 2027, 2030, 2031),
    "shuangyashan": (2022, 2023, 2024, 2025, 2025, 2026, 2026, 2026),
    "jincheng": (2022, 2023, 2024, 2025, 2025, 2025, 2026, 2026, 2027, 2028),
    "yantai": (2022, 2023, 2025, 2025, 2026, 2026, 2026),
    "yanbian": (2022, 2023, 2025, 2025, 2026, 2026, 2026),
}
CATEGORIES = ("tekun", "orphan", "de_facto_orphan", "distressed_child", "dibao",
              "returned_poverty", "monitored", "monitored_sudden", "dibao_edge",
              "illness_poverty", "entitled_group", "low_income")
UNKNOWN_CATEGORIES = ("veteran", "边缘户")
COVERED_CARE = ("21", "21", "21", "22", "28", "9902", "14", "140104", "1404", "140201", "9901",
                "990101", "15", "910202", "910302")
OTHER_CARE = ("11", "110104", "12", "13", "1301", "19", "41", "51", "52", "2106", "61", "99",
              "8", "53", "23", "24", "2402", "25", "26")
DISEASES = ("M00001", "M00002", "C50.9")

# Sums of money that thresholds, deductibles and caps are made of, in fen.
MONEY = [0, 1, 50, 99, 10_000, 99_999, 100_000, 249_999, 250_000, 250_001, 300_000, 300_001,
         499_999, 500_000, 600_000, 600_001, 999_999, 1_000_000, 1_000_001, 1_200_000,
         1_400_000, 2_000_000, 2_000_001, 3_000_000, 4_285_715, 7_000_000, 9_333_334,
         10_000_000, 31_000_000]


class Raw(str):
    """A JSON number, written as it stands."""


class Pairs(list):
    """A JSON object as (key, value) pairs; a key may come twice."""


class Writer:
    """Spells the same fact in many ways."""

    def __init__(self, rng):
        self.rng = rng

    def chance(self, probability):
        return self.rng.random() < probability

    def json(self, value):
        if isinstance(value, Raw):
            return str(value)
        if isinstance(value, Pairs):
            return self.json_pairs(value)
        if isinstance(value, dict):
            return self.json_pairs(list(value.items()))
        if isinstance(value, list):
            return "[" + ",".join(self.json(item) for item in value) + "]"
        return json.dumps(value, ensure_ascii=self.chance(0.3))

    def json_pairs(self, pairs):
        colon, comma = self.rng.choice(((":", ","), (": ", ", "), (" :\t", " ,")))
        return "{" + comma.join(f"{json.dumps(key)}{colon}{self.json(value)}"
                                for key, value in pairs) + "}"

    def amount(self, fen):
        """A number or a string, sometimes an odd spelling of it."""
        plain = yuan(fen)
        style = self.rng.random()
        if style < 0.35:
            return plain
        if style < 0.6:
            short = plain.rstrip("0").rstrip(".") if "." in plain else plain
            return Raw("0" if short in ("", "-", "-0") else short)
        if style < 0.75:
            return Raw(plain)
        if style < 0.8:
            return Raw(plain + "0" * self.rng.randint(1, 4))
        if style < 0.84:
            return plain + "000"
        if style < 0.88:
            sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
            return sign + "0" * self.rng.randint(1, 3) + digits
        if style < 0.91 and plain.startswith("0."):
            return plain[1:]
        if style < 0.94:
            return self.rng.choice((str, Raw))(f"{fen}e-2")
        if style < 0.97:
            return self.rng.choice((str, Raw))(f"{fen}00E-4" if fen else "0E-4")
        if fen % 1000 == 0:
            return Raw(f"{fen // 1000}e{self.rng.choice(('1', '+1', '01'))}")
        return Raw(f"{plain}e0")

    def empty(self):
        return self.rng.choice((None, ""))

    def text(self, value):
        """Digits without a leading zero may come as a number."""
        if value.isdigit() and not value.startswith("0") and self.chance(0.15):
            return Raw(value)
        return value

    def time(self, moment):
        if moment.time() == datetime.time() and self.chance(0.4):
            return moment.date().isoformat()
        return moment.isoformat(sep=" ")

    def day(self, day):
        return day.isoformat() + (" 00:00:00" if self.chance(0.3) else "")


ALTERNATIVES = {
    "psn_part_amt": ("psn_pay",), "psn_cash_pay": ("cash_payamt", "cashPayamt"),
    "inscp_scp_amt": ("inscp_amt",), "oth_pay": ("othfund_pay",),
    "hosp_part_amt": ("ownpay_hosp_part",), "insu_admdvs": ("insuplc_admdvs", "insu_optins")}
ENVELOPE = ("insu_admdvs", "mdtrtarea_admvs", "fixmedins_code")


def national(name):
    for standard, own in ALTERNATIVES.items():
        if name in own:
            return standard
    return name


class World:
    def __init__(self, seed, cities):
        # The kind of run goes into the seed, so that a stream and a set of
        # cases of one seed are not the same people.
        self.rng = random.Random(f"yujing {seed} {','.join(cities)}")
        self.seed = seed
        self.cities = cities
        self.write = Writer(self.rng)
        self.tally = {}
        self.serial = 0
        self.figures = self.make_figures()

    def chance(self, probability):
        return self.rng.random() < probability

    # Figures ---------------------------------------------------------------

    def make_figures(self):
        """Small, odd incomes, some years missing."""
        rng = self.rng

        def years(missing, low, high):
            return {year: rng.randint(low, high) for year in range(2021, 2032)
                    if not self.chance(missing)}

        income = {"city": {}, "province": {}}
        premium, diseases = {}, {}
        missing = rng.choice((0, 0.1, 0.3))
        for city in self.cities:
            code = CITIES[city]["code"]
            income["city"][code] = years(missing, 400_000, 4_000_000)
            income["province"].setdefault(code[:2], years(missing, 300_000, 3_000_000))
            premium[code] = years(missing, 20_000, 45_000)
            if city == "jincheng":
                diseases[code] = {"M00001": rng.choice((800_000, 1_234_567)),
                                  "M00002": rng.choice((2_000_000, 333))}
        return {"income": income, "premium": premium, "single_disease": diseases}

    def threshold_guesses(self, city, year):
        """Lines worth aiming at, in fen, for a sum over a year."""
        code = CITIES[city]["code"]
        local = self.figures["income"]["city"][code].get(year - 1, 2_000_000)
        province = self.figures["income"]["province"][code[:2]].get(year - 1, 2_000_000)
        return {"jixi": (1_000_000, 250_000, 600_000, local // 2),
                "shuangyashan": (1_000_000, local // 10, local // 4, local // 2),
                "jincheng": (600_000, 2_000_000, province // 10, province // 4, 1_000_000),
                "yantai": (province // 2, province * 3 // 2, 300_000, 1_000_000, 500_000),
                "yanbian": (200_000, 500_000, 3_000_000)}[city]

    # Bills -----------------------------------------------------------------

    def new_id(self, prefix):
        self.serial += 1
        # Ids of several lengths, so that sorting is by text and not by number.
        return f"{prefix}{self.rng.randint(0, 9)}{self.serial}"

    def money(self):
        if self.chance(0.5):
            return self.rng.choice(MONEY)
        return int(10 ** self.rng.uniform(2, 7))

    def split(self, total, parts):
        """total >= 0 as `parts` sums of which many are 0."""
        shares = [0] * parts
        left = total
        for _ in range(self.rng.randint(1, 3)):
            take = self.rng.randint(0, left)
            shares[self.rng.randrange(parts)] += take
            left -= take
        shares[-1] += left
        return shares

    def amounts(self, person, city, year):
        """A bill that adds up. W is aimed at a line of the year's burden."""
        rng = self.rng
        key = (person["psn_no"], city, year)
        W = self.money()
        if self.chance(0.35):
            line = rng.choice(self.threshold_guesses(city, year))
            W = max(0, line - self.tally.get(key, 0) + rng.choice((-1, 0, 0, 1)))
        if person["huge"] and self.chance(0.3):
            W = rng.randint(10 ** 12, 2 * 10 ** 13)
        self.tally[key] = self.tally.get(key, 0) + W
        insured = self.money() if self.chance(0.7) else 0
        hospital = rng.choice((0, 0, 0, 1, 5000, self.money() // 10))
        total = W + insured + hospital
        scope_less = rng.choice((0, 0, W // 4, min(W, self.money() // 3)))
        O1, O2, P = self.split(scope_less, 3)
        S = total - scope_less
        payers = dict(zip(INSURERS, self.split(insured, len(INSURERS) - 1)[::-1] + [0]))
        if self.chance(0.25):
            payers["hifdm_pay"], payers["hifp_pay"] = payers["hifp_pay"], payers["hifdm_pay"]
        payers["maf_pay"] = rng.choice((0, 0, W // 2, W // 3, W, min(W, self.money())))
        fund = sum(payers.values())
        part = total - fund - hospital
        account = rng.choice((0, max(0, part) // 3))
        off = rng.choice((-1, 1)) if self.chance(0.04) else 0  # tolerated
        return {"medfee_sumamt": total, "fulamt_ownpay_amt": O1, "overlmt_selfpay": O2,
                "preselfpay_amt": P, "inscp_scp_amt": S + off, **payers, "fund_pay_sumamt": fund,
                "psn_part_amt": part, "acct_pay": account, "psn_cash_pay": part - account,
                "hosp_part_amt": hospital, "act_pay_dedc": rng.choice((0, 0, 30_000))}

    def bill(self, person, city=None, year=None):
        rng = self.rng
        city = city or (person["second_city"] if person["second_city"] and self.chance(0.4)
                        else person["city"])
        year = year or (person["year"] if self.chance(0.7) else rng.choice(YEARS[city]))
        med_type = rng.choice(COVERED_CARE if self.chance(0.8) else OTHER_CARE)
        day = datetime.date(year, rng.randint(1, 12), rng.randint(1, 28))
        if self.chance(0.12):
            day = rng.choice((datetime.date(year, 1, 1), datetime.date(year, 12, 31),
                              datetime.date(year, 12, 30), datetime.date(year, 1, 31),
                              datetime.date(year, 2, 1)))
        # Mostly settled on leaving; some weeks later, some in the next year
        # on either side of 31 January, some before leaving.
        lag = rng.choice((0, 0, 0, 1, 3, 20, 40))
        settled = day + datetime.timedelta(days=lag)
        if self.chance(0.15):
            settled = rng.choice((datetime.date(year + 1, 1, 31), datetime.date(year + 1, 2, 1),
                                  datetime.date(year + 1, 3, 15)))
        if self.chance(0.03):
            settled = day - datetime.timedelta(days=2)
        clock = rng.choice((datetime.time(), datetime.time(23, 59, 59), datetime.time(8, 30),
                            datetime.time(rng.randint(0, 23), rng.randint(0, 59),
                                          rng.randint(0, 59))))
        setl_time = datetime.datetime.combine(settled, clock)
        if person["times"] and self.chance(0.08):
            setl_time = rng.choice(person["times"])  # ties are broken by setl_id
        person["times"].append(setl_time)
        person["days"] += [day, setl_time.date()]

        counties, province = AREAS[city]
        text = {"setl_id": self.new_id("S"), "psn_no": person["psn_no"], "med_type": med_type,
                "insutype": rng.choice(("390", "390", "390", "310", "340", "")),
                "insu_admdvs": rng.choice(counties),
                "mdtrtarea_admvs": rng.choice((counties[0], counties[0], counties[1], province,
                                               province, rng.choice(FAR_AWAY), "")),
                "mdtrt_id": rng.choice(person["visits"] + [self.new_id("V"), ""]),
                "filing": rng.choice(("", "", "none", "referral", "long_term", "emergency")),
                "hosp_charge_class": rng.choice(("", "1", "2", "2-county", "3", "9")),
                "dise_codg": rng.choice(("", "") + DISEASES),
                "fixmedins_code": rng.choice(("", "H23030200001")),
                "hosp_lv": rng.choice(("", "02", "11")), "pay_loc": rng.choice(("", "2", "3"))}
        if text["mdtrt_id"]:
            person["visits"] = (person["visits"] + [text["mdtrt_id"]])[-4:]
        bill = {"text": text, "amount": self.amounts(person, city, year), "setl_time": setl_time,
                "begndate": day - datetime.timedelta(days=rng.randint(0, 15)), "enddate": day,
                "updt_time": self.update_time(), "vali_flag": rng.choice((None, None, "1", "")),
                "city": city}
        if self.chance(0.12):
            bill["enddate"] = None
        return bill

    def update_time(self):
        """Few values, so that earlier, equal and later all happen."""
        if self.chance(0.25):
            return None
        return datetime.datetime(2026, 1, self.rng.randint(1, 6), 8, 0, 0)

    def changed(self, bill):
        """Another version of the same settlement."""
        rng = self.rng
        other = {**bill, "text": dict(bill["text"]), "amount": dict(bill["amount"]),
                 "updt_time": self.update_time()}
        what = rng.random()
        if what < 0.3:
            fresh = self.amounts({"psn_no": "", "huge": False}, bill["city"],
                                 bill["setl_time"].year)
            other["amount"] = fresh
        elif what < 0.5:
            step = datetime.timedelta(days=rng.choice((-400, -365, -31, 31, 365)))
            if rng.random() < 0.5:
                other["setl_time"] = bill["setl_time"] + step
            other["enddate"] = (bill["enddate"] or bill["setl_time"].date()) + step
        elif what < 0.65:
            # Another county, another of our cities, or nobody's (refused).
            city = rng.choice(self.cities)
            other["city"] = city
            other["text"]["insu_admdvs"] = rng.choice(AREAS[city][0])
        elif what < 0.75:
            other["text"]["med_type"] = rng.choice(COVERED_CARE + OTHER_CARE)
        elif what < 0.85:
            # It was a reversal all along, or no longer is one.
            if other["text"].get("init_setl_id"):
                other["text"]["init_setl_id"] = ""
            elif rng.random() < 0.5:
                other["text"]["init_setl_id"] = rng.choice(("S-nobody", bill["text"]["setl_id"]))
            else:
                other["amount"] = {name: -fen for name, fen in bill["amount"].items()}
        else:
            name, value = rng.choice((("pay_loc", "4"), ("hosp_lv", "01"), ("filing", "referral"),
                                      ("mdtrt_id", self.new_id("V")), ("insutype", "310"),
                                      ("dise_codg", "M00001"), ("mdtrtarea_admvs", "230102")))
            other["text"][name] = value
        return other

    def reversal(self, bill, named):
        """The negative twin, with its own id and time."""
        rng = self.rng
        other = {**bill, "text": dict(bill["text"]),
                 "amount": {name: -fen for name, fen in bill["amount"].items()},
                 "updt_time": self.update_time()}
        other["text"]["setl_id"] = self.new_id("R")
        other["setl_time"] = bill["setl_time"] + datetime.timedelta(
            days=rng.choice((0, 1, 30, -1)), hours=1)
        other["amount"]["act_pay_dedc"] = 0
        if named:
            other["text"]["init_setl_id"] = bill["text"]["setl_id"]
            if self.chance(0.4):
                other["text"]["med_type"] = ""
            style = rng.random()
            if style < 0.1:   # some centres leave the amounts positive,
                other["amount"] = dict(bill["amount"])
            elif style < 0.2:  # some send nonsense; a reversal never has to add up
                other["amount"]["inscp_scp_amt"] += 777
            if self.chance(0.1):
                other["text"]["insu_admdvs"] = rng.choice(AREAS[rng.choice(self.cities)][0])
        else:
            style = rng.random()
            if style < 0.12:  # one fen off: no candidate
                name = rng.choice(("inscp_scp_amt", "hifp_pay", "maf_pay", "hosp_part_amt"))
                other["amount"][name] -= 1
            elif style < 0.2:
                other["text"]["mdtrt_id"] = ""
            elif style < 0.3:  # not among the matched amounts
                other["amount"]["psn_cash_pay"] = 0
        return other

    # Lines -----------------------------------------------------------------

    def pairs(self, bill, keep_empty=0.4):
        """[(field, value)] of one settlement, amounts of 0 in all their shapes."""
        write, pairs = self.write, []
        for name, value in bill["text"].items():
            if value:
                pairs.append((name, write.text(value)))
            elif self.chance(keep_empty):
                pairs.append((name, write.empty()))
        # Part of the bills says everything, the rest leaves much of 0 out.
        explicit = self.chance(0.4)
        for name, fen in bill["amount"].items():
            if fen == 0 and not explicit and name != "medfee_sumamt":
                choice = self.rng.random()
                if choice < 0.5:
                    continue
                if choice < 0.7:
                    pairs.append((name, write.empty()))
                    continue
            pairs.append((name, write.amount(fen)))
        pairs.append(("setl_time", write.time(bill["setl_time"])))
        for name in ("begndate", "enddate"):
            if bill[name] is not None:
                pairs.append((name, write.day(bill[name])))
            elif self.chance(0.3):
                pairs.append((name, write.empty()))
        if bill["updt_time"] is not None:
            pairs.append(("updt_time", write.time(bill["updt_time"])))
        if bill["vali_flag"] is not None:
            pairs.append(("vali_flag", write.text(bill["vali_flag"])))
        if self.chance(0.3):
            pairs.append(("refd_setl_flag", self.rng.choice(("0", "1", Raw("1"), "2", None))))
        if self.chance(0.4):
            pairs.append(("psn_name", self.rng.choice(("测试甲", "测试乙", "", None))))
            pairs.append(("certno", self.rng.choice(("FAKE-ID-0001", None))))
        if self.chance(0.3):
            pairs += [("balc", Raw("1373.63")), ("exp_content", '{"a":"b\\n"}'),
                      ("notes", {"list": [Raw("1e5"), None, True], "": {}}),
                      ("clr_optins", "131199")]
        self.rng.shuffle(pairs)
        return pairs

    def respell(self, pairs):
        """The centre's own names, sometimes beside the national one, which wins."""
        result = []
        for name, value in pairs:
            if name in ALTERNATIVES and self.chance(0.3):
                own = self.rng.choice(ALTERNATIVES[name])
                style = self.rng.random()
                if style < 0.7:
                    result.append((own, value))
                elif style < 0.85 and value not in (None, ""):
                    result += [(name, value), (own, self.rng.choice(("1.23", "", None)))]
                else:
                    result += [(name, self.write.empty()), (own, value)]
            else:
                result.append((name, value))
        return result

    def render(self, pairs):
        """Pairs -> one line, in one of the accepted shapes."""
        write, rng = self.write, self.rng
        pairs = self.respell(pairs)
        if self.chance(0.06) and pairs:
            # The last of two equal keys wins; the first is put far in front.
            pairs.insert(0, (rng.choice(pairs)[0], rng.choice(("9.99", None, "x", []))))
        shape = rng.random()
        if shape < 0.4:
            return write.json_pairs(pairs)
        node, wrapper = [], []
        # What is said twice stays together: whether another spelling in the node
        # beats the national name in the envelope is nobody's business.
        names = [national(name) for name, _ in pairs]
        twice = {name for name, _ in pairs if names.count(national(name)) > 1}
        for name, value in pairs:
            # Context comes from the envelope, now and then anything else does.
            probability = 0.5 if national(name) in ENVELOPE else 0.04
            if name not in twice and self.chance(probability):
                wrapper.append((name, value))
                if self.chance(0.3):
                    node.append((name, write.empty()))
            else:
                node.append((name, value))
                if (self.chance(0.05) and isinstance(value, str) and value
                        and name not in twice):
                    wrapper.append((name, "9999"))  # disagrees: the node wins
        wrapper += [("infno", rng.choice(("2207", "2304", Raw("2304")))),
                    ("msgid", self.new_id("M")), ("infcode", Raw("0"))]
        details = ("setldetail", [{"fund_pay_type": "310200", "fund_payamt": Raw("4.52")}])
        if shape < 0.7:
            body = [("setlinfo", Pairs(node))] + wrapper
            if self.chance(0.5):
                body.append(details)
        else:
            output = [("setlinfo", Pairs(node))]
            if self.chance(0.5):
                output.append(details)
            rng.shuffle(output)
            body = [("output", Pairs(output))] + wrapper
        rng.shuffle(body)
        return write.json_pairs(body)

    def line(self, bill):
        return self.render(self.pairs(bill)).encode()

    def with_field(self, bill, changes):
        """The bill with some fields said in a way of the caller's own, flat, so
        that nothing else can supply them."""
        pairs = [(name, value) for name, value in self.pairs(bill) if name not in changes]
        pairs += [(name, value) for name, value in changes.items() if value is not REMOVED]
        self.rng.shuffle(pairs)
        return self.write.json_pairs(pairs).encode()

    def refused(self, bill):
        """A line that must end in the dead letters, or just not."""
        rng, write = self.rng, self.write
        good = self.line(bill)
        kind = rng.randrange(9)
        if kind == 0:
            return rng.choice((good[:-1], good[:len(good) // 2], b"not json at all", b"{", b"[]",
                               b'"setl_id"', b"17", b"null", good + b"}", good + good,
                               b'{"setl_id": NaN}', b"{'setl_id': 1}", b'{"setl_id":"\xff\xfe"}',
                               b'{"setl_id":"S1",}', b'{"setl_id":01}', b'{"a":"\t"}'))
        if kind == 1:
            name = rng.choice(("psn_no", "setl_time", "med_type", "medfee_sumamt"))
            value = rng.choice((REMOVED, None, ""))
            if name != "medfee_sumamt":
                value = rng.choice((REMOVED, None, "", True, [], {}, False))
            changes = {name: value}
            if self.chance(0.4):  # something worse, further down the order
                changes["hifp_pay"] = "abc"
            return self.with_field(bill, changes)
        if kind == 2:
            name = rng.choice(("medfee_sumamt", "hifp_pay", "maf_pay", "acct_pay", "oth_pay",
                               "inscp_scp_amt", "act_pay_dedc"))
            value = rng.choice(("abc", "1,000.00", "1.005", Raw("1.005"), " 1", "1 ", "+1", True,
                                False, {}, [], "1e999", Raw("1e999"), "--1", "１２", "1.2.3", "-",
                                ".", "e5", "0x10", "1000000000000", Raw("1000000000000.00"),
                                "-1000000000000", "1e-3", Raw("1e-3"), "NaN", "Infinity", "null",
                                "1e99999999999999999999", "1_000", ["1"], " "))
            changes = {name: value}
            if self.chance(0.4):
                changes["setl_time"] = "2026-02-30"
            return self.with_field(bill, changes)
        if kind == 3:
            name = rng.choice(("setl_time", "setl_time", "enddate", "begndate", "updt_time"))
            value = rng.choice(("2026-02-30", "2026-02-29", "2026-13-01", "2026-00-10",
                                "2026-01-00", "2026/01/01", "2026-01-01T00:00:00", "2026-1-5",
                                "20260105", Raw("20260105"), "2026-01-01 24:00:00",
                                "2026-01-01 10:60:00", "2026-01-01 10:00:60", "2026-01-01 10:00",
                                "2026-01-01  10:00:00", " 2026-01-01", "2026-01-01 ", "x",
                                "2026-01-01 10:00:00.0", "20260101100000000"))
            changes = {name: value}
            if self.chance(0.4):
                changes["medfee_sumamt"] = "12345678.90"
            return self.with_field(bill, changes)
        if kind == 4:
            # Two fen away in one of the sums, everything said.
            bill = {**bill, "amount": dict(bill["amount"])}
            name = rng.choice(("inscp_scp_amt", "fund_pay_sumamt", "psn_part_amt",
                               "psn_cash_pay", "preselfpay_amt"))
            bill["amount"][name] += rng.choice((-2, 2, 100))
            said = {name: yuan(fen) for name, fen in bill["amount"].items()}
            if self.chance(0.3):
                said["insu_admdvs"] = "110101"
            if self.chance(0.3):
                # Perhaps the operand that would have shown it.
                said[rng.choice(("hifdm_pay", "acct_pay", "psn_part_amt", "hosp_part_amt",
                                 "overlmt_selfpay"))] = rng.choice((REMOVED, None, ""))
            return self.with_field(bill, said)
        if kind == 5:
            area = rng.choice(("110101", "", None, REMOVED, "23", "2399", "23030", "370", "x" * 9))
            return self.with_field(bill, {"insu_admdvs": area})
        if kind == 6:
            return rng.choice((b'{"output":{}}', b'{"output":null,"infcode":-1}',
                               b'{"infcode":0,"output":{"setldetail":[]}}',
                               b'{"output":{"setlinfo":null}}', b'{"output":{"setlinfo":[]}}',
                               b'{"setlinfo":"x","setl_id":"S1"}'))
        if kind == 7:
            # A refused line with vali_flag 0 makes nothing void.
            return self.with_field(bill, {"vali_flag": "0", "medfee_sumamt": "abc"})
        return self.with_field(bill, {"setl_id": rng.choice((True, {}, ["S1"]))})

    def ignored(self, bill):
        """A pre-settlement, whatever else is wrong with it, or a blank line."""
        if self.chance(0.35):
            return self.rng.choice((b"", b"   ", b"\t", b"\r"))
        changes = {"setl_id": self.rng.choice((REMOVED, None, ""))}
        if self.chance(0.5):
            changes.update({"setl_time": None, "medfee_sumamt": "abc", "insu_admdvs": "110101"})
        return self.with_field(bill, changes)

    # People ----------------------------------------------------------------

    def person(self, index):
        rng = self.rng
        city = rng.choice(self.cities)
        return {"psn_no": rng.choice((f"P{index}", f"P{index}", f"3706{index:05d}", f"人{index}")),
                "city": city, "year": rng.choice(YEARS[city]),
                "second_city": rng.choice(self.cities) if self.chance(0.2) else None,
                "huge": self.chance(0.02), "visits": [], "times": [], "days": []}

    def near_day(self, person):
        """A day that matters to the person: a bill's, the one beside it, or
        the start of a month or year."""
        rng = self.rng
        choice = rng.random()
        if choice < 0.6 and person["days"]:
            return rng.choice(person["days"]) + datetime.timedelta(days=rng.choice((-1, 0, 0, 1)))
        year = person["year"]
        if choice < 0.8:
            return datetime.date(year, rng.choice((1, 1, 2, 6, 7, 12)), 1)
        return datetime.date(year, rng.randint(1, 12), rng.choice((1, 2, 15, 28)))

    def categories(self, person):
        entries = []
        for _ in range(self.rng.choice((0, 1, 1, 1, 2, 2, 3, 5))):
            begin = self.near_day(person)
            if self.chance(0.55):
                begin = datetime.date(person["year"] - self.rng.randint(0, 2), 1, 1)
            until = None
            if self.chance(0.35):
                until = max(begin, self.near_day(person))
                if self.chance(0.2):
                    until = datetime.date(max(begin.year, person["year"]), 12, 31)
            name = self.rng.choice(CATEGORIES if self.chance(0.93) else UNKNOWN_CATEGORIES)
            entry = {"category": name, "from": begin.isoformat(),
                     "until": None if until is None else until.isoformat(),
                     "certified_by": "civil_affairs"}
            if until is None and self.chance(0.1):
                entry["until"] = "9999-12-31"  # how some offices say "open"
            elif until is None and self.chance(0.4):
                entry["until"] = ""
                if self.chance(0.5):
                    del entry["until"]
            entries.append(entry)
        return entries

    def applications(self, person):
        rng, days = self.rng, []
        for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 3))):
            day = self.near_day(person)
            choice = rng.random()
            if choice < 0.3 and person["days"]:
                # A bill lies right at, or one day outside, the window's start.
                anchor = rng.choice(person["days"])
                day = anchor + datetime.timedelta(days=rng.choice((364, 365, 366, 367, 396)))
            elif choice < 0.36:
                day = rng.choice((datetime.date(2024, 2, 29), datetime.date(2028, 2, 29)))
            elif choice < 0.45:
                day = datetime.date(person["year"] + 1, 1, rng.choice((1, 15, 31)))
            days.append({"date": day.isoformat()})
        return days

    def record(self, person, decided=False):
        rng = self.rng
        counties, province = AREAS[person["city"]]
        record = {"psn_no": self.write.text(person["psn_no"])}
        if not decided:
            record.update({"psn_name": rng.choice(("测试", "")), "certno": "FAKE-ID-0001",
                           "phone": None, "insu_admdvs": counties[0], "household_id": "H1",
                           "hukou_admdvs": rng.choice((counties[0], counties[0], counties[1],
                                                       province, "", None))})
            if self.chance(0.5) and "yanbian" in self.cities:
                record["hukou_admdvs"] = rng.choice(AREAS["yanbian"][0])
        if not decided or self.chance(0.7):
            record["categories"] = self.categories(person)
        if not decided or self.chance(0.7):
            record["applications"] = self.applications(person)
        if self.chance(0.2):
            record.pop("applications", None)
        update = self.update_time()
        if update is not None:
            record["updt_time"] = self.write.time(update)
        return record

    def broken_record(self, person):
        record = self.record(person)
        choice = self.rng.randrange(6)
        if choice == 0:
            return self.rng.choice((b"{", b"[1]", b"broken", b'{"psn_no":"P1"'))
        if choice == 1:
            record["psn_no"] = self.write.empty()
            if self.chance(0.4):
                del record["psn_no"]
        elif choice == 2:
            record["categories"] = [{"category": "dibao", "from": "2026-02-30", "until": None}]
        elif choice == 3:
            record["categories"] = [{"category": "dibao", "from": "2026-05-02",
                                     "until": "2026-05-01"}]
        elif choice == 4:
            record["updt_time"] = "2026-13-01 00:00:00"
        else:
            record["applications"] = [{"date": "2025-02-29"}]
        return self.write.json(record).encode()

    def record_lines(self, persons, decided=False):
        """Lines of a persons or decisions file; some people come several times."""
        lines = []
        for person in persons:
            if self.chance(0.75 if decided else 0.2):
                continue
            for _ in range(self.rng.choice((1, 1, 1, 2, 3))):
                lines.append(self.write.json(self.record(person, decided)).encode())
            if self.chance(0.04):
                lines.append(self.broken_record(person))
            if self.chance(0.03):
                lines.append(b"  ")
        self.rng.shuffle(lines)
        return lines

    # The stream ------------------------------------------------------------

    def event_lines(self, persons, count):
        """Messages in the order of arrival."""
        rng = self.rng
        heavy = persons[:max(1, len(persons) // 20)] if count > 100 else []
        sent, arrivals = [], []

        def send(line, bill=None):
            # Displacement: most arrive in order, some much later, some first.
            position = len(arrivals)
            shift = rng.choice((0, 0, 0, rng.gauss(0, 6), rng.gauss(0, 60)))
            arrivals.append((position + shift, len(arrivals), line))
            if bill is not None:
                sent.append(bill)

        while len(arrivals) < count:
            person = rng.choice(heavy) if heavy and self.chance(0.25) else rng.choice(persons)
            bill = None
            mine = [old for old in sent[-400:] if old["text"]["psn_no"] == person["psn_no"]]
            known = rng.choice(mine) if mine else (rng.choice(sent) if sent else None)
            choice = rng.random()
            if choice < 0.5 or known is None:
                bill = self.bill(person)
                send(self.line(bill), bill)
                if self.chance(0.06):
                    # The same visit, the same amounts, another bill.
                    twin = {**bill, "text": {**bill["text"], "setl_id": self.new_id("S")}}
                    send(self.line(twin), twin)
            elif choice < 0.58:
                again = {**known, "updt_time": rng.choice((known["updt_time"],
                                                           self.update_time()))}
                send(self.line(again), again)
            elif choice < 0.69:
                other = self.changed(known)
                send(self.line(other), other)
            elif choice < 0.72:
                void = {**(known if self.chance(0.6) else self.changed(known)), "vali_flag": "0"}
                send(self.line(void), {**void, "vali_flag": None})
            elif choice < 0.79:
                other = self.reversal(known, named=True)
                if self.chance(0.15):
                    anyone = rng.choice(sent)["text"]["setl_id"]
                    other["text"]["init_setl_id"] = rng.choice(("S-unknown", anyone))
                send(self.line(other), other)
            elif choice < 0.86:
                other = self.reversal(known, named=False)
                send(self.line(other), other)
            elif choice < 0.96:
                send(self.refused(known if self.chance(0.4) else self.bill(person)))
            else:
                send(self.ignored(known))
        # A centre on Windows ends a line with \r\n.
        return [line + b"\r" if self.chance(0.02) else line
                for _, _, line in sorted(arrivals)]

    # Payout cases ----------------------------------------------------------

    def case(self, index):
        rng = self.rng
        city = rng.choice(self.cities)
        person = self.person(index)
        person.update(city=city, second_city=None, year=rng.choice(YEARS[city]))
        # What is changed or reversed here is always a bill, so that a case has no
        # mistake but the one broken_case() puts in.
        originals, others = [], []
        for _ in range(rng.choice((0, 1, 2, 3, 5, 8, 12, 30) if self.chance(0.9) else (70,))):
            originals.append(self.bill(person, city=city))
            if self.chance(0.08):
                others.append({**originals[-1], "vali_flag": "0"})
            if self.chance(0.08):
                others.append(self.changed(originals[-1]))
            if self.chance(0.15):
                others.append(self.reversal(rng.choice(originals), named=self.chance(0.5)))
        bills = originals + others
        rng.shuffle(bills)
        record = {"psn_no": person["psn_no"],
                  "hukou_admdvs": rng.choice(AREAS[city][0] + (AREAS[city][1], "", None)),
                  "categories": self.categories(person)}
        settlements = []
        for bill in bills:
            pairs = self.pairs(bill)
            if self.chance(0.5):
                pairs = [pair for pair in pairs if pair[0] != "psn_no"]
            settlements.append(dict(self.respell(pairs)))
        case = {"case_id": f"{city}-{self.seed}-{index}", "city": city, "person": record,
                "settlements": settlements}
        applications = self.applications(person)
        if applications:
            if len(applications) == 1 and self.chance(0.5):
                case["application"] = applications[0]
            elif self.chance(0.3):
                case["application"], case["applications"] = applications[0], applications[1:]
            elif self.chance(0.2):
                record["applications"] = applications
            else:
                case["applications"] = applications
        if self.chance(0.6):
            year = rng.choice(YEARS[city])
            on = rng.choice((datetime.date(year, 1, 1), datetime.date(year, 1, 31),
                             datetime.date(year - 1, 12, 31), self.near_day(person)))
            case["premium"] = {"year": Raw(year), "on": on.isoformat()}
        case["reference"] = self.case_reference(city)
        return case

    def case_reference(self, city):
        code = CITIES[city]["code"]
        figures = self.make_figures()

        def spelled(table):
            return {str(year): yuan(fen) for year, fen in table.items()}

        return {"income": {"city": spelled(figures["income"]["city"][code]),
                           "province": spelled(figures["income"]["province"][code[:2]])},
                "premium": spelled(figures["premium"][code]),
                "single_disease": spelled(figures["single_disease"].get(code, {}))}

    def case_line(self, index):
        case = self.case(index)
        if self.chance(0.04):
            return self.broken_case(case)
        return self.write.json(case).encode()

    def broken_case(self, case):
        """One mistake each: which of several is named first is not agreed."""
        rng = self.rng
        bills = case["settlements"]
        choice = rng.randrange(7)
        if choice == 0:
            return self.write.json(case).encode()[:-3]
        if choice == 1:
            case["city"] = "harbin"
        elif choice == 2:
            case["reference"]["income"]["city"]["2025"] = "abc"
        elif choice == 3 and bills:
            rng.choice(bills)["maf_pay"] = "1.005"
        elif choice == 4 and bills:
            rng.choice(bills)["begndate"] = "2026-02-30"
        elif choice == 5 and bills:
            rng.choice(bills)["setl_time"] = None
        else:
            case["person"]["categories"] = [{"category": "dibao", "from": "2026-02-30"}]
        return self.write.json(case).encode()


REMOVED = object()


# --------------------------------------------------------------------------
# Files

def reference_yaml(figures):
    lines = ["# Invented figures."]

    def table(name, content, indent):
        lines.append(f"{' ' * indent}{name}:" + ("" if content else " {}"))
        for key, value in content.items():
            if isinstance(value, dict):
                table(str(key), value, indent + 2)
            else:
                lines.append(f"{' ' * (indent + 2)}{key}: \"{yuan(value)}\"")

    for name, content in figures.items():
        table(name, content, 0)
    return "\n".join(lines) + "\n"


SETTINGS = """\
cities: [{cities}]
reference: reference.yaml
store: ./var
source: {{kind: file, path: events.ndjson, persons: persons.ndjson, decisions: decisions.ndjson, \
follow: false}}
alerts: {{kind: file, path: alerts.ndjson, dead_letters: dead-letters.ndjson}}
metrics: {{listen: "127.0.0.1:0"}}
"""


def write_file(path, data):
    with open(path, "wb") as file:
        file.write(data)


def joined(lines):
    return b"".join(line + b"\n" for line in lines)


def write_stream(world, persons, events, out):
    os.makedirs(os.path.join(out, "parts"), exist_ok=True)
    rng = world.rng
    people = [world.person(index) for index in range(1, persons + 1)]
    lines = world.event_lines(people, events)
    cuts = sorted(rng.randint(0, len(lines)) for _ in range(rng.randint(2, 6)))
    bounds = [0] + cuts + [len(lines)]

    # Offices replace the persons file, our own decisions only grow. The first
    # persons files may well know nobody.
    decided = world.record_lines(people, decided=True)
    with_decisions = world.chance(0.8)
    parts = []
    for number, (begin, end) in enumerate(zip(bounds, bounds[1:])):
        last = number == len(bounds) - 2
        if number == 0 or last or world.chance(0.5):
            records = [] if number == 0 and world.chance(0.4) else world.record_lines(people)
        known = len(decided) * (number + 1) // (len(bounds) - 1)
        part = {"events": f"parts/events.{number}.ndjson",
                "persons": f"parts/persons.{number}.ndjson",
                "decisions": f"parts/decisions.{number}.ndjson" if with_decisions else None}
        write_file(os.path.join(out, part["events"]), joined(lines[begin:end]))
        write_file(os.path.join(out, part["persons"]), joined(records))
        if with_decisions:
            write_file(os.path.join(out, part["decisions"]), joined(decided[:known]))
        parts.append(part)

    write_file(os.path.join(out, "events.ndjson"), joined(lines))
    write_file(os.path.join(out, "persons.ndjson"), joined(records))
    if with_decisions:
        write_file(os.path.join(out, "decisions.ndjson"), joined(decided))
    write_file(os.path.join(out, "reference.yaml"), reference_yaml(world.figures).encode())
    write_file(os.path.join(out, "settings.yaml"),
               SETTINGS.format(cities=", ".join(world.cities)).encode())
    write_file(os.path.join(out, "plan.json"), json.dumps(
        {"seed": world.seed, "cities": world.cities, "events": events, "persons": persons,
         "parts": parts}, indent=1).encode())


def main():
    parser = argparse.ArgumentParser(description="Make a messy stream, or payout cases.")
    parser.add_argument("--seed", required=True)
    parser.add_argument("--events", type=int, default=600)
    parser.add_argument("--persons", type=int, default=40)
    parser.add_argument("--cases", type=int, help="payout cases instead of a stream")
    parser.add_argument("--cities", default="jixi,shuangyashan,jincheng,yantai,yanbian")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    cities = options.cities.split(",")
    unknown = sorted(set(cities) - set(CITIES))
    if unknown:
        parser.error(f"unknown cities: {', '.join(unknown)}")
    os.makedirs(options.out, exist_ok=True)
    world = World(options.seed, cities)
    if options.cases is not None:
        lines = [world.case_line(index) for index in range(options.cases)]
        write_file(os.path.join(options.out, "cases.ndjson"), joined(lines))
    else:
        write_stream(world, options.persons, options.events, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
