#include "app/contacts.h"

#include <algorithm>

#include <fmt/format.h>

#include "consumer/json_tree.h"
#include "consumer/line_source.h"
#include "monitor/bytes.h"
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

Result<Contacts> Contacts::read(const std::string& path, const std::vector<std::string>& psn_nos) {
  Contacts contacts(psn_nos);
  if (path.empty() || psn_nos.empty()) return contacts;
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
    const auto at = index_of(psn_nos, tree.text(root, "psn_no"));
    if (at == psn_nos.size()) continue;
    const auto time =
        thresholds::parse_time(tree.text(root, "updt_time")).value_or(monitor::kNoTime);
    Known& known = contacts.known_[at];
    if (known.at != std::string::npos && time < known.updt_time) continue;
    known = {time, contacts.texts_.size()};
    for (const auto* const field : {"psn_name", "certno", "phone"})
      monitor::put_text(contacts.texts_, tree.text(root, field));
  }
}

std::optional<alerts::Contact> Contacts::find(std::string_view psn_no) const {
  const auto at = index_of(*psn_nos_, psn_no);
  if (at == psn_nos_->size() || known_[at].at == std::string::npos) return std::nullopt;
  monitor::ByteReader texts(std::string_view(texts_).substr(known_[at].at));
  alerts::Contact contact;
  contact.name = texts.text();
  contact.certno = texts.text();
  contact.phone = texts.text();
  return contact;
}

}  // namespace yujing::app
