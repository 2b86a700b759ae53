#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "samples/generate/life.h"
#include "samples/generate/truth_writer.h"
#include "samples/toolkit/output.h"
#include "samples/toolkit/statement.h"

namespace relance::samples {

struct PortfolioCounts {
  int64_t invoices = 0;  // opening items too
  int64_t credit_notes = 0;
  int64_t payments = 0;
  int64_t returns = 0;
  int64_t days = 0;
};

// The header of opening.csv and items.csv.
inline constexpr absl::string_view kItemsHeader =
    "kind,account,name,number,issue_date,due_date,amount,currency,reference,end_to_end_id,payer_iban,booking_"
    "date,"
    "description,siren,vat,country,region,sector,segment,email,language,collector,customer_type\n";

// Tells a portfolio's life as the files that a creditor's systems would send:
//   opening.csv                  all that happened before `from`, settled or not, in order of day
//   day/<day>/items.csv          invoices and credit notes of a banking day from `from` on
//   day/<day>/bank.xml           its bank statement, camt.053.001.08
//   truth/                       see TruthWriter
// Amounts in CSV are positive; the kind says the side. Memory: one day.
class PortfolioWriter : public LifeSink {
 public:
  // `output`, `options` and `accounts` must outlive it.
  static absl::StatusOr<std::unique_ptr<PortfolioWriter>> Create(const PortfolioOptions& options,
                                                                 const std::vector<Account>& accounts,
                                                                 OutputFolder& output);

  void OnItem(const LivingItem& item, const Account& account) override;
  void OnCreditNote(const LivingItem& item, int64_t serial, int64_t amount_minor, absl::CivilDay day,
                    const Account& account) override;
  void OnDispute(const LivingItem& item, bool opened, absl::string_view detail, absl::CivilDay day,
                 const Account& account) override;
  void OnPayment(const LivingPayment& payment, const Account& account) override;
  void OnInsolvency(absl::CivilDay day, const Account& account) override;
  absl::Status OnDayEnd(absl::CivilDay day) override;

  // Writes what is known only now, and closes every file.
  absl::Status Finish();

  const PortfolioCounts& counts() const { return counts_; }

 private:
  PortfolioWriter(const PortfolioOptions& options, const std::vector<Account>& accounts,
                  OutputFolder& output);

  struct Row {
    absl::string_view kind;
    std::string number;
    std::string issue_date;
    std::string due_date;
    int64_t amount_minor = 0;
    std::string reference;
    std::string end_to_end_id;
    absl::string_view payer_iban;
    std::string booking_date;
    absl::string_view description;
  };
  void AppendRow(const Row& row, int32_t account, absl::CivilDay day);
  void AppendBankEntry(const LivingPayment& payment, const Account& account, std::string end_to_end_id);

  const PortfolioOptions& options_;
  const std::vector<Account>& accounts_;
  OutputFolder& output_;
  std::unique_ptr<OutputFile> opening_;
  std::unique_ptr<TruthWriter> truth_;
  // By account: what stands before and behind the cells of the item.
  std::vector<std::pair<std::string, std::string>> cells_;
  std::string history_;  // rows of opening.csv not written yet
  std::string items_;    // rows of the day
  std::vector<StatementEntry> entries_;
  int64_t balance_minor_ = 0;
  PortfolioCounts counts_;
};

}  // namespace relance::samples
