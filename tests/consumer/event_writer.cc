#include "tests/consumer/event_writer.h"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include <fmt/format.h>

#include "thresholds/civil_day.h"
#include "thresholds/money.h"

namespace yujing::tests {
namespace {

const std::map<std::string_view, std::vector<std::string>> kOtherNames = {
    {"psn_part_amt", {"psn_pay"}},           {"psn_cash_pay", {"cash_payamt", "cashPayamt"}},
    {"inscp_scp_amt", {"inscp_amt"}},        {"oth_pay", {"othfund_pay"}},
    {"hosp_part_amt", {"ownpay_hosp_part"}}, {"insu_admdvs", {"insuplc_admdvs", "insu_optins"}},
};

struct Member {
  std::string key;
  std::string value;  // JSON
};
using Members = std::vector<Member>;

class Writer {
 public:
  explicit Writer(std::uint64_t seed) : random_(seed) {}

  std::string write(const monitor::Delivery& delivery) {
    add_fields(delivery);
    add_noise(node_);
    add_noise(wrapper_);
    switch (roll(3)) {
      case 0: {
        // In a flat object there is no wrapper to stand back.
        Members flat = first_;
        flat.insert(flat.end(), node_.begin(), node_.end());
        return object(flat, true);
      }
      case 1:
        wrapper_.push_back({"setlinfo", whole_node()});
        break;
      default:
        wrapper_.push_back(
            {"output",
             object({{"setldetail", "[{\"hifp_pay\":\"x\"}]"}, {"setlinfo", whole_node()}}, true)});
        break;
    }
    return object(wrapper_, true);
  }

 private:
  std::uint64_t roll(std::uint64_t sides) { return random_() % sides; }

  std::string whole_node() {
    Members members = first_;
    members.insert(members.end(), node_.begin(), node_.end());
    return object(members, false);
  }

  std::string blank() {
    static constexpr std::array<const char*, 8> kBlanks = {"", "", "", "", "", " ", "\t", " \r\n "};
    return kBlanks[roll(kBlanks.size())];
  }

  std::string object(Members members, bool shuffled) {
    if (shuffled) {
      // `first_` members have to stay in front of their namesakes: keep equal keys in order.
      std::vector<std::pair<std::uint64_t, Member>> order;
      std::map<std::string, std::uint64_t> last;
      for (auto& member : members) {
        auto& least = last[member.key];
        least = std::max(least, roll(1000));
        order.emplace_back(least, std::move(member));
      }
      std::stable_sort(order.begin(), order.end(),
                       [](const auto& a, const auto& b) { return a.first < b.first; });
      members.clear();
      for (auto& entry : order)
        members.push_back(std::move(entry.second));
    }
    std::string text = "{";
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i != 0) text += ',';
      text +=
          blank() + string(members[i].key) + blank() + ':' + blank() + members[i].value + blank();
    }
    return text + '}';
  }

  std::string string(std::string_view content) {
    std::string text = "\"";
    for (const char c : content) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || c == '"' || c == '\\' || (byte < 0x80 && roll(40) == 0)) {
        text += roll(2) == 0 ? fmt::format("\\u{:04x}", byte) : fmt::format("\\u{:04X}", byte);
      } else {
        text += c;
      }
    }
    return text + '"';
  }

  std::string amount(thresholds::Money money) {
    std::string plain = to_string(money);
    switch (roll(7)) {
      case 0:
        return string(plain);
      case 1:
        return plain;
      case 2:
        return plain + "000";
      case 3:
        return fmt::format("{}e-2", money.fen);
      case 4:
        return string(fmt::format("{}0E-3", money.fen));
      case 5:
        return money.fen % 100 == 0 ? fmt::format("{}", money.fen / 100) : string(plain + "0");
      default:
        return string(plain.starts_with('-') ? "-0" + plain.substr(1) : "00" + plain);
    }
  }

  std::string empty() { return roll(2) == 0 ? "null" : "\"\""; }

  // Puts a field somewhere, under one of its names, perhaps with something else that has to yield.
  void place(std::string_view name, const std::string& value) {
    std::string key(name);
    const auto others = kOtherNames.find(name);
    if (others != kOtherNames.end() && roll(3) == 0) {
      key = others->second[roll(others->second.size())];
      if (roll(2) == 0) node_.push_back({std::string(name), empty()});
    } else if (others != kOtherNames.end() && roll(4) == 0) {
      node_.push_back({others->second.front(), "\"7.77\""});
    }
    if (roll(12) == 0) first_.push_back({key, "\"1.11\""});  // the last of equal keys wins
    node_.push_back({key, value});
    if (roll(10) == 0) wrapper_.push_back({std::string(name), "\"9.99\""});  // the node wins
  }

  void add_fields(const monitor::Delivery& delivery) {
    const auto& settlement = delivery.settlement;
    place("psn_no", string(settlement.psn_no));
    place("setl_id", string(settlement.setl_id));
    place("setl_time", string(to_string(settlement.setl_time)));
    add_day("begndate", settlement.begndate);
    add_day("enddate", settlement.enddate);
    for (std::size_t i = 0; i < monitor::kAmounts; ++i) {
      const auto money = settlement.amounts[i];
      const bool needed = i == static_cast<std::size_t>(monitor::Amount::kMedfee);
      if (money.fen != 0 || needed) {
        place(monitor::kAmountNames[i], amount(money));
      } else if (roll(3) == 0) {
        node_.push_back({std::string(monitor::kAmountNames[i]), empty()});
      }
    }
    for (std::size_t i = 0; i < monitor::kTexts; ++i) {
      if (!settlement.texts[i].empty()) {
        place(monitor::kTextNames[i], string(settlement.texts[i]));
      } else if (roll(4) == 0) {
        node_.push_back({std::string(monitor::kTextNames[i]), empty()});
      }
    }
    if (delivery.updt_time != monitor::kNoTime) {
      place("updt_time", string(to_string(delivery.updt_time)));
    }
    if (delivery.is_void) place("vali_flag", roll(2) == 0 ? "0" : "\"0\"");
  }

  void add_day(std::string_view name, thresholds::CivilDay day) {
    if (day == monitor::kNoDay) return;
    place(name, string(to_string(day) + (roll(2) == 0 ? " 13:14:15" : "")));
  }

  void add_noise(Members& members) {
    static const Members kNoise = {
        {"psn_name", "\"测试甲\""},
        {"infno", "2207"},
        {"exp_content", "\"{\\\"a\\\":1}\""},
        {"list", "[1,[],{},null,[{}]]"},
        {"balc", "1373.63"},
        {"refd_setl_flag", "\"1\""},
        {"hifp_payx", "\"x\""},
        {"age", "4.0E1"},
        {"nested", "{\"setl_id\":{\"b\":[]}}"},
    };
    for (const auto& member : kNoise) {
      if (roll(4) == 0) members.push_back(member);
    }
  }

  std::mt19937_64 random_;
  Members first_;  // of the node, in front of equal keys
  Members node_;
  Members wrapper_;
};

}  // namespace

std::string write_event(const monitor::Delivery& delivery, std::uint64_t seed) {
  return Writer(seed).write(delivery);
}

}  // namespace yujing::tests
