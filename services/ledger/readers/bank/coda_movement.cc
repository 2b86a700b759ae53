#include "services/ledger/readers/bank/coda_movement.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/ledger/readers/bank/bank_values.h"
#include "services/ledger/readers/bank/coda_communication.h"
#include "services/ledger/readers/bank/column_line.h"
#include "services/ledger/readers/source_hash.h"

namespace relance::ledger {
namespace {

constexpr size_t kTextsMax = 1000;  // references and texts of a total that are taken into one transaction

struct Node {
  const CodaArticle* article = nullptr;
  std::vector<Node> details;
};

// A transaction to be: an article, its details, whose words are its own, the totals that it is a part of,
// whose words serve when it has none, and the charges in it.
struct Part {
  const CodaArticle* article = nullptr;
  std::vector<const CodaArticle*> below, above;
  int64_t charges_minor = 0;
};

Node MakeTree(const std::vector<CodaArticle>& articles) {
  Node root{&articles.front(), {}};
  for (size_t i = 1; i < articles.size(); ++i) {
    std::vector<Node>* level = &root.details;
    const bool below_seven =
        articles[i].code.type == 9 && !level->empty() && level->back().article->code.type == 7;
    if (below_seven) level = &level->back().details;
    level->push_back({&articles[i], {}});
  }
  return root;
}

void CollectBelow(const Node& node, std::vector<const CodaArticle*>* out) {
  for (const Node& detail : node.details) {
    out->push_back(detail.article);
    CollectBelow(detail, out);
  }
}

void Split(const Node& node, std::vector<const CodaArticle*> above, std::vector<Part>* parts,
           bool* not_split) {
  int64_t sum = 0, fees = 0;
  size_t amounts = 0, charges = 0;
  for (const Node& detail : node.details) {
    sum = AddSaturated(sum, detail.article->signed_minor());
    if (IsPrincipal(detail.article->code)) {
      ++amounts;
    } else {
      ++charges;
      fees = AddSaturated(fees, detail.article->signed_minor());
    }
  }
  const bool adds_up = sum == node.article->signed_minor();
  const bool is_total = node.article->code.type == 1 || node.article->code.type == 2;
  if (!node.details.empty() && adds_up && (is_total || (amounts > 1 && charges == 0))) {
    above.push_back(node.article);
    for (const Node& detail : node.details) Split(detail, above, parts, not_split);
    return;
  }
  if (amounts > 1 && !adds_up && is_total) *not_split = true;
  Part part{node.article, {}, std::move(above), 0};
  CollectBelow(node, &part.below);
  // A charge is a debit: it lessens a credit and adds to a debit.
  if (adds_up && amounts > 0 && fees < 0) part.charges_minor = -fees;
  parts->push_back(std::move(part));
}

std::string FreeText(const std::vector<CodaInformation>& information) {
  // A text goes on in the next record where it fills this one.
  std::string text;
  for (const CodaInformation& part : information) {
    if (!part.is_structured) text += part.text;
  }
  return Squeeze(text);
}

// Name of a form of records 3: the party in its first 70 columns.
std::string NameIn(const std::vector<CodaInformation>& information, absl::string_view form) {
  for (const CodaInformation& part : information) {
    if (part.is_structured && Characters(part.text, 0, 3) == form)
      return Squeeze(Characters(part.text, 3, 70));
  }
  return "";
}

bool IsNamed(const CodaArticle& article) { return !article.name.empty() || !article.account.empty(); }

void AddWords(const CodaArticle& article, BankTransaction* t) {
  if (article.is_structured) {
    ReadCodaCommunication(Characters(article.communication, 0, 3), Characters(article.communication, 3, 200),
                          t);
  } else if (std::string text = Squeeze(article.communication); !text.empty()) {
    if (std::find(t->unstructured.begin(), t->unstructured.end(), text) == t->unstructured.end())
      t->unstructured.push_back(std::move(text));
  }
  for (const CodaInformation& part : article.information) {
    if (part.is_structured && Characters(part.text, 0, 3) == "105")
      ReadCodaCommunication("105", Characters(part.text, 3, 200), t);
  }
}

BankTransaction MakeTransaction(const Part& part, const std::string& currency) {
  const CodaArticle& own = *part.article;
  BankTransaction t;
  t.amount_minor = own.minor;
  t.currency = currency;
  t.is_credit = own.is_credit;
  t.booking_day = own.entry_day;
  t.value_day = own.value_day;
  t.entry_servicer_ref = own.bank_ref;
  t.bank_code = own.code_text;
  t.is_charge = IsBankCharge(own.code);
  t.is_reversal = TakesBack(own.code, own.is_credit);
  t.charges_minor = part.charges_minor;
  const CodaArticle* party = nullptr;
  std::string free_text;
  const auto take = [&](const CodaArticle& article, bool words) {
    if (words && t.structured.size() + t.unstructured.size() < kTextsMax) AddWords(article, &t);
    const absl::string_view name =
        CodaReturnName(article.r_transaction.empty() ? ' ' : article.r_transaction[0]);
    if (!name.empty() && t.return_reason.empty()) {
      t.is_reversal = true;
      t.return_reason = article.reason.empty() ? std::string(name) : article.reason;
    }
    if (t.end_to_end_id.empty()) t.end_to_end_id = article.customer_ref;
    if (party == nullptr && IsNamed(article)) party = &article;
    if (free_text.empty()) free_text = FreeText(article.information);
  };
  take(own, true);
  for (const CodaArticle* article : part.below) take(*article, true);
  for (const CodaArticle* article : part.above)
    take(*article, t.unstructured.empty() && t.structured.empty());
  if (t.end_to_end_id == "NOTPROVIDED") t.end_to_end_id.clear();
  if (t.unstructured.empty() && t.structured.empty() && !free_text.empty()) {
    t.unstructured.push_back(std::move(free_text));
  } else if (!free_text.empty()) {
    absl::StrAppend(&t.additional_info, t.additional_info.empty() ? "" : " ", free_text);
  }
  Counterparty counterparty;
  if (party != nullptr) {
    counterparty.name = NameIn(party->information, "001");  // 70 columns where 2.3 has 35
    if (counterparty.name.empty()) counterparty.name = party->name;
    counterparty.account = party->account;
    counterparty.ultimate_name = NameIn(party->information, "009");
    t.counterparty_bic = party->bic;
  }
  SetCounterparty(std::move(counterparty), &t);
  return t;
}

}  // namespace

CodaRecords MakeCodaTransactions(const std::vector<CodaArticle>& articles, const std::string& currency) {
  CodaRecords records;
  std::vector<Part> parts;
  Split(MakeTree(articles), {}, &parts, &records.not_split);
  records.transactions.reserve(parts.size());
  for (const Part& part : parts) records.transactions.push_back(MakeTransaction(part, currency));
  return records;
}

}  // namespace relance::ledger
