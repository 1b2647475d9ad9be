#include "consumer/kafka_fault.h"

#include <algorithm>

#include <fmt/format.h>

#include "consumer/kafka_handle.h"

namespace yujing::consumer {
namespace {

using thresholds::Error;
using thresholds::ErrorCode;
using enum FaultAction;

constexpr auto kData = ErrorCode::kInput;
constexpr auto kService = ErrorCode::kUnavailable;
constexpr auto kSettings = ErrorCode::kConfiguration;
constexpr auto kBug = ErrorCode::kInternal;

constexpr std::string_view kAskedForNothing =
    "yujing asks for nothing that is answered so; report it";
constexpr std::string_view kTopics = "run `yujing topics check`, which says what each topic needs";
constexpr std::string_view kRights = "give our user the right by an ACL; docs/kafka.md lists them";
constexpr std::string_view kWho =
    "check `kafka.user` and its password, and the user on the brokers";
constexpr std::string_view kTooOld =
    "the brokers are too old or lack the feature; Kafka 2.5 or newer is needed";
constexpr std::string_view kTooLarge = "raise max.message.bytes of the topic";
constexpr std::string_view kGone =
    "messages not yet read are no longer there (retention, or the topic was made anew): "
    "docs/kafka.md, \"Positions that are gone\"";
constexpr std::string_view kNoScram = "the brokers' listener does not offer SCRAM-SHA-512";
constexpr std::string_view kOtherSecurity =
    "the listener speaks another security than `kafka.security` says";
constexpr std::string_view kNoAuthorizer = "the brokers have no authorizer";
constexpr std::string_view kTwin =
    "another process runs with the same `kafka.instance` or a copy of this store folder; give each "
    "its own";
constexpr std::string_view kName = "a topic's name has letters, digits, dots, _ and -, at most 249";
constexpr std::string_view kSegment = "raise segment.bytes of the topic";
constexpr std::string_view kTime =
    "the topic takes messages of a narrow time only: look at its message.timestamp settings";
constexpr std::string_view kRefused =
    "the topic refuses the message: look at its cleanup.policy and at checks the brokers run";
constexpr std::string_view kOurSettings = "look at the `kafka` settings";
constexpr std::string_view kGroup = "choose another `source.group`";
constexpr std::string_view kOtherMembers =
    "members of another kind use this group; choose another `source.group`";
constexpr std::string_view kFull =
    "the group has as many members as the brokers allow (group.max.size)";
constexpr std::string_view kSession =
    "`kafka.session_timeout_ms` must lie within the brokers' group.min and "
    "group.max.session.timeout.ms";
constexpr std::string_view kTransaction =
    "`kafka.transaction_timeout_ms` must not exceed the brokers' transaction.max.timeout.ms";
constexpr std::string_view kMetadata = "raise offset.metadata.max.bytes of the brokers";
constexpr std::string_view kOffsets = "raise max.message.bytes of __consumer_offsets";
constexpr std::string_view kPartitions = "choose another `kafka.partitions`";
constexpr std::string_view kReplication =
    "`kafka.replication` must not exceed the number of brokers";
constexpr std::string_view kReplicas = "choose another `kafka.replication`";
constexpr std::string_view kTopicSetting = "the brokers refuse a setting of the topic";
constexpr std::string_view kPolicy = "a policy of the brokers forbids it; ask who runs them";
constexpr std::string_view kMachine = "this machine gives no more threads, files or memory";
constexpr std::string_view kFile = "a file cannot be read; the certificate files?";
constexpr std::string_view kDamaged = "the message cannot be read as it stands in the log";

struct Row {
  rd_kafka_resp_err_t code;
  FaultAction action;
  ErrorCode error = kService;
  std::string_view advice = {};
};

#define ERR(name) RD_KAFKA_RESP_ERR_##name
// clang-format off
constexpr Row kRows[] = {
    // --- No faults.
    {ERR(NO_ERROR),                         kNothing},
    {ERR(_PARTITION_EOF),                   kNothing},
    {ERR(_NOOP),                            kNothing},
    {ERR(_ASSIGN_PARTITIONS),               kNothing},
    {ERR(_REVOKE_PARTITIONS),               kNothing},
    {ERR(DUPLICATE_SEQUENCE_NUMBER),        kNothing},  // it is there already

    // --- Kafka is busy, moving or away for a moment.
    {ERR(_FAIL),                            kRetry},
    {ERR(_TRANSPORT),                       kRetry},
    {ERR(_RESOLVE),                         kRetry},
    {ERR(_ALL_BROKERS_DOWN),                kRetry},
    {ERR(_SSL),                             kRetry},  // 2.0.2 calls an unclean end of a connection so
    {ERR(_TIMED_OUT),                       kRetry},
    {ERR(_TIMED_OUT_QUEUE),                 kRetry},
    {ERR(_QUEUE_FULL),                      kRetry},
    {ERR(_ISR_INSUFF),                      kRetry},
    {ERR(_NODE_UPDATE),                     kRetry},
    {ERR(_WAIT_COORD),                      kRetry},
    {ERR(_WAIT_CACHE),                      kRetry},
    {ERR(_IN_PROGRESS),                     kRetry},
    {ERR(_PREV_IN_PROGRESS),                kRetry},
    {ERR(_PARTIAL),                         kRetry},
    {ERR(_INTR),                            kRetry},
    {ERR(_RETRY),                           kRetry},
    {ERR(_UNKNOWN_BROKER),                  kRetry},
    {ERR(LEADER_NOT_AVAILABLE),             kRetry},
    {ERR(NOT_LEADER_FOR_PARTITION),         kRetry},
    {ERR(REQUEST_TIMED_OUT),                kRetry},
    {ERR(BROKER_NOT_AVAILABLE),             kRetry},
    {ERR(REPLICA_NOT_AVAILABLE),            kRetry},
    {ERR(STALE_CTRL_EPOCH),                 kRetry},
    {ERR(NETWORK_EXCEPTION),                kRetry},
    {ERR(COORDINATOR_LOAD_IN_PROGRESS),     kRetry},
    {ERR(COORDINATOR_NOT_AVAILABLE),        kRetry},
    {ERR(NOT_COORDINATOR),                  kRetry},
    {ERR(NOT_ENOUGH_REPLICAS),              kRetry},
    {ERR(NOT_ENOUGH_REPLICAS_AFTER_APPEND), kRetry},
    {ERR(NOT_CONTROLLER),                   kRetry},
    {ERR(CONCURRENT_TRANSACTIONS),          kRetry},
    {ERR(KAFKA_STORAGE_ERROR),              kRetry},
    {ERR(REASSIGNMENT_IN_PROGRESS),         kRetry},
    {ERR(FETCH_SESSION_ID_NOT_FOUND),       kRetry},
    {ERR(INVALID_FETCH_SESSION_EPOCH),      kRetry},
    {ERR(LISTENER_NOT_FOUND),               kRetry},
    {ERR(FENCED_LEADER_EPOCH),              kRetry},
    {ERR(UNKNOWN_LEADER_EPOCH),             kRetry},
    {ERR(STALE_BROKER_EPOCH),               kRetry},
    {ERR(OFFSET_NOT_AVAILABLE),             kRetry},
    {ERR(MEMBER_ID_REQUIRED),               kRetry},
    {ERR(PREFERRED_LEADER_NOT_AVAILABLE),   kRetry},
    {ERR(ELIGIBLE_LEADERS_NOT_AVAILABLE),   kRetry},
    {ERR(UNSTABLE_OFFSET_COMMIT),           kRetry},
    {ERR(THROTTLING_QUOTA_EXCEEDED),        kRetry},

    // --- This transaction cannot be finished; the next one can.
    {ERR(_MSG_TIMED_OUT),                   kAbort},
    {ERR(_PURGE_QUEUE),                     kAbort},
    {ERR(_PURGE_INFLIGHT),                  kAbort},
    {ERR(_ASSIGNMENT_LOST),                 kAbort},
    {ERR(ILLEGAL_GENERATION),               kAbort},
    {ERR(UNKNOWN_MEMBER_ID),                kAbort},
    {ERR(REBALANCE_IN_PROGRESS),            kAbort},
    {ERR(OPERATION_NOT_ATTEMPTED),          kAbort},
    {ERR(INVALID_MSG),                      kAbort},

    // --- These clients are through, or nobody knows what held.
    {ERR(_DESTROY),                         kNewClients},
    {ERR(_CONFLICT),                        kNewClients},
    {ERR(_STATE),                           kNewClients},
    {ERR(_OUTDATED),                        kNewClients},
    {ERR(_FATAL),                           kNewClients},
    {ERR(_INCONSISTENT),                    kNewClients},
    {ERR(_GAPLESS_GUARANTEE),               kNewClients},
    {ERR(_MAX_POLL_EXCEEDED),               kNewClients},
    {ERR(_FENCED),                          kNewClients},
    {ERR(_NOENT),                           kNewClients},
    {ERR(_UNKNOWN_GROUP),                   kNewClients},
    {ERR(UNKNOWN),                          kNewClients},
    {ERR(OUT_OF_ORDER_SEQUENCE_NUMBER),     kNewClients},
    {ERR(INVALID_PRODUCER_EPOCH),           kNewClients},
    {ERR(INVALID_TXN_STATE),                kNewClients},
    {ERR(INVALID_PRODUCER_ID_MAPPING),      kNewClients},
    {ERR(TRANSACTION_COORDINATOR_FENCED),   kNewClients},
    {ERR(UNKNOWN_PRODUCER_ID),              kNewClients},
    {ERR(PRODUCER_FENCED),                  kNewClients},

    // --- Who we are and what we may do.
    {ERR(_AUTHENTICATION),                  kStop, kService, kWho},
    {ERR(SASL_AUTHENTICATION_FAILED),       kStop, kService, kWho},
    {ERR(UNSUPPORTED_SASL_MECHANISM),       kStop, kService, kNoScram},
    {ERR(ILLEGAL_SASL_STATE),               kStop, kService, kOtherSecurity},
    {ERR(SECURITY_DISABLED),                kStop, kService, kNoAuthorizer},
    {ERR(TOPIC_AUTHORIZATION_FAILED),       kStop, kService, kRights},
    {ERR(GROUP_AUTHORIZATION_FAILED),       kStop, kService, kRights},
    {ERR(CLUSTER_AUTHORIZATION_FAILED),     kStop, kService, kRights},
    {ERR(TRANSACTIONAL_ID_AUTHORIZATION_FAILED), kStop, kService, kRights},
    {ERR(FENCED_INSTANCE_ID),               kStop, kService, kTwin},

    // --- Topics and what lies in them.
    {ERR(_UNKNOWN_TOPIC),                   kStop, kService, kTopics},
    {ERR(_UNKNOWN_PARTITION),               kStop, kService, kTopics},
    {ERR(UNKNOWN_TOPIC_OR_PART),            kStop, kService, kTopics},
    {ERR(TOPIC_EXCEPTION),                  kStop, kSettings, kName},
    {ERR(MSG_SIZE_TOO_LARGE),               kStop, kService, kTooLarge},
    {ERR(INVALID_MSG_SIZE),                 kStop, kService, kTooLarge},
    {ERR(RECORD_LIST_TOO_LARGE),            kStop, kService, kSegment},
    {ERR(INVALID_TIMESTAMP),                kStop, kService, kTime},
    {ERR(INVALID_RECORD),                   kStop, kService, kRefused},
    {ERR(OFFSET_OUT_OF_RANGE),              kStop, kData, kGone},
    {ERR(_AUTO_OFFSET_RESET),               kStop, kData, kGone},
    {ERR(_NO_OFFSET),                       kStop, kData, kGone},
    {ERR(_BAD_MSG),                         kStop, kData, kDamaged},
    {ERR(_BAD_COMPRESSION),                 kStop, kData, kDamaged},
    {ERR(_UNDERFLOW),                       kStop, kData, kDamaged},

    // --- Settings, ours or the brokers'.
    {ERR(_INVALID_ARG),                     kStop, kSettings, kOurSettings},
    {ERR(_NOT_CONFIGURED),                  kStop, kSettings, kOurSettings},
    {ERR(INVALID_GROUP_ID),                 kStop, kSettings, kGroup},
    {ERR(INCONSISTENT_GROUP_PROTOCOL),      kStop, kSettings, kOtherMembers},
    {ERR(GROUP_MAX_SIZE_REACHED),           kStop, kService, kFull},
    {ERR(INVALID_SESSION_TIMEOUT),          kStop, kSettings, kSession},
    {ERR(INVALID_TRANSACTION_TIMEOUT),      kStop, kSettings, kTransaction},
    {ERR(OFFSET_METADATA_TOO_LARGE),        kStop, kService, kMetadata},
    {ERR(INVALID_COMMIT_OFFSET_SIZE),       kStop, kService, kOffsets},
    {ERR(INVALID_PARTITIONS),               kStop, kSettings, kPartitions},
    {ERR(INVALID_REPLICATION_FACTOR),       kStop, kSettings, kReplication},
    {ERR(INVALID_REPLICA_ASSIGNMENT),       kStop, kSettings, kReplicas},
    {ERR(INVALID_CONFIG),                   kStop, kSettings, kTopicSetting},
    {ERR(POLICY_VIOLATION),                 kStop, kService, kPolicy},
    {ERR(TOPIC_ALREADY_EXISTS),             kStop, kService, kTopics},
    {ERR(UNSUPPORTED_VERSION),              kStop, kService, kTooOld},
    {ERR(UNSUPPORTED_FOR_MESSAGE_FORMAT),   kStop, kService, kTooOld},
    {ERR(UNSUPPORTED_COMPRESSION_TYPE),     kStop, kService, kTooOld},
    {ERR(_UNSUPPORTED_FEATURE),             kStop, kService, kTooOld},
    {ERR(_NOT_IMPLEMENTED),                 kStop, kService, kTooOld},
    {ERR(_CRIT_SYS_RESOURCE),               kStop, kService, kMachine},
    {ERR(_FS),                              kStop, kService, kFile},

    // --- Answers to what we never ask, and bugs.
    {ERR(_EXISTING_SUBSCRIPTION),           kStop, kBug, kAskedForNothing},
    {ERR(_UNKNOWN_PROTOCOL),                kStop, kBug, kAskedForNothing},
    {ERR(_KEY_SERIALIZATION),               kStop, kBug, kAskedForNothing},
    {ERR(_VALUE_SERIALIZATION),             kStop, kBug, kAskedForNothing},
    {ERR(_KEY_DESERIALIZATION),             kStop, kBug, kAskedForNothing},
    {ERR(_VALUE_DESERIALIZATION),           kStop, kBug, kAskedForNothing},
    {ERR(_READ_ONLY),                       kStop, kBug, kAskedForNothing},
    {ERR(_INVALID_TYPE),                    kStop, kBug, kAskedForNothing},
    {ERR(_APPLICATION),                     kStop, kBug, kAskedForNothing},
    {ERR(INVALID_REQUIRED_ACKS),            kStop, kBug, kAskedForNothing},
    {ERR(INVALID_REQUEST),                  kStop, kBug, kAskedForNothing},
    {ERR(LOG_DIR_NOT_FOUND),                kStop, kBug, kAskedForNothing},
    {ERR(DELEGATION_TOKEN_AUTH_DISABLED),   kStop, kBug, kAskedForNothing},
    {ERR(DELEGATION_TOKEN_NOT_FOUND),       kStop, kBug, kAskedForNothing},
    {ERR(DELEGATION_TOKEN_OWNER_MISMATCH),  kStop, kBug, kAskedForNothing},
    {ERR(DELEGATION_TOKEN_REQUEST_NOT_ALLOWED), kStop, kBug, kAskedForNothing},
    {ERR(DELEGATION_TOKEN_AUTHORIZATION_FAILED), kStop, kBug, kAskedForNothing},
    {ERR(DELEGATION_TOKEN_EXPIRED),         kStop, kBug, kAskedForNothing},
    {ERR(INVALID_PRINCIPAL_TYPE),           kStop, kBug, kAskedForNothing},
    {ERR(NON_EMPTY_GROUP),                  kStop, kBug, kAskedForNothing},
    {ERR(GROUP_ID_NOT_FOUND),               kStop, kBug, kAskedForNothing},
    {ERR(TOPIC_DELETION_DISABLED),          kStop, kBug, kAskedForNothing},
    {ERR(ELECTION_NOT_NEEDED),              kStop, kBug, kAskedForNothing},
    {ERR(NO_REASSIGNMENT_IN_PROGRESS),      kStop, kBug, kAskedForNothing},
    {ERR(GROUP_SUBSCRIBED_TO_TOPIC),        kStop, kBug, kAskedForNothing},
    {ERR(RESOURCE_NOT_FOUND),               kStop, kBug, kAskedForNothing},
    {ERR(DUPLICATE_RESOURCE),               kStop, kBug, kAskedForNothing},
    {ERR(UNACCEPTABLE_CREDENTIAL),          kStop, kBug, kAskedForNothing},
    {ERR(INCONSISTENT_VOTER_SET),           kStop, kBug, kAskedForNothing},
    {ERR(INVALID_UPDATE_VERSION),           kStop, kBug, kAskedForNothing},
    {ERR(FEATURE_UPDATE_FAILED),            kStop, kBug, kAskedForNothing},
    {ERR(PRINCIPAL_DESERIALIZATION_FAILURE), kStop, kBug, kAskedForNothing},
};
// clang-format on
#undef ERR

}  // namespace

const std::vector<KafkaFault>& fault_table() {
  static const std::vector<KafkaFault> kTable = [] {
    std::vector<KafkaFault> table;
    for (const auto& row : kRows) {
      table.push_back({row.code, rd_kafka_err2name(row.code), row.action, row.error, row.advice});
    }
    return table;
  }();
  return kTable;
}

KafkaFault fault_of(int code) {
  const auto found = std::ranges::find(fault_table(), code, &KafkaFault::code);
  if (found != fault_table().end()) return *found;
  KafkaFault unknown;
  unknown.code = code;
  unknown.name = rd_kafka_err2name(static_cast<rd_kafka_resp_err_t>(code));
  return unknown;
}

FaultAction action_of(int code, const FaultSigns& signs, FaultStep step) {
  const auto action = fault_of(code).action;
  // What would fail again for the same reason is said, whatever the library thinks can be tried.
  if (action == kStop) return kStop;
  if (signs.fatal) return kNewClients;
  if (action == kNothing) return kNothing;
  // A transaction that cannot even be aborted, or that may be committed or not: only the log knows.
  if (step == FaultStep::kAbort) return kNewClients;
  if (signs.requires_abort) return FaultAction::kAbort;
  if (step == FaultStep::kCommit) return kNewClients;
  if (signs.retriable) return kRetry;
  return action;
}

Error fault_error(int code, std::string_view where, std::string_view doing, std::string_view said) {
  const auto fault = fault_of(code);
  std::string message = "Kafka";
  if (!where.empty()) message += fmt::format(" at {}", where);
  message += fmt::format(
      ": while {}: {} ({})", doing,
      said.empty() ? rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(code)) : said, fault.name);
  if (!fault.advice.empty()) message += fmt::format("; {}", fault.advice);
  return {fault.error, message};
}

}  // namespace yujing::consumer
