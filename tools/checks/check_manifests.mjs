// Checks k8s/: every kustomization renders, its documents fit the schemas of Kubernetes to the last field,
// and the rules of the house hold. usage: node check_manifests.mjs. Exit 1 with one finding a line.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { render } from './lib/kustomize.mjs';
import { checkRules } from './lib/manifest_rules.mjs';
import { checkFields, checkValues } from './lib/manifest_schemas.mjs';

const k8s = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../k8s');
const KUSTOMIZATIONS = [
  { folder: 'base' },
  { folder: 'grafana', rules: false },
  { folder: 'overlays/dev', development: true },
  { folder: 'overlays/prod' },
];

let problems = 0;
const rendered = KUSTOMIZATIONS.map((entry) => ({
  ...entry,
  documents: render(path.join(k8s, entry.folder)),
}));
for (const { folder, documents, development, rules = true } of rendered) {
  const findings = [
    ...checkValues(documents),
    ...checkFields(documents),
    ...(rules ? checkRules(documents, { development }) : []),
  ];
  for (const finding of findings) console.error(`k8s/${folder}: ${finding}`);
  console.log(`k8s/${folder}: ${documents.length} documents, ${findings.length} findings`);
  problems += findings.length;
}
process.exitCode = problems ? 1 : 0;
