"""Reading a settlement and keeping one person's settlements: spec 1-domain.

This is the part of the oracle that turns bytes into facts. It is written for
clarity, from the specification alone, and shares nothing with the program it
checks. Amounts are integer fen; they never pass through a float.
"""

import datetime
import json
import re
from dataclasses import dataclass, field

# --------------------------------------------------------------------------
# JSON


class Number(str):
    """The raw text of a JSON number. A text field accepts it as it stands."""


class Refused(Exception):
    """A line that goes to the dead letters, or a payout case that fails."""

    def __init__(self, reason, message=""):
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message


def _no_constant(name):
    raise ValueError(f"{name} is not JSON")


def parse_object(line):
    """bytes or str of one line -> dict. Duplicate keys: the last one wins."""
    try:
        text = line.decode("utf-8") if isinstance(line, bytes) else line
        value = json.loads(text, parse_int=Number, parse_float=Number,
                           parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused("not_json", str(error)) from None
    if not isinstance(value, dict):
        # A bare array, string or number is JSON but no event.
        raise Refused("not_json", "not a JSON object")
    return value


# --------------------------------------------------------------------------
# Amounts

AMOUNT = re.compile(r"(-?)(?:([0-9]+)(?:\.([0-9]+))?|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?",
                    re.ASCII)
AMOUNT_LIMIT_FEN = 10 ** 14


def parse_amount(value):
    """A JSON number or string -> fen. Raises Refused('bad_amount')."""
    if not isinstance(value, str):
        raise Refused("bad_amount", f"no amount: {value!r}")
    match = AMOUNT.fullmatch(value)
    if match is None:
        raise Refused("bad_amount", f"no amount: {value!r}")
    sign, whole, fraction, bare, exponent = match.groups()
    fraction = fraction or bare or ""
    digits = ((whole or "") + fraction).lstrip("0")
    if not digits:
        return 0
    # A clamped exponent decides like the real one and costs nothing to read.
    power = int((exponent or "0").lstrip("+-").lstrip("0")[:30] or "0")
    if exponent and exponent.startswith("-"):
        power = -power
    # The value in fen is digits * 10^power; trailing zeros move into the
    # power, so that "two decimals" is a question about the value.
    power += 2 - len(fraction)
    bare_digits = digits.rstrip("0")
    power += len(digits) - len(bare_digits)
    if power < 0:
        raise Refused("bad_amount", f"more than two decimals: {value!r}")
    if len(bare_digits) + power > 15:
        raise Refused("bad_amount", f"too large: {value!r}")
    fen = int(bare_digits) * 10 ** power
    if fen >= AMOUNT_LIMIT_FEN:
        raise Refused("bad_amount", f"too large: {value!r}")
    return -fen if sign else fen


def yuan(fen):
    """fen -> "12345.67"."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def half_up(numerator, denominator):
    """numerator / denominator, rounded half up to a whole fen."""
    return (2 * numerator + denominator) // (2 * denominator)


# --------------------------------------------------------------------------
# Dates

DATE_TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
                       r"(?: ([0-9]{2}):([0-9]{2}):([0-9]{2}))?", re.ASCII)


def parse_time(value):
    """`yyyy-MM-dd HH:mm:ss` or `yyyy-MM-dd` (its first instant)."""
    match = DATE_TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Refused("bad_date", f"no date: {value!r}")
    try:
        return datetime.datetime(*(int(part or 0) for part in match.groups()))
    except ValueError:
        raise Refused("bad_date", f"impossible date: {value!r}") from None


def parse_day(value):
    return parse_time(value).date()


# --------------------------------------------------------------------------
# Fields

INSURERS = ("hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay",
            "hifdm_pay", "oth_pay")
PAYERS = INSURERS + ("maf_pay",)

AMOUNT_FIELDS = ("medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt",
                 "inscp_scp_amt", "act_pay_dedc") + PAYERS + (
                 "fund_pay_sumamt", "psn_part_amt", "acct_pay", "psn_cash_pay", "hosp_part_amt")
TEXT_FIELDS = ("setl_id", "psn_no", "med_type", "mdtrt_id", "insutype", "insu_admdvs",
               "mdtrtarea_admvs", "fixmedins_code", "hosp_lv", "dise_codg", "pay_loc",
               "init_setl_id", "filing", "hosp_charge_class")

# What must be exactly opposite for a reversal that does not name its original.
MATCHED_AMOUNTS = ("medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt",
                   "inscp_scp_amt") + PAYERS + ("hosp_part_amt",)

# The centre's own spellings, after the national name.
SPELLINGS = {
    "psn_part_amt": ("psn_pay",),
    "psn_cash_pay": ("cash_payamt", "cashPayamt"),
    "inscp_scp_amt": ("inscp_amt",),
    "oth_pay": ("othfund_pay",),
    "hosp_part_amt": ("ownpay_hosp_part",),
    "insu_admdvs": ("insuplc_admdvs", "insu_optins"),
}

# Sums that hold (nhsa-fields 1.4): total = sum of parts, signs included.
IDENTITIES = (
    ("S1", "medfee_sumamt", (("fulamt_ownpay_amt", 1), ("overlmt_selfpay", 1),
                             ("preselfpay_amt", 1), ("inscp_scp_amt", 1))),
    ("S2", "fund_pay_sumamt", tuple((name, 1) for name in PAYERS)),
    ("S3", "psn_part_amt", (("medfee_sumamt", 1), ("fund_pay_sumamt", -1),
                            ("hosp_part_amt", -1))),
    ("S4", "psn_part_amt", (("acct_pay", 1), ("psn_cash_pay", 1))),
)


def is_absent(value):
    return value is None or value == ""


@dataclass
class Settlement:
    """What the ledger keeps of one settlement, and what only steers it."""
    text: dict
    amount: dict
    setl_time: datetime.datetime
    begndate: object
    enddate: object
    # Not content:
    updt_time: object = None
    void: bool = False

    @property
    def setl_id(self):
        return self.text["setl_id"]

    @property
    def psn_no(self):
        return self.text["psn_no"]

    @property
    def is_reversal(self):
        return self.text["init_setl_id"] != "" or self.amount["medfee_sumamt"] < 0

    def content(self):
        return (self.text, self.amount, self.setl_time, self.begndate, self.enddate)


def nodes_of(event):
    """The objects a field may be read from, the strongest first."""
    if "setlinfo" in event:
        node, wrappers = event["setlinfo"], [event]
    elif "output" in event:
        output = event["output"]
        node = output.get("setlinfo") if isinstance(output, dict) else None
        wrappers = [output, event]
    else:
        return [event]
    if not isinstance(node, dict):
        raise Refused("missing_field", "no setlinfo")
    return [node] + wrappers


def find(nodes, name):
    """The first spelling that is not empty: node before wrapper, and in each
    the national name before the centre's own."""
    for node in nodes:
        for spelling in (name,) + SPELLINGS.get(name, ()):
            if not is_absent(node.get(spelling)):
                return node[spelling]
    return None


def read_settlement(event, cities=None, psn_no=None):
    """dict -> Settlement, None for a pre-settlement, or raises Refused.

    `cities` maps city name to its four digits; None (a payout case) leaves the
    area alone. `psn_no` is the person of a payout case, whose settlements need
    not repeat it.
    """
    nodes = nodes_of(event)
    if find(nodes, "setl_id") is None:
        return None

    text = {}
    for name in TEXT_FIELDS:
        value = find(nodes, name)
        # A boolean, object or array is no text: as good as absent.
        text[name] = str(value) if isinstance(value, str) else ""
    if psn_no is not None:
        text["psn_no"] = psn_no

    required = ["setl_id", "psn_no"]
    if text["init_setl_id"] == "":
        required.append("med_type")
    for name in required:
        if text[name] == "":
            raise Refused("missing_field", name)
    setl_time = find(nodes, "setl_time")
    if not isinstance(setl_time, str):
        raise Refused("missing_field", "setl_time")
    if find(nodes, "medfee_sumamt") is None:
        raise Refused("missing_field", "medfee_sumamt")

    amount, present = {}, set()
    for name in AMOUNT_FIELDS:
        value = find(nodes, name)
        amount[name] = 0
        if value is not None:
            amount[name] = parse_amount(value)
            present.add(name)

    def day_or_none(name):
        value = find(nodes, name)
        return None if value is None else parse_day(value)

    updt_time = find(nodes, "updt_time")
    settlement = Settlement(
        text=text, amount=amount, setl_time=parse_time(setl_time),
        begndate=day_or_none("begndate"), enddate=day_or_none("enddate"),
        updt_time=None if updt_time is None else parse_time(updt_time),
        void=find(nodes, "vali_flag") == "0")

    if not settlement.is_reversal:
        for name, total, parts in IDENTITIES:
            operands = [total] + [part for part, _ in parts]
            if all(operand in present for operand in operands):
                expected = sum(sign * amount[part] for part, sign in parts)
                if abs(amount[total] - expected) > 1:
                    raise Refused("sums_disagree", name)

    if cities is not None:
        city_of(settlement, cities)
    return settlement


def city_of(settlement, cities):
    """The configured city a settlement belongs to, or raises Refused."""
    area = settlement.text["insu_admdvs"]
    if area == "" and len(cities) == 1:
        return next(iter(cities))
    for city, code in cities.items():
        if len(area) >= 4 and area[:4] == code:
            return city
    raise Refused("unknown_city", area)


# --------------------------------------------------------------------------
# One person's settlements

@dataclass
class Entry:
    current: Settlement
    updt_time: object
    void: bool


@dataclass
class Account:
    """All settlements of one person, whatever their city: the current version
    of each, and whether it was ever declared void."""
    entries: dict = field(default_factory=dict)

    def take(self, settlement):
        """Returns applied, duplicate, replaced, outdated or conflict."""
        known = self.entries.get(settlement.setl_id)
        if known is None:
            self.entries[settlement.setl_id] = Entry(settlement, settlement.updt_time,
                                                     settlement.void)
            return "applied"
        # For good, in whatever message it comes.
        known.void = known.void or settlement.void
        # A missing updt_time is the earliest.
        earliest = datetime.datetime.min
        old, new = known.updt_time or earliest, settlement.updt_time or earliest
        if settlement.content() == known.current.content():
            if new > old:
                known.updt_time = settlement.updt_time
            return "duplicate"
        if new > old:
            known.current, known.updt_time = settlement, settlement.updt_time
            return "replaced"
        return "outdated" if new < old else "conflict"

    def live(self):
        """The bills that count, in computing order.

        A pure function of the current versions: what cancels what never hangs
        on the order of arrival.
        """
        bills = {setl_id: entry for setl_id, entry in self.entries.items()
                 if not entry.current.is_reversal}
        cancelled = set()
        for entry in self.entries.values():
            reversal = entry.current
            if not reversal.is_reversal or entry.void:
                continue
            original = reversal.text["init_setl_id"]
            if original:
                cancelled.add(original)
                continue
            visit = reversal.text["mdtrt_id"]
            if not visit:
                continue
            matches = [setl_id for setl_id, bill in bills.items()
                       if bill.current.text["mdtrt_id"] == visit
                       and all(bill.current.amount[name] == -reversal.amount[name]
                               for name in MATCHED_AMOUNTS)]
            if len(matches) == 1:
                cancelled.add(matches[0])
        counting = [bill.current for setl_id, bill in bills.items()
                    if not bill.void and setl_id not in cancelled]
        return sorted(counting, key=lambda s: (s.setl_time, s.setl_id))
