#pragma once

#include <cstdint>
#include <string>

#include "tools/bench/portfolio.h"
#include "tools/bench/process.h"

namespace relance::bench {

// The files of one made-up company, in a folder of their own: its books, its bank, and the same rows as
// PostgreSQL wants them for COPY. Every invoice has an entry of three lines; every second one is paid by an
// entry of two, lettered with it. The night's books (`delta`) pay the 1 % of Portfolio::Changes: their lines
// again, lettered, and the payments. Equal portfolios, equal files.
class SourceFiles {
 public:
  // `statement_entries`: how many open invoices the bank statement pays, at most as many as there are.
  SourceFiles(const Portfolio& portfolio, int64_t statement_entries);

  const std::string& fec() const { return fec_; }
  const std::string& fec_delta() const { return fec_delta_; }
  const std::string& camt() const { return camt_; }
  // Columns: account, id, kind, number, issue_day, due_day, amount, open, lettering, settled_day.
  const std::string& rows() const { return rows_; }
  const std::string& rows_delta() const { return rows_delta_; }
  // Columns: id, day, amount, number: the payments of the statement.
  const std::string& payments() const { return payments_; }

  int64_t fec_lines() const { return fec_lines_; }  // without the header
  int64_t items() const { return items_; }          // customer lines of the books
  int64_t delta_lines() const { return delta_lines_; }
  int64_t delta_payments() const { return delta_payments_; }  // items that the night's books add
  int64_t entries() const { return entries_; }                // of the statement

 private:
  const TemporaryFolder folder_;
  std::string fec_, fec_delta_, camt_, rows_, rows_delta_, payments_;
  int64_t fec_lines_ = 0, items_ = 0, delta_lines_ = 0, delta_payments_ = 0, entries_ = 0;
};

}  // namespace relance::bench
