#include "samples/generate/company.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "samples/toolkit/made_up_identity.h"

namespace relance::samples {
namespace {

constexpr int kCollectors = 12;
constexpr int kBelgianPerMille = 180;
constexpr int kPublicPerMille = 30;

struct Trade {
  absl::string_view sector;
  absl::string_view word;
};
constexpr std::array<Trade, 16> kTrades = {{{"construction", "Menuiserie"},
                                            {"construction", "Charpentes"},
                                            {"construction", "Batiment"},
                                            {"wholesale", "Negoce"},
                                            {"wholesale", "Comptoir"},
                                            {"transport", "Transports"},
                                            {"transport", "Logistique"},
                                            {"industry", "Mecanique"},
                                            {"industry", "Fonderie"},
                                            {"industry", "Emballages"},
                                            {"food", "Conserverie"},
                                            {"food", "Primeurs"},
                                            {"services", "Conseil"},
                                            {"services", "Proprete"},
                                            {"retail", "Maison"},
                                            {"hospitality", "Hotel"}}};
constexpr std::array<absl::string_view, 20> kStarts = {"Val", "Mor", "Bel", "Cast", "Ner",  "Sol", "Tri",
                                                       "Lam", "Or",  "Ver", "Par",  "Gal",  "Fon", "Ros",
                                                       "Cor", "Mar", "Ald", "Bren", "Quil", "Sar"};
constexpr std::array<absl::string_view, 20> kEnds = {"dor",  "vane",  "mont", "lier",  "tane", "gny",  "zac",
                                                     "bert", "queil", "son",  "ville", "rac",  "mine", "let",
                                                     "dieu", "court", "nas",  "roux",  "tier", "beau"};
constexpr std::array<absl::string_view, 8> kFrenchRegions = {"Ile-de-France",   "Auvergne-Rhone-Alpes",
                                                             "Hauts-de-France", "Nouvelle-Aquitaine",
                                                             "Occitanie",       "Grand Est",
                                                             "Bretagne",        "Pays de la Loire"};
struct BelgianRegion {
  absl::string_view name;
  absl::string_view language;
};
constexpr std::array<BelgianRegion, 3> kBelgianRegions = {
    {{"Bruxelles", "fr"}, {"Wallonie", "fr"}, {"Vlaanderen", "nl"}}};

absl::string_view LegalForm(absl::string_view segment, bool belgian) {
  if (segment == "TPE") return belgian ? "SRL" : "EURL";
  if (segment == "PME") return belgian ? "SRL" : "SARL";
  if (segment == "ETI") return belgian ? "SA" : "SAS";
  return "SA";
}

}  // namespace

std::string AccountCode(int64_t index) { return absl::StrFormat("C%07d", index); }

Company MakeUpCompany(int64_t index, double size_rank, Random& random) {
  Company company;
  company.account = AccountCode(index);
  company.segment = size_rank < 0.01 ? "GE" : size_rank < 0.07 ? "ETI" : size_rank < 0.40 ? "PME" : "TPE";
  const bool belgian = random.Chance(kBelgianPerMille) && index < kMadeUpBelgianCompaniesMax;
  const Trade& trade = kTrades[random.Below(kTrades.size())];
  company.sector = trade.sector;
  company.name =
      absl::StrCat(trade.word, " ", kStarts[random.Below(kStarts.size())], kEnds[random.Below(kEnds.size())],
                   kEnds[random.Below(kEnds.size())], " ", LegalForm(company.segment, belgian));
  if (belgian) {
    const BelgianRegion& region = kBelgianRegions[random.Below(kBelgianRegions.size())];
    company.country = "BE";
    company.region = region.name;
    company.language = region.language;
    company.legal_id = MadeUpBelgianNumber(index);
    company.vat = absl::StrCat("BE", company.legal_id);
    company.iban = MadeUpBelgianIban(static_cast<uint64_t>(index));
  } else {
    company.country = "FR";
    company.region = kFrenchRegions[random.Below(kFrenchRegions.size())];
    company.language = "fr";
    company.legal_id = MadeUpSiren(index);
    company.vat = FrenchVatNumber(company.legal_id);
    company.iban = MadeUpFrenchIban(static_cast<uint64_t>(index) + 1'000'000);
  }
  company.customer_type = random.Chance(kPublicPerMille) ? "public" : "private";
  company.email = absl::StrCat("compta@", absl::AsciiStrToLower(company.account), ".example.org");
  company.collector = absl::StrFormat("collector-%02d", index % kCollectors + 1);
  return company;
}

}  // namespace relance::samples
