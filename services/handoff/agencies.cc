#include "services/handoff/agencies.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "common/status/utf8.h"
#include "services/handoff/errors.h"

namespace relance::handoff {
namespace {

constexpr char kPrefix[] = "agency/";
constexpr int kPutRoundsMax = 8;

absl::Status Invalid(absl::string_view field, absl::string_view message) {
  return DomainError(absl::StatusCode::kInvalidArgument, kAgencyInvalid, absl::StrCat(field, ": ", message),
                     {{"field", std::string(field)}});
}

bool IsId(absl::string_view id) {
  return !id.empty() && id.size() <= kAgencyIdLengthMax && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

absl::Status CheckText(absl::string_view field, const std::string& text) {
  if (text.empty()) return Invalid(field, "is required");
  if (text.size() > kAgencyTextBytesMax)
    return Invalid(field, absl::StrCat("has over ", kAgencyTextBytesMax, " bytes"));
  const bool control =
      std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (control || CleanUtf8(text, text.size()) != text) return Invalid(field, "is not plain text");
  return absl::OkStatus();
}

absl::StatusOr<state::v1::Agency> Parse(const store::Document& document) {
  state::v1::Agency agency;
  if (!agency.ParseFromString(document.value)) {
    return DomainError(absl::StatusCode::kInternal, "DOCUMENT_CORRUPT",
                       "an agency's document does not parse");
  }
  return agency;
}

}  // namespace

absl::StatusOr<state::v1::Agency> CheckAgency(state::v1::Agency agency) {
  if (!IsId(agency.id())) return Invalid("agency_id", "1 to 64 of [a-z0-9-]");
  RELANCE_RETURN_IF_ERROR(CheckText("legal_name", agency.legal_name()));
  RELANCE_RETURN_IF_ERROR(CheckText("mandate_id", agency.mandate_id()));
  if (agency.fee_bps() < 0 || agency.fee_bps() > 10'000) return Invalid("fee_bps", "0 to 10,000");
  if (agency.remittance_days() < 0 || agency.remittance_days() > kRemittanceDaysMax) {
    return Invalid("remittance_days", absl::StrCat("0 to ", kRemittanceDaysMax));
  }
  if (agency.remittance_days() == 0) agency.set_remittance_days(kRemittanceDaysDefault);
  return agency;
}

absl::Status PutAgency(store::Store& store, const std::string& tenant, const state::v1::Agency& agency,
                       store::Deadline deadline) {
  const std::string name = absl::StrCat(kPrefix, agency.id());
  absl::Status status;
  for (int round = 0; round < kPutRoundsMax; ++round) {
    RELANCE_ASSIGN_OR_RETURN(const auto documents,
                             store.GetDocuments(tenant, std::vector<std::string>{name}, deadline));
    const std::string value = agency.SerializeAsString();
    if (documents[0].version > 0 && documents[0].value == value) return absl::OkStatus();
    status = store.PutDocument(tenant, name, value, documents[0].version, deadline).status();
    if (!absl::IsAborted(status)) return status;
  }
  return status;
}

absl::StatusOr<state::v1::Agency> GetAgency(store::Store& store, const std::string& tenant,
                                            const std::string& id, store::Deadline deadline) {
  const absl::Status missing = DomainError(absl::StatusCode::kFailedPrecondition, kNoAgency,
                                           id.empty() ? std::string("the tenant names no agency")
                                                      : absl::StrCat("agency ", id, " is not registered"),
                                           {{"agencyId", id}});
  if (id.empty()) return missing;
  RELANCE_ASSIGN_OR_RETURN(
      const auto documents,
      store.GetDocuments(tenant, std::vector<std::string>{absl::StrCat(kPrefix, id)}, deadline));
  if (documents[0].version == 0) return missing;
  return Parse(documents[0]);
}

absl::StatusOr<std::vector<state::v1::Agency>> ListAgencies(store::Store& store, const std::string& tenant,
                                                            absl::string_view after, int limit,
                                                            store::Deadline deadline) {
  RELANCE_ASSIGN_OR_RETURN(const auto names, store.ListDocuments(tenant, kPrefix, deadline));
  std::vector<std::string> page;
  for (const std::string& name : names) {
    if (absl::StripPrefix(name, kPrefix) > after) page.push_back(name);
    if (static_cast<int>(page.size()) == limit) break;
  }
  std::vector<state::v1::Agency> agencies;
  if (page.empty()) return agencies;
  RELANCE_ASSIGN_OR_RETURN(const auto documents, store.GetDocuments(tenant, page, deadline));
  for (const store::Document& document : documents) {
    if (document.version == 0) continue;
    RELANCE_ASSIGN_OR_RETURN(agencies.emplace_back(), Parse(document));
  }
  return agencies;
}

}  // namespace relance::handoff
