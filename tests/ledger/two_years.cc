#include "tests/ledger/two_years.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/money/decimal_text.h"

namespace relance::ledger {
namespace {

// A line of a customer in the books.
struct CustomerLine {
  std::string piece;
  std::string day;
  int64_t balance = 0;
  std::string letter;
  bool is_open = true;  // not lettered in a group that balances
};

class Maker {
 public:
  Maker(uint32_t seed, OpeningForm form) : random_(seed), form_(form) {}

  TwoYears Make() {
    const int customers = 2 + Below(3);
    for (int i = 0; i < customers; ++i) customers_[absl::StrCat("C", i + 1)] = {};
    year_ = 2024;
    lines_ = &years_.first;
    Trade(3 + Below(12));
    years_.after_first = Balances();
    year_ = 2025;
    lines_ = &years_.second;
    Open();
    Trade(3 + Below(12));
    years_.after_second = Balances();
    return std::move(years_);
  }

 private:
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }

  std::map<std::string, int64_t> Balances() const {
    std::map<std::string, int64_t> balances;
    for (const auto& [code, lines] : customers_) {
      int64_t& balance = balances[code];
      for (const CustomerLine& line : lines) balance += line.balance;
    }
    return balances;
  }

  // Days go on through the year.
  std::string NextDay() {
    day_ = std::min(day_ + Below(12), 355);
    return absl::StrFormat("%04d%02d%02d", year_, 1 + day_ / 30, 1 + day_ % 28);
  }

  void Trade(int turns) {
    day_ = 1;
    for (int i = 0; i < turns; ++i) {
      for (auto& [code, lines] : customers_) {
        switch (Below(6)) {
          case 0:
          case 1:
            Invoice(code, &lines);
            break;
          case 2:
            Pay(code, &lines, false);
            break;
          case 3:
            Pay(code, &lines, true);
            break;
          case 4:
            Reverse(code, &lines);
            break;
          default:
            CreditNote(code, &lines);
        }
      }
    }
    Write();
  }

  struct Entry {
    std::string journal, day, piece, account, label;
    std::string customer;
    size_t line = 0;        // of the customer
    bool negative = false;  // written as a negative amount on the other side
  };

  void Add(const std::string& code, std::vector<CustomerLine>* lines, const std::string& journal,
           const std::string& account, const std::string& piece, int64_t balance, const std::string& letter,
           bool is_open, bool negative = false) {
    const std::string day = NextDay();
    lines->push_back({piece, day, balance, letter, is_open});
    entries_.push_back({journal, day, piece, account, "x", code, lines->size() - 1, negative});
  }

  void Invoice(const std::string& code, std::vector<CustomerLine>* lines) {
    Add(code, lines, "VE", "706000", absl::StrCat("F", year_, "-", ++pieces_), 1'000 + Below(100'000), "",
        true);
  }

  // An open debit that no letter holds.
  CustomerLine* OpenDebit(std::vector<CustomerLine>* lines) {
    std::vector<CustomerLine*> open;
    for (CustomerLine& line : *lines) {
      if (line.balance > 0 && line.is_open && line.letter.empty()) open.push_back(&line);
    }
    return open.empty() ? nullptr : open[static_cast<size_t>(Below(static_cast<int>(open.size())))];
  }

  std::string NewLetter(const std::string& code) {
    // Letters begin anew in each year.
    return std::string(1, static_cast<char>('A' + letters_[{code, year_}]++ % 26));
  }

  void Pay(const std::string& code, std::vector<CustomerLine>* lines, bool in_part) {
    CustomerLine* debit = OpenDebit(lines);
    if (debit == nullptr) {
      // Money before the invoice, unlettered.
      return Add(code, lines, "BQ", "512000", absl::StrCat("B", ++pieces_), -(500 + Below(5'000)), "", true);
    }
    const int64_t amount = in_part ? 1 + debit->balance / 2 : debit->balance;
    std::string letter = NewLetter(code);
    if (in_part) letter[0] = static_cast<char>(letter[0] - 'A' + 'a');
    debit->letter = letter;
    debit->is_open = in_part;
    Add(code, lines, "BQ", "512000", absl::StrCat("B", ++pieces_), -amount, letter, in_part);
  }

  void CreditNote(const std::string& code, std::vector<CustomerLine>* lines) {
    Add(code, lines, "VE", "706000", absl::StrCat("A", year_, "-", ++pieces_), -(100 + Below(9'000)), "",
        true);
  }

  // The same piece the other way round, or as a negative amount.
  void Reverse(const std::string& code, std::vector<CustomerLine>* lines) {
    CustomerLine* debit = OpenDebit(lines);
    if (debit == nullptr || debit->piece.substr(0, 5) != absl::StrCat("F", year_)) return;
    const CustomerLine reversed = *debit;
    Add(code, lines, "VE", "706000", reversed.piece, -reversed.balance, "", true, Below(2) == 0);
  }

  static std::string Amount(int64_t minor) { return FormatDecimal(minor, 2, ','); }

  void Line(const std::string& journal, int number, const std::string& day, const std::string& account,
            const std::string& aux, const std::string& piece, const std::string& piece_day,
            const std::string& label, int64_t balance, const std::string& letter, bool negative) {
    int64_t debit = std::max<int64_t>(balance, 0), credit = std::max<int64_t>(-balance, 0);
    if (negative) std::tie(debit, credit) = std::make_pair(-credit, -debit);
    lines_->push_back(absl::StrCat(
        journal, "\t", journal == "AN" ? "A nouveaux" : journal, "\t", number, "\t", day, "\t", account,
        "\tx\t", aux, "\t", aux.empty() ? "" : "Customer ", aux, "\t", piece, "\t", piece_day, "\t", label,
        "\t", Amount(debit), "\t", Amount(credit), "\t", letter, "\t\t", day, "\t\t\n"));
  }

  // Writes the entries of the year with the letters that they have at its end.
  void Write() {
    for (const Entry& entry : entries_) {
      const CustomerLine& line = customers_[entry.customer][entry.line];
      const int number = ++numbers_;
      Line(entry.journal, number, entry.day, "411000", entry.customer, entry.piece, entry.day, entry.label,
           line.balance, line.letter, entry.negative);
      Line(entry.journal, number, entry.day, entry.account, "", entry.piece, entry.day, entry.label,
           -line.balance, "", entry.negative);
    }
    entries_.clear();
    if (year_ == 2025) return WriteOpening();
  }

  // What is open at the year's end is told again. Lines of letters that balance, and what reverses itself,
  // are not.
  void Open() {
    for (auto& [code, lines] : customers_) {
      std::vector<CustomerLine> carried;
      std::map<std::string, int64_t> by_piece;
      for (const CustomerLine& line : lines) {
        if (line.is_open && line.letter.empty()) by_piece[line.piece] += line.balance;
      }
      int64_t debits = 0, credits = 0;
      for (const CustomerLine& line : lines) {
        if (!line.is_open) continue;
        if (line.letter.empty() && by_piece[line.piece] == 0) continue;
        (line.balance > 0 ? debits : credits) += line.balance;
        if (form_ != OpeningForm::kByItem) continue;
        CustomerLine again = line;
        again.letter.clear();
        carried.push_back(again);
      }
      if (form_ == OpeningForm::kByTotal && debits + credits != 0) {
        carried.push_back({"RAN", "20250101", debits + credits, "", true});
      }
      if (form_ == OpeningForm::kByTotalOfEachSide) {
        if (debits != 0) carried.push_back({"RAN", "20250101", debits, "", true});
        if (credits != 0) carried.push_back({"RAN", "20250101", credits, "", true});
      }
      opened_[code] = carried.size();
      lines = carried;
    }
  }

  void WriteOpening() {
    std::vector<std::string> after;
    after.swap(*lines_);
    int64_t sum = 0;
    const int number = ++numbers_;
    for (const auto& [code, lines] : customers_) {
      for (size_t i = 0; i < opened_[code]; ++i) {
        const CustomerLine& line = lines[i];
        Line("AN", number, "20250101", "411000", code, line.piece, line.day, "A nouveau", line.balance,
             line.letter, false);
        sum += line.balance;
      }
    }
    Line("AN", number, "20250101", "101000", "", "RAN", "20250101", "A nouveau", -sum, "", false);
    // Every company has customers at the start of its year.
    Line("AN", number, "20250101", "411000", "C0", "RAN", "20250101", "A nouveau", 100, "", false);
    Line("AN", number, "20250101", "101000", "", "RAN", "20250101", "A nouveau", -100, "", false);
    years_.second.insert(years_.second.end(), after.begin(), after.end());
    customers_["C0"] = {{"RAN", "20250101", 100, "", true}};
  }

  std::mt19937 random_;
  const OpeningForm form_;
  TwoYears years_;
  std::vector<std::string>* lines_ = nullptr;
  std::map<std::string, std::vector<CustomerLine>> customers_;
  std::map<std::string, size_t> opened_;
  std::map<std::pair<std::string, int>, int> letters_;
  std::vector<Entry> entries_;
  int year_ = 0;
  int day_ = 1;
  int pieces_ = 0;
  int numbers_ = 0;
};

}  // namespace

TwoYears MakeTwoYears(uint32_t seed, OpeningForm form) { return Maker(seed, form).Make(); }

}  // namespace relance::ledger
