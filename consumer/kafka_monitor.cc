#include "consumer/kafka_monitor.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "consumer/kafka_session.h"
#include "consumer/refolding.h"

namespace yujing::consumer {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

constexpr std::string_view kInstanceFile = "INSTANCE";
constexpr std::size_t kInstanceBytesMax = 249;
constexpr auto kPauseMin = std::chrono::milliseconds(200);
constexpr auto kPauseMax = std::chrono::milliseconds(5000);
constexpr auto kLongLife = std::chrono::seconds(30);  // of a session: its end is a new trouble

// The file that names this member, held as long as the program runs: a second program on the same
// folder must not even try to be the same member.
class InstanceFile {
 public:
  InstanceFile() = default;
  InstanceFile(InstanceFile&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  InstanceFile& operator=(InstanceFile&&) = delete;
  ~InstanceFile() {
    if (file_ >= 0) ::close(file_);
  }

  // Its name, made where there is none. `asked` stands for it where it is not "".
  Result<std::string> take(const std::string& folder, const std::string& asked) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    const std::string path = (std::filesystem::path(folder) / kInstanceFile).string();
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file_ < 0) {
      return fail(ErrorCode::kUnavailable,
                  fmt::format("{}: cannot be opened ({}); check the disk and the rights of the "
                              "folder",
                              path, std::strerror(errno)));
    }
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
      return fail(ErrorCode::kUnavailable,
                  fmt::format("store {}: in use by another process; stop that one first, or give "
                              "this one another `store`",
                              folder));
    }
    if (!asked.empty()) return asked;
    std::array<char, kInstanceBytesMax> text{};
    const ssize_t size = ::pread(file_, text.data(), text.size(), 0);
    std::string name(text.data(), static_cast<std::size_t>(std::max<ssize_t>(0, size)));
    name.erase(std::find_if(name.begin(), name.end(),
                            [](char c) { return static_cast<unsigned char>(c) <= ' '; }),
               name.end());
    if (!name.empty()) return name;
    std::random_device random;
    name = fmt::format("member-{:08x}{:08x}", random(), random());
    const std::string line = name + "\n";
    if (::pwrite(file_, line.data(), line.size(), 0) != static_cast<ssize_t>(line.size()) ||
        ::fsync(file_) != 0) {
      return fail(ErrorCode::kUnavailable, fmt::format("{}: cannot be written ({}); make room on "
                                                       "the disk",
                                                       path, std::strerror(errno)));
    }
    return name;
  }

 private:
  int file_ = -1;
};

void pause(std::chrono::milliseconds time, const std::atomic<bool>& stop) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (!stop && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
}

}  // namespace

Result<MonitorSummary> run_kafka_monitor(const thresholds::RuleBook& rules,
                                         const thresholds::Reference& reference,
                                         monitor::AlertPort& alerts, const AlertHeaders& headers,
                                         const KafkaMonitorOptions& options,
                                         const MonitorObserver& observer,
                                         const KafkaObserver& kafka, CallWatch& watch,
                                         const std::atomic<bool>& stop) {
  InstanceFile file;
  Result<std::string> instance = file.take(options.store, options.kafka.instance);
  if (!instance) return tl::unexpected(std::move(instance.error()));
  Intake intake(rules, observer);
  LedgerReader reader(options.kafka);
  KafkaLife life{.options = options,
                 .observer = observer,
                 .kafka = kafka,
                 .headers = headers,
                 .stop = stop,
                 .rules = {rules, reference, alerts},
                 .fingerprint = rules_fingerprint(rules, reference),
                 .instance = std::move(*instance),
                 .watch = watch,
                 .intake = intake,
                 .reader = reader};
  auto rest = kPauseMin;
  while (!stop) {
    const auto began = std::chrono::steady_clock::now();
    const KafkaDone done = KafkaSession(life).run();
    if (done) break;
    life.ready = false;
    if (observer.ready) observer.ready(false);
    if (done.error().action == FaultAction::kStop) return tl::unexpected(done.error().error);
    if (stop) {
      if (observer.notice) {
        observer.notice(fmt::format(
            "stopped without the last commit, which the next start asks the ledger topic about: {}",
            done.error().error.message));
      }
      break;
    }
    if (kafka.new_clients) kafka.new_clients();
    if (observer.notice)
      observer.notice(
          fmt::format("starting over with new clients: {}", done.error().error.message));
    const bool lived = std::chrono::steady_clock::now() - began > kLongLife;
    rest = lived ? kPauseMin : std::min(rest * 2, kPauseMax);
    pause(rest, stop);
  }
  if (options.once && !life.stopped.empty()) {
    return fail(ErrorCode::kInput,
                fmt::format("{} of the partitions were read no further, because too many of their "
                            "events were refused; look at the dead letters",
                            life.stopped.size()));
  }
  return intake.summary();
}

}  // namespace yujing::consumer
