#include "monitor/seal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>

#include "monitor/secret_file.h"

namespace yujing::monitor {
namespace {

namespace fs = std::filesystem;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

constexpr std::string_view kMagic = "YJS1";
constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kIdDigits = 2 * kIdBytes;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kSecretBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kHeadBytes = kMagic.size() + kIdBytes;
constexpr std::size_t kBytesMin = kHeadBytes + kNonceBytes + kTagBytes;
constexpr int kBase64 = sodium_base64_VARIANT_ORIGINAL;

using Secret = std::array<unsigned char, kSecretBytes>;

// The library is ready: random numbers can be had.
void need_sodium() { CHECK(sodium_init() >= 0); }

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text, std::size_t from) {
  return reinterpret_cast<unsigned char*>(text.data() + from);
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes)
    text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

// A text that is wiped when it goes.
struct Wiped {
  std::string text;
  Wiped() = default;
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { sodium_memzero(text.data(), text.size()); }
};

Result<void> read_into(Wiped& file, const std::string& path) {
  auto text = read_secret_file(path);
  if (!text) return tl::unexpected(text.error());
  file.text.swap(*text);
  return {};
}

// The head of a sealed value and its context: what the tag vouches for besides the text.
std::string vouched_for(std::string_view head, std::string_view context) {
  std::string all(head);
  all += context;
  return all;
}

tl::unexpected<thresholds::Error> unwritable(const std::string& path) {
  return fail(ErrorCode::kUnavailable,
              fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// Puts `text` where `path` is, whole or not at all, readable by its owner alone; who owned the
// earlier file owns this one.
Result<void> replace_file(const std::string& path, std::string_view text) {
  const std::string part = path + ".new";
  const int file = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR);
  if (file < 0) return unwritable(part);
  struct stat before {};
  const bool written =
      write_all(file, text) &&
      (::stat(path.c_str(), &before) != 0 || ::fchown(file, before.st_uid, before.st_gid) == 0) &&
      ::fsync(file) == 0;
  const int failure = errno;
  ::close(file);
  if (!written || ::rename(part.c_str(), path.c_str()) != 0) {
    if (!written) errno = failure;
    const auto error = unwritable(path);
    ::unlink(part.c_str());
    return error;
  }
  auto folder = fs::path(path).parent_path();
  if (folder.empty()) folder = ".";
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    ::fsync(directory);
    ::close(directory);
  }
  return {};
}

}  // namespace

std::string seal_context(std::initializer_list<std::string_view> parts) {
  std::string context;
  for (const auto part : parts) {
    context += fmt::format("{}:", part.size());
    context += part;
  }
  return context;
}

struct Seal::Key {
  Key() = default;
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() { sodium_memzero(secret.data(), secret.size()); }

  std::string id;     // hex
  std::string bytes;  // the id as values hold it
  Secret secret{};
};

Seal::Seal(std::vector<std::unique_ptr<Key>> keys) : keys_(std::move(keys)) {}
Seal::Seal(Seal&&) noexcept = default;
Seal& Seal::operator=(Seal&&) noexcept = default;
Seal::~Seal() = default;

Result<Seal> Seal::read(const std::string& path) {
  Wiped file;
  if (auto done = read_into(file, path); !done) return tl::unexpected(done.error());
  auto seal = parse(file.text, path);
  if (seal && seal->keys_.empty()) {
    return fail(ErrorCode::kConfiguration,
                fmt::format("{}: holds no key; `yujing keys new --file {}` adds one", path, path));
  }
  return seal;
}

Result<Seal> Seal::parse(std::string_view text, const std::string& path) {
  need_sodium();
  std::vector<std::unique_ptr<Key>> keys;
  std::string_view rest = text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty() || line.front() == '#') continue;
    auto key = std::make_unique<Key>();
    key->id = line.substr(0, kIdDigits);
    key->bytes.resize(kIdBytes);
    std::size_t size = 0;
    const bool has_id = sodium_hex2bin(bytes_of(key->bytes, 0), kIdBytes, key->id.data(),
                                       key->id.size(), nullptr, &size, nullptr) == 0 &&
                        size == kIdBytes && line.size() > kIdDigits && line[kIdDigits] == ' ';
    const auto secret = has_id ? line.substr(kIdDigits + 1) : std::string_view();
    if (!has_id ||
        sodium_base642bin(key->secret.data(), key->secret.size(), secret.data(), secret.size(),
                          nullptr, &size, nullptr, kBase64) != 0 ||
        size != kSecretBytes) {
      return fail(ErrorCode::kConfiguration,
                  fmt::format("{}:{}: is no key; a line is an id of {} hex digits, a blank and 32 "
                              "bytes as base64, as `yujing keys new` writes it",
                              path, number, kIdDigits));
    }
    const auto twice = std::ranges::find(keys, key->id, [](const auto& k) { return k->id; });
    if (twice != keys.end()) {
      return fail(ErrorCode::kConfiguration,
                  fmt::format("{}:{}: the key {} is there twice; leave one line of it", path,
                              number, key->id));
    }
    keys.push_back(std::move(key));
  }
  return Seal(std::move(keys));
}

std::string Seal::seal(std::string_view text, std::string_view context) const {
  const Key& key = *keys_.back();
  std::string sealed(kMagic);
  sealed += key.bytes;
  const auto vouched = vouched_for(sealed, context);
  sealed.resize(kBytesMin + text.size());
  unsigned char* const nonce = bytes_of(sealed, kHeadBytes);
  randombytes_buf(nonce, kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonceBytes, nullptr, bytes_of(text),
                                             text.size(), bytes_of(vouched), vouched.size(),
                                             nullptr, nonce, key.secret.data());
  return sealed;
}

Result<std::string> Seal::open(std::string_view sealed, std::string_view context) const {
  if (!is_sealed(sealed)) return fail(ErrorCode::kInput, "this value is not sealed");
  const auto id = sealed.substr(kMagic.size(), kIdBytes);
  const Key* const key = find(id);
  if (key == nullptr) {
    return fail(ErrorCode::kInput,
                fmt::format("this value is sealed by the key {}, which is not in the key file; put "
                            "its line back there",
                            hex(id)));
  }
  const auto vouched = vouched_for(sealed.substr(0, kHeadBytes), context);
  const auto nonce = sealed.substr(kHeadBytes, kNonceBytes);
  const auto body = sealed.substr(kHeadBytes + kNonceBytes);
  std::string text(body.size() - kTagBytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          bytes_of(text, 0), nullptr, nullptr, bytes_of(body), body.size(), bytes_of(vouched),
          vouched.size(), bytes_of(nonce), key->secret.data()) != 0) {
    return fail(ErrorCode::kInput,
                fmt::format("this value does not open with its key {}: it was changed, or belongs "
                            "to another place",
                            key->id));
  }
  return text;
}

bool Seal::is_sealed(std::string_view value) {
  return value.size() >= kBytesMin && value.starts_with(kMagic);
}

const std::string& Seal::newest_key() const { return keys_.back()->id; }

std::vector<std::string> Seal::keys() const {
  std::vector<std::string> ids;
  for (const auto& key : keys_)
    ids.push_back(key->id);
  return ids;
}

const Seal::Key* Seal::find(std::string_view id) const {
  const auto found = std::ranges::find(keys_, id, [](const auto& key) { return key->bytes; });
  return found == keys_.end() ? nullptr : found->get();
}

Result<std::string> add_sealing_key(const std::string& path) {
  need_sodium();
  Wiped file;
  std::error_code ignored;
  if (fs::exists(path, ignored)) {
    if (auto done = read_into(file, path); !done) return tl::unexpected(done.error());
    const auto keys = Seal::parse(file.text, path);
    if (!keys) return tl::unexpected(keys.error());
    if (!file.text.empty() && file.text.back() != '\n') file.text += '\n';
  } else {
    file.text =
        "# Keys that seal what leaves yujing: the last one seals, all of them open.\n"
        "# What was sealed by a key that is lost cannot be read again.\n";
  }
  std::string id(kIdBytes, '\0');
  randombytes_buf(id.data(), id.size());
  Secret secret{};
  randombytes_buf(secret.data(), secret.size());
  Wiped line;
  line.text.resize(sodium_base64_encoded_len(kSecretBytes, kBase64));
  sodium_bin2base64(line.text.data(), line.text.size(), secret.data(), secret.size(), kBase64);
  sodium_memzero(secret.data(), secret.size());
  line.text.back() = '\n';  // where the library ends its text
  file.text += hex(id) + " ";
  file.text += line.text;
  if (auto done = replace_file(path, file.text); !done) return tl::unexpected(done.error());
  return hex(id);
}

}  // namespace yujing::monitor
