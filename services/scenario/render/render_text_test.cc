#include "services/scenario/render/render_text.h"

#include <functional>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/scenario/render/compose_notice.h"
#include "services/scenario/render/errors.h"
#include "services/scenario/render/render_html.h"
#include "services/scenario/render/testing/example_message.h"
#include "services/scenario/render/testing/render_checks.h"

namespace relance::scenario::render {
namespace {

Notice Compose(const Message& message, Channel channel = Channel::kEmail) {
  absl::StatusOr<Notice> notice = ComposeNotice(message, channel, TemplateSet::Embedded());
  EXPECT_TRUE(notice.ok()) << notice.status();
  return notice.ok() ? *notice : Notice{};
}

std::string TextOf(const Message& message) {
  return Flowed(absl::StrReplaceAll(RenderText(Compose(message)), {{"\u00a0", " "}, {"\u202f", " "}}));
}

Message InEnglish(Message message) {
  message.recipient.language = "en";
  message.sender.interlocutor_role = "Head of Credit";
  return message;
}

// A Belgian creditor, who writes in the language of the debtor.
Message Belgian(Message message, const std::string& language) {
  message.law = Law::kBelgium;
  message.sender.siren = "0403170701";
  message.sender.vat_number = "BE0403170701";
  message.sender.legal_mentions = "";
  if (language == "nl") message.sender.interlocutor_role = "Kredietbeheer";
  if (language == "de") message.sender.interlocutor_role = "Kreditmanagement";
  message.recipient.language = language;
  return message;
}

Message InCampaign(Message message) {
  message.text_key = "campaign";
  message.next_step = NextStep::kNone;
  return message;
}

TEST(RenderText, Golden) {
  const std::pair<const char*, Message> kCases[] = {
      {"pre_due.fr.txt", ExamplePreDue()},
      {"reminder.fr.txt", ExampleReminder()},
      {"final_notice.fr.txt", ExampleFinalNotice()},
      {"campaign.fr.txt", InCampaign(ExampleReminder())},
      {"final_notice.be.fr.txt", Belgian(ExampleFinalNotice(), "fr")},
      {"pre_due.be.nl.txt", Belgian(ExamplePreDue(), "nl")},
      {"reminder.be.nl.txt", Belgian(ExampleReminder(), "nl")},
      {"final_notice.be.nl.txt", Belgian(ExampleFinalNotice(), "nl")},
      {"campaign.be.nl.txt", InCampaign(Belgian(ExampleReminder(), "nl"))},
      {"pre_due.be.de.txt", Belgian(ExamplePreDue(), "de")},
      {"reminder.be.de.txt", Belgian(ExampleReminder(), "de")},
      {"final_notice.be.de.txt", Belgian(ExampleFinalNotice(), "de")},
      {"campaign.be.de.txt", InCampaign(Belgian(ExampleReminder(), "de"))},
      {"campaign.en.txt", InCampaign(InEnglish(ExampleReminder()))},
      {"pre_due.en.txt", InEnglish(ExamplePreDue())},
      {"reminder.en.txt", InEnglish(ExampleReminder())},
      {"final_notice.en.txt", InEnglish(ExampleFinalNotice())},
  };
  for (const auto& [name, message] : kCases) {
    const Notice notice = Compose(message);
    ExpectGolden(name, "Subject: " + notice.subject + "\n\n" + RenderText(notice));
  }
}

TEST(RenderText, NoLineOfProseIsTooWide) {
  for (absl::string_view line : absl::StrSplit(RenderText(Compose(ExampleReminder())), '\n')) {
    EXPECT_LE(line.size(), kTextWidth * 2u) << line;
  }
}

TEST(ComposeNotice, FC21_FC22_FC23_EachItemKeepsItsOwnRemainder) {
  const std::string text = TextOf(ExampleReminder());
  EXPECT_NE(text.find("FA-2025-0288 12/02/2025 14/03/2025 80 4 800,00 € 1 234,56 €"), std::string::npos)
      << text;
  EXPECT_NE(text.find("FA-2025-0312 01/03/2025 31/03/2025 63 12 500,00 € 12 500,00 €"), std::string::npos)
      << text;
  EXPECT_NE(text.find("restent impayées à hauteur de 13 734,56 €"), std::string::npos) << text;
  EXPECT_EQ(text.find("17 300,00"), std::string::npos) << "the total of the original amounts must not appear";
}

TEST(ComposeNotice, FC31_FC32_CurrenciesApartWithTheirOwnSignAndTotal) {
  Message m = ExampleReminder();
  m.items.push_back(
      OverdueItem("US-77", absl::CivilDay(2025, 3, 1), absl::CivilDay(2025, 4, 1), Usd(90000), Usd(50000)));
  const std::string text = TextOf(m);
  EXPECT_NE(text.find("13 734,56 € et 500,00 USD"), std::string::npos) << text;
  EXPECT_NE(text.find("Factures échues (EUR)"), std::string::npos) << text;
  EXPECT_NE(text.find("Factures échues (USD)"), std::string::npos) << text;
  EXPECT_NE(text.find("US-77 01/03/2025 01/04/2025 62 900,00 USD 500,00 USD"), std::string::npos) << text;
  EXPECT_NE(text.find("Total 500,00 USD"), std::string::npos) << text;
  EXPECT_EQ(text.find("14 234,56"), std::string::npos) << "no total across currencies";
}

TEST(ComposeNotice, FC25_CreditsAreShownAndNeverNetted) {
  Message m = ExampleReminder();
  m.credits = {{Credit::Kind::kCreditNote, "AV-1", absl::CivilDay(2025, 5, 2), Eur(10000)},
               {Credit::Kind::kPayment, "VIR-9", absl::CivilDay(2025, 5, 20), Usd(2000)}};
  const std::string text = TextOf(m);
  EXPECT_NE(text.find("AV-1 Avoir 02/05/2025 100,00 €"), std::string::npos) << text;
  EXPECT_NE(text.find("VIR-9 Règlement reçu 20/05/2025 20,00 USD"), std::string::npos) << text;
  EXPECT_NE(text.find("restent impayées à hauteur de 13 734,56 €"), std::string::npos) << text;
  EXPECT_EQ(text.find("13 634,56"), std::string::npos) << text;
}

TEST(ComposeNotice, FC35_NotYetDueItemsStandApart) {
  Message m = ExampleReminder();
  m.not_yet_due = {
      OverdueItem("FA-N", absl::CivilDay(2025, 5, 20), absl::CivilDay(2025, 6, 2), Eur(777700), Eur(777700))};
  const std::string text = TextOf(m);
  EXPECT_NE(text.find("Factures non échues (pour information)"), std::string::npos) << text;
  EXPECT_NE(text.find("à hauteur de 13 734,56 €"), std::string::npos) << text;
  EXPECT_EQ(text.find("21 511,56"), std::string::npos) << text;
}

TEST(ComposeNotice, FC40_OnlyClaimsThatWereGivenAreStated) {
  Message m = ExampleFinalNotice();
  EXPECT_NE(TextOf(m).find("14 368,42 €"), std::string::npos) << TextOf(m);
  m.interest.clear();
  m.indemnities.clear();
  const std::string text = TextOf(m);
  EXPECT_EQ(text.find("Détail des intérêts"), std::string::npos) << text;
  EXPECT_NE(text.find("Total à régler 13 734,56 €"), std::string::npos) << text;
}

TEST(ComposeNotice, FC58_FC59_OneNoticeForAllAndTheDisputedOneApart) {
  const std::string text = TextOf(ExampleFinalNotice());
  for (const char* number : {"FA-2025-0288", "FA-2025-0312", "FA-2025-0301"}) {
    EXPECT_NE(text.find(number), std::string::npos) << number;
  }
  EXPECT_NE(text.find("elles ne sont pas visées par la présente"), std::string::npos) << text;
  EXPECT_NE(text.find("restent impayées à hauteur de 13 734,56 €"), std::string::npos) << text;
}

TEST(ComposeNotice, AnnouncesOnlyWhatReallyFollows) {
  const struct {
    NextStep step;
    const char* said;
  } kCases[] = {{NextStep::kNone, ""},
                {NextStep::kCall, "nous prendrons contact avec votre direction"},
                {NextStep::kCollection, "nous confierons le recouvrement de ces sommes à un tiers"},
                {NextStep::kLegal, "nous saisirons nos conseils"}};
  for (const auto& c : kCases) {
    Message m = ExampleFinalNotice();
    m.next_step = c.step;
    const std::string text = TextOf(m);
    for (const auto& other : kCases) {
      if (*other.said == '\0') continue;
      EXPECT_EQ(text.find(other.said) != std::string::npos, c.step == other.step) << other.said;
    }
  }
  Message m = ExampleFinalNotice();
  m.next_step_by = "Recouvra SA";
  EXPECT_NE(TextOf(m).find("de ces sommes à Recouvra SA."), std::string::npos);
}

TEST(ComposeNotice, LawAndItsReplacement) {
  Message m = ExampleFinalNotice();
  EXPECT_NE(TextOf(m).find("articles L. 441-10 et D. 441-5 du Code de commerce"), std::string::npos);
  m.law = Law::kBelgium;
  EXPECT_NE(TextOf(m).find("loi du 2 août 2002"), std::string::npos);
  EXPECT_EQ(TextOf(m).find("Code de commerce"), std::string::npos);
  m.legal_basis = "Article R. 2192-31 du Code de la commande publique.";
  EXPECT_NE(TextOf(m).find("R. 2192-31"), std::string::npos);
  EXPECT_EQ(TextOf(m).find("loi du 2 août 2002"), std::string::npos);
}

TEST(ComposeNotice, EveryLanguageKnowsEveryVariant) {
  // Each branch of each text renders: nothing empty is printed, no name is unknown.
  for (const char* language : {"fr", "en", "nl", "de"}) {
    for (const Message& base :
         {ExamplePreDue(), ExampleReminder(), ExampleFinalNotice(), InCampaign(ExampleReminder())}) {
      for (NextStep next : {NextStep::kNone, NextStep::kCall, NextStep::kFinalNotice, NextStep::kCollection,
                            NextStep::kLegal}) {
        for (Law law : {Law::kFrance, Law::kBelgium}) {
          for (Channel channel : {Channel::kEmail, Channel::kLetter}) {
            for (bool bare : {false, true}) {
              Message m = base;
              m.recipient.language = language;
              m.next_step = next;
              m.law = law;
              if (bare) {
                m.sender.phone = m.sender.interlocutor_name = m.recipient.contact = "";
                m.items.resize(1);
                m.credits.clear();
                m.not_yet_due.clear();
              }
              const auto notice = ComposeNotice(m, channel, TemplateSet::Embedded());
              ASSERT_TRUE(notice.ok()) << language << ": " << notice.status();
            }
          }
        }
      }
    }
  }
}

TEST(ComposeNotice, FC40_TheBelgianLawInItsThreeLanguages) {
  const std::pair<const char*, const char*> kLaws[] = {
      {"fr", "loi du 2 août 2002 concernant la lutte contre le retard de paiement"},
      {"nl",
       "wet van 2 augustus 2002 betreffende de bestrijding van de betalingsachterstand bij "
       "handelstransacties"},
      {"de", "Gesetz vom 2. August 2002 zur Bekämpfung von Zahlungsverzug im Geschäftsverkehr"}};
  for (const auto& [language, law] : kLaws) {
    const std::string text = TextOf(Belgian(ExampleFinalNotice(), language));
    EXPECT_NE(text.find(law), std::string::npos) << text;
    EXPECT_NE(text.find("0403.170.701"), std::string::npos) << text;
    EXPECT_EQ(text.find("SIREN"), std::string::npos) << text;
  }
}

TEST(ComposeNotice, RemindersAreNotNumbered) {
  for (const Message& m : {ExampleReminder(), InEnglish(ExampleReminder()), Belgian(ExampleReminder(), "nl"),
                           Belgian(ExampleReminder(), "de")}) {
    const std::string text = Compose(m).subject + TextOf(m);
    for (const char* word :
         {"première", "deuxième", "2e relance", "relance n", "first reminder", "second reminder",
          "eerste herinnering", "tweede herinnering", "erste Mahnung", "zweite Mahnung", "letzte Mahnung"}) {
      EXPECT_EQ(text.find(word), std::string::npos) << word;
    }
  }
}

TEST(ComposeNotice, LanguageOfTheRecipientElseOfTheTenant) {
  const struct {
    const char* recipient;
    const char* sender;
    const char* expected;  // nullptr: refused
  } kCases[] = {{"fr", "en", "fr"}, {"en", "fr", "en"}, {"it", "fr", "fr"},    {"nl", "fr", "nl"},
                {"de", "fr", "de"}, {"", "en", "en"},   {"../en", "fr", "fr"}, {"es", "it", nullptr}};
  for (const auto& c : kCases) {
    Message m = ExampleReminder();
    m.recipient.language = c.recipient;
    m.sender.language = c.sender;
    const auto notice = ComposeNotice(m, Channel::kEmail, TemplateSet::Embedded());
    if (c.expected == nullptr) {
      EXPECT_EQ(ReasonOf(notice.status()), kLanguageNotAvailable);
    } else {
      EXPECT_EQ(notice->language, c.expected) << c.recipient;
    }
  }
}

TEST(ComposeNotice, ValuesCannotActAsMarkup) {
  Message m = ExampleReminder();
  m.recipient.company = "**Gras** & <b>Cie</b> {{iban}}";
  auto files = EmbeddedTemplateFiles();
  files["fr/reminder.mustache"] = "subject: {{recipient_company}}\n\n{{recipient_company}}\n";
  const auto set = TemplateSet::FromFiles(files);
  const auto notice = ComposeNotice(m, Channel::kEmail, *set);
  ASSERT_TRUE(notice.ok()) << notice.status();
  EXPECT_EQ(notice->subject, "**Gras** & <b>Cie</b> {{iban}}");
  ASSERT_EQ(notice->blocks.size(), 1u);
  EXPECT_FALSE(std::get<Paragraph>(notice->blocks[0]).spans[0].bold);
  const std::string html = RenderHtml(*notice);
  EXPECT_NE(html.find("**Gras** &amp; &lt;b&gt;Cie&lt;/b&gt; {{iban}}"), std::string::npos) << html;
  EXPECT_EQ(html.find("<b>"), std::string::npos);
}

TEST(ComposeNotice, BodyMarkupThatIsWrongIsSaid) {
  for (const char* body : {"no subject", "subject: \n\nx", "subject: x\n\n**bold",
                           "subject: x\n\nsee {{items_table}} here", "subject: {{payment}}"}) {
    auto files = EmbeddedTemplateFiles();
    files["fr/reminder.mustache"] = body;
    const auto set = TemplateSet::FromFiles(files);
    ASSERT_TRUE(set.ok());
    EXPECT_EQ(ReasonOf(ComposeNotice(ExampleReminder(), Channel::kEmail, *set).status()), kTemplateMalformed)
        << body;
  }
}

TEST(ComposeNotice, TotalsThatDoNotFitAreRefused) {
  Message m = ExampleReminder();
  m.items[0].original = m.items[0].open = Eur(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(ReasonOf(ComposeNotice(m, Channel::kEmail, TemplateSet::Embedded()).status()), "AMOUNT_OVERFLOW");
}

TEST(RenderText, LongNumbersWrapAndAmountsDoNot) {
  Message m = ExampleReminder();
  m.items[0].number = std::string(90, 'N');
  m.items[0].original = m.items[0].open = Eur(999'999'999'999'99);
  const std::string text = absl::StrReplaceAll(RenderText(Compose(m)), {{"\u00a0", " "}, {"\u202f", " "}});
  EXPECT_EQ(CountOf(text, "999 999 999 999,99 €"), 2) << text;
  EXPECT_GE(CountOf(text, std::string(10, 'N')), 8) << text;
}

}  // namespace
}  // namespace relance::scenario::render
