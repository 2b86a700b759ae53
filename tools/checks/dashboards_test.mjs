// Holds the dashboard rules to what they promise: each row breaks a good dashboard in one place.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkDashboard } from './lib/dashboard_rules.mjs';

const file = path.join(
  path.dirname(fileURLToPath(import.meta.url)),
  '../../k8s/grafana/dashboards/dso-recovery.json',
);
const load = () => JSON.parse(fs.readFileSync(file, 'utf8'));
const panel = (d, title) => d.panels.find((p) => p.title === title);

const ROWS = [
  [
    'no uid',
    (d) => {
      delete d.uid;
    },
    /uid is missing/,
  ],
  [
    'id',
    (d) => {
      d.id = 7;
    },
    /id belongs/,
  ],
  [
    'schema version as text',
    (d) => {
      d.schemaVersion = '39';
    },
    /schemaVersion/,
  ],
  [
    'editable',
    (d) => {
      d.editable = true;
    },
    /editable/,
  ],
  [
    'no links',
    (d) => {
      d.links = [];
    },
    /no link/,
  ],
  [
    'data source not first',
    (d) => {
      d.templating.list.reverse();
    },
    /first variable/,
  ],
  [
    'variable that does not follow',
    (d) => {
      d.templating.list[1].refresh = 1;
    },
    /time range/,
  ],
  [
    'no All',
    (d) => {
      d.templating.list[1].allValue = undefined;
    },
    /All as/,
  ],
  [
    'fixed data source',
    (d) => {
      panel(d, 'DSO').datasource.uid = 'abc';
    },
    /does not use/,
  ],
  [
    'no description',
    (d) => {
      panel(d, 'DSO').description = '';
    },
    /has no description/,
  ],
  [
    'unit of weeks',
    (d) => {
      panel(d, 'DSO').fieldConfig.defaults.unit = 'd';
    },
    /unit d .*\n.*suffix:days/,
  ],
  [
    'misspelt unit',
    (d) => {
      panel(d, 'Overdue share').fieldConfig.defaults.unti = 'x';
      delete panel(d, 'Overdue share').fieldConfig.defaults.unit;
    },
    /unit undefined/,
  ],
  [
    'no thresholds',
    (d) => {
      panel(d, 'DSO').fieldConfig.defaults.thresholds.steps = [];
    },
    /no thresholds/,
  ],
  [
    'overlap',
    (d) => {
      panel(d, 'Receivables').gridPos.x = 3;
    },
    /"DSO" lies over "Receivables"/,
  ],
  [
    'off the grid',
    (d) => {
      panel(d, 'Accounts overdue').gridPos.w = 5;
    },
    /leaves the grid/,
  ],
  [
    'same id',
    (d) => {
      d.panels[2].id = d.panels[1].id;
    },
    /not unique/,
  ],
  [
    'same title',
    (d) => {
      panel(d, 'Receivables').title = 'DSO';
    },
    /"DSO" is there twice/,
  ],
  [
    'no job',
    (d) => {
      panel(d, 'DSO').targets[0].expr = 'relance_ledger_dso';
    },
    /not limited to job/,
  ],
  [
    'no tenant',
    (d) => {
      panel(d, 'DSO').targets[0].expr = 'max by (tenant) (relance_ledger_dso{job=~"$job"})';
    },
    /shows tenant and is not limited/,
  ],
  [
    'fixed window',
    (d) => {
      panel(d, 'DSO').targets[0].expr = 'rate(a_total{job=~"$job"}[5m])';
    },
    /window \[5m\]/,
  ],
  [
    'unknown variable',
    (d) => {
      panel(d, 'DSO').targets[0].expr = 'a{job=~"$job",x="$y"}';
    },
    /no variable y/,
  ],
  [
    'no legend',
    (d) => {
      panel(d, 'DSO').targets[0].legendFormat = '';
    },
    /no legend/,
  ],
];
for (const [name, breakIt, expected] of ROWS) {
  test(name, () => {
    const dashboard = load();
    assert.deepEqual(checkDashboard('d', dashboard), []);
    breakIt(dashboard);
    assert.match(checkDashboard('d', dashboard).join('\n'), expected);
  });
}
