#include "consumer/kafka_probe.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace yujing::consumer {
namespace {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;
using Clock = std::chrono::steady_clock;
using Security = KafkaOptions::Security;
using std::chrono::milliseconds;

constexpr milliseconds kAskAgain{500};
// Another of several brokers may answer while the first complains.
constexpr milliseconds kOthersMayAnswer{1'500};
constexpr int kScramMended = 0x02060100;  // librdkafka 2.6.1 sends the client's nonce once

// What OpenSSL says of a certificate (x509_vfy.h).
constexpr int kNotYetValid = 9;
constexpr int kExpired = 10;
constexpr int kOtherHost = 62;
constexpr int kOtherAddress = 64;

// The library's words for what waiting does not mend, in its own spelling, and what they mean.
struct Sign {
  std::string_view words;
  std::string_view means;
};
constexpr Sign kSigns[] = {
    {"certificate verify failed",
     "the brokers' certificate is not signed by the authority in `kafka.ca`; name the one that "
     "signed it"},
    {"wrong version number",
     "this listener does not speak TLS; name the port of one that does, or change "
     "`kafka.security`"},
    {"unexpected eof while reading",
     "this listener does not speak TLS; name the port of one that does, or change "
     "`kafka.security`"},
    {"might require SASL authentication",
     "this listener wants a user and password; set `kafka.security: scram`, or name the port of "
     "one for certificates"},
    {"Disconnected while requesting ApiVersion",
     "this listener wants another security than `kafka.security` says, most likely TLS; change "
     "that, or name another port"},
    {"mechanism handshake failed",
     "this listener does not offer SCRAM-SHA-512; name the port of one that does, or set "
     "`kafka.security: tls` with a certificate"},
};
constexpr std::string_view kNoCertificate =
    "the brokers ask for a certificate of ours; set `kafka.certificate` and `kafka.key`";
constexpr std::string_view kOtherCertificate =
    "the brokers do not accept our certificate; have it signed by an authority they trust";

bool has(std::string_view text, std::string_view words) {
  return text.find(words) != std::string_view::npos;
}

// Alerts of the other side about a certificate of ours.
bool refuses_certificate(std::string_view reason) {
  return has(reason, "alert") && (has(reason, "certificate") || has(reason, "unknown ca"));
}

std::string not_let_in(const KafkaOptions& options) {
  std::string means = fmt::format(
      "the user `{}` is not let in; check `kafka.user`, the password, and the user on the brokers",
      options.user);
  if (rd_kafka_version() < kScramMended) {
    means += fmt::format(
        ". Kafka 4 refuses the SCRAM of librdkafka {} in the same words, whatever the password: "
        "there set `kafka.security: tls` with a certificate",
        rd_kafka_version_str());
  }
  return means;
}

}  // namespace

ConnectionFault connection_fault(const KafkaOptions& options, int code, std::string_view reason) {
  const auto says = [&](std::string_view means) {
    return fmt::format("Kafka at {}: {} (librdkafka: {})", options.brokers, means, reason);
  };
  if (refuses_certificate(reason)) {
    return {false, says(options.certificate.empty() ? kNoCertificate : kOtherCertificate)};
  }
  for (const auto& [words, means] : kSigns) {
    if (has(reason, words)) return {false, says(means)};
  }
  if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION) return {false, says(not_let_in(options))};
  if (code == RD_KAFKA_RESP_ERR__RESOLVE) {
    return {true, says("a name in `source.brokers` has no address here; check it")};
  }
  if (has(reason, "Connection refused")) {
    return {true, says("nobody listens there; start the brokers or correct `source.brokers`")};
  }
  return {true, says("no broker answers; check that they run, `source.brokers` and the network")};
}

std::optional<std::string> certificate_fault(const KafkaOptions& options, std::string_view broker,
                                             int verification) {
  std::string_view means;
  if (verification == kOtherHost || verification == kOtherAddress) {
    means =
        "is for another name; write in `source.brokers` a name that stands in it, or have it "
        "made with this one";
  } else if (verification == kExpired) {
    means = "has expired; renew it, or set this machine's clock";
  } else if (verification == kNotYetValid) {
    means = "is not valid yet; set this machine's clock";
  } else {
    return std::nullopt;
  }
  return fmt::format("Kafka at {}: the certificate of {} {}", options.brokers, broker, means);
}

// Keeps what the library complained of: the first that waiting does not mend, else the last.
class KafkaProbe::Complaints : public KafkaListener {
 public:
  explicit Complaints(const KafkaOptions& options) : options_(options) {}

  void on_log(int /*level*/, std::string_view /*text*/) override {}  // all of it is an error too

  void on_error(rd_kafka_resp_err_t code, std::string_view reason) override {
    // Only repeats that others said why.
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return;
    keep(connection_fault(options_, code, reason));
  }

  // What is wrong with a broker's certificate the library tells here only. Its own decision stands.
  static int on_certificate(rd_kafka_t* /*handle*/, const char* broker, std::int32_t /*id*/,
                            int* verification, int /*depth*/, const char* /*bytes*/,
                            std::size_t /*size*/, char* /*text*/, std::size_t /*text_size*/,
                            void* opaque) {
    auto& self = static_cast<Complaints&>(*static_cast<KafkaListener*>(opaque));
    auto message = certificate_fault(self.options_, broker, *verification);
    if (message) self.keep({false, std::move(*message)});
    return *verification == 0 ? 1 : 0;
  }

  [[nodiscard]] std::optional<ConnectionFault> worst() const {
    const std::lock_guard lock(mutex_);
    return worst_;
  }

 private:
  void keep(ConnectionFault fault) {
    const std::lock_guard lock(mutex_);
    if (!worst_ || worst_->passes) worst_ = std::move(fault);
  }

  const KafkaOptions options_;
  mutable std::mutex mutex_;
  std::optional<ConnectionFault> worst_;  // guarded by mutex_
};

KafkaProbe::KafkaProbe(std::string brokers, std::unique_ptr<Complaints> complaints,
                       KafkaHandle handle)
    : brokers_(std::move(brokers)),
      complaints_(std::move(complaints)),
      handle_(std::move(handle)) {}
KafkaProbe::KafkaProbe(KafkaProbe&&) noexcept = default;
KafkaProbe& KafkaProbe::operator=(KafkaProbe&&) noexcept = default;
KafkaProbe::~KafkaProbe() = default;

Result<KafkaProbe> KafkaProbe::open(const KafkaOptions& options, milliseconds patience) {
  auto conf = base_conf(options);
  if (!conf) return tl::unexpected(conf.error());
  // A listener of another security just hangs up, which is only told as a closed connection.
  if (auto done = set(**conf, {{"log.connection.close", "true"}}); !done)
    return tl::unexpected(done.error());
  auto complaints = std::make_unique<Complaints>(options);
  if (options.security != Security::kPlaintext)
    rd_kafka_conf_set_ssl_cert_verify_cb(conf->get(), Complaints::on_certificate);
  auto handle = make_consumer(std::move(*conf), *complaints);
  if (!handle) return tl::unexpected(handle.error());

  auto deadline = Clock::now() + patience;
  bool hopeless = false;
  while (true) {
    const rd_kafka_metadata_t* answer = nullptr;
    const auto code =
        rd_kafka_metadata(handle->get(), 0, nullptr, &answer, static_cast<int>(kAskAgain.count()));
    const KafkaMetadata metadata(answer);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) break;
    rd_kafka_poll(handle->get(), 0);  // hands the complaints over
    const auto worst = complaints->worst();
    if (worst && !worst->passes && !hopeless) {
      hopeless = true;
      deadline = std::min(deadline, Clock::now() + kOthersMayAnswer);
    }
    if (Clock::now() < deadline) continue;
    return fail(ErrorCode::kUnavailable,
                worst ? worst->message : connection_fault(options, code, text_of(code)).message);
  }
  return KafkaProbe(options.brokers, std::move(complaints), std::move(*handle));
}

}  // namespace yujing::consumer
