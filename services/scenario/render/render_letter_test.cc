#include "services/scenario/render/render_letter.h"

#include <thread>

#include "absl/strings/match.h"
#include "common/documents/sha256.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/scenario/render/compose_notice.h"
#include "services/scenario/render/errors.h"
#include "services/scenario/render/testing/example_message.h"
#include "services/scenario/render/testing/render_checks.h"

namespace relance::scenario::render {
namespace {

const absl::Time kCreatedAt = absl::FromUnixSeconds(1748851200);  // 2025-06-02T08:00:00Z

std::string Letter(const Message& message) {
  const auto notice = ComposeNotice(message, Channel::kLetter, TemplateSet::Embedded());
  EXPECT_TRUE(notice.ok()) << notice.status();
  const auto pdf = RenderLetter(*notice, kCreatedAt);
  EXPECT_TRUE(pdf.ok()) << pdf.status();
  if (std::getenv("KEEP_LETTERS") != nullptr) {
    std::ofstream(absl::StrCat(std::getenv("KEEP_LETTERS"), "/",
                               testing::UnitTest::GetInstance()->current_test_info()->name(), ".pdf"))
        << *pdf;
  }
  return pdf.ok() ? *pdf : "";
}

// Where a word stands, in points from the top left corner of its page; -1 when it is nowhere.
struct Place {
  double x = -1, y = -1;
};
Place PlaceOf(const std::string& pdf, const std::string& word) {
  const std::string boxes = RunOn(pdf, "pdftotext -bbox -f 1 -l 1 % -");
  const size_t end = boxes.find(">" + word + "<");
  Place place;
  if (end == std::string::npos) return place;
  const std::string line = boxes.substr(boxes.rfind("<word", end), end - boxes.rfind("<word", end));
  std::sscanf(line.c_str(), "<word xMin=\"%lf\" yMin=\"%lf\"", &place.x, &place.y);
  return place;
}

TEST(RenderLetter, SaysWhatTheMessageSays) {
  const std::string text = Flowed(PdfText(Letter(ExampleFinalNotice())));
  for (const char* part :
       {"Ateliers Brunet & Fils", "Manufacture d'Œuvres Réunies", "Mme Hélène Lefèvre", "8 rue de l'Église",
        "Nantes, le 21 juillet 2025", "Objet : Mise en demeure avant remise en recouvrement – 14 368,42 €",
        "FA-2025-0312 01/03/2025 31/03/2025 112 12 500,00 € 12 500,00 €",
        "FA-2025-0288 12/02/2025 14/03/2025 129 4 800,00 € 1 234,56 €", "Total 13 734,56 €",
        "FA-2025-0312 Intérêts de retard 01/07/2025 – 21/07/2025 21 12 500,00 € 12,15 % 87,38 €",
        "FA-2025-0288 Indemnité forfaitaire 40,00 €", "Total à régler 14 368,42 €",
        "au plus tard le 4 août 2025", "FR76 3000 6000 0112 3456 7890 189", "RF18 5390 0754 7034",
        "Claire Dubois", "SIREN 732 829 320", "Page 1/"}) {
    EXPECT_TRUE(absl::StrContains(text, part)) << part << "\n" << text;
  }
}

TEST(RenderLetter, FC09_TheDueDateOfTheLedgerIsPrintedInEveryZone) {
  for (const char* zone : {"UTC", "America/Los_Angeles", "Pacific/Kiritimati"}) {
    ::setenv("TZ", zone, 1);
    ::tzset();
    const std::string text = PdfText(Letter(ExampleReminder()));
    EXPECT_TRUE(absl::StrContains(text, "31/03/2025")) << zone;
    EXPECT_FALSE(absl::StrContains(text, "30/03/2025")) << zone;
  }
  ::unsetenv("TZ");
  ::tzset();
}

TEST(RenderLetter, SameInputSameBytes) {
  const std::string once = Letter(ExampleFinalNotice());
  Letter(ExampleOfManyItems(50));
  Message polish = ExampleReminder();
  polish.recipient.company = "Zażółć gęślą jaźń";
  Letter(polish);
  EXPECT_EQ(documents::Sha256Hex(Letter(ExampleFinalNotice())), documents::Sha256Hex(once));
}

TEST(RenderLetter, ThreadsGiveTheSameBytes) {
  const std::string once = Letter(ExampleFinalNotice());
  std::vector<std::thread> threads;
  std::vector<std::string> letters(4);
  for (std::string& letter : letters) {
    threads.emplace_back([&letter] {
      for (int i = 0; i < 5; ++i) letter = Letter(ExampleFinalNotice());
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& letter : letters) EXPECT_EQ(letter, once);
}

TEST(RenderLetter, TheSignatureIsNeverAloneOnAPage) {
  for (int count = 1; count <= 60; ++count) {
    const std::string text = PdfText(Letter(ExampleOfManyItems(count)));
    const std::string last = text.substr(text.rfind('\f', text.size() - 2) + 1);
    EXPECT_TRUE(absl::StrContains(last, "Nous vous prions")) << count;
    EXPECT_TRUE(absl::StrContains(last, "Si votre règlement")) << count;
    EXPECT_TRUE(absl::StrContains(last, "Responsable du crédit")) << count;
  }
}

TEST(RenderLetter, DocumentProperties) {
  const std::string info = RunOn(Letter(ExampleReminder()), "TZ=UTC pdfinfo -isodates %");
  EXPECT_TRUE(absl::StrContains(info, "CreationDate:    2025-06-02T08:00:00Z")) << info;
  EXPECT_TRUE(absl::StrContains(info, "Pages:           1\n")) << info;
  EXPECT_TRUE(absl::StrContains(info, "(A4)")) << info;
  EXPECT_TRUE(absl::StrContains(info, "Author:          Ateliers Brunet & Fils")) << info;
  EXPECT_TRUE(absl::StrContains(info, "Title:           Factures échues")) << info;
}

TEST(RenderLetter, FontsAreLiberationEmbeddedAndReadable) {
  const std::string fonts = RunOn(Letter(ExampleReminder()), "pdffonts % | tail -n +3");
  EXPECT_EQ(CountOf(fonts, "LiberationSans"), CountOf(fonts, "\n")) << fonts;
  EXPECT_EQ(CountOf(fonts, " yes yes yes"), CountOf(fonts, "\n")) << fonts;
  EXPECT_GE(CountOf(fonts, "\n"), 2) << fonts;
}

TEST(RenderLetter, AddressStandsInTheWindowAndAlone) {
  const std::string pdf = Letter(ExampleReminder());
  const Place place = PlaceOf(pdf, "Manufacture");
  EXPECT_NEAR(place.x * 25.4 / 72, 110, 1.0);
  EXPECT_NEAR(place.y * 25.4 / 72, 45, 1.5);
  // Nothing but the address from 105 mm on, between 40 mm and 85 mm.
  const std::string window = RunOn(pdf, "pdftotext -layout -l 1 -r 254 -x 1050 -y 400 -W 1050 -H 450 % -");
  const std::string text = Flowed(window);
  EXPECT_EQ(
      text,
      "Manufacture d'Œuvres Réunies Mme Hélène Lefèvre Service comptabilité fournisseurs 8 rue de l'Église "
      "59000 LILLE France ");
}

TEST(RenderLetter, ManyItemsRepeatTheHeadAndCarryTheTotal) {
  const std::string pdf = Letter(ExampleOfManyItems(120));
  const std::string text = PdfText(pdf);
  const int pages = CountOf(text, "\f");
  EXPECT_GE(pages, 3);
  for (int page = 1; page <= pages; ++page) {
    EXPECT_TRUE(absl::StrContains(text, absl::StrCat("Page ", page, "/", pages))) << page;
  }
  for (int i = 1; i <= 120; ++i) EXPECT_EQ(CountOf(text, absl::StrFormat("FA-2025-%04d", i)), 1) << i;
  // 120 x 100.00 + 0.01 x (1 + ... + 120) = 12 072.60; in the sentence, the table, the payment box and the
  // subject.
  EXPECT_EQ(CountOf(Flowed(text), "12 072,60 €"), 4);
  EXPECT_EQ(CountOf(text, "À reporter"), CountOf(text, "Retard (jours)") - 1);
  EXPECT_EQ(CountOf(text, "Report "), CountOf(text, "À reporter"));
  // What a page carries forward is what the next one begins with.
  std::string rest = Flowed(text);
  for (size_t at = rest.find("À reporter "); at != std::string::npos; at = rest.find("À reporter ", at + 1)) {
    const size_t amount = at + std::string("À reporter ").size();
    const std::string carried = rest.substr(amount, rest.find("€", amount) - amount);
    EXPECT_TRUE(absl::StrContains(rest.substr(amount), absl::StrCat("Report ", carried))) << carried;
  }
}

TEST(RenderLetter, MostItemsStillRender) {
  const std::string pdf = Letter(ExampleOfManyItems(static_cast<int>(kItemsMax)));
  const std::string info = RunOn(pdf, "pdfinfo %");
  EXPECT_TRUE(absl::StrContains(info, "(A4)"));
  EXPECT_TRUE(absl::StrContains(Flowed(PdfText(pdf)), "220 010,00 €"));
}

TEST(RenderLetter, LettersOfEuropeAndMarkup) {
  Message m = ExampleReminder();
  m.recipient.company = "<b>&Spółka Źródło</b> Ελληνική";
  m.recipient.contact = "Jürgen Œttinger-Škoda";
  m.sender.legal_name = "Cœur & Fils <i>€</i>";
  const std::string text = PdfText(Letter(m));
  EXPECT_TRUE(absl::StrContains(text, "<b>&Spółka Źródło</b> Ελληνική")) << text;
  EXPECT_TRUE(absl::StrContains(text, "Jürgen Œttinger-Škoda")) << text;
  EXPECT_TRUE(absl::StrContains(text, "Cœur & Fils <i>€</i>")) << text;
}

TEST(RenderLetter, FC32_ForeignCurrencyApart) {
  Message m = ExampleReminder();
  m.items.push_back(
      OverdueItem("US-77", absl::CivilDay(2025, 3, 1), absl::CivilDay(2025, 4, 1), Usd(90000), Usd(50000)));
  const std::string text = Flowed(PdfText(Letter(m)));
  EXPECT_TRUE(
      absl::StrContains(text, "US-77 01/03/2025 01/04/2025 62 900,00 USD 500,00 USD Total 500,00 USD"))
      << text;
  EXPECT_TRUE(absl::StrContains(text, "Total 13 734,56 €")) << text;
}

TEST(RenderLetter, LongNamesAndAmountsStayReadable) {
  Message m = ExampleFinalNotice();
  m.recipient.company =
      "Société Coopérative Agricole et Viticole des Producteurs Réunis de la Vallée Supérieure de la "
      "Loire-Atlantique "
      "et du Maine-et-Loire";
  m.sender.legal_name =
      "Établissements Dupont de la Rivière, Grandchamp, Lefebvre & Associés Négoce International";
  m.items[0].number = "FACTURE-TRES-LONGUE-2025-000000000000000000000000000312/RECTIFICATIVE-BIS";
  m.items[0].original = m.items[0].open = Eur(98765432109876);
  const std::string text = Flowed(PdfText(Letter(m)));
  EXPECT_GE(CountOf(text, "987 654 321 098,76 €"), 2) << text;
}

TEST(RenderLetter, Refusals) {
  Message m = ExampleReminder();
  m.recipient.company = "漢字 \U000F1234";  // a private character that no font has
  const auto notice = ComposeNotice(m, Channel::kLetter, TemplateSet::Embedded());
  EXPECT_EQ(ReasonOf(RenderLetter(*notice, kCreatedAt).status()), kLetterTextNotPrintable);
  m = ExampleReminder();
  m.recipient.address_lines.assign(kAddressLinesMax, std::string(kNameBytesMax, 'W'));
  const auto high = ComposeNotice(m, Channel::kLetter, TemplateSet::Embedded());
  EXPECT_EQ(ReasonOf(RenderLetter(*high, kCreatedAt).status()), kMessageTooLarge);
  m.recipient.address_lines.clear();
  EXPECT_EQ(ReasonOf(ComposeNotice(m, Channel::kLetter, TemplateSet::Embedded()).status()),
            kRecipientAddressMissing);
}

// Without the font a letter would look otherwise on each machine: it is refused. Fontconfig reads its
// settings once a process, so that another one asks.
TEST(RenderLetter, WithoutItsFontIsRefused) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const std::string settings = ::testing::TempDir() + "no_fonts.conf";
  std::ofstream(settings) << "<?xml version=\"1.0\"?><fontconfig></fontconfig>\n";
  const auto ask = [&settings] {
    setenv("FONTCONFIG_FILE", settings.c_str(), 1);
    const auto notice = ComposeNotice(ExampleFinalNotice(), Channel::kLetter, TemplateSet::Embedded());
    const auto pdf = RenderLetter(*notice, kCreatedAt);
    std::exit(ReasonOf(pdf.status()) == kLetterFontMissing ? 0 : 1);
  };
  EXPECT_EXIT(ask(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace relance::scenario::render
