// The rules of the house for dashboards. Each finding is one sentence that starts with the file and the
// panel.
import { selectorsOf } from './promql.mjs';

// Ids of Grafana's units (getValueFormats of @grafana/data 12; an unknown id would be printed behind the
// number). DSO is "suffix:days": the unit "d" prints 61.8 as "8.8 weeks".
const UNITS = new Set([
  'short',
  'percentunit',
  's',
  'bytes',
  'Bps',
  'ops',
  'reqps',
  'dateTimeAsIso',
  'bool_yes_no',
  'suffix:days',
]);
const TYPES = new Set(['timeseries', 'stat', 'bargauge', 'table']);
const COLUMNS = 24;
const UID_LENGTH_MAX = 40;
const SCHEMA_VERSION = 39; // Grafana 10 to 13 take it

export function checkDashboard(file, dashboard) {
  const problems = [];
  const say = (text) => problems.push(`${file}: ${text}`);
  if (!/^[a-z0-9-]+$/.test(dashboard.uid ?? '') || dashboard.uid.length > UID_LENGTH_MAX)
    say('uid is missing or long');
  if (dashboard.id) say('id belongs to one Grafana: leave it out');
  if (dashboard.__inputs) say('__inputs is for shared files, not for provisioned ones');
  if (!dashboard.title?.startsWith('Relance: ')) say('title does not start with "Relance: "');
  if (!dashboard.description) say('has no description');
  if (dashboard.schemaVersion !== SCHEMA_VERSION) say(`schemaVersion is not ${SCHEMA_VERSION}`);
  if (dashboard.editable !== false) say('editable is not false');
  if (dashboard.graphTooltip !== 1) say('graphTooltip is not 1: the cursor is not shared');
  if (dashboard.refresh !== '30s') say('refresh is not 30s');
  if (!dashboard.time?.from) say('has no time range');
  if (!dashboard.tags?.includes('relance')) say('has no tag relance');
  const link = dashboard.links?.find((l) => l.type === 'dashboards' && l.tags.includes('relance'));
  if (!link?.includeVars || !link.keepTime) say('has no link to its sisters that keeps variables and time');
  const variables = checkVariables(dashboard.templating?.list ?? [], say);
  checkLayout(dashboard.panels, say);
  for (const panel of dashboard.panels.filter((p) => p.type !== 'row')) {
    checkPanel(panel, variables, (text) => say(`"${panel.title}": ${text}`));
  }
  return problems;
}

function checkVariables(list, say) {
  const [first, ...rest] = list;
  if (
    first?.name !== 'datasource' ||
    first.type !== 'datasource' ||
    first.query !== 'prometheus' ||
    first.label !== 'Data source'
  ) {
    say('the first variable is not the data source');
  }
  for (const variable of rest) {
    const at = (text) => say(`variable ${variable.name}: ${text}`);
    if (variable.type !== 'query' || variable.datasource?.uid !== '${datasource}')
      at('is no query of ${datasource}');
    if (variable.refresh !== 2) at('does not follow the time range');
    if (!variable.multi || !variable.includeAll || variable.allValue !== '.+')
      at('is not multi with All as .+');
    if (!variable.label) at('has no label');
  }
  return new Set(list.map((variable) => variable.name));
}

function checkLayout(panels, say) {
  const ids = panels.map((panel) => panel.id);
  if (new Set(ids).size !== ids.length || ids.some((id) => !(id > 0))) say('ids of panels are not unique');
  const titles = panels.map((panel) => panel.title);
  for (const title of titles.filter((t, i) => !t || titles.indexOf(t) !== i))
    say(`title "${title}" is there twice`);
  panels.forEach((panel, i) => {
    const { x, y, w, h } = panel.gridPos ?? {};
    if (!(x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= COLUMNS)) say(`"${panel.title}" leaves the grid`);
    for (const other of panels.slice(i + 1)) {
      const o = other.gridPos;
      if (x < o.x + o.w && o.x < x + w && y < o.y + o.h && o.y < y + h)
        say(`"${panel.title}" lies over "${other.title}"`);
    }
  });
}

function checkPanel(panel, variables, say) {
  if (!TYPES.has(panel.type)) say(`type ${panel.type} is not used here`);
  if (!panel.description) say('has no description');
  if (panel.datasource?.uid !== '${datasource}') say('does not use ${datasource}');
  const defaults = panel.fieldConfig?.defaults ?? {};
  if (!UNITS.has(defaults.unit)) say(`unit ${defaults.unit} is not one that was looked at`);
  if (
    /DSO|days/i.test(`${panel.title} ${defaults.unit}`) &&
    /dso/.test(JSON.stringify(panel.targets)) &&
    defaults.unit !== 'suffix:days'
  ) {
    say('DSO is in suffix:days');
  }
  const steps = defaults.thresholds?.steps ?? [];
  if (!steps.length || steps[0].value !== null) say('has no thresholds');
  if (!panel.targets?.length) say('has no query');
  const refs = (panel.targets ?? []).map((target) => target.refId);
  if (new Set(refs).size !== refs.length || refs.some((ref) => !ref)) say('refIds are not unique');
  for (const target of panel.targets ?? []) checkTarget(target, variables, say);
}

function checkTarget(target, variables, say) {
  const { expr } = target;
  if (target.datasource?.uid !== '${datasource}') say('a query does not use ${datasource}');
  if (!target.legendFormat) say('a query has no legend');
  for (const [, name] of expr.matchAll(/\$\{?(\w+)/g)) {
    if (!variables.has(name) && !name.startsWith('__')) say(`there is no variable ${name}`);
  }
  for (const [, window] of expr.matchAll(/\[([^\]]+)\]/g)) {
    if (window !== '$__rate_interval' && window !== '$__range')
      say(`the window [${window}] does not follow the screen`);
  }
  for (const { name, matchers } of selectorsOf(expr)) {
    if (matchers.job !== '=~$job') say(`${name} is not limited to job=~"$job"`);
    if (variables.has('instance') && matchers.instance !== '=~$instance')
      say(`${name} is not limited to the instance`);
    for (const label of ['tenant', 'currency']) {
      if (
        /by \([^)]*\bLABEL\b/.test(expr.replaceAll(label, 'LABEL')) &&
        variables.has(label) &&
        !(label in matchers)
      ) {
        say(`${name} shows ${label} and is not limited by it`);
      }
    }
  }
}
