#include "services/ledger/gather_invoices.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/identifiers/text.h"
#include "common/status/status_macros.h"
#include "common/time/day.h"
#include "services/ledger/attributes.h"
#include "services/ledger/company_key.h"
#include "services/ledger/complete_item.h"
#include "services/ledger/readers/invoice/invoice_reader.h"
#include "services/ledger/readers/invoice/pdf/pdf_exit.h"
#include "services/ledger/readers/invoice/read_pdf.h"
#include "services/ledger/readers/invoice/reasons.h"
#include "services/ledger/readers/refusal.h"

namespace relance::ledger {
namespace {

constexpr char kCorrectedInvoice[] = "384";
constexpr char kDebitNoteType[] = "383";
constexpr size_t kReferenceKeptBytesMax = 35;  // what a bank carries

class DocumentSink : public InvoiceSink {
 public:
  DocumentSink(const std::string& source, const state::v1::TenantConfig& tenant,
               std::optional<absl::CivilDay> as_of, Gathered* out)
      : source_(source), tenant_(tenant), as_of_(as_of), out_(out) {}

  void OnRecord(InvoiceDocument&& invoice) override {
    const auto reject = [&](absl::string_view field, absl::string_view reason, absl::string_view message) {
      out_->Reject({invoice.line, std::string(field), std::string(reason), std::string(message), "", false});
    };
    if (invoice.test) return reject("", kTestDocument, "the document says that it is a test");
    if (!IsOurs(invoice)) {
      return reject("BG-4", kNotOurInvoice,
                    "the seller is another company than this tenant: a supplier's invoice?");
    }
    if (as_of_.has_value() && invoice.issue_day > *as_of_) {
      ++out_->skipped;
      return;
    }
    if (invoice.total_minor == 0) {
      ++out_->skipped;
      return out_->Warn("the document claims nothing: its total is 0");
    }
    IncomingDocument document = DocumentOf(invoice, source_);
    if (document.companies.empty() && document.codes.empty() && document.buyer.name().empty()) {
      return reject("BG-7", kBuyerMissing, "the document does not say who the buyer is");
    }
    ++out_->relevant;
    out_->documents.push_back(std::move(document));
  }

  void OnReject(const Reject& reject) override { out_->Reject(reject); }
  void OnNotice(const Notice& notice) override {
    out_->Warn(absl::StrCat(notice.field, ": ", notice.reason, ": ", notice.message));
  }

 private:
  static std::vector<std::string> KeysOf(const InvoiceParty& party) {
    return CompanyKeys(party.legal_id.value, party.legal_id.scheme, party.vat_id, party.country);
  }

  bool IsOurs(const InvoiceDocument& invoice) const {
    const auto own = CompanyKeys(tenant_.legal_id(), "", tenant_.vat_id(), tenant_.country());
    const SameCompany seller = Compare(own, KeysOf(invoice.seller));
    if (seller != SameCompany::kUnknown) return seller == SameCompany::kYes;
    return Compare(own, KeysOf(invoice.buyer)) != SameCompany::kYes;
  }

  const std::string& source_;
  const state::v1::TenantConfig& tenant_;
  const std::optional<absl::CivilDay> as_of_;
  Gathered* const out_;
};

void SetBuyer(const InvoiceParty& party, IncomingDocument* document) {
  document->companies = CompanyKeys(party.legal_id.value, party.legal_id.scheme, party.vat_id, party.country);
  for (const InvoiceId& id : party.ids) {
    document->codes.push_back(id.value);
    // A SIRET or the like may stand there where the legal identifier is left out.
    if (id.scheme.empty()) continue;
    for (const std::string& key : CompanyKeys(id.value, id.scheme, "", party.country)) {
      auto& keys = document->companies;
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
  }
  state::v1::Attributes& buyer = document->buyer;
  buyer.set_name(party.name);
  buyer.set_legal_id(identifiers::Normalise(party.legal_id.value));
  for (const std::string& key : document->companies) {
    // The company rather than one of its sites.
    if (absl::StartsWith(key, "FR:") || absl::StartsWith(key, "BE:")) {
      buyer.set_legal_id(key.substr(3));
      break;
    }
  }
  buyer.set_vat_id(identifiers::Normalise(party.vat_id));
  buyer.set_country(party.country);
  for (const std::string& line : party.address) {
    if (buyer.address_size() < kAddressLinesMax) buyer.add_address(line);
  }
  if (party.contact_mail.empty() && party.contact_phone.empty()) return;
  state::v1::ContactPerson* contact = buyer.add_contacts();
  contact->set_role("billing");
  contact->set_name(party.contact_name);
  contact->set_email(party.contact_mail);
  contact->set_phone(party.contact_phone);
}

absl::StatusOr<std::string> XmlOf(const SpoolFile& file, const std::string& file_name) {
  if (file.bytes() > static_cast<int64_t>(kPdfBytesMax)) {
    return RefuseFile(file_name, 1, "", kPdfTooExpensive,
                      absl::StrCat("a PDF of at most ", kPdfBytesMax, " bytes is read"));
  }
  std::string pdf;
  pdf.reserve(static_cast<size_t>(file.bytes()));
  RELANCE_RETURN_IF_ERROR(file.Read([&](absl::string_view bytes) {
    pdf.append(bytes.data(), bytes.size());
    return absl::OkStatus();
  }));
  return ReadPdfInvoice(pdf, file_name);
}

absl::Status Run(const SpoolFile& file, const std::string& file_name, const std::string& source,
                 InvoiceReader* reader) {
  if (source == kSourceFacturX) {
    RELANCE_ASSIGN_OR_RETURN(const std::string xml, XmlOf(file, file_name));
    RELANCE_RETURN_IF_ERROR(reader->Feed(xml));
  } else {
    RELANCE_RETURN_IF_ERROR(file.Read([&](absl::string_view bytes) { return reader->Feed(bytes); }));
  }
  return reader->Finish();
}

}  // namespace

IncomingDocument DocumentOf(const InvoiceDocument& invoice, const std::string& source) {
  IncomingDocument document;
  document.line = invoice.line;
  document.preceding = invoice.preceding;
  const int64_t owed = invoice.owed_minor(invoice.total_minor);
  document.prepaid_minor = invoice.owed_minor(invoice.prepaid_minor);
  document.corrects = invoice.type_code == kCorrectedInvoice && owed > 0;

  state::v1::Item item;
  item.set_kind(owed < 0                              ? state::v1::ITEM_KIND_CREDIT_NOTE
                : invoice.credit                      ? state::v1::ITEM_KIND_DEBIT_NOTE
                : invoice.type_code == kDebitNoteType ? state::v1::ITEM_KIND_DEBIT_NOTE
                                                      : state::v1::ITEM_KIND_INVOICE);
  item.set_number(invoice.number);
  item.set_issue_day(DayNumber(invoice.issue_day));
  item.set_currency(invoice.currency);
  item.set_source(source);
  if (invoice.reference.size() <= kReferenceKeptBytesMax) {
    item.set_reference(identifiers::Normalise(invoice.reference));
  }
  if (document.corrects && !invoice.preceding.empty()) item.set_replaces(invoice.preceding[0]);

  const size_t parts = owed < 0 ? 1 : invoice.instalments.size();
  for (size_t i = 0; i < parts; ++i) {
    state::v1::Item& part = document.instalments.emplace_back(item);
    const InvoiceInstalment& instalment = invoice.instalments[i];
    // What is prepaid is part of the claim; it is settled from the start.
    part.set_amount_minor(parts == 1 ? owed
                                     : invoice.owed_minor(instalment.amount_minor) +
                                           (i == 0 ? document.prepaid_minor : 0));
    if (owed > 0 && instalment.due_day.has_value()) part.set_due_day(DayNumber(*instalment.due_day));
    for (const InvoiceDiscount& told : invoice.discounts) {
      if (told.instalment != i || owed < 0) continue;
      state::v1::Discount* discount = part.add_discounts();
      discount->set_until_day(DayNumber(told.until_day));
      discount->set_amount_minor(told.amount_minor);
    }
  }
  document.instalments[0].set_id(DocumentId(document.instalments[0]));
  SetBuyer(invoice.buyer, &document);
  return document;
}

absl::StatusOr<Gathered> GatherInvoice(const SpoolFile& file, const std::string& file_name,
                                       const std::string& source, const state::v1::TenantConfig& tenant,
                                       std::optional<absl::CivilDay> as_of) {
  Gathered gathered;
  DocumentSink sink(source, tenant, as_of, &gathered);
  const InvoiceSyntax syntax = source == kSourceUbl ? InvoiceSyntax::kUbl : InvoiceSyntax::kCii;
  // xrechnung.xml in a PDF may be UBL.
  InvoiceReader reader(file_name, source == kSourceFacturX ? InvoiceSyntax::kAny : syntax, &sink);
  if (const absl::Status read = Run(file, file_name, source, &reader); !read.ok()) return RefusalOfFile(read);
  gathered.read = 1;
  return gathered;
}

}  // namespace relance::ledger
