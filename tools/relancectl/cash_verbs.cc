#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/status/status_macros.h"
#include "relance/ledger/v1/cash_service.grpc.pb.h"
#include "tools/relancectl/context.h"
#include "tools/relancectl/table.h"

namespace relance::ctl {
namespace {

using ledger::v1::CashService;

std::string RuleText(ledger::v1::MatchRule rule) {
  switch (rule) {
    case ledger::v1::MATCH_RULE_REFERENCE:
      return "structured reference";
    case ledger::v1::MATCH_RULE_DOCUMENT_NUMBER:
      return "document number";
    case ledger::v1::MATCH_RULE_END_TO_END_ID:
      return "end-to-end id";
    case ledger::v1::MATCH_RULE_PAYER_AND_AMOUNT:
      return "known payer and amount";
    case ledger::v1::MATCH_RULE_SUM_OF_ITEMS:
      return "sum of items";
    case ledger::v1::MATCH_RULE_SIMILAR_TEXT:
      return "similar text";
    case ledger::v1::MATCH_RULE_OTHER_PAYER:
      return "another payer";
    default:
      return "other";
  }
}

struct CashFlags {
  std::string tenant, account, payment, proposal, item, target, amount, reason, actor;
  std::string currency = "EUR";
  std::vector<std::string> items;
  int limit = 20;
  int proposals = 3;
};

std::string PartText(const ledger::v1::ProposedPart& part) {
  const std::string number = part.item_number().empty() ? part.item_id() : part.item_number();
  std::string text = absl::StrCat(number, " ", Text(part.amount()));
  if (!part.credit_item_id().empty()) {
    absl::StrAppend(&text, " by credit note ",
                    part.credit_item_number().empty() ? part.credit_item_id() : part.credit_item_number());
  }
  return text;
}

void PrintProposal(Context& context, const std::string& tenant, const ledger::v1::UnmatchedPayment& payment,
                   const ledger::v1::Proposal& proposal) {
  auto& out = context.out();
  std::vector<std::string> parts;
  for (const auto& part : proposal.parts()) parts.push_back(PartText(part));
  for (const auto& part : proposal.deductions()) {
    parts.push_back(absl::StrCat("discount ", Text(part.amount()), " on ", part.item_number()));
  }
  out << absl::StrFormat("    %5.1f %%  %s %s: %s\n", proposal.confidence_permille() / 10.0,
                         proposal.account_id(), proposal.account_name(), absl::StrJoin(parts, ", "));
  out << "             " << RuleText(proposal.rule()) << ": " << proposal.why() << "\n";
  if (proposal.has_left()) out << "             " << Text(proposal.left()) << " stays open\n";
  out << absl::StrFormat("             relancectl ledger accept %s '%s' %s %s\n", tenant,
                         payment.account_id(), payment.payment().item_id(), proposal.proposal_id());
}

absl::Status Unmatched(Context& context, const CashFlags& flags) {
  ledger::v1::ListUnmatchedRequest request;
  request.set_tenant_id(flags.tenant);
  request.set_account_id(flags.account);
  request.set_page_size(flags.limit);
  request.set_proposals_max(flags.proposals);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<CashService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &CashService::StubInterface::ListUnmatched, request));
  if (context.json) return context.PrintJson(response);
  auto& out = context.out();
  for (const auto& payment : response.payments()) {
    const auto& item = payment.payment();
    out << absl::StrFormat("%s  %12s  %s %s  item %s\n", Text(item.issue_date()), Text(payment.unapplied()),
                           payment.account_id(), payment.account_name(), item.item_id());
    if (!item.payer_name().empty() || !item.payer_account().empty()) {
      out << "    from " << item.payer_name() << (item.payer_account().empty() ? "" : "  ")
          << item.payer_account() << "\n";
    }
    if (item.texts_size() > 0) out << "    says " << absl::StrJoin(item.texts(), " | ") << "\n";
    for (const auto& proposal : payment.proposals()) PrintProposal(context, flags.tenant, payment, proposal);
    if (payment.proposals_size() == 0) out << "    nothing speaks for any item\n";
  }
  for (const auto& one : response.short_paid()) {
    out << absl::StrFormat("short paid: %s %s  %s  %s missing\n", one.account_id(), one.account_name(),
                           one.item().number(), Text(one.missing()));
    out << absl::StrFormat("    relancectl ledger deduct %s %s %s --reason %s\n", flags.tenant,
                           one.account_id(), one.item().item_id(), one.reason());
  }
  if (response.payments_size() == 0 && response.short_paid_size() == 0) out << "all money is allocated\n";
  if (!response.next_page_token().empty()) out << "... and more: --limit\n";
  return absl::OkStatus();
}

void PrintPayment(Context& context, const ledger::v1::Item& payment, const std::string& account) {
  Table table;
  for (const char* title : {"account", "item", "settled", "by", "undone"}) table.Column(title);
  table.Column("amount", Table::Align::kRight);
  for (const auto& a : payment.allocations()) {
    table.Row({account, a.item_number().empty() ? a.item_id() : a.item_number(), Text(a.business_date()),
               absl::StrCat(RuleText(a.rule()), a.evidence().empty() ? "" : " ", a.evidence()),
               Text(a.undone_date()), Text(a.amount())});
  }
  table.Print(context.out());
  context.out() << "payment " << payment.item_id() << ": " << Text(payment.open_amount()) << " open\n";
}

template <typename Request>
void Fill(Context& context, const CashFlags& flags, Request* request) {
  request->set_request_id(context.RequestId());
  request->set_tenant_id(flags.tenant);
  request->set_account_id(flags.account);
  request->set_actor(flags.actor);
}

absl::Status Accept(Context& context, const CashFlags& flags) {
  ledger::v1::AcceptProposalRequest request;
  Fill(context, flags, &request);
  request.set_payment_id(flags.payment);
  request.set_proposal_id(flags.proposal);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<CashService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &CashService::StubInterface::AcceptProposal, request));
  if (context.json) return context.PrintJson(response);
  PrintPayment(context, response.payment(), response.account_id());
  return absl::OkStatus();
}

absl::Status Refuse(Context& context, const CashFlags& flags) {
  ledger::v1::RefuseProposalRequest request;
  Fill(context, flags, &request);
  request.set_payment_id(flags.payment);
  request.set_proposal_id(flags.proposal);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<CashService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &CashService::StubInterface::RefuseProposal, request));
  if (context.json) return context.PrintJson(response);
  context.out() << "it will not be proposed again\n";
  return absl::OkStatus();
}

absl::Status Allocate(Context& context, const CashFlags& flags) {
  ledger::v1::AllocatePaymentRequest request;
  Fill(context, flags, &request);
  request.set_payment_id(flags.payment);
  request.set_target_account_id(flags.target);
  for (const std::string& item : flags.items) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(item, absl::MaxSplits('=', 1));
    auto* wanted = request.add_allocations();
    wanted->set_item_id(parts.first);
    if (parts.second.empty()) continue;
    RELANCE_ASSIGN_OR_RETURN(*wanted->mutable_amount(),
                             ParseMoneyFlag("--item", parts.second, flags.currency));
  }
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<CashService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &CashService::StubInterface::AllocatePayment, request));
  if (context.json) return context.PrintJson(response);
  PrintPayment(context, response.payment(), response.account_id());
  return absl::OkStatus();
}

absl::Status Undo(Context& context, const CashFlags& flags) {
  ledger::v1::UndoAllocationRequest request;
  Fill(context, flags, &request);
  request.set_payment_id(flags.payment);
  for (const std::string& item : flags.items) request.add_item_ids(item);
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<CashService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &CashService::StubInterface::UndoAllocation, request));
  if (context.json) return context.PrintJson(response);
  PrintPayment(context, response.payment(), flags.account);
  return absl::OkStatus();
}

absl::Status Deduct(Context& context, const CashFlags& flags) {
  ledger::v1::RecordDeductionRequest request;
  Fill(context, flags, &request);
  request.set_item_id(flags.item);
  request.set_reason(flags.reason);
  if (!flags.amount.empty()) {
    RELANCE_ASSIGN_OR_RETURN(*request.mutable_amount(),
                             ParseMoneyFlag("--amount", flags.amount, flags.currency));
  }
  RELANCE_ASSIGN_OR_RETURN(auto stub, context.Stub<CashService>("ledger"));
  RELANCE_ASSIGN_OR_RETURN(
      const auto response,
      rpc::Call(context.Call(), *stub, &CashService::StubInterface::RecordDeduction, request));
  if (context.json) return context.PrintJson(response);
  context.out() << "deducted " << Text(response.deduction().amount()) << ", " << response.deduction().reason()
                << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddCashVerbs(const Commands& commands) {
  Context& context = *commands.context;
  CLI::App* group = commands.app->get_subcommand("ledger");
  auto flags = std::make_shared<CashFlags>();
  const auto on_payment = [&](CLI::App* verb) {
    verb->add_option("tenant", flags->tenant)->required();
    verb->add_option("account", flags->account, "where the money lies; '~unidentified': payer not known")
        ->required();
    verb->add_option("payment", flags->payment, "item id of the payment")->required();
    verb->add_option("--actor", flags->actor, "opaque id of the person who decides");
  };

  CLI::App* verb = commands.Verb(group, "unmatched", "Money that is not allocated, and what it may be for",
                                 "  relancectl ledger unmatched verger\n"
                                 "  relancectl ledger unmatched verger --account RJKO00 --proposals 5");
  verb->add_option("tenant", flags->tenant)->required();
  verb->add_option("--account", flags->account, "only this account");
  verb->add_option("--limit", flags->limit, "payments shown")->capture_default_str();
  verb->add_option("--proposals", flags->proposals, "proposals for each")->capture_default_str();
  commands.Run(verb, [&context, flags] { return Unmatched(context, *flags); });

  verb = commands.Verb(group, "accept", "Do what a proposal says; the payer is known from then on",
                       "  relancectl ledger accept verger '~unidentified' 5f0c... 77aa... --actor anne");
  on_payment(verb);
  verb->add_option("proposal", flags->proposal, "of `ledger unmatched`")->required();
  commands.Run(verb, [&context, flags] { return Accept(context, *flags); });

  verb = commands.Verb(group, "refuse", "Say that a proposal is wrong; it is not made again",
                       "  relancectl ledger refuse verger '~unidentified' 5f0c... 77aa... --actor anne");
  on_payment(verb);
  verb->add_option("proposal", flags->proposal, "of `ledger unmatched`")->required();
  commands.Run(verb, [&context, flags] { return Refuse(context, *flags); });

  verb = commands.Verb(
      group, "allocate", "Allocate money by hand, also to another account",
      "  relancectl ledger allocate verger '~unidentified' 5f0c... --to RJKO00 --item 12ab...\n"
      "  relancectl ledger allocate verger RJKO00 5f0c... --item 12ab...=100.00 --item 34cd...");
  on_payment(verb);
  verb->add_option("--to", flags->target, "account where the money belongs; default: where it lies");
  verb->add_option("--item", flags->items, "item id, with =AMOUNT for a part; may be repeated")->take_all();
  verb->add_option("--currency", flags->currency)->capture_default_str();
  commands.Run(verb, [&context, flags] { return Allocate(context, *flags); });

  verb = commands.Verb(group, "undo", "Undo allocations of a payment; no rule makes them again",
                       "  relancectl ledger undo verger RJKO00 5f0c...\n"
                       "  relancectl ledger undo verger RJKO00 5f0c... --item 12ab...");
  on_payment(verb);
  verb->add_option("--item", flags->items, "only of this item; may be repeated")->take_all();
  commands.Run(verb, [&context, flags] { return Undo(context, *flags); });

  verb =
      commands.Verb(group, "deduct", "Grant a part of an item: a discount, charges, a short payment",
                    "  relancectl ledger deduct verger RJKO00 12ab... --reason BANK_CHARGES --amount 15.00");
  verb->add_option("tenant", flags->tenant)->required();
  verb->add_option("account", flags->account)->required();
  verb->add_option("item", flags->item)->required();
  verb->add_option("--reason", flags->reason, "UPPER_SNAKE")->required();
  verb->add_option("--amount", flags->amount, "default: all that is open");
  verb->add_option("--currency", flags->currency)->capture_default_str();
  verb->add_option("--actor", flags->actor, "opaque id of the person who decides");
  commands.Run(verb, [&context, flags] { return Deduct(context, *flags); });
}

}  // namespace relance::ctl
