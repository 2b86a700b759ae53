#include "common/evidence/evidence.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/documents/sha256.h"

namespace relance {

std::string EvidenceHash(absl::string_view encoded_record) { return documents::Sha256Hex(encoded_record); }

EvidenceAppender::EvidenceAppender(const AccountView& view, absl::Time now, int32_t business_day,
                                   std::string actor)
    : count_(view.evidence_count),
      head_(view.evidence_head),
      now_(now),
      business_day_(business_day),
      actor_(std::move(actor)),
      versions_(std::begin(view.versions), std::end(view.versions)) {}

state::v1::EvidenceRecord& EvidenceAppender::Add(absl::string_view kind, absl::string_view subject) {
  state::v1::EvidenceRecord& record = records_.emplace_back();
  record.set_sequence(count_ + records_.size() - 1);
  const int64_t nanos = absl::ToUnixNanos(now_);
  record.mutable_time()->set_seconds(nanos / 1'000'000'000);
  record.mutable_time()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  record.set_business_day(business_day_);
  record.set_actor(actor_);
  record.set_kind(std::string(kind));
  record.set_subject(std::string(subject));
  for (int64_t version : versions_) record.add_versions(version);
  return record;
}

void EvidenceAppender::AddKnownItems(const AccountView& view, state::v1::EvidenceRecord* record) {
  for (const state::v1::Item& item : view.items) {
    state::v1::KnownItem* known = record->add_known();
    known->set_item(item.id());
    known->set_number(item.number());
    known->set_open_minor(item.open_minor());
    known->set_currency(item.currency());
    if (item.has_due_day()) known->set_due_day(item.due_day());
  }
}

void EvidenceAppender::Finish(store::AccountWrite* write) {
  write->evidence_count_read = count_;
  if (records_.empty()) return;
  for (state::v1::EvidenceRecord& record : records_) {
    record.set_previous_hash(head_);
    std::string encoded = record.SerializeAsString();
    head_ = EvidenceHash(encoded);
    write->evidence.push_back(std::move(encoded));
  }
  write->evidence_head_after = head_;
  records_.clear();
}

std::vector<EvidenceBreak> VerifyEvidenceChain(absl::Span<const std::string> encoded_records,
                                               absl::string_view head) {
  std::vector<EvidenceBreak> breaks;
  std::string previous;
  for (size_t i = 0; i < encoded_records.size(); ++i) {
    state::v1::EvidenceRecord record;
    if (!record.ParseFromString(encoded_records[i])) {
      breaks.push_back({i, "the record does not parse"});
    } else if (record.sequence() != i) {
      breaks.push_back({i, absl::StrCat("the record says it is number ", record.sequence())});
    } else if (record.previous_hash() != previous) {
      breaks.push_back({i, "the hash of the record before does not fit"});
    }
    previous = EvidenceHash(encoded_records[i]);
  }
  if (previous != std::string(head)) {
    breaks.push_back({encoded_records.size(), "the newest record is not the one that the account names"});
  }
  return breaks;
}

}  // namespace relance
