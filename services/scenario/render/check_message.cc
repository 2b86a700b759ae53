#include "services/scenario/render/check_message.h"

#include <glib.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/money/currency.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/scenario/render/errors.h"

namespace relance::scenario::render {
namespace {

using absl::StatusCode;

constexpr size_t kEmailBytesMax = 254;

absl::Status FieldError(StatusCode code, const char* reason, absl::string_view message,
                        absl::string_view field) {
  return DomainError(code, reason, absl::StrCat(message, ": ", field), {{"field", std::string(field)}});
}

absl::Status IndexError(StatusCode code, const char* reason, absl::string_view message,
                        absl::string_view field, size_t index) {
  return DomainError(code, reason, absl::StrCat(message, ": ", field, "[", index, "]"),
                     {{"field", std::string(field)}, {"index", absl::StrCat(index)}});
}

absl::Status Clean(std::string& text, absl::string_view field, size_t bytes_max = kNameBytesMax) {
  // The bound comes first: cleaning is linear, but the caller's mistake may be gigabytes.
  if (text.size() > bytes_max)
    return FieldError(StatusCode::kInvalidArgument, kMessageTooLarge, "too long", field);
  text = CleanText(text);
  return absl::OkStatus();
}

absl::Status CleanLines(std::vector<std::string>& lines, absl::string_view field) {
  if (lines.size() > kAddressLinesMax) {
    return FieldError(StatusCode::kInvalidArgument, kMessageTooLarge, "too many lines", field);
  }
  std::vector<std::string> kept;
  for (std::string& line : lines) {
    RELANCE_RETURN_IF_ERROR(Clean(line, field));
    if (!line.empty()) kept.push_back(std::move(line));
  }
  lines = std::move(kept);
  return absl::OkStatus();
}

absl::Status CleanTexts(Message& m) {
  for (auto [size, field] :
       {std::pair(m.items.size(), "items"), std::pair(m.not_yet_due.size(), "not_yet_due"),
        std::pair(m.credits.size(), "credits"), std::pair(m.interest.size(), "interest"),
        std::pair(m.indemnities.size(), "indemnities")}) {
    if (size > kItemsMax)
      return FieldError(StatusCode::kInvalidArgument, kMessageTooLarge, "too many", field);
  }
  Sender& s = m.sender;
  Recipient& r = m.recipient;
  for (auto [text, field] : {std::pair(&m.text_key, "text_key"),
                             std::pair(&m.account, "account"),
                             std::pair(&m.payment_reference, "payment_reference"),
                             std::pair(&m.next_step_by, "next_step_by"),
                             std::pair(&s.legal_name, "sender.legal_name"),
                             std::pair(&s.legal_mentions, "sender.legal_mentions"),
                             std::pair(&s.city, "sender.city"),
                             std::pair(&s.siren, "sender.siren"),
                             std::pair(&s.vat_number, "sender.vat_number"),
                             std::pair(&s.iban, "sender.iban"),
                             std::pair(&s.bic, "sender.bic"),
                             std::pair(&s.phone, "sender.phone"),
                             std::pair(&s.email, "sender.email"),
                             std::pair(&s.reply_to, "sender.reply_to"),
                             std::pair(&s.interlocutor_name, "sender.interlocutor_name"),
                             std::pair(&s.interlocutor_role, "sender.interlocutor_role"),
                             std::pair(&s.language, "sender.language"),
                             std::pair(&r.company, "recipient.company"),
                             std::pair(&r.contact, "recipient.contact"),
                             std::pair(&r.email, "recipient.email"),
                             std::pair(&r.language, "recipient.language")}) {
    RELANCE_RETURN_IF_ERROR(Clean(*text, field));
  }
  RELANCE_RETURN_IF_ERROR(Clean(m.legal_basis, "legal_basis", kTextBytesMax));
  RELANCE_RETURN_IF_ERROR(CleanLines(s.address_lines, "sender.address_lines"));
  RELANCE_RETURN_IF_ERROR(CleanLines(r.address_lines, "recipient.address_lines"));
  for (Item& item : m.items) RELANCE_RETURN_IF_ERROR(Clean(item.number, "items.number"));
  for (Item& item : m.not_yet_due) RELANCE_RETURN_IF_ERROR(Clean(item.number, "not_yet_due.number"));
  for (Credit& credit : m.credits) RELANCE_RETURN_IF_ERROR(Clean(credit.reference, "credits.reference"));
  for (InterestLine& line : m.interest)
    RELANCE_RETURN_IF_ERROR(Clean(line.item_number, "interest.item_number"));
  for (Indemnity& line : m.indemnities)
    RELANCE_RETURN_IF_ERROR(Clean(line.item_number, "indemnities.item_number"));
  return absl::OkStatus();
}

absl::Status CheckPresence(const Message& m) {
  for (auto [text, field] :
       {std::pair(&m.contact_key, "contact_key"), std::pair(&m.sender.legal_name, "sender.legal_name"),
        std::pair(&m.recipient.company, "recipient.company")}) {
    if (text->empty())
      return FieldError(StatusCode::kInvalidArgument, kMessageFieldMissing, "missing", field);
  }
  for (const Item& item : m.items) {
    if (!item.disputed) return absl::OkStatus();
  }
  return DomainError(StatusCode::kFailedPrecondition, kMessageWithoutItems, "nothing is left to ask for");
}

absl::Status CheckAmount(const Money& amount, absl::string_view field, size_t index) {
  RELANCE_RETURN_IF_ERROR(CurrencyExponent(amount.currency).status());
  if (amount.minor > 0) return absl::OkStatus();
  return IndexError(StatusCode::kInvalidArgument, kMessageAmountInvalid, "not above 0", field, index);
}

absl::Status CheckItemAmounts(const std::vector<Item>& items, absl::string_view field) {
  for (size_t i = 0; i < items.size(); ++i) {
    RELANCE_RETURN_IF_ERROR(CheckAmount(items[i].open, field, i));
    RELANCE_ASSIGN_OR_RETURN(const int order, Compare(items[i].open, items[i].original));
    if (order > 0) {
      return IndexError(StatusCode::kInvalidArgument, kMessageAmountInvalid, "open exceeds original", field,
                        i);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckAmounts(const Message& m) {
  RELANCE_RETURN_IF_ERROR(CheckItemAmounts(m.items, "items"));
  RELANCE_RETURN_IF_ERROR(CheckItemAmounts(m.not_yet_due, "not_yet_due"));
  for (size_t i = 0; i < m.credits.size(); ++i) {
    RELANCE_RETURN_IF_ERROR(CheckAmount(m.credits[i].open, "credits", i));
  }
  for (size_t i = 0; i < m.interest.size(); ++i) {
    RELANCE_RETURN_IF_ERROR(CheckAmount(m.interest[i].principal, "interest", i));
    RELANCE_RETURN_IF_ERROR(CheckAmount(m.interest[i].amount, "interest", i));
  }
  for (size_t i = 0; i < m.indemnities.size(); ++i) {
    RELANCE_RETURN_IF_ERROR(CheckAmount(m.indemnities[i].amount, "indemnities", i));
  }
  return absl::OkStatus();
}

absl::Status CheckDays(const Message& m) {
  for (size_t i = 0; i < m.items.size(); ++i) {
    const bool overdue = DaysLate(m.items[i], m.date) > 0;
    if (m.kind != StepKind::kPreDue && !overdue) {
      return IndexError(StatusCode::kFailedPrecondition, kItemNotOverdue, "not overdue", "items", i);
    }
    if (m.kind == StepKind::kPreDue && overdue) {
      return IndexError(StatusCode::kFailedPrecondition, kItemOverdue, "overdue", "items", i);
    }
  }
  for (size_t i = 0; i < m.not_yet_due.size(); ++i) {
    if (DaysLate(m.not_yet_due[i], m.date) > 0) {
      return IndexError(StatusCode::kFailedPrecondition, kItemOverdue, "overdue", "not_yet_due", i);
    }
  }
  const bool needs_deadline = m.kind != StepKind::kPreDue;
  if (m.deadline.has_value() ? *m.deadline < m.date : needs_deadline) {
    return FieldError(StatusCode::kInvalidArgument, kDeadlineInvalid, "absent, or before the date",
                      "deadline");
  }
  return absl::OkStatus();
}

// ASCII, one @, nothing that would need quoting in a header or end an SMTP command.
bool IsPlainEmailAddress(absl::string_view address) {
  const size_t at = address.find('@');
  if (address.size() > kEmailBytesMax || at == 0 || at == absl::string_view::npos ||
      at + 1 == address.size()) {
    return false;
  }
  for (char c : address.substr(0, at)) {
    if (!absl::ascii_isalnum(c) && !absl::StrContains("!#$%&'*+-/=?^_`{|}~.", absl::string_view(&c, 1)))
      return false;
  }
  for (char c : address.substr(at + 1)) {
    if (!absl::ascii_isalnum(c) && c != '-' && c != '.') return false;
  }
  return !absl::StrContains(address, "..") && address.back() != '.';
}

absl::Status CheckAddresses(const Message& m, Channel channel) {
  if (channel == Channel::kLetter) {
    if (!m.recipient.address_lines.empty()) return absl::OkStatus();
    return DomainError(StatusCode::kFailedPrecondition, kRecipientAddressMissing,
                       "no postal address for a letter");
  }
  if (m.recipient.email.empty()) {
    return DomainError(StatusCode::kFailedPrecondition, kRecipientEmailMissing,
                       "no e-mail address for an e-mail");
  }
  for (auto [address, field] :
       {std::pair(&m.recipient.email, "recipient.email"), std::pair(&m.sender.email, "sender.email"),
        std::pair(&m.sender.reply_to, "sender.reply_to")}) {
    if (address == &m.sender.reply_to && address->empty()) continue;
    if (!IsPlainEmailAddress(*address)) {
      return FieldError(StatusCode::kInvalidArgument, kEmailAddressInvalid, "not an address", field);
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::string CleanText(absl::string_view text) {
  gchar* valid = g_utf8_make_valid(text.data(), static_cast<gssize>(text.size()));
  std::string clean;
  bool space_pending = false;
  for (const gchar* p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
    const gunichar c = g_utf8_get_char(p);
    const bool is_bidi_control = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    if (is_bidi_control || c == 0xFEFF) continue;
    // U+2028 and U+2029 break lines in Pango, U+0085 does in some readers.
    if (c == ' ' || g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029) {
      space_pending = true;
      continue;
    }
    if (space_pending && !clean.empty()) clean += ' ';
    space_pending = false;
    clean.append(p, g_utf8_next_char(p) - p);
  }
  g_free(valid);
  return clean;
}

absl::StatusOr<Message> CheckMessage(Message message, Channel channel) {
  RELANCE_RETURN_IF_ERROR(CleanTexts(message));
  RELANCE_RETURN_IF_ERROR(CheckPresence(message));
  RELANCE_RETURN_IF_ERROR(CheckAmounts(message));
  RELANCE_RETURN_IF_ERROR(CheckDays(message));
  RELANCE_RETURN_IF_ERROR(CheckAddresses(message, channel));
  return message;
}

}  // namespace relance::scenario::render
