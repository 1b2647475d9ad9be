// How Kafka is reached and which topics stand for what: a plain struct, filled from the settings.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace yujing::consumer {

struct KafkaOptions {
  std::string brokers;  // "host:port,host:port"
  std::string group = "yujing";
  // Read, one partition count for all three and the ledger.
  std::string settlements = "yujing.settlements";
  std::string persons = "yujing.persons";
  std::string decisions = "yujing.decisions";
  // Written in one transaction with the positions of what was read.
  std::string alerts = "yujing.alerts";
  std::string dead_letters = "yujing.dead-letters";
  std::string ledger = "yujing.ledger";
  std::string instance;  // group.instance.id; "": kept in the store folder
  std::chrono::milliseconds commit_every{50};
  // A frozen member loses its partitions after the first; its open transaction is aborted after the
  // second, which is the shorter one.
  std::chrono::milliseconds session_timeout{30'000};
  std::chrono::milliseconds transaction_timeout{10'000};
  // What `topics create` makes.
  int partitions = 8;
  int replication = 1;
  // The link. Paths of PEM files; "": the system's authorities, no certificate of ours.
  enum class Security : std::uint8_t { kPlaintext, kTls, kScram };
  Security security = Security::kPlaintext;
  bool allow_plaintext = false;  // off loopback
  std::string ca;
  std::string certificate;
  std::string key;
  std::string user;
  std::string password;  // the password itself, as read from its file; never logged
};

}  // namespace yujing::consumer
