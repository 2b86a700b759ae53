#!/usr/bin/env bash
# The main job on two portfolios, through relancectl only: real books of a fruit grower, then a larger, made-up one.
# Every command is printed as it is run. Repeating the demo shows the result again and changes nothing.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
var=${RELANCE_VAR:-$root/var}
bin=${RELANCE_BIN:-$root/build/dev/bin}
demo=$var/demo
samples=$root/samples
export RELANCE_CONFIG=$var/relance.yaml
cut=2022-02-28
last=2022-07-31
accounts=${RELANCE_DEMO_ACCOUNTS:-2000}

if [[ -t 1 ]]; then bold=$'\e[1m'; dim=$'\e[2m'; plain=$'\e[0m'; else bold=; dim=; plain=; fi
say() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }
note() { printf '%s%s%s\n' "$dim" "$*" "$plain"; }
quietly() { "$bin/relancectl" "$@"; }
ctl() {  # prints the command, then runs it
  printf '%s$ relancectl' "$bold"
  printf ' %q' "$@"
  printf '%s\n' "$plain"
  quietly "$@"
}

# The first lines of an answer that may be long. All of it is read: a pipe that closes early would end the demo.
first_lines() {
  local lines=$1
  shift
  ctl "$@" | awk -v lines="$((lines + 1))" 'NR <= lines { print } END { if (NR > lines) print "... and " NR - lines " more" }'
}

next_day() { date -u -d "$1 + 1 day" +%F; }
day_count() { echo $((($(date -u -d "$2" +%s) - $(date -u -d "$1" +%s)) / 86400)); }

progress() {  # DONE ALL TEXT
  if [[ -t 1 ]]; then printf '\r%3d %%  %-70s' $(($1 * 100 / $2)) "$3"; else
    (($1 % 14 == 0 || $1 == $2)) && printf '%3d %%  %s\n' $(($1 * 100 / $2)) "$3"; fi
  return 0
}

has_tenant() { quietly tenant show "$1" >/dev/null 2>&1; }

item_of() {  # TENANT ACCOUNT NUMBER -> item id
  quietly --json ledger account "$1" "$2" --history |
    jq -r --arg n "$3" '[.account.items[], .account.history[]] | map(select(.number == $n)) | .[0].item_id // empty'
}

# Runs the lines of a file as relancectl commands; keeps them beside the log, so that a reader can repeat them.
run_script() {  # TENANT FILE
  cat "$2" >> "$demo/$1/commands.txt"
  if ! quietly script --keep-going "$2" >> "$demo/$1/log.txt" 2>> "$demo/$1/errors.txt"; then
    echo "# see errors.txt: a command of this day was refused" >> "$demo/$1/commands.txt"
  fi
}

collector_lines() {  # DAY -> what the collector did that day on the real books
  local day=$1
  while IFS=$'\t' read -r account outcome promised amount invoices reason; do
    case $outcome in
      promised) echo "scenario call verger $account --outcome promised --promise-date $promised --amount $amount" ;;
      disputed | dispute_resolved)
        local id verb=dispute
        [[ $outcome == disputed ]] || verb=resolve
        id=$(item_of verger "$account" "$invoices")
        [[ -n $id ]] || continue
        if [[ $verb == dispute ]]; then echo "ledger dispute verger $account $id --reason $reason"; else
          echo "ledger resolve verger $account $id"; fi
        ;;
      *) echo "scenario call verger $account --outcome $outcome" ;;
    esac
  # The explanation, the last column, is the only one that may hold a comma. An empty field is a dash: read would skip it.
  done < <(awk -F, -v day="$day" '$1 == day { split($7, number, ";");
    for (i = 2; i <= 8; ++i) if ($i == "") $i = "-";
    print $2 "\t" $3 "\t" $4 "\t" $5 "\t" number[1] "\t" $8 }' "$samples/fec/collector.csv")
}

# A campaign leaves on the day of its launch. The demo waits for it: whatever came in meanwhile would withdraw some of its
# contacts or not, as the machine happens to run.
await_campaign() {  # TENANT CAMPAIGN
  local left
  for _ in {1..100}; do
    left=$(quietly --json scenario log "$1" --limit 1000 |
      jq --arg campaign "$2" '[.contacts[] | select(.campaign_id == $campaign and (.state == "reserved" or .state == "sending"))] | length')
    [[ $left != 0 ]] || return 0
    sleep 0.1
  done
  echo "# $left contacts of the campaign have not left yet" >> "$demo/$1/errors.txt"
}

# Contacts of accounts that are in the ledger and had none yet.
contact_lines() {
  local known
  known=$(quietly --json ledger accounts verger --limit 1000 | jq -r '.accounts[].account_id' | sort)
  awk 'NR == FNR { known[$1] = 1; next } $4 in known' <(echo "$known") "$demo/verger/contacts.txt"
  awk 'NR == FNR { known[$1] = 1; next } !($4 in known)' <(echo "$known") "$demo/verger/contacts.txt" > "$demo/verger/contacts.left"
  mv "$demo/verger/contacts.left" "$demo/verger/contacts.txt"
}

verger_setup() {
  say "1. A tenant on a test clock that stands at $cut"
  has_tenant verger || ctl tenant create verger --name "Vergers du Val SAS" --country FR --terms net30 --test-clock "$cut" \
    --address "12 route des Pommiers" --address "26200 Montélimar" --siren 732829320 --iban FR7630006000011234567890189 \
    --email comptabilite@verger.example.org --phone "+33 4 99 00 00 00" --ledger-max-age 5 --bank-max-age 6
  ctl handoff agency verger recouvra --name "Recouvra SAS" --mandate M-2022-017 --fee-bps 1200
  ctl tenant set verger --agency recouvra --scenario fr-b2b
  ctl scenario apply verger "$root/services/scenario/scenarios/fr-b2b.yaml"

  say "2. The real books of a fruit grower, cut at that date; what follows arrives day by day"
  note "samples/README.md says where they come from. A FEC has no due dates: terms are net30, from the tenant."
  "$bin/relance-make-statements" --fec "$samples/fec/0000000001FEC20220831.txt" --cut "$cut" --to "$last" --seed 1 \
    --out-cut "$demo/verger/books-$cut.txt" --deltas "$demo/verger/deltas" --out "$demo/verger/bank"
  say "3. The import report"
  ctl ledger import verger --format fec --as-of "$cut" "$demo/verger/books-$cut.txt"
  note "Contacts of the debtors are made up: a FEC has none."
  grep '^ledger set' "$samples/fec/contacts.txt" > "$demo/verger/contacts.txt"
  contact_lines > "$demo/verger/day.txt"
  head -n 1 "$demo/verger/day.txt" | sed 's/^/$ relancectl /'
  note "... $(wc -l < "$demo/verger/day.txt") accounts; the others when the books first name them"
  run_script verger "$demo/verger/day.txt"

  say "4. What is owed, by whom, since when; and does it agree with the books?"
  ctl ledger ageing verger --by-account
  ctl ledger kpi verger
  ctl ledger reconcile verger --as-of "$cut" "$demo/verger/books-$cut.txt"
}

# Where the tenant's clock stands: a demo that was cut short goes on from there.
today_of() { quietly --json tenant show "$1" | jq -r '.business_date | "\(.year)-\(.month + 100 | tostring[1:])-\(.day + 100 | tostring[1:])"'; }

verger_days() {
  local all number day lines=$demo/verger/day.txt
  day=$(today_of verger)
  all=$(day_count "$cut" "$last")
  number=$(day_count "$cut" "$day")
  say "5. $all days, one by one: the files of the day, the collector's calls, then the clock moves on"
  note "every command is kept in $demo/verger/commands.txt"
  while [[ $day < $last ]]; do
    local yesterday=$day
    day=$(next_day "$day")
    number=$((number + 1))
    : > "$lines"
    [[ -f $demo/verger/deltas/$yesterday.fec.txt ]] &&
      echo "ledger import verger --format fec --brief $demo/verger/deltas/$yesterday.fec.txt" >> "$lines"
    [[ -f $demo/verger/bank/$yesterday.camt.053.xml ]] &&
      echo "ledger import verger --format camt053 --brief $demo/verger/bank/$yesterday.camt.053.xml" >> "$lines"
    echo "tenant advance verger --to $day --quiet" >> "$lines"
    run_script verger "$lines"
    # The calls of a day were made only if the clock came to it in this run.
    collector_lines "$day" > "$lines"
    [[ -s $demo/verger/contacts.txt ]] && contact_lines >> "$lines"
    [[ -s $lines ]] && run_script verger "$lines"
    if [[ $day == 2022-05-16 ]]; then
      echo "campaign launch verger spring --channel mail --title 'Statement before the summer' --filter 'overdue > 500 and age > 3'" > "$lines"
      run_script verger "$lines"
      await_campaign verger spring
    fi
    progress "$number" "$all" "$day"
  done
  : > "$lines"
  for file in "$demo/verger/deltas/$last.fec.txt" "$demo/verger/bank/$last.camt.053.xml"; do
    [[ -f $file ]] && echo "ledger import verger --format $([[ $file == *.xml ]] && echo camt053 || echo fec) --brief $file" >> "$lines"
  done
  echo "tenant advance verger --quiet" >> "$lines"
  run_script verger "$lines"
  printf '\n'
}

show() {  # TENANT CAMPAIGN
  local tenant=$1 campaign=$2 account placement
  say "6. $tenant: today's call list, and why each stands where it stands"
  ctl scenario worklist "$tenant" --limit 12
  say "   The newest contacts"
  ctl scenario log "$tenant" --limit 15
  say "   What left the house: mails and letters"
  find "$var/outbox" -path "*$tenant*" -name '*.eml' -o -path "*$tenant*" -name '*.pdf' 2>/dev/null | sort > "$demo/$tenant/files.txt"
  note "$(grep -c '\.eml$' "$demo/$tenant/files.txt" || true) mails, $(grep -c '\.pdf$' "$demo/$tenant/files.txt" || true) letters under $var/outbox; for example:"
  { grep '\.eml$' "$demo/$tenant/files.txt" | tail -n 1; grep '\.pdf$' "$demo/$tenant/files.txt" | tail -n 1; } || true
  say "   Whom the campaign chose and whom it left"
  ctl campaign show "$tenant" "$campaign" --limit 8
  say "   Placements with the agency"
  first_lines 12 handoff list "$tenant"
  placement=$(quietly --json handoff list "$tenant" | jq -r '[.placements[] | select((.payments | length) > 0)][0].placement_id // .placements[0].placement_id // empty')
  if [[ -n $placement ]]; then
    ctl handoff show "$tenant" "$placement"
    ctl handoff export "$tenant" "$placement" --format csv --out "$demo/$tenant/case.csv"
    account=$(quietly --json handoff show "$tenant" "$placement" | jq -r .placement.account_id)
  fi
  [[ $tenant == verger ]] && account=RSAZEP
  if [[ -n ${account:-} ]]; then
    say "   The whole story of $account, in order"
    ctl evidence show "$tenant" "$account"
    first_lines 8 risk score "$tenant" "$account"
  fi
  say "   The chain of evidence, and the indicators"
  ctl evidence verify "$tenant"
  ctl ledger ageing "$tenant"
  ctl ledger kpi "$tenant"
}

verger_reconcile() {
  ctl ledger reconcile verger --as-of "$last" "$samples/fec/0000000001FEC20220831.txt" || true
}

agency_reports() {  # TENANT DAY
  local placement amount item
  placement=$(quietly --json handoff list "$1" | jq -r '.placements[0].placement_id // empty')
  [[ -n $placement ]] || return 0
  amount=$(quietly --json handoff show "$1" "$placement" | jq -r '.placement.placed[0].units')
  {
    echo "handoff report $1 $placement --report-id R-$1-1 --accepted REC-7781"
    echo "handoff report $1 $placement --report-id R-$1-2 --payment Z-$1-1 --amount $((amount / 2)).00 --date $2"
  } > "$demo/$1/day.txt"
  run_script "$1" "$demo/$1/day.txt"
}

large_days() {
  local day number all lines=$demo/large/day.txt
  all=$(day_count "$cut" "$last")
  say "7. The same for a made-up portfolio of $accounts accounts, whose truth is known"
  has_tenant large || ctl tenant create large --name "Portefeuille Fictif SA" --country FR --terms net30 --test-clock "$cut" --made-up \
    --address "1 rue de l'Exemple" --address "75000 Paris" --siren 552008443 --iban FR7630006000011234567890189 \
    --email comptes@large.example.org --ledger-max-age 6 --bank-max-age 6
  ctl handoff agency large recouvra --name "Recouvra SAS" --mandate M-2022-018 --fee-bps 1200
  ctl tenant set large --agency recouvra --scenario fr-b2b
  ctl scenario apply large "$root/services/scenario/scenarios/fr-b2b.yaml"
  "$bin/relance-generate" --accounts "$accounts" --seed 7 --from "$(next_day "$cut")" --months 5 --out "$demo/large/made-up" --tenant large
  ctl ledger import large --format csv --as-of "$cut" "$demo/large/made-up/opening.csv"
  day=$(today_of large)
  number=$(day_count "$cut" "$day")
  while [[ $day < $last ]]; do
    local yesterday=$day
    day=$(next_day "$day")
    number=$((number + 1))
    : > "$lines"
    if [[ -d $demo/large/made-up/day/$yesterday ]]; then
      echo "ledger import large --format csv --as-of $yesterday --brief $demo/large/made-up/day/$yesterday/items.csv" >> "$lines"
      echo "ledger import large --format camt053 --brief $demo/large/made-up/day/$yesterday/bank.xml" >> "$lines"
    fi
    echo "tenant advance large --to $day --quiet" >> "$lines"
    run_script large "$lines"
    if [[ -d $demo/large/made-up/day/$day ]]; then
      # Twenty calls a day; what each debtor says is in the truth.
      quietly --json scenario worklist large --limit 20 |
        jq '[.entries[] | select(.kind == "call") | {account: .account_id, contact: .contact.contact_key}]' |
        "$bin/relance-generate" answers --truth "$demo/large/made-up/truth" --date "$day" | sed 's/^relancectl //' > "$lines"
      [[ -s $lines ]] && run_script large "$lines"
    fi
    if [[ $day == 2022-05-16 ]]; then
      echo "campaign launch large spring --channel mail --title 'Statement before the summer' --filter 'overdue > 5000 and age > 30'" > "$lines"
      run_script large "$lines"
      await_campaign large spring
    fi
    [[ $day == 2022-07-04 ]] && agency_reports large "$day"
    progress "$number" "$all" "$day"
  done
  printf '\n'
}

where_to_look() {
  say "8. Where to look"
  "$root/tools/dev/stack.sh" status
  note "dashboards: k8s/grafana/*.json; Prometheus: k8s/prometheus/; logs: $var/log"
  note "relancectl: $bin/relancectl (RELANCE_CONFIG=$RELANCE_CONFIG)"
  note "stop with ./run down; start again with ./run up; forget everything with: ./run down && rm -r $var"
  if [[ -s $demo/verger/errors.txt || -s $demo/large/errors.txt ]]; then
    note "commands that were refused on the way: $demo/*/errors.txt"
  fi
}

"$root/tools/dev/stack.sh" up
mkdir -p "$demo/verger" "$demo/large"
started=$SECONDS
if [[ ! -f $demo/verger/done ]]; then
  verger_setup
  verger_days
  touch "$demo/verger/done"
else
  note "steps 1 to 5 were done before; their result again:"
fi
show verger spring
verger_reconcile
[[ -f $demo/large/done ]] || { large_days; touch "$demo/large/done"; }
show large spring
where_to_look
note "the demo took $((SECONDS - started)) s"
