// Renders a kustomization as `kubectl kustomize` does, for what k8s/ uses of it: resources, components,
// configMapGenerator (without the hash in the name), labels, images, replicas, namespace and JSON patches.
// Anything else is refused, so that a kustomization never renders to less than it says. kubectl is not in
// Debian 12; see docs/adr/2026-11-22-npm-checkers.md.
import fs from 'node:fs';
import path from 'node:path';
import yaml from 'js-yaml';

const KNOWN = new Set([
  'apiVersion',
  'kind',
  'namespace',
  'resources',
  'components',
  'configMapGenerator',
  'generatorOptions',
  'labels',
  'images',
  'replicas',
  'patches',
]);
const WORKLOADS = new Set(['Deployment', 'StatefulSet']);

export function readYaml(file) {
  return yaml.loadAll(fs.readFileSync(file, 'utf8'), null, { filename: file }).filter((document) => document);
}

// Returns the documents of the kustomization in `folder`.
export function render(folder) {
  return renderOnto(folder, []);
}

function renderOnto(folder, below) {
  const file = path.join(folder, 'kustomization.yaml');
  const kustomization = readYaml(file)[0];
  const unknown = Object.keys(kustomization).filter((key) => !KNOWN.has(key));
  if (unknown.length) throw new Error(`${file}: ${unknown.join(', ')}: not known to this renderer`);

  let documents = [...below];
  for (const entry of kustomization.resources ?? []) {
    const target = path.join(folder, entry);
    documents.push(...(fs.statSync(target).isDirectory() ? render(target) : readYaml(target)));
  }
  for (const generator of kustomization.configMapGenerator ?? []) {
    documents.push(generate(folder, generator, kustomization.generatorOptions ?? {}));
  }
  for (const entry of kustomization.components ?? [])
    documents = renderOnto(path.join(folder, entry), documents);
  for (const patch of kustomization.patches ?? []) applyPatch(file, documents, patch);
  for (const { name, count } of kustomization.replicas ?? []) {
    const found = documents.filter((d) => WORKLOADS.has(d.kind) && d.metadata.name === name);
    if (!found.length) throw new Error(`${file}: replicas: no workload ${name}`);
    for (const document of found) document.spec.replicas = count;
  }
  for (const image of kustomization.images ?? []) setImage(documents, image);
  for (const labels of kustomization.labels ?? []) addLabels(documents, labels);
  if (kustomization.namespace) {
    for (const document of documents) {
      if (document.kind === 'Namespace') document.metadata.name = kustomization.namespace;
      else document.metadata.namespace = kustomization.namespace;
    }
  }
  return documents;
}

function generate(folder, generator, defaults) {
  const data = {};
  for (const entry of generator.files)
    data[path.basename(entry)] = fs.readFileSync(path.join(folder, entry), 'utf8');
  const metadata = { name: generator.name };
  for (const part of ['labels', 'annotations']) {
    const values = { ...defaults[part], ...generator.options?.[part] };
    if (Object.keys(values).length) metadata[part] = values;
  }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
}

function setImage(documents, { name, newName, newTag }) {
  for (const container of documents.flatMap(containersOf)) {
    const [, current, tag] = /^(.*):([^:/]+)$/.exec(container.image);
    if (current === name) container.image = `${newName ?? name}:${newTag ?? tag}`;
  }
}

function addLabels(documents, { pairs, includeTemplates }) {
  for (const document of documents) {
    document.metadata.labels = { ...document.metadata.labels, ...pairs };
    if (!includeTemplates || !WORKLOADS.has(document.kind)) continue;
    for (const part of [document.spec.template, ...(document.spec.volumeClaimTemplates ?? [])]) {
      part.metadata.labels = { ...part.metadata.labels, ...pairs };
    }
  }
}

function applyPatch(file, documents, { target, patch }) {
  const matches = (pattern, value) => pattern === undefined || new RegExp(`^(?:${pattern})$`).test(value);
  const found = documents.filter(
    (d) => matches(target.kind, d.kind) && matches(target.name, d.metadata.name),
  );
  if (!found.length) throw new Error(`${file}: a patch has no target: ${JSON.stringify(target)}`);
  for (const document of found) {
    for (const operation of yaml.load(patch)) patchOne(file, document, structuredClone(operation));
  }
}

// One operation of RFC 6902: add, replace or remove.
function patchOne(file, document, { op, path: pointer, value }) {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop();
  let parent = document;
  for (const key of keys) {
    parent = parent?.[key];
    if (parent === undefined) throw new Error(`${file}: ${document.metadata.name} has no ${pointer}`);
  }
  const exists = Object.hasOwn(parent, last);
  if (op === 'add' && Array.isArray(parent))
    parent.splice(last === '-' ? parent.length : Number(last), 0, value);
  else if (op === 'add' || (op === 'replace' && exists)) parent[last] = value;
  else if (op === 'remove' && exists)
    Array.isArray(parent) ? parent.splice(Number(last), 1) : delete parent[last];
  else throw new Error(`${file}: cannot ${op} ${pointer} of ${document.metadata.name}`);
}

// The containers of a workload, initContainers included; none for other kinds.
export function containersOf(document) {
  if (!WORKLOADS.has(document.kind)) return [];
  const pod = document.spec.template.spec;
  return [...(pod.initContainers ?? []), ...pod.containers];
}
