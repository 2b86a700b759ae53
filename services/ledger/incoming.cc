#include "services/ledger/incoming.h"

#include "services/ledger/account_sum.h"

namespace relance::ledger {
namespace {

// Little-endian, like the machines that this runs on.
void AddNumber(uint64_t number, std::string* bytes) {
  bytes->append(reinterpret_cast<const char*>(&number), sizeof(number));
}

void AddText(const std::string& text, std::string* bytes) {
  AddNumber(text.size(), bytes);
  bytes->append(text);
}

}  // namespace

uint64_t RowsHash(const IncomingAccount& incoming) {
  constexpr size_t kBytesOfRow = 96;  // about
  std::string bytes;
  bytes.reserve(kBytesOfRow * (incoming.items.size() + 1));
  AddText(incoming.attributes.SerializeAsString(), &bytes);
  // A customer file leaves the rows that were told before as they are.
  if (incoming.mastered && incoming.items.empty()) return 0;
  if (!incoming.documents.empty()) return 0;
  if (incoming.mastered) AddText("mastered", &bytes);
  for (const IncomingItem& told : incoming.items) {
    const state::v1::Item& item = told.item;
    if (told.from_books || told.to_match || told.takes_back || item.kind() == state::v1::ITEM_KIND_PAYMENT ||
        item.kind() == state::v1::ITEM_KIND_RETURN) {
      return 0;
    }
    AddNumber(item.id(), &bytes);
    AddNumber(static_cast<uint64_t>(item.amount_minor()), &bytes);
    AddNumber(static_cast<uint32_t>(item.issue_day()) | uint64_t{static_cast<uint32_t>(item.due_day())} << 32,
              &bytes);
    AddNumber(static_cast<uint32_t>(item.kind()) | (item.has_due_day() ? 1u << 16 : 0) |
                  (told.due_from_terms ? 1u << 17 : 0) | (told.in_snapshot ? 1u << 18 : 0),
              &bytes);
    AddText(item.currency(), &bytes);
    AddText(item.number(), &bytes);
    AddText(item.reference(), &bytes);
    AddText(item.source(), &bytes);
  }
  const uint64_t hash = StableHash(bytes);
  return hash == 0 ? 1 : hash;
}

}  // namespace relance::ledger
