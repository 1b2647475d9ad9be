#!/usr/bin/env python3
"""The payout calculator, written a second time from the specification alone.

    python3 tests/oracle/payout.py cases.ndjson > results.ndjson
    python3 tests/oracle/payout.py cases.ndjson --check expected.ndjson

Slow, plain, and independent of the program: where the two disagree, one of
them is wrong. The five cities' rules are the tables below, so that a mistake
in a policy file shows up too.

READINGS

Decided by the golden cases (a case that shows it):

 - A category held on the benefit date beats an application's window also where
   no version is in force on that date: the tiers are the city's, not the
   version's. Such a bill is no_policy_in_force (jixi-40, yantai-393). A person's
   own illness_poverty never beats a window (jixi-1255).
 - illness_poverty is hidden outside the windows only in cities with a look-back;
   Jincheng and Yanbian do not see applications at all (jincheng-57).
 - critical_illness_due runs on the year of the benefit date, whatever account a
   look-back charges (yantai-1213), and on days without a version too.
 - A tier without a cap in Jincheng has no tilt, so its B - base does not enter R
   (jincheng-657). Nor does that of Yantai's illness_poverty (yantai-198).
 - Out of the catalogue, on a bill that is not assistable: the fund pays nothing,
   the hospital bears the excess, at most W (jincheng-292, jincheng-657).
 - `missing` names the premium figure whenever subsidies are stated and a version
   is in force on 1 January, whoever asks (jixi-265).
 - Yantai's deposit waiver goes by effective dates, as the premium does
   (yantai-173); warnings by plain dates (yantai-303).
 - A single-disease rule decides also where the person has no tier, and before
   the tier's own (jincheng-1717).
 - The floor of returned_poverty takes 90% of S + P, not of S (jincheng-2).

Chosen from the text; the golden cases would be silent on the other reading:

 - A tier that gets no points (tekun in Jixi, the first in Shuangyashan) does not
   have the layer: it adds nothing to R and asks for no figure.
 - Points are held back at "above T", not "T or more"; the share is of the excess
   before the base cap, at most B - base.
 - Of several applications a year: those made without a version in force are
   taken out first, then the first of each year counts.
 - Yantai's window begins on the first day of the month a year before the
   application's, whatever the day of the application.
 - Out of the catalogue the fund's share is taken of the rounded limit, and both
   it and the hospital's come after base and tilt, as far as anything is owed.
 - The single-disease rule needs a version in force; it also takes a person who
   is returned_poverty, or anything else with a tier, but holds a named category.
 - The floor holds anywhere in the province; not only in the city.
 - A person is in the tilt group of critical illness by any category held, not
   only the one that decides the tier. Special-drug bills share one account over
   insutypes; bills of persons outside the tilt group add nothing to it.
 - Yanbian's lump sum needs a used-up cap and a standard referral, not that
   anything of the bill is left to pay.
 - A day's first instant comes before a bill settled at that very instant; every
   category entry makes its moments, unknown and overlapping ones, too.
 - A started critical illness is dated to the last bill that shows it up to the
   first moment, not the first.
 - The premium's version is the one on 1 January, not on the day asked.
 - A warning's figure is missing at any moment of a year with a live bill at which
   the person belongs to the population, also before the first bill.
 - A layer's figure is missing as soon as a bill qualifies, even with nothing left.
 - A deductible taken from income is rounded before it is applied.
 - In a case with several messages of one settlement they are folded as the stream
   folds them (versions, void, conflicts); a conflict fails nothing.
 - Without `reference` in the case no figure is known: the shipped tables are not
   the oracle's.
"""

import argparse
import datetime
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from settlement import (INSURERS, Account, Number, Refused, half_up, is_absent,  # noqa: E402
                        parse_amount, parse_day, parse_object, read_settlement, yuan)

# --------------------------------------------------------------------------
# The rules. Ratios are per ten thousand; yuan amounts are written as fen.

YUAN = 100

# Care kinds, by the longest known prefix of med_type.
CARE_KINDS = {
    "inpatient": ("21", "22", "23", "24", "25", "26", "28", "9902"),
    "outpatient_chronic": ("14", "140104"),
    "outpatient_special": ("140201", "9901"),
    "special_drug": ("15", "910202", "910302"),
    "outpatient_ordinary": ("11", "12", "13", "1301", "19"),
    "pharmacy": ("41",),
    "maternity": ("51", "52", "2106"),
}

COVERED = ("inpatient", "outpatient_chronic", "outpatient_special", "special_drug")
TEKUN = ("tekun", "orphan", "de_facto_orphan")
WATCHED = ("monitored", "monitored_sudden", "dibao_edge")


def same(ratio, kinds=COVERED):
    return {kind: ratio for kind in kinds}


def tier(categories, ratios, deductible=None, cap=None, layer=None, kind_cap=None):
    """deductible: None, fen, or (area, ratio of the income figure).
    cap: fen or None. layer: the tier's further layer. kind_cap: a smaller cap
    inside the annual one, by care kind."""
    return {"categories": categories, "ratios": ratios, "deductible": deductible,
            "cap": cap, "layer": layer, "kind_cap": kind_cap or {}}


def points(ratio, cap, inside):
    return {"kind": "points", "threshold": ("city", 5000), "ratio": ratio, "cap": cap,
            "inside": inside, "standard_referral": True, "after_cap": False}


def slice_above(threshold, ratio, cap, standard_referral, after_cap):
    return {"kind": "slice", "threshold": threshold, "ratio": ratio, "cap": cap,
            "inside": False, "standard_referral": standard_referral, "after_cap": after_cap}


def lump(amount):
    return {"kind": "lump", "amount": amount, "inside": False,
            "standard_referral": True, "after_cap": True}


JIXI_POINTS = points(1000, 10_000 * YUAN, inside=False)
SHUANGYASHAN_POINTS = points(500, None, inside=True)
JINCHENG_SLICE = slice_above(10_000 * YUAN, 7000, 40_000 * YUAN,
                             standard_referral=True, after_cap=True)
YANTAI_SLICE_5000 = slice_above(5_000 * YUAN, 7000, 20_000 * YUAN,
                                standard_referral=False, after_cap=False)
YANTAI_SLICE_10000 = slice_above(10_000 * YUAN, 7000, 20_000 * YUAN,
                                 standard_referral=False, after_cap=False)


def jincheng_outpatient(inpatient, chronic=None, drug=None):
    ratios = {"inpatient": inpatient}
    if chronic is not None:
        ratios.update({"outpatient_chronic": chronic, "outpatient_special": chronic,
                       "special_drug": drug})
    return ratios


def yanbian_ratios(ratio, chronic=None):
    ratios = same(ratio, ("inpatient", "outpatient_special", "special_drug"))
    if chronic is not None:
        ratios["outpatient_chronic"] = chronic
    return ratios


def warning(rule, population, measure, line):
    return {"rule": rule, "population": population, "measure": measure, "line": line}


CRITICAL_ILLNESS_STARTED = warning("critical-illness-started", ("holds", WATCHED),
                                   "critical_illness_paid", None)
BURDEN_OVER_10000 = warning("burden-over-10000", ("anyone", ()), "burden_after_insurance",
                            10_000 * YUAN)

CITIES = {
    "jixi": {
        "code": "2303", "from": "2026-01-01", "until": "2030-12-31",
        "preselfpay": False, "referral_needed": True, "emergency_exempt": True,
        "hukou": False, "lookback": "day", "month_steps": False,
        "tiers": [
            tier(("tekun",), same(10000), cap=30_000 * YUAN),
            tier(("dibao", "returned_poverty", "orphan", "de_facto_orphan"), same(7000),
                 cap=30_000 * YUAN, layer=JIXI_POINTS),
            tier(("monitored", "monitored_sudden", "dibao_edge"), same(6000),
                 deductible=2_500 * YUAN, cap=30_000 * YUAN, layer=JIXI_POINTS),
            tier(("illness_poverty",), same(6000), deductible=6_000 * YUAN,
                 cap=30_000 * YUAN, layer=JIXI_POINTS),
        ],
        "premium": [{"categories": TEKUN, "share": 10000},
                    {"categories": ("dibao", "returned_poverty", "monitored",
                                    "monitored_sudden"), "share": 6000}],
        "deposit": TEKUN + ("dibao", "monitored", "monitored_sudden"),
        "warnings": [BURDEN_OVER_10000, CRITICAL_ILLNESS_STARTED],
    },
    "shuangyashan": {
        "code": "2305", "from": "2023-01-01", "until": None,
        "preselfpay": False, "referral_needed": True, "emergency_exempt": True,
        "hukou": False, "lookback": "day", "month_steps": False,
        "tiers": [
            tier(TEKUN, same(10000), cap=70_000 * YUAN),
            tier(("returned_poverty", "dibao"), same(7500), cap=70_000 * YUAN,
                 layer=SHUANGYASHAN_POINTS),
            tier(("monitored", "monitored_sudden", "dibao_edge"), same(6500),
                 deductible=("city", 1000), cap=50_000 * YUAN, layer=SHUANGYASHAN_POINTS),
            tier(("illness_poverty",), same(6500), deductible=("city", 2500),
                 cap=40_000 * YUAN, layer=SHUANGYASHAN_POINTS),
        ],
        "premium": [{"categories": TEKUN, "share": 10000},
                    {"categories": ("dibao", "returned_poverty"), "share": 6000},
                    {"categories": ("monitored", "monitored_sudden"), "share": 6000,
                     "last_year": 2025}],
        "deposit": TEKUN + ("dibao", "monitored", "monitored_sudden"),
        "warnings": [BURDEN_OVER_10000, CRITICAL_ILLNESS_STARTED],
    },
    "jincheng": {
        "code": "1405", "from": "2023-01-01", "until": "2027-12-31",
        "preselfpay": True, "referral_needed": True, "emergency_exempt": False,
        "hukou": False, "lookback": None, "month_steps": False,
        "tiers": [
            tier(TEKUN, jincheng_outpatient(10000, 6000, 2000)),
            tier(("returned_poverty",), jincheng_outpatient(7000, 3000, 1000)),
            tier(("dibao",), jincheng_outpatient(7000, 3000, 1000), cap=60_000 * YUAN,
                 layer=JINCHENG_SLICE),
            tier(("monitored", "monitored_sudden"), jincheng_outpatient(7000),
                 deductible=("province", 1000), cap=60_000 * YUAN, layer=JINCHENG_SLICE),
            tier(("dibao_edge",), jincheng_outpatient(6000), deductible=("province", 1000),
                 cap=40_000 * YUAN, layer=JINCHENG_SLICE),
            tier(("illness_poverty",), jincheng_outpatient(6000),
                 deductible=("province", 2500), cap=40_000 * YUAN, layer=JINCHENG_SLICE),
        ],
        "floor": {"category": "returned_poverty", "share": 9000},
        "single_disease": [(TEKUN + ("dibao", "entitled_group"), 2000),
                           (("low_income", "illness_poverty"), 1000)],
        "out_of_catalogue": {
            "categories": TEKUN + ("dibao", "returned_poverty"),
            "limits": {"1": 3000, "2": 2000, "2-county": 1500, "3": 1500},
            "fund_category": "returned_poverty", "fund_share": 8500,
            "fund_until": "2025-12-31"},
        "premium": [{"categories": TEKUN, "share": 10000},
                    {"categories": ("returned_poverty",), "share": 9000},
                    {"categories": ("dibao",), "share": 8000, "at_least": 280 * YUAN},
                    {"categories": ("monitored",), "fixed": 280 * YUAN,
                     "first_year": 2022, "last_year": 2025}],
        "deposit": TEKUN + ("dibao", "returned_poverty", "monitored", "monitored_sudden"),
        "warnings": [
            warning("monitored-over-6000", ("holds", WATCHED), "burden_after_assistance",
                    6_000 * YUAN),
            warning("other-over-20000", ("lacks", WATCHED), "burden_after_assistance",
                    20_000 * YUAN)],
    },
    "yantai": {
        "code": "3706", "from": "2023-01-01", "until": None,
        "preselfpay": False, "referral_needed": False, "emergency_exempt": False,
        "hukou": False, "lookback": "month", "month_steps": True,
        "tiers": [
            tier(TEKUN + ("distressed_child",), same(10000), cap=30_000 * YUAN,
                 layer=YANTAI_SLICE_5000),
            tier(("dibao",), same(8000), cap=30_000 * YUAN, layer=YANTAI_SLICE_5000),
            tier(("returned_poverty",), same(7000), cap=30_000 * YUAN,
                 layer=YANTAI_SLICE_5000),
            tier(("dibao_edge", "monitored", "monitored_sudden"), same(5000),
                 deductible=3_000 * YUAN, cap=20_000 * YUAN, layer=YANTAI_SLICE_10000),
            tier(("illness_poverty",), same(6000), deductible=10_000 * YUAN,
                 cap=30_000 * YUAN),
        ],
        "critical_illness": {
            "tilt_categories": TEKUN + ("distressed_child", "dibao", "returned_poverty"),
            "basic_payments": ("hifp_pay", "cvlserv_pay", "hifes_pay"),
            "bands": {  # insutype -> in tilt group -> (from, ratio)
                "390": {True: ((7_000, 6500), (100_000, 7000), (200_000, 7500),
                               (300_000, 8000)),
                        False: ((14_000, 6000), (100_000, 6500), (200_000, 7000),
                                (300_000, 7500))},
                "310": {True: ((6_000, 8500),), False: ((12_000, 8000),)}},
            "special_drug": {"share": 8000, "cap": 400_000 * YUAN}},
        "premium": [{"categories": TEKUN + ("distressed_child", "dibao", "returned_poverty",
                                            "dibao_edge", "monitored", "monitored_sudden"),
                     "share": 10000}],
        "deposit": TEKUN + ("distressed_child", "dibao", "returned_poverty"),
        "warnings": [
            warning("monitored-over-50pct-income", ("holds", WATCHED),
                    "burden_after_insurance", ("province", 5000)),
            warning("ordinary-over-150pct-income", ("lacks", TEKUN + (
                "distressed_child", "dibao", "returned_poverty", "dibao_edge", "monitored",
                "monitored_sudden", "illness_poverty")),
                    "burden_after_insurance", ("province", 15000))],
    },
    "yanbian": {
        "code": "2224", "from": "2023-01-01", "until": None,
        "preselfpay": True, "referral_needed": True, "emergency_exempt": False,
        "hukou": True, "lookback": None, "month_steps": False,
        "tiers": [
            tier(("tekun",), yanbian_ratios(10000, 10000), cap=30_000 * YUAN,
                 layer=lump(3_000 * YUAN), kind_cap={"outpatient_chronic": 800 * YUAN}),
            tier(("dibao", "returned_poverty"), yanbian_ratios(7000, 5000),
                 cap=20_000 * YUAN, layer=lump(2_000 * YUAN),
                 kind_cap={"outpatient_chronic": 800 * YUAN}),
            tier(("dibao_edge", "monitored", "monitored_sudden"), yanbian_ratios(4000),
                 deductible=2_000 * YUAN, cap=10_000 * YUAN),
            tier(("illness_poverty",), yanbian_ratios(3000), deductible=5_000 * YUAN,
                 cap=10_000 * YUAN),
        ],
        "premium": None,
        "deposit": ("tekun", "dibao", "returned_poverty"),
        "warnings": [],
    },
}

CITY_CODES = {city: policy["code"] for city, policy in CITIES.items()}


# --------------------------------------------------------------------------
# Facts about a policy, a day, a person

def in_force(policy, day):
    until = policy["until"]
    return policy["from"] <= day.isoformat() and (until is None or day.isoformat() <= until)


def first_of_next_month(day):
    return datetime.date(day.year + day.month // 12, day.month % 12 + 1, 1)


def effective(policy, entry):
    """The days, both inclusive, on which a category counts for benefits."""
    begin, end = entry["from"], entry["until"]
    if policy["month_steps"]:
        begin = begin and first_of_next_month(begin)
        # 9999-12-31, "for ever", has no month after it.
        end = end and (end if end.year == 9999 else
                       first_of_next_month(end) - datetime.timedelta(days=1))
    return begin, end


def covers(span, day):
    begin, end = span
    return (begin is None or begin <= day) and (end is None or day <= end)


def held(policy, person, day):
    """Categories that count for benefits on a day."""
    return {entry["category"] for entry in person["categories"]
            if covers(effective(policy, entry), day)}


def held_plainly(person, day):
    """Categories as dated, which is what warnings look at."""
    return {entry["category"] for entry in person["categories"]
            if covers((entry["from"], entry["until"]), day)}


def applications_that_count(policy, person):
    """[(application day, first day of its window)], the earliest first."""
    if policy["lookback"] is None:
        return []
    counting, years = [], set()
    for day in sorted(person["applications"]):
        if not in_force(policy, day) or day.year in years:
            continue
        years.add(day.year)
        if policy["lookback"] == "month":
            begin = datetime.date(day.year - 1, day.month, 1)
        elif (day.month, day.day) == (2, 29):
            begin = datetime.date(day.year - 1, 2, 28)
        else:
            begin = day.replace(year=day.year - 1)
        counting.append((day, begin))
    return counting


def care_kind(med_type):
    best, kind = "", "other"
    for name, prefixes in CARE_KINDS.items():
        for prefix in prefixes:
            if med_type.startswith(prefix) and len(prefix) > len(best):
                best, kind = prefix, name
    return kind


def filing_of(settlement):
    filing, med_type = settlement.text["filing"], settlement.text["med_type"]
    if filing:
        return filing
    if med_type.startswith("23"):
        return "referral"
    if med_type.startswith(("24", "13")):
        return "emergency"
    return "none"


def is_local(policy, settlement):
    place = settlement.text["mdtrtarea_admvs"]
    return place == "" or (len(place) >= 4 and place[:4] == policy["code"])


def in_province(policy, settlement):
    place = settlement.text["mdtrtarea_admvs"]
    return place == "" or (len(place) >= 2 and place[:2] == policy["code"][:2])


def place_allowed(policy, settlement):
    if not policy["referral_needed"] or is_local(policy, settlement):
        return True
    filing = filing_of(settlement)
    return filing in ("referral", "long_term") or (
        filing == "emergency" and policy["emergency_exempt"])


def standard_referral(policy, settlement):
    return in_province(policy, settlement) and (
        is_local(policy, settlement) or filing_of(settlement) in ("referral", "long_term"))


def benefit_day(settlement):
    if care_kind(settlement.text["med_type"]) == "inpatient" and settlement.enddate:
        return settlement.enddate
    return settlement.setl_time.date()


def insured_payments(settlement):
    return sum(settlement.amount[name] for name in INSURERS)


def burden_after_insurance(settlement):
    a = settlement.amount
    return a["medfee_sumamt"] - insured_payments(settlement) - a["hosp_part_amt"]


def burden_after_assistance(settlement):
    """As actually paid, not as computed."""
    return burden_after_insurance(settlement) - settlement.amount["maf_pay"]


def own_expense(settlement):
    return settlement.amount["fulamt_ownpay_amt"] + settlement.amount["overlmt_selfpay"]


def in_scope(policy, settlement):
    scope = settlement.amount["inscp_scp_amt"]
    return scope + settlement.amount["preselfpay_amt"] if policy["preselfpay"] else scope


def in_policy_burden(policy, settlement):
    return max(0, min(in_scope(policy, settlement) - insured_payments(settlement),
                      burden_after_insurance(settlement)))


def critical_illness_paid(settlement):
    return settlement.amount["hifmi_pay"] + settlement.amount["hifob_pay"]


MEASURES = {"burden_after_insurance": burden_after_insurance,
            "burden_after_assistance": burden_after_assistance,
            "critical_illness_paid": critical_illness_paid}


# --------------------------------------------------------------------------
# The calculation

class Missing(Exception):
    """A figure that was needed and is absent. Never assumed to be 0."""


class Calculation:
    """One person's bills in one city.

    reference: {"income": {"city": {year: fen}, "province": {…}},
                "premium": {year: fen}, "single_disease": {code: fen}}
    """

    def __init__(self, city, person, settlements, reference):
        self.policy = CITIES[city]
        self.person = person
        self.settlements = settlements
        self.reference = reference
        self.missing = set()
        self.applications = applications_that_count(self.policy, person)
        self.years = {}
        self.critical_illness_years = {}

    # Figures ---------------------------------------------------------------

    def income_share(self, area, ratio, account_year):
        """(numerator, denominator) of a share of the previous year's income."""
        figure = self.reference["income"][area].get(account_year - 1)
        if figure is None:
            self.missing.add(f"income.{area}.{account_year - 1}")
            raise Missing
        return figure * ratio, 10_000

    def threshold(self, line, account_year):
        """An amount, exactly: fen, or a share of the income figure."""
        return self.income_share(*line, account_year) if isinstance(line, tuple) else (line, 1)

    # One settlement --------------------------------------------------------

    def window_of(self, day):
        for application, begin in self.applications:
            if begin <= day <= datetime.date(application.year, 12, 31):
                return application
        return None

    def tier_of(self, day):
        """(tier, category, governing day). Tiers belong to the city, so they
        are known on days without a version in force, too."""
        categories = held(self.policy, self.person, day)
        if self.applications:
            # Who applies is poor by illness inside the windows only.
            categories.discard("illness_poverty")
        for candidate in self.policy["tiers"]:
            for category in candidate["categories"]:
                if category in categories:
                    if category == "illness_poverty":
                        break
                    return candidate, category, day
        application = self.window_of(day)
        last = self.policy["tiers"][-1]
        if application is not None:
            return last, "illness_poverty", application
        if "illness_poverty" in categories:
            return last, "illness_poverty", day
        return None, None, day

    def single_disease_of(self, settlement, day):
        """(category, ratio, limit) where the rule decides instead of the layers."""
        limit = self.reference["single_disease"].get(settlement.text["dise_codg"])
        if ("single_disease" not in self.policy or limit is None
                or care_kind(settlement.text["med_type"]) != "inpatient"
                or settlement.text["insutype"] != "390"):
            return None
        categories = held(self.policy, self.person, day)
        for group, ratio in self.policy["single_disease"]:
            for category in group:
                if category in categories:
                    return category, ratio, limit
        return None

    def compute(self, settlement):
        policy = self.policy
        day = benefit_day(settlement)
        kind = care_kind(settlement.text["med_type"])
        result = {"settlement": settlement, "day": day, "kind": kind, "category": None,
                  "reason": None, "payouts": {}, "hospital_borne": 0,
                  "W": burden_after_insurance(settlement),
                  "B": in_policy_burden(policy, settlement)}

        chosen, category, governing_day = self.tier_of(day)
        if not in_force(policy, governing_day):
            result["reason"] = "no_policy_in_force"
            return result

        single = self.single_disease_of(settlement, day)
        if single is not None:
            self.pay_single_disease(result, single)
            return result

        result["category"] = category
        if chosen is None:
            result["reason"] = "no_category"
            return result
        account_year = governing_day.year
        hukou = self.person["hukou_admdvs"]
        deductible = 0
        if policy["hukou"] and not (len(hukou) >= 4 and hukou[:4] == policy["code"]):
            result["reason"] = "hukou_outside"
        elif not place_allowed(policy, settlement):
            result["reason"] = "not_referred"
        elif kind not in chosen["ratios"]:
            result["reason"] = "care_not_covered"
        else:
            try:
                if chosen["deductible"] is not None:
                    deductible = half_up(*self.threshold(chosen["deductible"], account_year))
            except Missing:
                result["reason"] = "reference_missing"
        if result["reason"] is None:
            account = self.years.setdefault(account_year, {
                "cum": 0, "cap_used": 0, "kind_paid": {}, "R": 0, "accrued": 0,
                "layer_paid": 0, "lump_paid": False})
            self.pay_base(result, chosen, account, deductible)
            self.pay_further_layer(result, chosen, account, account_year)
        self.control_out_of_catalogue(result, category)
        return result

    def pay_base(self, result, chosen, account, deductible):
        settlement, kind, B = result["settlement"], result["kind"], result["B"]
        before = max(0, account["cum"] - deductible)
        account["cum"] += B
        result["excess"] = max(0, account["cum"] - deductible) - before

        base = half_up(chosen["ratios"][kind] * result["excess"], 10_000)
        floor = self.policy.get("floor")
        if (floor and result["category"] == floor["category"] and kind == "inpatient"
                and in_province(self.policy, settlement)):
            base = max(base, half_up(floor["share"] * in_scope(self.policy, settlement), 10_000)
                       - insured_payments(settlement))
        base = min(base, B)
        if chosen["cap"] is not None:
            base = min(base, chosen["cap"] - account["cap_used"])
        if kind in chosen["kind_cap"]:
            base = min(base, chosen["kind_cap"][kind] - account["kind_paid"].get(kind, 0))
        base = max(0, base)

        account["cap_used"] += base
        account["kind_paid"][kind] = account["kind_paid"].get(kind, 0) + base
        result["payouts"]["base"] = base

    def pay_further_layer(self, result, chosen, account, account_year):
        layer, settlement = chosen["layer"], result["settlement"]
        if layer is None:
            return
        if layer["standard_referral"] and not standard_referral(self.policy, settlement):
            return
        left_to_pay = result["B"] - result["payouts"]["base"]
        before = account["R"]
        account["R"] += left_to_pay

        cap_used_up = chosen["cap"] is not None and account["cap_used"] >= chosen["cap"]
        if layer["kind"] == "lump":
            if not cap_used_up or account["lump_paid"]:
                return
            account["lump_paid"] = True
            result["payouts"]["tilt"] = layer["amount"]
            return

        try:
            numerator, denominator = self.threshold(layer["threshold"], account_year)
        except Missing:
            return
        if layer["kind"] == "points":
            pay = 0
            if account["R"] * denominator > numerator:
                pay = min(half_up(layer["ratio"] * result["excess"], 10_000), left_to_pay)
            if layer["cap"] is not None:
                pay = min(pay, layer["cap"] - account["layer_paid"])
        else:
            threshold = numerator // denominator  # always whole fen here
            step = max(0, account["R"] - threshold) - max(0, before - threshold)
            account["accrued"] += half_up(layer["ratio"] * step, 10_000)
            if layer["after_cap"] and not cap_used_up:
                return
            pay = min(account["accrued"], layer["cap"]) - account["layer_paid"]
        if layer["inside"] and chosen["cap"] is not None:
            pay = min(pay, chosen["cap"] - account["cap_used"])
        pay = max(0, pay)
        account["layer_paid"] += pay
        if layer["inside"]:
            account["cap_used"] += pay
        if pay > 0:
            result["payouts"]["tilt"] = pay

    def pay_single_disease(self, result, single):
        category, ratio, limit = single
        result["category"] = category
        settlement = result["settlement"]
        if not place_allowed(self.policy, settlement):
            result["reason"] = "not_referred"
            return
        total, W = settlement.amount["medfee_sumamt"], result["W"]
        result["hospital_borne"] = max(0, min(total - limit, W))
        share = half_up(ratio * min(total, limit), 10_000)
        result["payouts"]["single_disease"] = max(0, min(share, W - result["hospital_borne"]))

    def control_out_of_catalogue(self, result, category):
        rule = self.policy.get("out_of_catalogue")
        settlement = result["settlement"]
        if (rule is None or category not in rule["categories"] or result["kind"] != "inpatient"
                or not in_province(self.policy, settlement)):
            return
        share = rule["limits"].get(settlement.text["hosp_charge_class"])
        if share is None:
            return
        limit = half_up(share * settlement.amount["medfee_sumamt"], 10_000)
        outside = own_expense(settlement)
        owed = result["W"] - sum(result["payouts"].values())
        if (result["reason"] is None and category == rule["fund_category"]
                and result["day"].isoformat() <= rule["fund_until"]):
            fund = half_up(rule["fund_share"] * min(outside, limit), 10_000)
            fund = max(0, min(fund, owed))
            if fund > 0:
                result["payouts"]["out_of_catalogue"] = fund
                owed -= fund
        result["hospital_borne"] = max(0, min(outside - limit, owed))

    # Critical illness insurance --------------------------------------------

    def critical_illness_due(self, settlement):
        """Fen, or None where the document states no share."""
        rule = self.policy["critical_illness"]
        day = benefit_day(settlement)
        year = self.critical_illness_years.setdefault(
            day.year, {"310": 0, "390": 0, "drug": 0, "drug_paid": 0})
        tilt = bool(held(self.policy, self.person, day) & set(rule["tilt_categories"]))
        burden = max(0, settlement.amount["inscp_scp_amt"] - sum(
            settlement.amount[name] for name in rule["basic_payments"]))
        if care_kind(settlement.text["med_type"]) == "special_drug":
            if not tilt:
                return None
            drug = rule["special_drug"]
            due = min(half_up(drug["share"] * burden, 10_000), drug["cap"] - year["drug_paid"])
            year["drug_paid"] += due
            return due
        insutype = settlement.text["insutype"]
        before = year[insutype]
        year[insutype] += burden
        bands = rule["bands"][insutype][tilt]

        def weighted(total):
            """Fen times ten thousand over all bands."""
            sum_ = 0
            for index, (begin, ratio) in enumerate(bands):
                begin *= YUAN
                end = bands[index + 1][0] * YUAN if index + 1 < len(bands) else total
                sum_ += ratio * max(0, min(total, end) - begin)
            return sum_

        return half_up(weighted(year[insutype]) - weighted(before), 10_000)

    # Warnings --------------------------------------------------------------

    def moments(self, year, bills):
        """(categories, day, bills counted so far), in order of time."""
        days = set()
        for entry in self.person["categories"]:
            begins = [entry["from"]]
            if entry["until"] is not None and entry["until"] < datetime.date.max:
                begins.append(entry["until"] + datetime.timedelta(days=1))
            days.update(day for day in begins if day is not None and day.year == year)

        # A day's first instant comes before a bill settled at that instant.
        order = [((datetime.datetime.combine(day, datetime.time()), 0, ""), day, None)
                 for day in days]
        order += [((bill.setl_time, 1, bill.setl_id), benefit_day(bill), bill)
                  for bill in bills]
        counted = []
        for _, day, bill in sorted(order, key=lambda moment: moment[0]):
            if bill is not None:
                counted = counted + [bill]
            yield held_plainly(self.person, day), day, counted

    def warnings(self):
        """One entry per rule and year that holds."""
        by_year = {}
        for bill in self.settlements:
            by_year.setdefault(benefit_day(bill).year, []).append(bill)
        raised = []
        for year, bills in sorted(by_year.items()):
            for rule in sorted(self.policy["warnings"], key=lambda rule: rule["rule"]):
                found = self.first_moment(rule, year, bills)
                if found is not None:
                    line, crossed_by = found
                    raised.append({
                        "rule": rule["rule"], "year": year, "crossed_by": crossed_by.setl_id,
                        "line": line,
                        "amount": sum(MEASURES[rule["measure"]](bill) for bill in bills),
                        "late": crossed_by.setl_time >= datetime.datetime(year + 1, 2, 1)})
        return raised

    def first_moment(self, rule, year, bills):
        kind, group = rule["population"]
        for categories, day, counted in self.moments(year, bills):
            if not in_force(self.policy, day):
                continue
            in_group = bool(categories & set(group))
            if kind == "holds" and not in_group or kind == "lacks" and in_group:
                continue
            if rule["line"] is None:
                started = [bill for bill in counted if bill.amount["hifmi_pay"] > 0
                           or bill.amount["hifob_pay"] > 0]
                if started:
                    return None, started[-1]
                continue
            try:
                numerator, denominator = self.threshold(rule["line"], year)
            except Missing:
                continue
            burden = sum(MEASURES[rule["measure"]](bill) for bill in counted)
            if burden * denominator > numerator and counted:
                return half_up(numerator, denominator), counted[-1]
        return None

    # Premium and deposit ---------------------------------------------------

    def premium_subsidy(self, year, on):
        rules = self.policy["premium"]
        if rules is None or not in_force(self.policy, datetime.date(year, 1, 1)):
            return None
        premium = self.reference["premium"].get(year)
        if premium is None:
            self.missing.add(f"premium.{year}")
            return None
        categories = held(self.policy, self.person, on)
        best = 0
        for rule in rules:
            if not categories & set(rule["categories"]):
                continue
            if not rule.get("first_year", year) <= year <= rule.get("last_year", year):
                continue
            amount = rule.get("fixed")
            if amount is None:
                amount = max(half_up(rule["share"] * premium, 10_000), rule.get("at_least", 0))
            best = max(best, min(amount, premium))
        return best

    def deposit_waiver(self, on):
        return in_force(self.policy, on) and bool(
            held(self.policy, self.person, on) & set(self.policy["deposit"]))

    # All together ----------------------------------------------------------

    def run(self):
        results = []
        for settlement in self.settlements:
            result = self.compute(settlement)
            if ("critical_illness" in self.policy and result["kind"] in COVERED
                    and settlement.text["insutype"] in ("310", "390")):
                result["critical_illness_due"] = self.critical_illness_due(settlement)
            results.append(result)
        return results


# --------------------------------------------------------------------------
# Case in, result out

LAYERS = ("base", "tilt", "single_disease", "out_of_catalogue")


def read_categories(entries):
    categories = []
    for entry in entries or []:
        begin = None if is_absent(entry.get("from")) else parse_day(entry["from"])
        until = None if is_absent(entry.get("until")) else parse_day(entry["until"])
        if begin and until and until < begin:
            raise Refused("bad_date", "until before from")
        if not isinstance(entry.get("category"), str) or entry["category"] == "":
            raise Refused("missing_field", "category")
        categories.append({"category": str(entry["category"]), "from": begin, "until": until})
    return categories


def read_applications(entries):
    return [parse_day(entry.get("date")) for entry in entries or []]


def read_figures(table):
    return {int(year): read_figure(value) for year, value in (table or {}).items()
            if not is_absent(value)}


def read_figure(value):
    try:
        return parse_amount(value)
    except Refused as error:
        raise Refused("bad_reference", error.message) from None


def read_reference(reference):
    reference = reference or {}
    income = reference.get("income") or {}
    return {"income": {area: read_figures(income.get(area)) for area in ("city", "province")},
            "premium": read_figures(reference.get("premium")),
            "single_disease": {code: read_figure(value) for code, value in
                               (reference.get("single_disease") or {}).items()}}


def solve(case):
    """One payout case (dict) -> its result (dict). Raises Refused."""
    city = case.get("city")
    if is_absent(city):
        raise Refused("missing_field", "city")
    if city not in CITIES:
        raise Refused("unknown_city", str(city))
    record = case.get("person")
    if not isinstance(record, dict):
        raise Refused("missing_field", "person")
    applications = list(case.get("applications") or [])
    if case.get("application"):
        applications.append(case["application"])
    person = {"hukou_admdvs": str(record.get("hukou_admdvs") or ""),
              "categories": read_categories(record.get("categories")),
              # Someone may also hand over the record as it stands.
              "applications": read_applications(applications)
              + read_applications(record.get("applications"))}

    account = Account()
    for event in case.get("settlements") or []:
        settlement = read_settlement(event, psn_no=str(record.get("psn_no") or "?"))
        if settlement is not None:
            account.take(settlement)

    calculation = Calculation(city, person, account.live(),
                              read_reference(case.get("reference")))
    results = calculation.run()
    answer = {"case_id": case.get("case_id"), "settlements": [], "totals": None}
    for result in results:
        assistance = sum(result["payouts"].values())
        row = {"setl_id": result["settlement"].setl_id,
               "benefit_date": result["day"].isoformat(),
               "care_kind": result["kind"],
               "category": result["category"],
               "burden_after_insurance": yuan(result["W"]),
               "in_policy_burden": yuan(result["B"]),
               "assistable": result["reason"] is None,
               "reason": result["reason"],
               "payouts": [{"layer": layer, "amount": yuan(result["payouts"][layer])}
                           for layer in LAYERS if layer in result["payouts"]],
               "assistance_total": yuan(assistance),
               "burden_after_assistance": yuan(
                   result["W"] - assistance - result["hospital_borne"])}
        if result["hospital_borne"] > 0:
            row["hospital_borne"] = yuan(result["hospital_borne"])
        if "critical_illness_due" in result:
            due = result["critical_illness_due"]
            row["critical_illness_due"] = None if due is None else yuan(due)
        answer["settlements"].append(row)

    def total(*layers):
        return sum(result["payouts"].get(layer, 0) for result in results for layer in layers)

    answer["totals"] = {
        "base": yuan(total("base")), "tilt": yuan(total("tilt")),
        "other": yuan(total("single_disease", "out_of_catalogue")),
        "assistance": yuan(total(*LAYERS)),
        "hospital_borne": yuan(sum(result["hospital_borne"] for result in results))}
    answer["warnings"] = [{"rule": warned["rule"], "year": warned["year"],
                           "crossed_by": warned["crossed_by"]}
                          for warned in calculation.warnings()]
    if case.get("premium"):
        asked = case["premium"]
        on = parse_day(asked.get("on"))
        subsidy = calculation.premium_subsidy(int(asked["year"]), on)
        answer["premium_subsidy"] = None if subsidy is None else yuan(subsidy)
        answer["deposit_waiver"] = calculation.deposit_waiver(on)
    if calculation.missing:
        answer["missing"] = sorted(calculation.missing)
    return answer


def solve_line(line):
    case_id = None
    try:
        case = parse_object(line)
        case_id = case.get("case_id")
        if isinstance(case_id, Number):
            case_id = json.loads(case_id)
        return solve({**case, "case_id": case_id})
    except Refused as error:
        return {"case_id": case_id,
                "error": {"code": error.reason, "message": error.message}}


def differences(expected, actual, path=""):
    """Readable lines, one per value that differs."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        found = []
        for key in sorted(set(expected) | set(actual)):
            absent = "(absent)"
            if key not in expected or key not in actual:
                found.append(f"{path}/{key}: expected {expected.get(key, absent)!r}, "
                             f"got {actual.get(key, absent)!r}")
            else:
                found += differences(expected[key], actual[key], f"{path}/{key}")
        return found
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [line for index, pair in enumerate(zip(expected, actual))
                for line in differences(*pair, f"{path}/{index}")]
    if expected == actual and type(expected) is type(actual):
        return []
    return [f"{path}: expected {expected!r}, got {actual!r}"]


def main():
    parser = argparse.ArgumentParser(description="Solve payout cases, one JSON object a line.")
    parser.add_argument("cases", help="cases.ndjson, or - for stdin")
    parser.add_argument("--check", metavar="EXPECTED", help="compare instead of printing")
    options = parser.parse_args()
    source = sys.stdin.buffer if options.cases == "-" else open(options.cases, "rb")
    with source:
        answers = [solve_line(line) for line in source if line.strip()]

    if options.check is None:
        for answer in answers:
            print(json.dumps(answer, ensure_ascii=False))
        return 65 if any("error" in answer for answer in answers) else 0

    with open(options.check, encoding="utf-8") as file:
        wanted = [json.loads(line) for line in file if line.strip()]
    wrong = 0
    if len(wanted) != len(answers):
        print(f"{len(wanted)} results expected, {len(answers)} computed")
        wrong += 1
    for expected, answer in zip(wanted, answers):
        found = differences(expected, json.loads(json.dumps(answer)))
        if found:
            wrong += 1
            print(f"{answer['case_id']}:")
            for line in found[:8]:
                print(f"  {line}")
    print(f"{len(answers)} cases, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
