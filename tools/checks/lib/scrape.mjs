// What a scrape must look like.

export const SERIES_MAX = 10_000;
// Labels that would grow with the debtors.
const FORBIDDEN_LABELS =
  /[{,](account|account_id|party|item|item_id|campaign|campaign_id|placement|debtor|name|email|siren|request_id)="/;
// What promtool says against metrics that are not ours.
const LINT_EXCEPTIONS = [/^exposer_/]; // of prometheus-cpp's HTTP server

// Names of metrics as in the TYPE lines, so that a histogram is one name.
export function namesOf(text) {
  return new Set(
    [...text.matchAll(/^# TYPE (\S+) /gm)]
      .map(([, name]) => name)
      .filter((name) => !name.startsWith('exposer_')),
  );
}

// `lint`: what `promtool check metrics` returned for the text.
export function checkMetricText(text, lint, say) {
  if (lint.error) return say(`promtool: ${lint.error.message}`);
  const findings = `${lint.stdout}${lint.stderr}`
    .split('\n')
    .filter((line) => line && !LINT_EXCEPTIONS.some((e) => e.test(line)));
  for (const finding of findings) say(`promtool: ${finding}`);
  const series = text.split('\n').filter((line) => line && !line.startsWith('#'));
  if (!series.length) say('serves no metrics');
  if (series.length >= SERIES_MAX) say(`serves ${series.length} series: the budget is ${SERIES_MAX}`);
  const bad = series.find((line) => FORBIDDEN_LABELS.test(line));
  if (bad) say(`a label grows with the debtors or names them: ${bad.replace(/"[^"]*"/g, '"..."')}`);
  for (const name of ['relance_build_info', 'process_start_time_seconds', 'grpc_server_handled_total']) {
    if (!text.includes(`# TYPE ${name} `)) say(`has no ${name}`);
  }
}
