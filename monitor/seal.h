// What leaves the process and may name a person is sealed: XChaCha20-Poly1305 (libsodium) under a
// key of a key file. The newest key seals, every key of the file opens, so keys can be changed
// while old values are still about.
//
// A sealed value: "YJS1", the key's id (8 bytes), a random nonce (24), the text under the cipher,
// its tag (16). What the value belongs to, its context, is not in it but has to be the same when it
// is opened: a value put elsewhere does not open.
//
// Key file: a line a key, oldest first: its id as 16 hex digits, its 32 bytes as base64. Empty
// lines and those that begin with # are passed over.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "thresholds/result.h"

namespace yujing::monitor {

// Parts as one context; no two lists of parts are the same context.
[[nodiscard]] std::string seal_context(std::initializer_list<std::string_view> parts);

// Keys in memory, wiped when the object goes. Any thread.
class Seal {
 public:
  // kConfiguration names `path` and line: unreadable, open to others than its owner, no key in it,
  // no such line.
  [[nodiscard]] static thresholds::Result<Seal> read(const std::string& path);
  Seal(Seal&&) noexcept;
  Seal& operator=(Seal&&) noexcept;
  ~Seal();

  [[nodiscard]] std::string seal(std::string_view text, std::string_view context) const;
  // kInput: not sealed, by a key that is not here (named by its id), changed, or of another
  // context.
  [[nodiscard]] thresholds::Result<std::string> open(std::string_view sealed,
                                                     std::string_view context) const;
  [[nodiscard]] static bool is_sealed(std::string_view value);

  [[nodiscard]] const std::string& newest_key() const;  // its id
  [[nodiscard]] std::vector<std::string> keys() const;  // ids, oldest first

 private:
  struct Key;
  explicit Seal(std::vector<std::unique_ptr<Key>> keys);
  // The keys of a file's text, which may be none.
  [[nodiscard]] static thresholds::Result<Seal> parse(std::string_view text,
                                                      const std::string& path);
  friend thresholds::Result<std::string> add_sealing_key(const std::string& path);
  [[nodiscard]] const Key* find(std::string_view id) const;

  std::vector<std::unique_ptr<Key>> keys_;
};

// Makes the key file at `path` (mode 0400), or puts it anew with one more key, whole or not at all;
// the id of that key. kConfiguration as read(); kUnavailable where it cannot be written.
[[nodiscard]] thresholds::Result<std::string> add_sealing_key(const std::string& path);

}  // namespace yujing::monitor
