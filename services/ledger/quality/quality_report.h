#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "common/tenant/tenant_directory.h"
#include "services/ledger/agreement/agreement_book.h"
#include "services/ledger/quality/finding.h"

namespace relance::ledger {

inline constexpr size_t kFindingsKeptMax = 2'000;  // of each kind, those with most money; all are counted

// All findings of a tenant, counted, and the largest of each kind.
class QualityReport {
 public:
  struct Count {
    int64_t findings = 0;
    int64_t accounts = 0;
    std::map<std::string, int64_t> amounts;  // by currency
  };

  // Findings of one account come one after the other.
  void Add(Finding finding);
  // Puts the findings in order: most money first, whatever the currency, then by kind, account and item.
  // Last.
  void Finish();

  const std::map<v1::QualityKind, Count>& counts() const { return counts_; }
  const std::vector<Finding>& findings() const { return findings_; }

 private:
  std::map<v1::QualityKind, Count> counts_;
  std::map<v1::QualityKind, std::string> newest_account_;
  std::map<v1::QualityKind, std::vector<Finding>> kept_;  // heaps, the smallest on top
  std::vector<Finding> findings_;
};

// Looks through all accounts of a tenant at its business date; reads and writes nothing else. Holds some
// accounts at a time and what the report keeps. `kinds`: only these are kept and counted; empty: all. Errors:
// those of the store.
absl::StatusOr<QualityReport> MakeQualityReport(store::Store& store, const AgreementBook& book,
                                                const TenantContext& tenant,
                                                const std::set<v1::QualityKind>& kinds,
                                                store::Deadline deadline);

}  // namespace relance::ledger
