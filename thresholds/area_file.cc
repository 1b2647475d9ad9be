#include "thresholds/area_file.h"

#include "thresholds/area.h"
#include "thresholds/yaml_reader.h"

namespace yujing::thresholds {

void read_areas(const YamlNode& document, Names& names, Problems& problems) {
  MapReader root(document, "the areas file", problems);
  static_cast<void>(root.choice<bool>("kind", {{"areas", true}}));
  static_cast<void>(root.text("source"));
  const YamlNode* const areas = root.require("areas");
  if (areas == nullptr) return;
  if (areas->kind != YamlNode::Kind::kMap) {
    problems.add(*areas, "areas is no map", "\"230302\": name");
    return;
  }
  for (const YamlMember& member : areas->members) {
    if (is_area_code(member.key)) {
      names.areas[member.key] = read_text(member.value, "the name of " + member.key, problems);
    } else {
      problems.add(member.value, fmt::format("`{}` is no area code", member.key),
                   "six digits, such as \"230302\"");
    }
  }
}

}  // namespace yujing::thresholds
