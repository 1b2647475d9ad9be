#include "monitor/statistics.h"

#include "monitor/bytes.h"

namespace yujing::monitor {

void Statistics::replace(const std::string& city, const Totals& before, const Totals& after) {
  Paid& sums = paid[city];
  for (std::size_t i = 0; i < thresholds::kPayers; ++i)
    sums.by_payer[i] += after.paid[i] - before.paid[i];
  sums.burden += after.after_insurance - before.after_insurance;
  sums.settlements += after.settlements - before.settlements;
}

void Statistics::replace(const std::string& city, const std::vector<AlertState>& before,
                         const std::vector<AlertState>& after) {
  for (const AlertState& alert : before) {
    if (alert.open) --open_alerts[{city, alert.rule}];
  }
  for (const AlertState& alert : after) {
    if (alert.open) ++open_alerts[{city, alert.rule}];
  }
}

std::string encode_statistics(const Statistics& statistics) {
  std::string out;
  put_varint(out, statistics.persons);
  put_varint(out, statistics.paid.size());
  for (const auto& [city, sums] : statistics.paid) {
    put_text(out, city);
    for (const Money amount : sums.by_payer)
      put_signed(out, amount.fen);
    put_signed(out, sums.burden.fen);
    put_signed(out, sums.settlements);
  }
  put_varint(out, statistics.open_alerts.size());
  for (const auto& [key, count] : statistics.open_alerts) {
    put_text(out, key.first);
    put_text(out, key.second);
    put_signed(out, count);
  }
  return out;
}

Statistics decode_statistics(std::string_view bytes) {
  ByteReader in(bytes);
  Statistics statistics;
  statistics.persons = in.varint();
  for (std::size_t n = in.count(); n > 0 && in.ok(); --n) {
    Statistics::Paid& sums = statistics.paid[std::string(in.text())];
    for (Money& amount : sums.by_payer)
      amount.fen = in.signed_varint();
    sums.burden.fen = in.signed_varint();
    sums.settlements = in.signed_varint();
  }
  for (std::size_t n = in.count(); n > 0 && in.ok(); --n) {
    std::string city(in.text());
    std::string rule(in.text());
    statistics.open_alerts[{std::move(city), std::move(rule)}] = in.signed_varint();
  }
  return in.ok() && in.at_end() ? statistics : Statistics();
}

}  // namespace yujing::monitor
