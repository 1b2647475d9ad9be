#include "app/made/event.h"

#include <cstring>
#include <string_view>

#include "thresholds/civil_day.h"

namespace yujing::app {
namespace {

using monitor::Amount;

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::string_view kNowhere = "990101";  // no city's area

void two_digits(char* at, std::int64_t value) {
  at[0] = static_cast<char>('0' + value / 10);
  at[1] = static_cast<char>('0' + value % 10);
}

}  // namespace

struct EventWriter::Names {
  const char* in_scope;
  const char* other;
  const char* person;
  const char* cash;
  const char* hospital;
  bool quoted;  // amounts as text
};

void EventWriter::id(char letter, std::uint64_t number) {
  char text[13] = {letter};
  for (int at = 12; at >= 1; --at, number /= 10) {
    text[at] = static_cast<char>('0' + number % 10);
  }
  out_->append(text, sizeof text);
}

void EventWriter::fen(const char* key, std::int64_t fen, bool quoted) {
  char text[24];
  char* at = text + sizeof text;
  std::uint64_t rest = static_cast<std::uint64_t>(fen < 0 ? -fen : fen);
  at -= 2;
  two_digits(at, static_cast<std::int64_t>(rest % 100));
  *--at = '.';
  rest /= 100;
  do {
    *--at = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (fen < 0) *--at = '-';
  *out_ += key;
  if (quoted) *out_ += '"';
  out_->append(at, static_cast<std::size_t>(text + sizeof text - at));
  if (quoted) *out_ += '"';
}

void EventWriter::day(std::int32_t day) {
  if (day != day_known_) {
    const auto text = to_string(thresholds::CivilDay{day});
    std::memcpy(day_text_, text.data(), sizeof day_text_);
    day_known_ = day;
  }
  out_->append(day_text_, sizeof day_text_);
}

void EventWriter::time(std::int64_t seconds) {
  day(static_cast<std::int32_t>(seconds / kDaySeconds));
  const std::int64_t rest = seconds % kDaySeconds;
  char text[9] = {' ', 0, 0, ':', 0, 0, ':'};
  two_digits(text + 1, rest / 3600);
  two_digits(text + 4, rest / 60 % 60);
  char last[2];
  two_digits(last, rest % 60);
  out_->append(text, 7);
  out_->append(last, 2);
}

void EventWriter::place(const MadeBill& bill) {
  if (*bill.place_suffix == '\0') {
    out_->append(bill.person.area, sizeof bill.person.area);
  } else {
    out_->append(bill.person.area, 2);
    *out_ += bill.place_suffix;
  }
}

void EventWriter::person(const MadeBill& bill, Fault fault) {
  auto& out = *out_;
  if (fault != Fault::kMissingField) {
    out += R"(,"psn_no":")";
    people_.append_psn_no(out, bill.person);
    out += '"';
  }
  out += R"(,"psn_name":")";
  people_.append_name(out, bill.person);
  out += R"(","certno":")";
  people_.append_certno(out, bill.person);
  out += (bill.person.traits & 1U) != 0 ? R"(","gend":"1","insutype":")"
                                        : R"(","gend":"2","insutype":")";
  out += bill.person.employee ? R"(310","psn_type":"1101")" : R"(390","psn_type":"1501")";
}

void EventWriter::times(const MadeBill& bill, Fault fault) {
  auto& out = *out_;
  out += R"(,"setl_time":")";
  if (fault == Fault::kBadDate) {
    out += "2026-02-30 10:00:00";
  } else {
    time(bill.setl_time);
  }
  out += R"(","med_type":")";
  out += bill.med_type;
  out += R"(","begndate":")";
  day(bill.begins);
  out += R"(","enddate":")";
  day(bill.ends);
  out += '"';
}

void EventWriter::amounts(const MadeBill& bill, Fault fault, const Names& names) {
  const bool quoted = names.quoted;
  const std::int64_t off = fault == Fault::kSumsDisagree ? 100 : 0;
  fen(R"(,"medfee_sumamt":)", bill.amount(Amount::kMedfee) + off, quoted);
  fen(R"(,"fulamt_ownpay_amt":)", bill.amount(Amount::kFulamtOwnpay), quoted);
  fen(R"(,"overlmt_selfpay":)", bill.amount(Amount::kOverlmtSelfpay), quoted);
  fen(R"(,"preselfpay_amt":)", bill.amount(Amount::kPreselfpay), quoted);
  fen(names.in_scope, bill.amount(Amount::kInscpScp), quoted);
  fen(R"(,"act_pay_dedc":)", bill.amount(Amount::kActPayDedc), quoted);
  if (fault == Fault::kBadAmount) {
    *out_ += R"(,"hifp_pay":"12.345")";
  } else {
    fen(R"(,"hifp_pay":)", bill.amount(Amount::kHifp), quoted);
  }
  fen(R"(,"cvlserv_pay":)", bill.amount(Amount::kCvlserv), quoted);
  fen(R"(,"hifes_pay":)", bill.amount(Amount::kHifes), quoted);
  fen(R"(,"hifmi_pay":)", bill.amount(Amount::kHifmi), quoted);
  fen(R"(,"hifob_pay":)", bill.amount(Amount::kHifob), quoted);
  fen(R"(,"maf_pay":)", bill.amount(Amount::kMaf), quoted);
  fen(names.other, bill.amount(Amount::kOth), quoted);
  fen(R"(,"fund_pay_sumamt":)", bill.amount(Amount::kFundPaySum), quoted);
  fen(names.person, bill.amount(Amount::kPsnPart), quoted);
  fen(R"(,"acct_pay":)", bill.amount(Amount::kAcctPay), quoted);
  fen(names.cash, bill.amount(Amount::kPsnCash), quoted);
  fen(names.hospital, bill.amount(Amount::kHospPart), quoted);
}

// What only a centre row or a context knows: areas, hospital.
void EventWriter::context(const MadeBill& bill, Fault fault) {
  auto& out = *out_;
  out += R"(,"insu_admdvs":")";
  if (fault == Fault::kUnknownCity) {
    out += kNowhere;
  } else {
    out.append(bill.person.area, sizeof bill.person.area);
  }
  out += R"(","mdtrtarea_admvs":")";
  place(bill);
  out += R"(","fixmedins_code":")";
  id('H', bill.hospital);
  out += R"(","pay_loc":")";
  out += bill.pay_loc;
  out += '"';
}

void EventWriter::details(const MadeBill& bill) {
  auto& out = *out_;
  out += R"(,"hosp_lv":")";
  out += bill.hosp_lv;
  out += '"';
  if (bill.disease != 0) {
    out += R"(,"dise_codg":")";
    id('D', bill.disease);
    out += '"';
  }
  if (*bill.filing != '\0') {
    out += R"(,"filing":")";
    out += bill.filing;
    out += '"';
  }
  if (*bill.charge_class != '\0') {
    out += R"(,"hosp_charge_class":")";
    out += bill.charge_class;
    out += '"';
  }
  if (bill.reverses != 0 && !bill.by_amounts) {
    out += R"(,"init_setl_id":")";
    id('S', bill.reverses);
    out += '"';
  }
  out += bill.reverses != 0 ? R"(,"refd_setl_flag":"1")" : R"(,"refd_setl_flag":"0")";
  out += bill.is_void ? R"(,"vali_flag":"0","updt_time":")" : R"(,"vali_flag":"1","updt_time":")";
  time(bill.updt_time);
  out += '"';
}

void EventWriter::flat(const MadeBill& bill, Fault fault) {
  static constexpr Names kCentre = {R"(,"inscp_amt":)",        R"(,"othfund_pay":)",
                                    R"(,"psn_pay":)",          R"(,"cash_payamt":)",
                                    R"(,"ownpay_hosp_part":)", false};
  static constexpr Names kNational = {R"(,"inscp_scp_amt":)", R"(,"oth_pay":)",
                                      R"(,"psn_part_amt":)",  R"(,"psn_cash_pay":)",
                                      R"(,"hosp_part_amt":)", true};
  static constexpr Names kNode = {kNational.in_scope, kNational.other,    kNational.person,
                                  kNational.cash,     kNational.hospital, false};
  const Names& names = bill.dress == Dress::kCentreRow     ? kCentre
                       : bill.dress == Dress::kNationalRow ? kNational
                                                           : kNode;
  auto& out = *out_;
  out += R"("mdtrt_id":")";
  id('M', bill.visit);
  out += '"';
  person(bill, fault);
  times(bill, fault);
  amounts(bill, fault, names);
  if (bill.dress != Dress::kWholeReply) context(bill, fault);
  details(bill);
}

void EventWriter::whole_reply(const MadeBill& bill, Fault fault) {
  auto& out = *out_;
  out += R"({"infcode":0,"infno":")";
  out += bill.inpatient ? "2304" : "2207A";
  out += R"(","insuplc_admdvs":")";
  if (fault == Fault::kUnknownCity) {
    out += kNowhere;
  } else {
    out.append(bill.person.area, sizeof bill.person.area);
  }
  out += R"(","mdtrtarea_admvs":")";
  place(bill);
  out += R"(","fixmedins_code":")";
  id('H', bill.hospital);
  out += R"(","err_msg":null,"output":{"setlinfo":{"setl_id":")";
  id('S', bill.id);
  out += R"(","pay_loc":")";
  out += bill.pay_loc;
  out += R"(",)";
  flat(bill, fault);
  out += R"(},"setldetail":[]}})";
}

void EventWriter::append(std::string& out, const MadeBill& bill, Fault fault) {
  out_ = &out;
  last_person_ = bill.person;
  const std::size_t begin = out.size();
  if (bill.dress == Dress::kWholeReply) {
    whole_reply(bill, fault);
  } else {
    const bool node = bill.dress == Dress::kSetlinfo;
    out += node ? R"({"setlinfo":{"setl_id":")" : R"({"setl_id":")";
    id('S', bill.id);
    out += R"(",)";
    flat(bill, fault);
    out += node ? R"(},"setldetail":[]})" : "}";
  }
  if (fault == Fault::kNotJson) out.resize(begin + (out.size() - begin) / 2);
  out += '\n';
}

void EventWriter::append_pre_settlement(std::string& out, const MadeBill& bill) {
  out_ = &out;
  last_person_ = bill.person;
  out += R"({"setl_id":null,)";
  MadeBill row = bill;
  row.dress = Dress::kCentreRow;
  flat(row, Fault::kNone);
  out += "}\n";
}

}  // namespace yujing::app
