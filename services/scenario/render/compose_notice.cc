#include "services/scenario/render/compose_notice.h"

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status/status_macros.h"
#include "services/scenario/render/body_text.h"
#include "services/scenario/render/locale.h"
#include "services/scenario/render/notice_tables.h"
#include "services/scenario/render/vocabulary.h"

namespace relance::scenario::render {
namespace {

struct Sums {
  std::vector<Item> claimed;
  std::vector<Item> disputed;
  Totals items;
  Totals interest;
  Totals indemnities;
  Totals due;
  Totals credits;
};

void SortItems(std::vector<Item>& items) {
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return a.due_date != b.due_date ? a.due_date < b.due_date : a.number < b.number;
  });
}

absl::StatusOr<Sums> SumUp(const Message& message) {
  Sums sums;
  for (const Item& item : message.items) {
    (item.disputed ? sums.disputed : sums.claimed).push_back(item);
  }
  SortItems(sums.claimed);
  SortItems(sums.disputed);
  for (const Item& item : sums.claimed) RELANCE_RETURN_IF_ERROR(sums.items.Add(item.open));
  for (const InterestLine& line : message.interest) RELANCE_RETURN_IF_ERROR(sums.interest.Add(line.amount));
  for (const Indemnity& line : message.indemnities)
    RELANCE_RETURN_IF_ERROR(sums.indemnities.Add(line.amount));
  for (const Credit& credit : message.credits) RELANCE_RETURN_IF_ERROR(sums.credits.Add(credit.open));
  RELANCE_RETURN_IF_ERROR(sums.due.Add(sums.items));
  RELANCE_RETURN_IF_ERROR(sums.due.Add(sums.interest));
  RELANCE_RETURN_IF_ERROR(sums.due.Add(sums.indemnities));
  return sums;
}

std::map<std::string, bool> FlagsOf(const Message& m, Channel channel, const Sums& sums) {
  const bool partial = std::any_of(sums.claimed.begin(), sums.claimed.end(),
                                   [](const Item& item) { return item.open.minor != item.original.minor; });
  return {{"email", channel == Channel::kEmail},
          {"letter", channel == Channel::kLetter},
          {"one_item", sums.claimed.size() == 1},
          {"several_currencies", sums.due.amounts().size() > 1},
          {"has_partial", partial},
          {"has_credits", !m.credits.empty()},
          {"has_disputed", !sums.disputed.empty()},
          {"has_not_yet_due", !m.not_yet_due.empty()},
          {"has_claims", !m.interest.empty() || !m.indemnities.empty()},
          {"law_fr", m.law == Law::kFrance},
          {"law_be", m.law == Law::kBelgium},
          {"next_call", m.next_step == NextStep::kCall},
          {"next_final_notice", m.next_step == NextStep::kFinalNotice},
          {"next_collection", m.next_step == NextStep::kCollection},
          {"next_legal", m.next_step == NextStep::kLegal}};
}

Values ValuesOf(const Message& m, Channel channel, const Sums& sums, const std::string& language) {
  const Sender& s = m.sender;
  const absl::CivilDay first_due = sums.claimed.front().due_date;
  const absl::CivilDay last_due = sums.claimed.back().due_date;
  Values values;
  values.flags = FlagsOf(m, channel, sums);
  values.texts = {{"account", m.account},
                  {"date", FormatLongDay(language, m.date)},
                  {"deadline", m.deadline ? FormatLongDay(language, *m.deadline) : ""},
                  {"iban", GroupReference(s.iban)},
                  {"interlocutor_name", s.interlocutor_name},
                  {"interlocutor_role", s.interlocutor_role},
                  {"item_count", absl::StrCat(sums.claimed.size())},
                  {"item_number", sums.claimed.size() == 1 ? sums.claimed.front().number : ""},
                  {"legal_basis", m.legal_basis},
                  {"first_due_date", FormatLongDay(language, first_due)},
                  {"last_due_date", last_due != first_due ? FormatLongDay(language, last_due) : ""},
                  {"next_step_by", m.next_step_by},
                  {"payment_reference", GroupReference(m.payment_reference)},
                  {"recipient_company", m.recipient.company},
                  {"recipient_contact", m.recipient.contact},
                  {"reply_to", s.reply_to.empty() ? s.email : s.reply_to},
                  {"sender_name", s.legal_name},
                  {"sender_phone", absl::StrReplaceAll(s.phone, {{" ", "\u00a0"}})},
                  {"total_claimed", sums.items.Format(language)},
                  {"total_credits", sums.credits.Format(language)},
                  {"total_due", sums.due.Format(language)},
                  {"total_indemnities", sums.indemnities.Format(language)},
                  {"total_interest", sums.interest.Format(language)}};
  for (auto& [name, text] : values.texts) text = ProtectValue(text);
  for (const std::string& block : BlockNames()) values.texts[block] = BlockMark(block);
  return values;
}

absl::StatusOr<std::map<std::string, std::vector<Block>>> BlocksOf(const Message& m, const Sums& sums,
                                                                   const std::string& language,
                                                                   const Labels& labels) {
  const NoticeTables tables(m, language, labels);
  const bool pre_due = m.kind == StepKind::kPreDue;
  std::vector<Item> not_yet_due = m.not_yet_due;
  SortItems(not_yet_due);
  std::map<std::string, std::vector<Block>> blocks;
  RELANCE_ASSIGN_OR_RETURN(
      blocks["items_table"],
      tables.Items(sums.claimed, pre_due ? "title_items_pre_due" : "title_items", /*with_days_late=*/!pre_due,
                   /*with_total=*/true));
  RELANCE_ASSIGN_OR_RETURN(blocks["disputed_table"],
                           tables.Items(sums.disputed, "title_disputed", false, false));
  RELANCE_ASSIGN_OR_RETURN(blocks["not_yet_due_table"],
                           tables.Items(not_yet_due, "title_not_yet_due", false, false));
  RELANCE_ASSIGN_OR_RETURN(blocks["credits_table"], tables.Credits());
  RELANCE_ASSIGN_OR_RETURN(blocks["claims_table"], tables.Claims());
  blocks["summary_table"] = tables.Summary(sums.items, sums.interest, sums.indemnities, sums.due);
  blocks["payment"] = tables.Payment(sums.due);
  return blocks;
}

std::string DefaultTextKey(StepKind kind) {
  switch (kind) {
    case StepKind::kPreDue:
      return "pre_due";
    case StepKind::kReminder:
      return "reminder";
    case StepKind::kFinalNotice:
      return "final_notice";
  }
  return "";
}

void AddLine(std::vector<std::string>& lines, const std::string& line) {
  if (!line.empty()) lines.push_back(line);
}

void AddPair(std::vector<std::pair<std::string, std::string>>& pairs, const std::string& label,
             const std::string& value) {
  if (!value.empty()) pairs.emplace_back(label, value);
}

// "732829320" -> "732 829 320".
std::string GroupSiren(const std::string& siren) {
  if (siren.size() != 9 || !std::all_of(siren.begin(), siren.end(), absl::ascii_isdigit)) return siren;
  return absl::StrCat(siren.substr(0, 3), "\u00a0", siren.substr(3, 3), "\u00a0", siren.substr(6));
}

// "0403170701" -> "0403.170.701", as the Belgian register of enterprises writes it.
std::string GroupEnterpriseNumber(const std::string& number) {
  if (number.size() != 10 || !std::all_of(number.begin(), number.end(), absl::ascii_isdigit)) return number;
  return absl::StrCat(number.substr(0, 4), ".", number.substr(4, 3), ".", number.substr(7));
}

void FillFrame(const Message& m, const Labels& labels, Notice& notice) {
  const Sender& s = m.sender;
  AddLine(notice.signature, s.interlocutor_name.empty() ? s.legal_name : s.interlocutor_name);
  AddLine(notice.signature, s.interlocutor_role);
  if (!s.interlocutor_name.empty()) AddLine(notice.signature, s.legal_name);
  notice.sender_lines.push_back(s.legal_name);
  for (const std::string& line : s.address_lines) AddLine(notice.sender_lines, line);
  notice.recipient_lines.push_back(m.recipient.company);
  AddLine(notice.recipient_lines, m.recipient.contact);
  for (const std::string& line : m.recipient.address_lines) AddLine(notice.recipient_lines, line);
  AddPair(notice.references, labels.at("account"), m.account);
  AddPair(notice.references, labels.at("contact"), s.interlocutor_name);
  AddPair(notice.references, labels.at("phone"), s.phone);
  AddPair(notice.references, labels.at("email"), s.reply_to.empty() ? s.email : s.reply_to);
  std::vector<std::string> legal;
  AddLine(legal, s.legal_name);
  AddLine(legal, s.legal_mentions);
  if (!s.siren.empty()) {
    const bool belgian = m.law == Law::kBelgium;
    legal.push_back(absl::StrCat(labels.at(belgian ? "enterprise_number" : "siren"), "\u00a0",
                                 belgian ? GroupEnterpriseNumber(s.siren) : GroupSiren(s.siren)));
  }
  if (!s.vat_number.empty()) legal.push_back(absl::StrCat(labels.at("vat_number"), "\u00a0", s.vat_number));
  for (const std::string& part : legal) {
    absl::StrAppend(&notice.legal_line, notice.legal_line.empty() ? "" : " – ", part);
  }
  notice.place_and_day = FormatPlaceAndDay(notice.language, s.city, m.date);
  notice.carried_forward = labels.at("carried_forward");
  notice.brought_forward = labels.at("brought_forward");
  notice.page_label = labels.at("page");
  notice.subject_label = labels.at("subject");
}

}  // namespace

absl::StatusOr<Notice> ComposeNotice(const Message& message, Channel channel, const TemplateSet& templates) {
  RELANCE_ASSIGN_OR_RETURN(const Message m, CheckMessage(message, channel));
  Notice notice;
  notice.language = templates.HasLanguage(m.recipient.language) ? m.recipient.language : m.sender.language;
  RELANCE_ASSIGN_OR_RETURN(
      const TextTemplate* const text,
      templates.Find(notice.language, m.text_key.empty() ? DefaultTextKey(m.kind) : m.text_key));
  const Labels& labels = templates.LabelsOf(notice.language);
  RELANCE_ASSIGN_OR_RETURN(const Sums sums, SumUp(m));
  RELANCE_ASSIGN_OR_RETURN(const auto blocks, BlocksOf(m, sums, notice.language, labels));
  RELANCE_ASSIGN_OR_RETURN(const std::string rendered,
                           text->Render(ValuesOf(m, channel, sums, notice.language)));
  RELANCE_ASSIGN_OR_RETURN(
      BodyText body, ParseBodyText(text->name(), Typography(notice.language, rendered),
                                   [&](absl::string_view name) { return blocks.at(std::string(name)); }));
  notice.subject = std::move(body.subject);
  notice.blocks = std::move(body.blocks);
  FillFrame(m, labels, notice);
  return notice;
}

}  // namespace relance::scenario::render
