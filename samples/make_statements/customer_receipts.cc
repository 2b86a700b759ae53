#include "samples/make_statements/customer_receipts.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace relance::samples {
namespace {

bool IsMoneyLine(const FecLine& line) {
  return absl::StartsWith(line.account, "51") || absl::StartsWith(line.account, "53");
}

bool IsReceiptEntry(const std::vector<const FecLine*>& entry) {
  bool customer = false;
  bool money = false;
  for (const FecLine* line : entry) {
    if (IsCustomerLine(*line) && line->credit_minor > 0 && line->debit_minor == 0) {
      customer = true;
    } else if (IsMoneyLine(*line) && line->debit_minor > 0 && line->credit_minor == 0) {
      money = true;
    } else {
      return false;
    }
  }
  return customer && money;
}

// One receipt for each customer of the entry.
void AppendReceipts(const std::vector<const FecLine*>& entry, std::vector<Receipt>& receipts) {
  std::map<std::string, Receipt> by_customer;
  for (const FecLine* line : entry) {
    if (!IsCustomerLine(*line)) continue;
    Receipt& receipt = by_customer[line->customer];
    receipt.lines.push_back(line);
    receipt.amount_minor += line->credit_minor;
    if (!line->letter.empty() && !absl::c_linear_search(receipt.letters, line->letter)) {
      receipt.letters.push_back(line->letter);
    }
  }
  const bool cheque =
      absl::c_any_of(entry, [](const FecLine* line) { return absl::StartsWith(line->account, "5112"); });
  int rank = 0;
  for (auto& [customer, receipt] : by_customer) {
    const FecLine& first = *receipt.lines.front();
    receipt.key = absl::StrCat(first.journal, "-", first.entry);
    if (++rank > 1) absl::StrAppend(&receipt.key, "-", rank);
    receipt.day = first.entry_day;
    receipt.customer = customer;
    receipt.customer_name = first.customer_name;
    receipt.cheque = cheque;
    if (cheque) receipt.cheque_number = first.piece;
    receipt.label = first.label;
    receipts.push_back(std::move(receipt));
  }
}

struct OpenPiece {
  const FecLine* line;
  int64_t open_minor;  // negative for a credit note
};

// The part of one receipt that belongs to one lettrage group.
struct Share {
  Receipt* receipt;
  int64_t left_minor;
};

void Settle(Share& share, OpenPiece& piece, int64_t amount_minor) {
  share.receipt->settles.push_back({piece.line->piece, amount_minor});
  share.receipt->unapplied_minor -= amount_minor;
  share.left_minor -= amount_minor;
  piece.open_minor -= amount_minor;
}

void SettleGroup(std::vector<Share>& shares, std::vector<OpenPiece>& pieces) {
  absl::c_sort(pieces, [](const OpenPiece& a, const OpenPiece& b) {
    return std::tie(a.line->piece_day, a.line->piece) < std::tie(b.line->piece_day, b.line->piece);
  });
  if (shares.size() > 1) {
    for (Share& share : shares) {
      const auto exact = absl::c_find_if(
          pieces, [&share](const OpenPiece& piece) { return piece.open_minor == share.left_minor; });
      if (exact != pieces.end()) Settle(share, *exact, share.left_minor);
    }
  }
  for (Share& share : shares) {
    if (share.left_minor == 0) continue;
    for (OpenPiece& piece : pieces) {
      if (piece.open_minor < 0) Settle(share, piece, piece.open_minor);
    }
    for (OpenPiece& piece : pieces) {
      const int64_t amount = std::min(piece.open_minor, share.left_minor);
      if (amount > 0) Settle(share, piece, amount);
    }
  }
}

}  // namespace

std::vector<Receipt> CustomerReceipts(const FecFile& fec) {
  std::map<std::string, std::vector<const FecLine*>> entries;
  for (const FecLine& line : fec.lines) entries[EntryKey(line)].push_back(&line);
  std::vector<Receipt> receipts;
  std::set<const FecLine*> receipt_lines;
  for (const auto& [key, entry] : entries) {
    if (!IsReceiptEntry(entry)) continue;
    AppendReceipts(entry, receipts);
    receipt_lines.insert(entry.begin(), entry.end());
  }
  absl::c_sort(receipts, [](const Receipt& a, const Receipt& b) {
    return std::make_tuple(a.day, a.lines.front()->number) < std::make_tuple(b.day, b.lines.front()->number);
  });

  using Group = std::pair<std::string, std::string>;  // customer, letter
  std::map<Group, std::vector<OpenPiece>> pieces;
  for (const FecLine& line : fec.lines) {
    if (!IsCustomerLine(line) || line.letter.empty() || receipt_lines.contains(&line)) continue;
    pieces[{line.customer, line.letter}].push_back({&line, line.debit_minor - line.credit_minor});
  }
  std::map<Group, std::vector<Share>> shares;
  for (Receipt& receipt : receipts) {
    receipt.unapplied_minor = receipt.amount_minor;
    for (const FecLine* line : receipt.lines) {
      if (line->letter.empty()) continue;
      std::vector<Share>& group = shares[{receipt.customer, line->letter}];
      if (!group.empty() && group.back().receipt == &receipt) {
        group.back().left_minor += line->credit_minor;
      } else {
        group.push_back({&receipt, line->credit_minor});
      }
    }
  }
  for (auto& [group, of_group] : shares) SettleGroup(of_group, pieces[group]);
  return receipts;
}

}  // namespace relance::samples
