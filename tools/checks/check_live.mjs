// Checks a running installation from the side of those who watch it: a real Prometheus scrapes its five
// services, and then every query of every dashboard and every rule must return data.
//
//   node tools/checks/check_live.mjs --config var/relance.yaml
//
// Also: promtool's rules for metrics, a budget of series, no metric that only a dashboard knows, and the
// metric names against tests/golden/metric_names.txt (UPDATE_GOLDEN=1 writes it). Prometheus lives in a
// temporary folder and ends with this program. Needs prometheus and promtool. Exit 1 with one finding a line.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { callEmpty } from './lib/grpc_call.mjs';
import { servicesOf, targetsOf } from './lib/installation.mjs';
import { readYaml } from './lib/kustomize.mjs';
import { checkRule, checkTarget, resolveVariables } from './lib/live_queries.mjs';
import { Prometheus, waitFor } from './lib/prometheus.mjs';
import { checkMetricText, namesOf, SERIES_MAX } from './lib/scrape.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const GOLDEN = path.join(root, 'tests/golden/metric_names.txt');
const SCRAPE_INTERVAL = '1s'; // instead of 15 s, so that the check need not wait
const SCRAPES = 4; // two for a rate, one more on each side of the calls between
const DEADLINE_SECONDS = 60;
// One cheap method of each service: a quantile of the time of no call is not a number. An empty request is
// refused as INVALID_ARGUMENT, and counted.
const METHODS = {
  ledger: '/relance.ledger.v1.TenantService/ListTenants',
  risk: '/relance.risk.v1.RiskService/RankAccounts',
  scenario: '/relance.scenario.v1.ScenarioService/GetWorklist',
  campaign: '/relance.campaign.v1.CampaignService/ListCampaigns',
  handoff: '/relance.handoff.v1.HandoffService/ListAgencies',
};

const { values: options } = parseArgs({ options: { config: { type: 'string' } } });
if (!options.config) {
  console.error('usage: node tools/checks/check_live.mjs --config var/relance.yaml');
  process.exit(2);
}

const read = (name) => fs.readFileSync(path.join(root, 'k8s', name), 'utf8');
const list = (name, ending) =>
  fs
    .readdirSync(path.join(root, 'k8s', name))
    .filter((entry) => entry.endsWith(ending))
    .map((entry) => `${name}/${entry}`);

function prometheusFiles(services) {
  const files = {
    'prometheus.yaml': read('prometheus/demo.yaml').replace(
      /^( +(?:scrape|evaluation)_interval): .*$/gm,
      `$1: ${SCRAPE_INTERVAL}`,
    ),
    'targets/relance.json': JSON.stringify(targetsOf(services)),
  };
  for (const name of list('prometheus/rules', '.yaml')) {
    files[`rules/${path.basename(name)}`] = read(name);
  }
  return files;
}

const callAll = (services) =>
  Promise.all(
    services
      .filter(({ name, grpc }) => METHODS[name] && grpc)
      .map(({ name, grpc }) => callEmpty(grpc, METHODS[name])),
  );

// Every target is up and was scraped often enough, with calls in between, and every rule was evaluated since.
async function settle(prometheus, services) {
  const scraped = async (count) => {
    let missing = [];
    const done = async () => {
      const series = await prometheus.query(`sum_over_time(up[10m]) >= ${count}`);
      const jobs = new Set(series.map(({ labels }) => labels.job));
      missing = services.map(({ name }) => `relance-${name}`).filter((job) => !jobs.has(job));
      return !missing.length;
    };
    await waitFor(() => `${count} scrapes of ${missing.join(', ')}`, DEADLINE_SECONDS, done);
  };
  await scraped(1);
  await callAll(services);
  await scraped(2);
  await callAll(services);
  await scraped(SCRAPES);
  const from = Date.now();
  await waitFor('evaluation of every rule', DEADLINE_SECONDS, async () => {
    const { groups } = await prometheus.get('rules');
    return groups.length && groups.every((group) => Date.parse(group.lastEvaluation) > from);
  });
}

async function checkDashboards(prometheus, known, say) {
  let queries = 0;
  for (const name of list('grafana/dashboards', '.json')) {
    const dashboard = JSON.parse(read(name));
    const at = (text) => say(`${path.basename(name)}: ${text}`);
    const variables = await resolveVariables(prometheus, dashboard.templating.list, at);
    for (const panel of dashboard.panels.filter((entry) => entry.targets)) {
      for (const target of panel.targets) {
        queries += 1;
        await checkTarget(prometheus, variables, panel, target, known, (text) =>
          at(`"${panel.title}" ${target.refId}: ${text}`),
        );
      }
    }
  }
  return queries;
}

async function checkRules(prometheus, known, say) {
  let rules = 0;
  for (const name of list('prometheus/rules', '.yaml')) {
    for (const rule of readYaml(path.join(root, 'k8s', name))[0].groups.flatMap((group) => group.rules)) {
      rules += 1;
      await checkRule(prometheus, rule, known, (text) => say(`${rule.alert ?? rule.record}: ${text}`));
    }
  }
  return rules;
}

function checkGolden(names, say) {
  const text = `${[...names].sort().join('\n')}\n`;
  if (process.env.UPDATE_GOLDEN) {
    fs.mkdirSync(path.dirname(GOLDEN), { recursive: true });
    fs.writeFileSync(GOLDEN, text);
    return;
  }
  const golden = new Set(
    fs.existsSync(GOLDEN) ? fs.readFileSync(GOLDEN, 'utf8').split('\n').filter(Boolean) : [],
  );
  for (const name of names)
    if (!golden.has(name)) say(`${name} is new: UPDATE_GOLDEN=1 writes tests/golden/metric_names.txt`);
  for (const name of golden)
    if (!names.has(name)) say(`${name} is in tests/golden/metric_names.txt, and no service has it`);
}

async function main() {
  const problems = [];
  const say = (text) => problems.push(text);
  const services = servicesOf(options.config);
  const prometheus = await Prometheus.start(prometheusFiles(services));
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      prometheus.stop().finally(() => process.exit(1));
    });
  }
  try {
    await settle(prometheus, services);
    const names = new Set();
    for (const { name, metrics } of services) {
      const text = await (await fetch(`http://${metrics}/metrics`)).text();
      const lint = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
      checkMetricText(text, lint, (finding) => say(`relance-${name}: ${finding}`));
      for (const metric of namesOf(text)) names.add(metric);
    }
    checkGolden(names, say);
    // What Prometheus knows: series of the services, of rules, and its own.
    const known = new Set(await prometheus.get('label/__name__/values'));
    const queries = await checkDashboards(prometheus, known, say);
    const rules = await checkRules(prometheus, known, say);
    for (const problem of problems) console.error(problem);
    console.log(
      `${services.length} services, ${names.size} metrics (each service under ${SERIES_MAX} series), ` +
        `${queries} queries of panels, ${rules} rules: ${problems.length} findings`,
    );
  } finally {
    await prometheus.stop();
  }
  return problems.length ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`check_live: ${error.message}`);
  process.exitCode = 1;
}
