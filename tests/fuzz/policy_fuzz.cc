// Policy and reference files of any bytes: loaded, or refused with messages; what is loaded can be
// described.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/yaml_file.h"
#include "thresholds/policy_file.h"
#include "thresholds/reference.h"
#include "thresholds/result.h"

using namespace yujing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::YamlFile file;
  const std::string path = file.with(data, size);
  const auto rules = thresholds::load_rule_book({path});
  if (rules) {
    (void)thresholds::fingerprint(*rules);
    for (const thresholds::CityRules& city : rules->cities) {
      for (const thresholds::Policy& policy : city.versions)
        CHECK(!thresholds::describe(city, policy).empty());
    }
  } else {
    CHECK(!rules.error().empty());
    for (const thresholds::Error& error : rules.error())
      CHECK(!error.message.empty());
  }
  thresholds::Reference figures;
  const auto loaded = thresholds::load_reference(path, figures);
  if (!loaded) CHECK(!loaded.error().message.empty());
  return 0;
}
