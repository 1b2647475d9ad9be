#include "app/contacts.h"

#include <algorithm>

#include <fmt/format.h>

#include "consumer/json_tree.h"
#include "consumer/line_source.h"
#include "monitor/settlement.h"

namespace yujing::app {

using consumer::LineSource;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

std::size_t index_of(const std::vector<std::string>& sorted, std::string_view psn_no) {
  const auto found = std::ranges::lower_bound(
      sorted, psn_no, std::less<>(), [](const auto& each) { return std::string_view(each); });
  if (found == sorted.end() || *found != psn_no) return sorted.size();
  return static_cast<std::size_t>(found - sorted.begin());
}

}  // namespace

Result<Contacts> Contacts::read(const std::string& path, std::vector<std::string> psn_nos) {
  Contacts contacts;
  std::ranges::sort(psn_nos);
  psn_nos.erase(std::unique(psn_nos.begin(), psn_nos.end()), psn_nos.end());
  contacts.psn_nos_ = std::move(psn_nos);
  contacts.known_.resize(contacts.psn_nos_.size());
  if (path.empty() || contacts.psn_nos_.empty()) return contacts;
  consumer::LineSourceOptions options;
  options.path = path;
  auto source = LineSource::open(std::move(options));
  if (!source) {
    return fail(ErrorCode::kInput, fmt::format("source.persons: {}", source.error().message));
  }
  consumer::JsonTree tree;
  LineSource::Line line;
  while (true) {
    const auto next = source->next(line);
    if (!next) return tl::unexpected(next.error());
    if (*next != LineSource::Next::kLine) return contacts;
    if (tree.parse(line.bytes)) continue;  // a dead letter of the monitor
    const auto& root = tree.root();
    const auto at = index_of(contacts.psn_nos_, tree.text(root, "psn_no"));
    if (at == contacts.psn_nos_.size()) continue;
    const auto time =
        thresholds::parse_time(tree.text(root, "updt_time")).value_or(monitor::kNoTime);
    Known& known = contacts.known_[at];
    if (known.found && time < known.updt_time) continue;
    known = {true,
             time,
             {std::string(tree.text(root, "psn_name")), std::string(tree.text(root, "certno")),
              std::string(tree.text(root, "phone"))}};
  }
}

const alerts::Contact* Contacts::find(std::string_view psn_no) const {
  const auto at = index_of(psn_nos_, psn_no);
  return at != psn_nos_.size() && known_[at].found ? &known_[at].contact : nullptr;
}

}  // namespace yujing::app
