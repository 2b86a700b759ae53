#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scenario/render/message.h"
#include "services/scenario/render/notice.h"
#include "services/scenario/render/template_set.h"

namespace relance::scenario::render {

// Amounts by currency, in the order in which the currencies came.
class Totals {
 public:
  // Errors: OUT_OF_RANGE / AMOUNT_OVERFLOW.
  absl::Status Add(const Money& amount);
  absl::Status Add(const Totals& other);
  const std::vector<Money>& amounts() const { return amounts_; }
  // 0 of that currency when it never came.
  Money Of(const std::string& currency) const;
  // "1 200,00 € et 50,00 USD"; empty when nothing was added.
  std::string Format(absl::string_view language) const;

 private:
  std::vector<Money> amounts_;
};

// Builds the tables of one message. One table per currency; the currency is in the title when there are
// several.
class NoticeTables {
 public:
  NoticeTables(const Message& message, std::string language, const Labels& labels)
      : message_(message), language_(std::move(language)), labels_(labels) {}

  // Errors of all: OUT_OF_RANGE / AMOUNT_OVERFLOW.
  absl::StatusOr<std::vector<Block>> Items(const std::vector<Item>& items, const std::string& title_label,
                                           bool with_days_late, bool with_total) const;
  absl::StatusOr<std::vector<Block>> Credits() const;
  // By item, interest before the indemnity.
  absl::StatusOr<std::vector<Block>> Claims() const;
  std::vector<Block> Summary(const Totals& items, const Totals& interest, const Totals& indemnities,
                             const Totals& due) const;
  std::vector<Block> Payment(const Totals& due) const;

 private:
  std::string Label(const std::string& name) const { return labels_.at(name); }
  std::string Title(const std::string& label, const std::string& currency, size_t currency_count) const;

  const Message& message_;
  const std::string language_;
  const Labels& labels_;
};

}  // namespace relance::scenario::render
