#include "services/ledger/cash/payment_words.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/ledger/account_index.h"

namespace relance::ledger {
namespace {

constexpr size_t kPayerNameBytesMax = 140;
constexpr size_t kPayerAccountBytesMax = 64;

// At most `bytes`, not in the middle of a character.
std::string Cut(const std::string& text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

template <typename Add>
void AddBounded(const std::vector<std::string>& values, size_t* left, const Add& add) {
  int count = 0;
  for (const std::string& value : values) {
    if (value.empty()) continue;
    std::string cut = Cut(value, std::min(kWordBytesMax, *left));
    if (cut.empty() || count++ == kWordsMax) return;
    *left -= cut.size();
    add(std::move(cut));
  }
}

}  // namespace

state::v1::PaymentWords WordsOf(const PaymentFacts& facts) {
  state::v1::PaymentWords words;
  words.set_payer_name(Cut(facts.payer_name, kPayerNameBytesMax));
  words.set_payer_account(Cut(facts.payer_account, kPayerAccountBytesMax));
  size_t left = kWordsBytesMax;
  AddBounded(facts.references, &left, [&](std::string value) { words.add_references(std::move(value)); });
  AddBounded(facts.documents, &left, [&](std::string value) { words.add_documents(std::move(value)); });
  AddBounded(facts.texts, &left, [&](std::string value) { words.add_texts(std::move(value)); });
  for (const auto& [key, minor] : facts.remitted_minor) {
    if (words.remitted_minor_size() == kRemittedMax) break;
    (*words.mutable_remitted_minor())[key] = minor;
  }
  return words;
}

PaymentFacts FactsOf(const state::v1::Item& payment) {
  const state::v1::PaymentWords& words = payment.words();
  PaymentFacts facts;
  facts.references = {words.references().begin(), words.references().end()};
  facts.documents = {words.documents().begin(), words.documents().end()};
  facts.texts = {words.texts().begin(), words.texts().end()};
  facts.remitted_minor = {words.remitted_minor().begin(), words.remitted_minor().end()};
  facts.payer_account = words.payer_account();
  facts.payer_name = words.payer_name();
  facts.end_to_end_id = payment.end_to_end_id();
  return facts;
}

std::vector<std::string> SearchedTexts(const PaymentFacts& facts) {
  std::vector<std::string> texts = facts.texts;
  if (!facts.end_to_end_id.empty()) texts.push_back(facts.end_to_end_id);
  return texts;
}

std::string PayerKey(const PaymentFacts& facts) {
  if (!facts.payer_account.empty()) return facts.payer_account;
  const std::string name = NormaliseName(facts.payer_name);
  return name.empty() ? "" : absl::StrCat("~", name);
}

bool LooksForItems(const state::v1::Item& item) {
  return item.kind() == state::v1::ITEM_KIND_PAYMENT && item.open_minor() < 0 && item.has_words() &&
         item.lettering().empty() && item.returned_day() == 0;
}

}  // namespace relance::ledger
