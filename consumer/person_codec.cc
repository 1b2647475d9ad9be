#include "consumer/person_codec.h"

#include <utility>

#include <fmt/format.h>

#include "consumer/json_tree.h"
#include "consumer/person_reader.h"

namespace yujing::consumer {
namespace {

using monitor::PersonRecord;
using monitor::Refusal;
using monitor::RefusalReason;

}  // namespace

tl::expected<PersonRecord, Refusal> decode_person(std::string_view bytes) {
  JsonTree tree;
  if (const auto fault = tree.parse(bytes)) {
    return tl::unexpected(Refusal{
        RefusalReason::kNotJson,
        fmt::format("the record cannot be read as JSON: {}; send it again as one JSON object",
                    fault->message)});
  }
  PersonRecord record;
  if (tree.text(tree.root(), "psn_no").empty()) {
    return tl::unexpected(
        Refusal{RefusalReason::kMissingField,
                "psn_no is missing or empty: fill it in and send the record again"});
  }
  if (auto refusal = read_person(tree, tree.root(), record)) {
    return tl::unexpected(std::move(*refusal));
  }
  return record;
}

}  // namespace yujing::consumer
