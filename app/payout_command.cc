// `yujing payout`: cases in, results out, one JSON object a line.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/output.h"
#include "app/payout_case.h"
#include "app/rules.h"
#include "consumer/line_source.h"

namespace yujing::app {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

Result<void> compute_payouts(const PayoutOptions& options, Talk& /*talk*/) {
  Result<Rules> rules = load_rules(options.policies, options.reference);
  if (!rules) return tl::unexpected(std::move(rules.error()));
  consumer::LineSourceOptions source_options;
  source_options.path = "-";
  Result<consumer::LineSource> source = consumer::LineSource::open(std::move(source_options));
  if (!source) return tl::unexpected(std::move(source.error()));
  consumer::CaseCodec codec(rules->book);
  Output output;
  std::uint64_t failed = 0;
  std::uint64_t cases = 0;
  consumer::LineSource::Line line;
  while (true) {
    const Result<consumer::LineSource::Next> next = source->next(line);
    if (!next) return tl::unexpected(next.error());
    if (*next != consumer::LineSource::Next::kLine) break;
    if (line.bytes.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    ++cases;
    const auto payout_case = codec.decode(line.bytes);
    if (payout_case) {
      append_result(output.buffer(), payout_case->case_id_json,
                    compute_case(*payout_case, rules->book, rules->reference, false));
    } else {
      ++failed;
      append_error(output.buffer(), payout_case.error());
    }
    Result<void> written = output.write_when_full();
    if (!written) return written;
  }
  Result<void> finished = output.finish();
  if (!finished) return finished;
  if (failed > 0) {
    return fail(ErrorCode::kInput,
                fmt::format("{} of {} cases could not be computed: their result lines hold `error` "
                            "with what is wrong",
                            failed, cases));
  }
  return {};
}

}  // namespace yujing::app
