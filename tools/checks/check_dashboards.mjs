// Checks k8s/grafana and the alerts beside it: dashboards by the rules of the house, provisioning, the
// ConfigMaps (same JSON), and that each alert has severity, texts and a page in docs/playbook. usage: node
// check_dashboards.mjs
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkDashboard } from './lib/dashboard_rules.mjs';
import { readYaml, render } from './lib/kustomize.mjs';
import { leftOfThreshold } from './lib/promql.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const SEVERITIES = ['critical', 'warning', 'info'];
const SECTIONS = ['Meaning', 'Verify', 'Fix', 'Escalate'];
const problems = [];

const folder = path.join(root, 'k8s/grafana/dashboards');
const files = fs.readdirSync(folder).filter((name) => name.endsWith('.json'));
const dashboards = files.map((name) => [name, JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'))]);
for (const [name, dashboard] of dashboards) problems.push(...checkDashboard(name, dashboard));
const uids = dashboards.map(([, dashboard]) => dashboard.uid);
if (new Set(uids).size !== uids.length) problems.push('two dashboards have one uid');

const maps = render(path.join(root, 'k8s/grafana'));
for (const [name] of dashboards) {
  const map = maps.find((document) => name in (document.data ?? {}));
  if (map?.data[name] !== fs.readFileSync(path.join(folder, name), 'utf8'))
    problems.push(`${name}: is in no ConfigMap`);
  else if (map.metadata.labels.grafana_dashboard !== '1')
    problems.push(`${name}: its ConfigMap is not for the sidecar`);
}
const provider = readYaml(path.join(root, 'k8s/grafana/provisioning/dashboards/relance.yaml'))[0]
  .providers[0];
if (provider.allowUiUpdates !== false) problems.push('provisioning: dashboards could be changed by hand');
const source = readYaml(path.join(root, 'k8s/grafana/provisioning/datasources/relance.yaml'))[0]
  .datasources[0];
if (source.type !== 'prometheus' || !source.uid)
  problems.push('provisioning: no Prometheus data source with a uid');

const pages = new Set();
const tests = fs
  .readdirSync(path.join(root, 'k8s/prometheus/tests'))
  .map((name) => fs.readFileSync(path.join(root, 'k8s/prometheus/tests', name), 'utf8'))
  .join('\n');
for (const name of fs.readdirSync(path.join(root, 'k8s/prometheus/rules'))) {
  const { groups } = readYaml(path.join(root, 'k8s/prometheus/rules', name))[0];
  for (const rule of groups.flatMap((group) => group.rules).filter((entry) => entry.alert)) {
    const say = (text) => problems.push(`${rule.alert}: ${text}`);
    if (!SEVERITIES.includes(rule.labels?.severity)) say('has no severity');
    const { summary, description, runbook_url: url } = rule.annotations ?? {};
    if (!summary || !description) say('has no summary or description');
    if (url !== `docs/playbook/${rule.alert}.md`) say('runbook_url is not its page');
    else if (!fs.existsSync(path.join(root, url))) say(`${url} does not exist`);
    else checkPage(url, rule, say);
    if (!tests.includes(`alertname: ${rule.alert}\n`)) say('has no test');
    try {
      leftOfThreshold(rule.expr);
    } catch (error) {
      say(error.message);
    }
    pages.add(`${rule.alert}.md`);
  }
}
for (const name of fs.readdirSync(path.join(root, 'docs/playbook'))) {
  if (!pages.has(name)) problems.push(`docs/playbook/${name}: is about no alert`);
}

function checkPage(url, rule, say) {
  const text = fs.readFileSync(path.join(root, url), 'utf8');
  if (!text.startsWith(`# ${rule.alert}\n\nSeverity: ${rule.labels.severity}\n`))
    say('its page has another title or severity');
  for (const section of SECTIONS)
    if (!text.includes(`\n## ${section}\n`)) say(`its page has no "${section}"`);
}

for (const problem of problems) console.error(problem);
console.log(`${dashboards.length} dashboards, ${pages.size} alerts, ${problems.length} findings`);
process.exitCode = problems.length ? 1 : 0;
