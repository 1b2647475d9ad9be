#include "thresholds/tier_reader.h"

#include <algorithm>

namespace yujing::thresholds {
namespace {

// A tier's map with `every_tier` behind it.
class TierKeys {
 public:
  TierKeys(MapReader& own, const YamlNode* every_tier) : own_(own), every_tier_(every_tier) {}

  // The tier's own value, else the common one, else null.
  const YamlNode* find(std::string_view key) {
    const YamlNode* value = own_.find(key);
    return value != nullptr || every_tier_ == nullptr ? value : every_tier_->find(key);
  }
  const YamlNode* require(std::string_view key) {
    const YamlNode* value = find(key);
    return value != nullptr ? value : own_.require(key);
  }
  [[nodiscard]] std::string name_of(std::string_view key) const { return own_.name_of(key); }

 private:
  MapReader& own_;
  const YamlNode* every_tier_;
};

bool says_none(const YamlNode& tilt) {
  const YamlNode* kind = tilt.find("kind");
  return kind != nullptr && kind->text == "none";
}

// A yearly cap, or {none: true, cite: …}.
void read_cap(const YamlNode& node, const std::string& what, const PolicyWords& words, Tier& tier) {
  if (node.find("none") == nullptr) {
    tier.cap = read_amount(node, what, {}, words);
    tier.cap_cite = tier.cap->cite;
    return;
  }
  MapReader map(node, what, words.problems);
  static_cast<void>(map.choice<bool>("none", {{"true", true}}));
  tier.cap_cite = read_cite(map);
}

// {none: true} where what is covered has no cap of its own.
std::optional<AmountRule> read_own_cap(const YamlNode& node, const std::string& what,
                                       const std::string& cite_around, const PolicyWords& words) {
  if (node.find("none") == nullptr) return read_amount(node, what, cite_around, words);
  MapReader map(node, what, words.problems);
  static_cast<void>(map.choice<bool>("none", {{"true", true}}));
  return std::nullopt;
}

Allowance read_allowance(const YamlMember& member, const std::string& what,
                         const PolicyWords& words) {
  MapReader map(member.value, fmt::format("`{}` of {}", member.key, what), words.problems);
  Allowance allowance;
  YamlNode id = member.value;  // the key, as a value at its line
  id.kind = YamlNode::Kind::kScalar;
  id.line = member.line;
  id.text = member.key;
  allowance.id = read_code(id, "an allowance's id", words.problems);
  allowance.name = map.text("name");
  allowance.cite = read_cite(map);
  if (const YamlNode* deductible = map.find("deductible")) {
    allowance.deductible =
        read_deductible(*deductible, map.name_of("deductible"), allowance.cite, words);
  }
  if (const YamlNode* cap = map.require("cap")) {
    allowance.cap = read_own_cap(*cap, map.name_of("cap"), allowance.cite, words);
  }
  allowance.inside_annual_cap = map.flag("inside_annual_cap");
  return allowance;
}

std::vector<Allowance> read_allowances(const YamlNode& node, const std::string& what,
                                       const PolicyWords& words) {
  std::vector<Allowance> allowances;
  if (node.kind != YamlNode::Kind::kMap) {
    const MapReader refused(node, what, words.problems);
    return allowances;
  }
  for (const auto& member : node.members) {
    allowances.push_back(read_allowance(member, what, words));
  }
  return allowances;
}

// Which of the tier's allowances an entry of `cover` is counted in.
std::optional<std::size_t> find_allowance(const YamlNode& id, const std::string& what,
                                          const std::vector<Allowance>& allowances,
                                          const PolicyWords& words) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < allowances.size(); ++i) {
    if (allowances[i].id == id.text) return i;
    known.push_back(allowances[i].id);
  }
  words.problems.add(
      id, fmt::format("{} names `{}`", what, id.text),
      known.empty() ? "an id under `allowances` of the tier or of every_tier" : listed(known));
  return std::nullopt;
}

// What a bill has to be, besides its kind of care.
void read_conditions(MapReader& map, const PolicyWords& words, Cover& cover) {
  if (const YamlNode* diseases = map.find("diseases")) {
    cover.diseases = read_diseases(*diseases, map.name_of("diseases"), words);
  }
  if (map.find("place") != nullptr) cover.place = read_place(map, "place");
}

void read_share(MapReader& map, const PolicyWords& words, Cover& cover) {
  const YamlNode* bands = map.find("bands");
  if (bands == nullptr) {
    cover.ratio = map.ratio("ratio");
    return;
  }
  cover.bands = read_bands(*bands, map.name_of("bands"), cover.cite, words);
  cover.bands_of = map.choice<Cover::BandsOf>(
      "bands_of", {{"above_deductible", Cover::BandsOf::kAboveDeductible},
                   {"in_policy_burden", Cover::BandsOf::kInPolicyBurden}});
}

// A bill that fits `later` fits `earlier`, whatever its kind of care.
bool is_reached_first(const Cover& earlier, const Cover& later) {
  const bool any_place = earlier.place == PlaceCondition::kAnywhere;
  const bool any_disease = earlier.diseases.empty();
  return (any_place || earlier.place == later.place) &&
         (any_disease || earlier.diseases == later.diseases);
}

// A cap counts all that is paid for its kinds of care, so no other entry may be for one of them.
void check_own_care(const YamlNode& list, const std::string& what, const std::vector<Cover>& covers,
                    Problems& problems) {
  for (std::size_t i = 0; i < covers.size(); ++i) {
    if (!covers[i].cap) continue;
    CareSet elsewhere = 0;
    for (std::size_t other = 0; other < covers.size(); ++other) {
      if (other != i) elsewhere |= covers[other].care;
    }
    const CareSet shared = covers[i].care & elsewhere;
    for (std::size_t kind = 0; kind < kCareKinds; ++kind) {
      if ((shared & care_bit(static_cast<CareKind>(kind))) == 0) continue;
      problems.add(list.items[i],
                   fmt::format("{}: `cap` would also count what another entry pays for `{}`", what,
                               kCareKindNames[kind]),
                   "`allowance` here, and the cap under `allowances`");
      break;
    }
  }
}

std::vector<Cover> read_covers(const YamlNode& node, const std::string& what,
                               const std::vector<Allowance>& allowances, const PolicyWords& words) {
  std::vector<Cover> covers;
  for (const auto& item : read_list(node, what, words.problems)) {
    MapReader map(item, what, words.problems);
    Cover cover;
    cover.care = read_care(map, "care", words);
    cover.cite = read_cite(map);
    read_conditions(map, words, cover);
    read_share(map, words, cover);
    if (const YamlNode* cap = map.find("cap")) {
      cover.cap = read_amount(*cap, map.name_of("cap"), cover.cite, words);
    }
    if (const YamlNode* id = map.find("allowance")) {
      cover.allowance = find_allowance(*id, map.name_of("allowance"), allowances, words);
    }
    for (std::size_t kind = 0; kind < kCareKinds; ++kind) {
      const CareSet bit = care_bit(static_cast<CareKind>(kind));
      const bool decided = (cover.care & bit) != 0 &&
                           std::any_of(covers.begin(), covers.end(), [&](const Cover& earlier) {
                             return (earlier.care & bit) != 0 && is_reached_first(earlier, cover);
                           });
      if (!decided) continue;
      words.problems.add(item,
                         fmt::format("{}: `{}` has a ratio already", what, kCareKindNames[kind]));
    }
    covers.push_back(std::move(cover));
  }
  check_own_care(node, what, covers, words.problems);
  return covers;
}

Floor read_floor(const YamlNode& node, const std::string& what, const PolicyWords& words) {
  MapReader map(node, what, words.problems);
  Floor floor;
  floor.care = read_care(map, "care", words);
  floor.share = map.ratio("share");
  // The one place known so far is part of the meaning; it is written out for those who read the
  // file.
  static_cast<void>(map.choice<bool>("place", {{"in_province", true}}));
  floor.cite = read_cite(map);
  return floor;
}

// What the year's sum is and from where on it counts: `over` with one ratio, or bands.
void read_slice(MapReader& map, const PolicyWords& words, FurtherLayer& layer) {
  if (const YamlNode* bands = map.find("bands")) {
    layer.bands = read_bands(*bands, map.name_of("bands"), layer.cite, words);
    return;
  }
  // All that the cap cut off, unless a line is drawn in it.
  const bool from_nothing = layer.measured_on == FurtherLayer::MeasuredOn::kCutOffByCap;
  if (!from_nothing || map.find("over") != nullptr) {
    layer.threshold = require_amount(map, "over", layer.cite, words);
  }
  layer.ratio = map.ratio("ratio");
}

FurtherLayer::MeasuredOn read_measured_on(MapReader& map, FurtherLayer::Kind kind) {
  using On = FurtherLayer::MeasuredOn;
  constexpr Choice<On> kRemaining = {"remaining_burden", On::kRemainingBurden};
  constexpr Choice<On> kInPolicy = {"in_policy_burden", On::kInPolicyBurden};
  // A ratio of the base layer cannot wait for what that layer's cap cuts off.
  if (kind == FurtherLayer::Kind::kRaisedRatio) {
    return map.choice_or<On>("measured_on", On::kRemainingBurden, {kRemaining, kInPolicy});
  }
  return map.choice_or<On>("measured_on", On::kRemainingBurden,
                           {kRemaining, kInPolicy, {"cut_off_by_cap", On::kCutOffByCap}});
}

FurtherLayer read_further(const YamlNode& node, const std::string& what, const PolicyWords& words) {
  using Kind = FurtherLayer::Kind;
  MapReader map(node, what, words.problems);
  FurtherLayer layer;
  layer.kind = map.choice<Kind>("kind", {{"points", Kind::kPoints},
                                         {"raised_ratio", Kind::kRaisedRatio},
                                         {"slice", Kind::kSlice},
                                         {"lump", Kind::kLump}});
  layer.name = map.text("name");
  layer.cite = read_cite(map);
  layer.place = read_place(map, "place");
  if (map.find("care") != nullptr) layer.care = read_care(map, "care", words);
  if (layer.kind == Kind::kLump) {
    layer.lump = map.money("yuan_once_a_year");
    layer.after_cap_used = true;
  } else {
    layer.measured_on = read_measured_on(map, layer.kind);
    if (layer.kind == Kind::kSlice) {
      read_slice(map, words, layer);
    } else {
      layer.threshold = require_amount(map, "over", layer.cite, words);
      layer.ratio = map.ratio("points");
    }
  }
  if (layer.kind == Kind::kRaisedRatio) {  // paid by the base layer, under its caps
    layer.inside_annual_cap = true;
    return layer;
  }
  layer.inside_annual_cap = map.flag("inside_annual_cap");
  if (layer.kind == Kind::kLump) return layer;
  if (const YamlNode* flag = map.find("after_cap_used")) {
    layer.after_cap_used =
        read_flag(*flag, map.name_of("after_cap_used"), words.problems).value_or(false);
  }
  if (const YamlNode* cap = map.find("cap")) {
    layer.cap = read_amount(*cap, map.name_of("cap"), layer.cite, words);
  }
  return layer;
}

// A layer, or {kind: none, cite: …}.
void read_tilt(const YamlNode& node, const std::string& what, const PolicyWords& words,
               Tier& tier) {
  if (!says_none(node)) {
    tier.further = read_further(node, what, words);
    tier.further_cite = tier.further->cite;
    return;
  }
  MapReader map(node, what, words.problems);
  static_cast<void>(map.find("kind"));
  tier.further_cite = read_cite(map);
}

Tier read_tier(const YamlNode& node, const YamlNode* every_tier, const PolicyWords& words) {
  MapReader map(node, "a tier", words.problems);
  TierKeys keys(map, every_tier);
  Tier tier;
  tier.id = map.code("id");
  map.rename("tier " + tier.id);
  tier.name = map.text("name");
  if (const YamlNode* categories = map.require("categories")) {
    tier.categories = read_category_list(*categories, map.name_of("categories"), words);
    tier.category_set = set_of(tier.categories);
  }
  tier.cite = read_cite(map);
  if (const YamlNode* deductible = keys.require("deductible")) {
    tier.deductible = read_deductible(*deductible, keys.name_of("deductible"), {}, words);
  }
  if (const YamlNode* cap = keys.require("cap")) read_cap(*cap, keys.name_of("cap"), words, tier);
  if (const YamlNode* allowances = keys.find("allowances"); !not_stated(allowances)) {
    tier.allowances = read_allowances(*allowances, keys.name_of("allowances"), words);
  }
  if (const YamlNode* cover = keys.require("cover")) {
    tier.covers = read_covers(*cover, keys.name_of("cover"), tier.allowances, words);
  }
  if (const YamlNode* floor = keys.find("floor"); !not_stated(floor)) {
    tier.floor = read_floor(*floor, keys.name_of("floor"), words);
  }
  if (const YamlNode* tilt = keys.find("tilt"); !not_stated(tilt)) {
    read_tilt(*tilt, keys.name_of("tilt"), words, tier);
  }
  static_cast<void>(map.find("exceptions"));  // written out before (thresholds/tier_exceptions.h)
  return tier;
}

}  // namespace

std::vector<Tier> read_tiers(const YamlNode& tiers, const YamlNode* every_tier,
                             const PolicyWords& words) {
  if (every_tier != nullptr) {
    MapReader common(*every_tier, "every_tier", words.problems);
    for (const auto* key : {"deductible", "cap", "allowances", "cover", "floor", "tilt"}) {
      static_cast<void>(common.find(key));
    }
  }
  std::vector<Tier> read;
  for (const auto& node : read_list(tiers, "tiers", words.problems)) {
    read.push_back(read_tier(node, every_tier, words));
  }
  return read;
}

}  // namespace yujing::thresholds
