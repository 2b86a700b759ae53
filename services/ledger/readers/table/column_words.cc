#include "services/ledger/readers/table/column_words.h"

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace relance::ledger {
namespace {

using F = TableField;

// Folded names in French, Dutch, German and English. Those that say it best first.
const std::map<F, std::vector<const char*>>& Words() {
  static const auto& words = *new std::map<F, std::vector<const char*>>{
      {F::kAccount, {"customer id",    "customer code",   "customer number", "customer no",
                     "code client",    "n client",        "numero client",   "num client",
                     "id client",      "client id",       "compte client",   "compte auxiliaire",
                     "code tiers",     "klantnummer",     "klantcode",       "klant nr",
                     "debiteurnummer", "debiteur",        "kundennummer",    "kunden nr",
                     "kundennr",       "debitorennummer", "debitor",         "account",
                     "account code",   "account id",      "account number",  "customer",
                     "client",         "tiers",           "klant",           "kunde",
                     "compte",         "compaux num",     "compauxnum",      "contactname"}},
      {F::kNumber,
       {"invoice number",
        "invoice id",
        "invoice no",
        "invoicenumber",
        "numero de facture",
        "numero facture",
        "n facture",
        "n de facture",
        "num facture",
        "no facture",
        "factuurnummer",
        "factuurnr",
        "factuur nr",
        "rechnungsnummer",
        "rechnungsnr",
        "rechnungs nr",
        "document number",
        "document no",
        "n piece",
        "n de piece",
        "numero piece",
        "numero de piece",
        "ref piece",
        "piece",
        "belegnummer",
        "belegnr",
        "beleg nr",
        "payment id",
        "payment number",
        "order id",
        "order number",
        "order no",
        "transaction id",
        "number",
        "numero",
        "nummer",
        "invoice",
        "facture",
        "factuur",
        "rechnung",
        "document",
        "beleg",
        "no",
        "n"}},
      {F::kKind,
       {"type", "kind", "document type", "type piece", "type de piece", "type document", "type de document",
        "soort", "documentsoort", "belegart", "invoice type", "nature"}},
      {F::kIssueDate,
       {"invoice date", "issue date", "invoicedate", "date facture", "date de facture", "date de facturation",
        "date d emission", "date emission", "date piece", "date de piece", "factuurdatum", "rechnungsdatum",
        "belegdatum", "document date", "order date", "posting date", "date", "datum"}},
      {F::kDueDate,
       {"due date", "duedate", "date d echeance", "date echeance", "echeance", "vervaldatum", "vervaldag",
        "falligkeit", "falligkeitsdatum", "faelligkeit", "faelligkeitsdatum", "fallig am",
        "date limite de paiement", "payment due date", "datum verval"}},
      {F::kDueDays, {"due days", "payment days", "delai jours", "zahlungsziel tage", "betaaltermijn dagen"}},
      {F::kBookingDate,
       {"booking date",
        "date operation",
        "date d operation",
        "date de l operation",
        "date comptable",
        "buchungstag",
        "buchungsdatum",
        "boekdatum",
        "boekingsdatum",
        "transaction date",
        "payment date",
        "date paiement",
        "date de paiement",
        "date reglement",
        "date de reglement",
        "date encaissement",
        "betaaldatum",
        "betaaldag",
        "zahlungsdatum",
        "zahlungseingang",
        "posting date",
        "date",
        "datum"}},
      {F::kValueDate,
       {"value date", "date valeur", "date de valeur", "valutadatum", "valuta datum", "wertstellung",
        "valuta"}},
      {F::kAmount, {"amount",      "total amount",  "invoice amount", "amount paid",     "expected amount",
                    "open amount", "amount due",    "gross amount",   "montant ttc",     "total ttc",
                    "montant",     "montant total", "net a payer",    "restant du",      "reste a payer",
                    "solde du",    "bedrag",        "totaalbedrag",   "bedrag incl btw", "openstaand bedrag",
                    "betrag",      "bruttobetrag",  "gesamtbetrag",   "rechnungsbetrag", "offener betrag",
                    "total",       "totaal",        "gesamt",         "brutto",          "saldo",
                    "solde",       "ttc",           "amount eur",     "montant eur"}},
      {F::kDebit,
       {"debit", "montant debit", "debit amount", "debet", "soll", "paid out", "withdrawal", "withdrawals",
        "money out", "depenses", "af"}},
      {F::kCredit,
       {"credit", "montant credit", "credit amount", "haben", "paid in", "deposit", "deposits", "money in",
        "recettes", "bij"}},
      {F::kSide,
       {"sens", "d c", "dc", "debit credit", "s h", "soll haben", "af bij", "dr cr", "credit debit",
        "soll haben kz"}},
      {F::kCurrency,
       {"currency", "currency code", "ccy", "devise", "code devise", "monnaie", "munt", "munteenheid",
        "valuta", "wahrung", "waehrung", "cur"}},
      {F::kReference,
       {"reference", "payment reference", "ref", "communication structuree", "gestructureerde mededeling",
        "structured communication", "betalingskenmerk", "zahlungsreferenz", "reference paiement",
        "referentie", "referenz", "mededeling", "communication", "kenmerk"}},
      {F::kPays,
       {"order id", "invoice id", "invoice number", "invoice", "n facture", "numero facture",
        "numero de facture", "facture", "factuurnummer", "factuur", "rechnungsnummer", "rechnung",
        "order number"}},
      {F::kEndToEndId, {"end to end id", "end to end reference", "endtoendid", "e2e id", "end to end"}},
      {F::kPayerIban,
       {"counterparty iban", "payer iban", "iban counterparty", "rekening tegenpartij", "iban tegenpartij",
        "compte contrepartie", "iban contrepartie", "iban auftraggeber", "iban zahlungsbeteiligter",
        "debtor iban"}},
      {F::kPayerName,
       {"payer", "payer name", "counterparty", "counterparty name", "contrepartie", "nom contrepartie",
        "naam tegenpartij", "tegenpartij", "auftraggeber", "name zahlungsbeteiligter", "donneur d ordre",
        "debtor name", "customer name", "client"}},
      {F::kDescription,
       {"description", "libelle", "details", "verwendungszweck", "omschrijving", "buchungstext", "label",
        "memo", "narrative", "mededelingen", "objet", "text", "libelle operation", "product", "motif"}},
      {F::kBankAccount,
       {"iban", "account", "account number", "compte", "numero de compte", "n compte", "rekening",
        "rekeningnummer", "konto", "kontonummer", "eigen rekening"}},
      {F::kBankReference,
       {"ref", "reference", "transaction reference", "bank reference", "reference bancaire", "transaction id",
        "referentie", "referenz", "reference operation"}},
      {F::kName,
       {"name", "customer name", "company name", "company", "raison sociale", "nom client", "nom", "societe",
        "intitule", "libelle tiers", "naam", "klantnaam", "bedrijfsnaam", "firma", "kundenname",
        "denomination", "contactname"}},
      {F::kLegalId,
       {"siren", "siret", "n siren", "n siret", "legal id", "kbo", "kbo nummer", "bce", "n bce",
        "ondernemingsnummer", "numero d entreprise", "enterprise number", "company number"}},
      {F::kVatId,
       {"vat", "vat id", "vat number", "n tva", "numero tva", "numero de tva", "tva intracommunautaire",
        "btw nummer", "btwnummer", "ust id", "ust idnr", "ustid", "tax id", "n tva intracommunautaire"}},
      {F::kCountry, {"country", "country code", "pays", "code pays", "land", "landcode", "pocountry"}},
      {F::kRegion, {"region", "departement", "provincie", "bundesland", "poregion"}},
      {F::kSector,
       {"sector", "industry", "customer industry", "secteur", "secteur d activite", "branche", "sektor"}},
      {F::kSegment,
       {"segment", "customer segment", "size", "size class", "taille", "categorie", "klasse", "grootte",
        "grosse"}},
      {F::kTrade, {"trade", "naf", "code naf", "ape", "code ape", "nace", "nace code", "metier"}},
      {F::kLanguage, {"language", "langue", "taal", "sprache", "code langue"}},
      {F::kCustomerType, {"customer type", "type client", "type de client", "klanttype", "kundentyp"}},
      {F::kParent,
       {"parent", "parent account", "group", "groupe", "maison mere", "groep", "moederbedrijf", "konzern"}},
      {F::kCollector,
       {"collector", "charge de recouvrement", "gestionnaire", "recouvreur", "beheerder", "sachbearbeiter"}},
      {F::kCreditLimit,
       {"credit limit", "limite de credit", "plafond", "plafond de credit", "encours autorise",
        "kredietlimiet", "kreditlimit", "creditlimit"}},
      {F::kTerms,
       {"terms", "payment terms", "conditions de paiement", "condition de reglement", "betalingsvoorwaarden",
        "betalingstermijn", "zahlungsbedingungen", "zahlungsbedingung"}},
      {F::kEmail,
       {"email", "e mail", "mail", "courriel", "emailaddress", "email address", "adresse mail", "e mailadres",
        "adresse email", "email facturation"}},
      {F::kContactName, {"contact", "contact name", "nom contact", "contactpersoon", "ansprechpartner"}},
      {F::kContactPhone,
       {"phone", "telephone", "tel", "telefoon", "telefon", "phone number", "mobile", "gsm", "portable"}},
      {F::kContactRole, {"role", "contact role", "fonction", "functie", "funktion"}},
      {AddressField(0),
       {"address", "address1", "address 1", "address line 1", "adresse", "adresse 1", "adres", "street",
        "rue", "strasse", "straat", "poaddressline1"}},
      {AddressField(1), {"address2", "address 2", "adresse 2", "address line 2", "complement d adresse"}},
      {AddressField(2),
       {"postal code", "zip", "zip code", "code postal", "cp", "postcode", "plz", "popostalcode"}},
      {AddressField(3), {"city", "town", "ville", "plaats", "stad", "gemeente", "ort", "stadt", "pocity"}},
  };
  return words;
}

}  // namespace

bool ContainsWords(absl::string_view name, absl::string_view phrase) {
  return absl::StrContains(absl::StrCat(" ", name, " "), absl::StrCat(" ", phrase, " "));
}

bool IsOtherAmount(absl::string_view name) {
  static const char* const others[] = {
      "price",    "prix",        "prijs",  "preis",   "quantity", "quantite", "qty",       "aantal", "menge",
      "tax",      "tva",         "btw",    "mwst",    "vat",      "ht",       "hors taxe", "excl",   "netto",
      "discount", "remise",      "refund", "running", "balance",  "score",    "rate",      "taux",   "days",
      "jours",    "paid out of", "limit",  "fee",     "frais",    "cost",     "rank"};
  return std::any_of(std::begin(others), std::end(others),
                     [&](const char* other) { return ContainsWords(name, other); });
}

int NameScore(absl::string_view name, F field, TableKind kind) {
  if (!IsFieldOf(field, kind) || name.empty()) return 0;
  const auto words = Words().find(field);
  if (words == Words().end()) return 0;
  int best = 0;
  int rank = 0;
  for (const char* phrase : words->second) {
    // What stands first says it best; the order decides between two columns that both fit.
    const int lead = std::max(0, 20 - rank++ / 2);
    if (name == phrase) best = std::max(best, 80 + lead);
    const absl::string_view words_of_phrase(phrase);
    if (words_of_phrase.size() >= 4 && ContainsWords(name, words_of_phrase)) {
      best = std::max(best, 40 + lead + static_cast<int>(std::min<size_t>(words_of_phrase.size(), 10)));
    }
  }
  return best;
}

}  // namespace relance::ledger
