#include "thresholds/tier_reader.h"

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

std::vector<Cover> read_covers(const YamlNode& node, const std::string& what,
                               const PolicyWords& words) {
  std::vector<Cover> covers;
  CareSet seen = 0;
  for (const auto& item : read_list(node, what, words.problems)) {
    MapReader map(item, what, words.problems);
    Cover cover;
    cover.care = read_care(map, "care", words);
    cover.ratio = map.ratio("ratio");
    cover.cite = read_cite(map);
    if (const YamlNode* cap = map.find("cap")) {
      cover.cap = read_amount(*cap, map.name_of("cap"), cover.cite, words);
    }
    for (std::size_t kind = 0; kind < kCareKinds; ++kind) {
      const CareSet bit = care_bit(static_cast<CareKind>(kind));
      if ((seen & cover.care & bit) == 0) continue;
      words.problems.add(item,
                         fmt::format("{}: `{}` has a ratio already", what, kCareKindNames[kind]));
    }
    seen = static_cast<CareSet>(seen | cover.care);
    covers.push_back(std::move(cover));
  }
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

FurtherLayer read_further(const YamlNode& node, const std::string& what, const PolicyWords& words) {
  using Kind = FurtherLayer::Kind;
  MapReader map(node, what, words.problems);
  FurtherLayer layer;
  layer.kind = map.choice<Kind>(
      "kind", {{"points", Kind::kPoints}, {"slice", Kind::kSlice}, {"lump", Kind::kLump}});
  layer.name = map.text("name");
  layer.cite = read_cite(map);
  if (layer.kind == Kind::kLump) {
    layer.lump = map.money("yuan_once_a_year");
    layer.after_cap_used = true;
  } else {
    layer.threshold = require_amount(map, "over", layer.cite, words);
    layer.ratio = map.ratio(layer.kind == Kind::kPoints ? "points" : "ratio");
    const YamlNode* after_cap_used = map.find("after_cap_used");
    layer.after_cap_used =
        after_cap_used != nullptr &&
        read_flag(*after_cap_used, map.name_of("after_cap_used"), words.problems).value_or(false);
    if (const YamlNode* cap = map.find("cap")) {
      layer.cap = read_amount(*cap, map.name_of("cap"), layer.cite, words);
    }
  }
  layer.inside_annual_cap = map.flag("inside_annual_cap");
  layer.place = map.choice<PlaceCondition>(
      "place", {{"anywhere", PlaceCondition::kAnywhere},
                {"standard_referral_in_province", PlaceCondition::kStandardReferralInProvince}});
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
    tier.deductible = read_amount(*deductible, keys.name_of("deductible"), {}, words);
  }
  if (const YamlNode* cap = keys.require("cap")) read_cap(*cap, keys.name_of("cap"), words, tier);
  if (const YamlNode* cover = keys.require("cover")) {
    tier.covers = read_covers(*cover, keys.name_of("cover"), words);
  }
  if (const YamlNode* floor = keys.find("floor"); !not_stated(floor)) {
    tier.floor = read_floor(*floor, keys.name_of("floor"), words);
  }
  if (const YamlNode* tilt = keys.find("tilt"); !not_stated(tilt)) {
    read_tilt(*tilt, keys.name_of("tilt"), words, tier);
  }
  return tier;
}

}  // namespace

std::vector<Tier> read_tiers(const YamlNode& tiers, const YamlNode* every_tier,
                             const PolicyWords& words) {
  if (every_tier != nullptr) {
    MapReader common(*every_tier, "every_tier", words.problems);
    for (const auto* key : {"deductible", "cap", "cover", "floor", "tilt"}) {
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
