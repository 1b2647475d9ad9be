#include "thresholds/settlement_codes.h"

namespace yujing::thresholds {
namespace {

template <class Enum, std::size_t N>
std::optional<Enum> find(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::optional<CareKind> care_kind_named(std::string_view name) {
  return find<CareKind>(kCareKindNames, name);
}

std::optional<Payer> payer_named(std::string_view name) { return find<Payer>(kPayerNames, name); }

std::optional<Filing> filing_named(std::string_view name) {
  return find<Filing>(kFilingNames, name);
}

}  // namespace yujing::thresholds
