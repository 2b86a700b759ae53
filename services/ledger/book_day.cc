#include "services/ledger/book_day.h"

#include "google/protobuf/message.h"
#include "google/protobuf/unknown_field_set.h"

namespace relance::ledger {
namespace {

using google::protobuf::UnknownFieldSet;
using state::v1::Item;

// The message does not declare the field yet; what is not declared is kept and written as it came.
constexpr int kBookDayFieldNumber = 30;

}  // namespace

int32_t BookDay(const Item& item) {
  const UnknownFieldSet& fields = Item::GetReflection()->GetUnknownFields(item);
  for (int i = fields.field_count() - 1; i >= 0; --i) {
    const auto& field = fields.field(i);
    if (field.number() == kBookDayFieldNumber &&
        field.type() == google::protobuf::UnknownField::TYPE_VARINT) {
      // sint32: zigzag.
      const auto coded = static_cast<uint32_t>(field.varint());
      return static_cast<int32_t>((coded >> 1) ^ (~(coded & 1) + 1));
    }
  }
  return item.issue_day();
}

void SetBookDay(int32_t day, Item* item) {
  if (BookDay(*item) == day) return;
  UnknownFieldSet* fields = Item::GetReflection()->MutableUnknownFields(item);
  fields->DeleteByNumber(kBookDayFieldNumber);
  if (day == item->issue_day()) return;
  const uint32_t coded = (static_cast<uint32_t>(day) << 1) ^ static_cast<uint32_t>(day >> 31);
  fields->AddVarint(kBookDayFieldNumber, coded);
}

}  // namespace relance::ledger
