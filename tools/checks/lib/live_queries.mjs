// Queries of panels and rules, asked of a live Prometheus.
import { leftOfThreshold, selectorsOf } from './promql.mjs';

const RANGE_SECONDS = 60; // what is on the screen
const STEP_SECONDS = 1;
const RATE_INTERVAL = '1m'; // Grafana takes four scrape intervals at least: 1m of 15s

// name -> regular expression of all values, as Grafana's All would be if it were not ".+". A variable without
// values is a finding: people could choose nothing.
export async function resolveVariables(prometheus, list, say) {
  const variables = {
    __rate_interval: RATE_INTERVAL,
    __interval: `${STEP_SECONDS}s`,
    __range: `${RANGE_SECONDS}s`,
  };
  for (const { name, type, query } of list) {
    if (type !== 'query') continue;
    const [, selector, label] = /^label_values\((.*),\s*(\w+)\)$/.exec(query.query);
    const values = await prometheus.get(`label/${label}/values`, {
      'match[]': substitute(selector, variables),
    });
    if (!values.length) say(`variable ${name} has no values`);
    // Inside a PromQL string: a backslash is doubled.
    variables[name] = values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\\\$&')).join('|') || '.+';
  }
  return variables;
}

export function substitute(expr, variables) {
  return expr.replace(/\$\{?(\w+)(?::\w+)?\}?/g, (whole, name) => variables[name] ?? whole);
}

export async function checkTarget(prometheus, variables, panel, target, known, say) {
  const expr = substitute(target.expr, variables);
  checkNames(expr, known, say);
  const range = panel.type === 'timeseries' || target.range;
  const series = await ask(
    () => (range ? prometheus.queryRange(expr, RANGE_SECONDS, STEP_SECONDS) : prometheus.query(expr)),
    say,
  );
  if (!series || !checkSeries(series, say)) return;
  for (const [, label] of target.legendFormat.matchAll(/\{\{\s*(\w+)\s*\}\}/g)) {
    const without = series.filter(({ labels }) => !(label in labels)).length;
    // A flat zero beside series by code has no code.
    if (without && !(without < series.length || / or 0 \* /.test(expr)))
      say(`no series has the label ${label} of the legend`);
    else if (without && !/ or 0 \* /.test(expr))
      say(`${without} of ${series.length} series have no label ${label}`);
  }
}

// An alert is silent while all is well: what stands left of its threshold must have a value.
export async function checkRule(prometheus, rule, known, say) {
  checkNames(rule.expr, known, say);
  const series = await ask(
    () => prometheus.query(rule.alert ? leftOfThreshold(rule.expr) : rule.record),
    say,
  );
  if (series) checkSeries(series, say);
}

async function ask(query, say) {
  try {
    return await query();
  } catch (error) {
    say(error.message);
    return null;
  }
}

function checkSeries(series, say) {
  if (!series.length) say('returns no data');
  else if (series.every(({ values }) => values.every(Number.isNaN))) say('returns nothing but NaN');
  else return true;
  return false;
}

// `or vector(0)` gives a value to a misspelt name too.
function checkNames(expr, known, say) {
  for (const { name } of selectorsOf(expr)) {
    if (!known.has(name)) say(`nobody exports ${name}`);
  }
}
