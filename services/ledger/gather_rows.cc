#include "services/ledger/gather_rows.h"

#include <utility>

#include "common/identifiers/text.h"
#include "common/rpc/proto_types.h"
#include "common/status/domain_error.h"
#include "common/store/store.h"
#include "common/store/validation.h"
#include "common/time/day.h"
#include "services/ledger/attributes.h"
#include "services/ledger/readers/item_reader.h"
#include "services/ledger/readers/reasons.h"
#include "services/ledger/readers/source_hash.h"

namespace relance::ledger {
namespace {

state::v1::ItemKind StateKind(ItemKind kind) {
  switch (kind) {
    case ItemKind::kInvoice:
      return state::v1::ITEM_KIND_INVOICE;
    case ItemKind::kCreditNote:
      return state::v1::ITEM_KIND_CREDIT_NOTE;
    case ItemKind::kPayment:
      return state::v1::ITEM_KIND_PAYMENT;
    case ItemKind::kOpening:
      return state::v1::ITEM_KIND_OPENING;
  }
  return state::v1::ITEM_KIND_UNSPECIFIED;
}

void SetIfTold(const std::string& value, std::string* field) {
  if (!value.empty()) *field = value;
}

void AddAttributes(const AccountAttributes& told, state::v1::Attributes* attributes) {
  SetIfTold(told.name, attributes->mutable_name());
  SetIfTold(told.siren, attributes->mutable_legal_id());
  SetIfTold(told.vat, attributes->mutable_vat_id());
  SetIfTold(told.country, attributes->mutable_country());
  SetIfTold(told.region, attributes->mutable_region());
  SetIfTold(told.sector, attributes->mutable_sector());
  SetIfTold(told.segment, attributes->mutable_segment());
  SetIfTold(told.language, attributes->mutable_language());
  SetIfTold(told.collector, attributes->mutable_collector());
  SetIfTold(told.customer_type, attributes->mutable_customer_type());
  if (told.email.empty()) return;
  attributes->clear_contacts();
  state::v1::ContactPerson* contact = attributes->add_contacts();
  contact->set_role("billing");
  contact->set_email(told.email);
}

class RowSink : public ItemSink {
 public:
  RowSink(std::string source, std::optional<absl::CivilDay> as_of, bool snapshot, Gathered* out)
      : source_(std::move(source)), as_of_(as_of), snapshot_(snapshot), out_(out) {}

  void OnRecord(ItemRow&& row) override {
    const absl::CivilDay day = row.booking_day.value_or(row.issue_day.value_or(absl::CivilDay()));
    if (as_of_.has_value() && day > *as_of_) {
      ++out_->skipped;
      return;
    }
    out_->SeeDay(day);
    ++out_->relevant;
    IncomingItem incoming = MakeItem(row, day);
    if (row.account.empty()) {
      out_->to_route.push_back(std::move(incoming));
      return;
    }
    IncomingAccount& account = out_->accounts[row.account];
    AddAttributes(row.attributes, &account.attributes);
    account.items.push_back(std::move(incoming));
  }

  void OnReject(const Reject& reject) override { out_->Reject(reject); }

 private:
  IncomingItem MakeItem(const ItemRow& row, absl::CivilDay day) {
    IncomingItem incoming;
    incoming.line = row.line;
    incoming.in_snapshot = snapshot_;
    state::v1::Item& item = incoming.item;
    item.set_kind(StateKind(row.kind));
    item.set_number(row.number);
    item.set_issue_day(DayNumber(day));
    const bool credit = row.kind == ItemKind::kCreditNote || row.kind == ItemKind::kPayment;
    item.set_amount_minor(credit ? -row.amount_minor : row.amount_minor);
    item.set_currency(row.currency);
    item.set_reference(identifiers::Normalise(row.reference));
    item.set_source(source_);
    item.set_end_to_end_id(row.end_to_end_id);
    if (row.kind == ItemKind::kPayment || row.number.empty()) {
      item.set_id(SourceHash(
          CanonicalText().Add("csv1").Add(static_cast<int64_t>(row.source_hash)).Add(row.ordinal).text()));
    } else {
      item.set_id(identity_.Of(source_, row.account, static_cast<int>(item.kind()), row.number));
    }
    if (row.kind == ItemKind::kPayment) {
      incoming.to_match = true;
      if (!row.account.empty()) incoming.payer.kind = PayerStanding::Kind::kSaid;
      incoming.facts.references = {row.reference};
      incoming.facts.texts = {row.reference, row.description, row.number};
      incoming.facts.payer_account = identifiers::Normalise(row.payer_iban);
      incoming.facts.payer_name = row.attributes.name;
    } else if (item.amount_minor() > 0) {
      incoming.due_from_terms = !row.due_day.has_value();
      if (row.due_day.has_value()) item.set_due_day(DayNumber(*row.due_day));
    }
    return incoming;
  }

  const std::string source_;
  const std::optional<absl::CivilDay> as_of_;
  const bool snapshot_;
  Gathered* const out_;
  RowIdentity identity_;
};

// The sign that the amount of a kind must have; 0: either.
int SignOf(state::v1::ItemKind kind) {
  switch (kind) {
    case state::v1::ITEM_KIND_INVOICE:
    case state::v1::ITEM_KIND_DEBIT_NOTE:
      return 1;
    case state::v1::ITEM_KIND_CREDIT_NOTE:
    case state::v1::ITEM_KIND_PAYMENT:
      return -1;
    default:
      return 0;
  }
}

}  // namespace

uint64_t RowIdentity::Of(absl::string_view source, absl::string_view account, int kind,
                         absl::string_view number) {
  const std::string text = CanonicalText().Add("row1").Add(source).Add(account).Add(kind).Add(number).text();
  const uint64_t hash = SourceHash(text);
  const uint32_t ordinal = seen_[hash]++;
  since_.push_back(hash);
  return ordinal == 0 ? hash : SourceHash(CanonicalText().Add(text).Add(ordinal).text());
}

void RowIdentity::TakeBack() {
  for (const uint64_t hash : since_) {
    const auto it = seen_.find(hash);
    if (--it->second == 0) seen_.erase(it);
  }
  since_.clear();
}

std::unique_ptr<ItemSink> MakeItemSink(std::string source, std::optional<absl::CivilDay> as_of, bool snapshot,
                                       Gathered* out) {
  return std::make_unique<RowSink>(std::move(source), as_of, snapshot, out);
}

absl::StatusOr<Gathered> GatherCsv(const SpoolFile& file, const std::string& file_name,
                                   std::optional<absl::CivilDay> as_of, bool snapshot) {
  Gathered gathered;
  RowSink sink(kSourceCsv, as_of, snapshot, &gathered);
  ItemReader reader({.file = file_name}, &sink);
  absl::Status read = file.Read([&](absl::string_view bytes) { return reader.Feed(bytes); });
  if (read.ok()) read = reader.Finish();
  if (!read.ok()) return RefusalOfFile(read);
  const ReadSummary& summary = reader.summary();
  gathered.read = summary.records + summary.rejected + summary.skipped;
  gathered.skipped += summary.skipped;
  return gathered;
}

void GatherSyncItem(const v1::SyncItem& row, int64_t line, bool snapshot, RowIdentity* identity,
                    Gathered* gathered) {
  ++gathered->read;
  const auto reject = [&](absl::string_view field, absl::string_view reason, absl::string_view message) {
    gathered->Reject({line, std::string(field), std::string(reason), std::string(message), "", false});
  };
  const auto reject_status = [&](absl::string_view field, const absl::Status& status) {
    reject(field, ReasonOf(status), status.message());
  };
  if (!store::CheckAccountKey({"t", row.account_id()}).ok() || row.account_id() == kUnidentifiedAccount) {
    return reject("account_id", kAccountMissing, "an account code of 1 to 128 bytes is needed");
  }
  const auto kind = static_cast<state::v1::ItemKind>(row.kind());
  if (kind < state::v1::ITEM_KIND_INVOICE || kind > state::v1::ITEM_KIND_DEBIT_NOTE) {
    return reject("kind", kFieldInvalid, "invoice, credit note, payment, opening or debit note is needed");
  }
  const bool payment = kind == state::v1::ITEM_KIND_PAYMENT;
  if (row.number().empty() && row.source_id().empty() && !payment) {
    return reject("number", kFieldMissing, "a document number or source_id is needed");
  }
  if (row.number().size() > 128 || row.reference().size() > 128 || row.source_id().size() > 128 ||
      row.settles_size() > 1000) {
    return reject("", kFieldTooLong,
                  "texts of at most 128 bytes and at most 1,000 settled documents are allowed");
  }
  const auto issue = rpc::DayFromProto(row.issue_date(), "issue_date");
  if (!issue.ok()) return reject_status("issue_date", issue.status());
  const auto amount = rpc::MoneyFromProto(row.amount(), "amount");
  if (!amount.ok()) return reject_status("amount", amount.status());
  const int sign = SignOf(kind);
  if (amount->minor == 0 || (sign != 0 && (amount->minor > 0) != (sign > 0))) {
    return reject("amount", kAmountNegative,
                  "debits are positive, credits are negative, and neither is zero");
  }
  IncomingItem incoming;
  incoming.line = line;
  incoming.in_snapshot = snapshot;
  incoming.to_match = payment || (row.settles_size() > 0 && amount->minor < 0);
  state::v1::Item& item = incoming.item;
  if (row.has_due_date()) {
    const auto due = rpc::DayFromProto(row.due_date(), "due_date");
    if (!due.ok()) return reject_status("due_date", due.status());
    if (amount->minor > 0) item.set_due_day(DayNumber(*due));
  }
  incoming.due_from_terms = amount->minor > 0 && !row.has_due_date();
  if (row.has_attributes()) {
    state::v1::Attributes told;
    const absl::Status read = AttributesFromProto(row.attributes(), &told);
    if (!read.ok()) return reject_status("attributes", read);
    IncomingAccount& account = gathered->accounts[row.account_id()];
    MergeTold(told, &account.attributes);
    account.mastered = true;
  }
  const bool by_source = !row.source_id().empty();
  item.set_id(identity->Of(
      by_source ? "sync-id" : "sync", row.account_id(), by_source ? 0 : static_cast<int>(kind),
      by_source ? row.source_id()
      : !row.number().empty()
          ? row.number()
          : CanonicalText().Add(DayNumber(*issue)).Add(amount->minor).Add(row.reference()).text()));
  item.set_kind(kind);
  item.set_number(row.number());
  item.set_issue_day(DayNumber(*issue));
  item.set_amount_minor(amount->minor);
  item.set_currency(amount->currency);
  item.set_reference(identifiers::Normalise(row.reference()));
  item.set_source(kSourceRpc);
  if (incoming.to_match) {
    incoming.payer.kind = PayerStanding::Kind::kSaid;
    incoming.facts.references = {row.reference()};
    incoming.facts.documents = {row.settles().begin(), row.settles().end()};
    incoming.facts.texts = {row.reference()};
  }
  ++gathered->relevant;
  gathered->SeeDay(*issue);
  gathered->accounts[row.account_id()].items.push_back(std::move(incoming));
}

}  // namespace relance::ledger
