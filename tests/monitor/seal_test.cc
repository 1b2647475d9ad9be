#include "monitor/seal.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/monitor/desk.h"

namespace yujing::monitor {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using thresholds::ErrorCode;

const std::string kText = "{\"psn_name\":\"测试甲\"}";
constexpr std::string_view kContext = "dead letter";

struct KeyFile {
  TemporaryFolder folder;
  std::string path = folder.path() + "/seal.keys";
  std::string add() const {
    const auto id = add_sealing_key(path);
    EXPECT_TRUE(id) << id.error().message;
    return id.value_or("");
  }
  Seal read() const {
    auto seal = Seal::read(path);
    EXPECT_TRUE(seal) << seal.error().message;
    return std::move(*seal);
  }
  std::string text() const {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void put(const std::string& text) const {
    fs::remove(path);
    std::ofstream(path) << text;
    fs::permissions(path, fs::perms::owner_read);
  }
};

std::string from_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

TEST(Seal, OpensWhatItSealed) {
  const KeyFile keys;
  keys.add();
  const auto seal = keys.read();
  for (const auto& text : {kText, std::string(), std::string(100'000, '\0')}) {
    const auto sealed = seal.seal(text, kContext);
    EXPECT_TRUE(Seal::is_sealed(sealed));
    EXPECT_EQ(sealed.size(), text.size() + 52);
    const auto opened = seal.open(sealed, kContext);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(*opened, text);
  }
}

TEST(Seal, ShowsNothingOfTheTextAndNeverTheSameTwice) {
  const KeyFile keys;
  keys.add();
  const auto seal = keys.read();
  const auto first = seal.seal(kText, kContext);
  EXPECT_THAT(first, Not(HasSubstr("psn_name")));
  EXPECT_NE(first, seal.seal(kText, kContext));
}

TEST(Seal, DoesNotOpenAChangedByte) {
  const KeyFile keys;
  keys.add();
  const auto seal = keys.read();
  const auto sealed = seal.seal(kText, kContext);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto opened = seal.open(changed, kContext);
    ASSERT_FALSE(opened) << "byte " << i;
    EXPECT_EQ(opened.error().code, ErrorCode::kInput);
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(seal.open(std::string_view(sealed).substr(0, size), kContext)) << size << " bytes";
  }
  EXPECT_FALSE(seal.open(sealed + "x", kContext));
}

TEST(Seal, DoesNotOpenWhatBelongsElsewhere) {
  const KeyFile keys;
  keys.add();
  const auto seal = keys.read();
  const auto sealed = seal.seal(kText, seal_context({"topic", "3", "17"}));
  EXPECT_TRUE(seal.open(sealed, seal_context({"topic", "3", "17"})));
  const auto opened = seal.open(sealed, seal_context({"topic", "31", "7"}));
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("belongs to another place"));
  EXPECT_THAT(opened.error().message, HasSubstr(seal.newest_key()));
}

TEST(Seal, SaysWhatIsNotSealedAtAll) {
  const KeyFile keys;
  keys.add();
  const auto opened = keys.read().open(kText + kText + kText, kContext);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("not sealed"));
}

TEST(Seal, KeyThatIsAddedSealsAndTheEarlierOnesOpen) {
  const KeyFile keys;
  const auto old_key = keys.add();
  const auto sealed_before = keys.read().seal(kText, kContext);
  const auto new_key = keys.add();
  const auto seal = keys.read();
  EXPECT_THAT(seal.keys(), ElementsAre(old_key, new_key));
  EXPECT_EQ(seal.newest_key(), new_key);
  EXPECT_EQ(seal.open(sealed_before, kContext).value_or(""), kText);
  const auto sealed_now = seal.seal(kText, kContext);

  // Who has the earlier key alone does not read it, and is told which key it takes.
  auto text = keys.text();
  keys.put(text.substr(0, text.find(new_key)));
  const auto opened = keys.read().open(sealed_now, kContext);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("sealed by the key " + new_key));
}

TEST(Seal, KeyFileIsForItsOwnerAlone) {
  const KeyFile keys;
  keys.add();
  keys.add();
  struct stat facts {};
  ASSERT_EQ(stat(keys.path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777U, 0400U);
  fs::permissions(keys.path, fs::perms::owner_read | fs::perms::others_read);
  for (const auto& refused : {Seal::read(keys.path).error(), add_sealing_key(keys.path).error()}) {
    EXPECT_EQ(refused.code, ErrorCode::kConfiguration);
    EXPECT_THAT(refused.message, StartsWith(keys.path + ": others than its owner"));
    EXPECT_THAT(refused.message, HasSubstr("chmod 400"));
  }
}

TEST(Seal, KeyFileThatIsBrokenIsNamedWithItsLine) {
  const KeyFile keys;
  keys.add();
  const auto whole = keys.text();
  const auto line = whole.substr(whole.rfind('\n', whole.size() - 2) + 1);
  const struct {
    std::string text;
    std::string words;
  } cases[] = {
      {"", ": holds no key; `yujing keys new --file"},
      {"# only words\n\n", ": holds no key"},
      {"\n0123456789abcdef\n", ":2: is no key"},
      {"0123456789abcdeg" + line.substr(16), ":1: is no key"},
      {line.substr(0, line.size() - 6) + "\n", ":1: is no key"},
      {line + "\n# again\n" + line, ":4: the key " + line.substr(0, 16) + " is there twice"},
  };
  for (const auto& [text, words] : cases) {
    keys.put(text);
    const auto seal = Seal::read(keys.path);
    ASSERT_FALSE(seal) << text;
    EXPECT_EQ(seal.error().code, ErrorCode::kConfiguration);
    EXPECT_THAT(seal.error().message, StartsWith(keys.path + words));
    EXPECT_THAT(seal.error().message, Not(HasSubstr(line.substr(17, 20)))) << "shows a secret";
  }
}

TEST(Seal, KeyIsAddedToAFileWithoutOne) {
  const KeyFile keys;
  keys.put("# ours");
  const auto id = keys.add();
  EXPECT_THAT(keys.text(), StartsWith("# ours\n" + id + " "));
  EXPECT_EQ(keys.read().newest_key(), id);
}

TEST(Seal, KeyFileThatIsNotThereOrCannotBeMade) {
  const TemporaryFolder folder;
  const auto seal = Seal::read(folder.path() + "/seal.keys");
  ASSERT_FALSE(seal);
  EXPECT_THAT(seal.error().message, HasSubstr("seal.keys: cannot be read: No such file"));
  const auto made = add_sealing_key(folder.path() + "/missing/seal.keys");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(made.error().message, HasSubstr("cannot be written: No such file"));
}

// Keys live for years: a value sealed by today's program has to open with tomorrow's.
TEST(Seal, OpensAValueOfTheFirstProgram) {
  const KeyFile keys;
  keys.put("0123456789abcdef AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
  const std::string sealed = from_hex(
      "594a53310123456789abcdef6465666768696a6b6c6d6e6f7071727374757677"
      "78797a7b4d5380c59e40c1f72500b24b50abea3e758e1f12217b");
  EXPECT_EQ(keys.read().open(sealed, seal_context({"dead letter", "topic"})).value_or(""),
            "1 yuan");
}

}  // namespace
}  // namespace yujing::monitor
