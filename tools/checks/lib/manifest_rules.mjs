// The rules of the house for rendered manifests, beside the schemas of Kubernetes. Each returns what is
// wrong, one sentence a finding, starting with kind/name.
import yaml from 'js-yaml';
import { containersOf } from './kustomize.mjs';

const SERVICES = ['ledger', 'risk', 'scenario', 'campaign', 'handoff'];
const API_VERSIONS = {
  ConfigMap: 'v1',
  Deployment: 'apps/v1',
  Namespace: 'v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  PersistentVolumeClaim: 'v1',
  PodDisruptionBudget: 'policy/v1',
  Service: 'v1',
  ServiceAccount: 'v1',
  StatefulSet: 'apps/v1',
};
const LABELS = ['name', 'instance', 'component', 'version', 'part-of', 'managed-by'].map(
  (l) => `app.kubernetes.io/${l}`,
);
const MARGIN_SECONDS = 5;

const named = (document) => `${document.kind}/${document.metadata.name}`;
const isWorkload = (document) => document.kind === 'Deployment' || document.kind === 'StatefulSet';
const podLabels = (workload) => workload.spec.template.metadata.labels ?? {};
const seconds = (duration) => Number(/^(\d+)s$/.exec(duration)?.[1] ?? NaN);

// Whether a label selector (matchLabels and matchExpressions In) takes these labels.
export function selects(selector, labels) {
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every((e) => e.operator === 'In' && e.values.includes(labels[e.key]))
  );
}

// The configuration of Relance among the documents.
function configuration(documents) {
  const map = documents.find((d) => d.kind === 'ConfigMap' && d.metadata.name === 'relance-config');
  return map ? yaml.load(map.data['relance.yaml']) : undefined;
}

// `development`: one replica of a service is enough.
export function checkRules(documents, { development = false } = {}) {
  const problems = [];
  const ids = documents.map(named);
  for (const id of ids.filter((entry, i) => ids.indexOf(entry) !== i)) problems.push(`${id}: is there twice`);
  for (const document of documents) {
    if (API_VERSIONS[document.kind] !== document.apiVersion) {
      problems.push(`${named(document)}: ${document.apiVersion} is not the version that is used here`);
    }
    for (const label of LABELS) {
      if (!document.metadata.labels?.[label]) problems.push(`${named(document)}: has no label ${label}`);
    }
  }
  const workloads = documents.filter(isWorkload);
  for (const workload of workloads) {
    const say = (text) => problems.push(`${named(workload)}: ${text}`);
    checkPod(workload, say);
    for (const container of containersOf(workload)) checkContainer(container, say);
    checkReplicas(workload, documents, development, say);
    checkReferences(workload, documents, say);
  }
  for (const name of SERVICES) {
    const workload = workloads.find((w) => w.metadata.name === `relance-${name}`);
    if (!workload) problems.push(`relance-${name}: there is no such workload`);
    else
      checkService(name, workload, configuration(documents), (text) =>
        problems.push(`${named(workload)}: ${text}`),
      );
  }
  problems.push(...checkSelectors(documents, workloads));
  return problems;
}

// Pod Security Standard "restricted", and what a pod of ours has besides.
function checkPod(workload, say) {
  const pod = workload.spec.template.spec;
  const context = pod.securityContext ?? {};
  if (context.runAsNonRoot !== true) say('runAsNonRoot is not set');
  if (!(context.runAsUser >= 10000 && context.runAsGroup >= 10000))
    say('uid and gid are not numbers of 10000 or more');
  if (context.seccompProfile?.type !== 'RuntimeDefault') say('seccompProfile is not RuntimeDefault');
  for (const key of ['hostNetwork', 'hostPID', 'hostIPC']) if (pod[key]) say(`${key} is set`);
  for (const volume of pod.volumes ?? []) {
    const types = Object.keys(volume).filter((key) => key !== 'name');
    if (
      !types.every((type) =>
        ['configMap', 'emptyDir', 'persistentVolumeClaim', 'secret', 'projected'].includes(type),
      )
    ) {
      say(`volume ${volume.name} is of type ${types}`);
    }
    if (volume.emptyDir && !volume.emptyDir.sizeLimit) say(`volume ${volume.name} has no sizeLimit`);
  }
  if (pod.automountServiceAccountToken !== false) say('the token of the service account is mounted');
  if (!pod.serviceAccountName) say('has no service account of its own');
  if (pod.enableServiceLinks !== false) say('enableServiceLinks would add RELANCE_* variables');
}

function checkContainer(container, say) {
  const at = (text) => say(`container ${container.name}: ${text}`);
  const tag = /:([^:/]+)$/.exec(container.image)?.[1];
  if (!tag || tag === 'latest') at(`image ${container.image} has no explicit tag`);
  const { requests = {}, limits = {} } = container.resources ?? {};
  for (const key of ['cpu', 'memory', 'ephemeral-storage']) if (!requests[key]) at(`requests no ${key}`);
  for (const key of ['memory', 'ephemeral-storage']) if (!limits[key]) at(`has no limit of ${key}`);
  const context = container.securityContext ?? {};
  if (context.allowPrivilegeEscalation !== false) at('may escalate its privileges');
  if (context.readOnlyRootFilesystem !== true) at('may write its root file system');
  if (context.privileged) at('is privileged');
  if (JSON.stringify(context.capabilities?.drop) !== '["ALL"]' || context.capabilities?.add)
    at('keeps capabilities');
  for (const key of ['startupProbe', 'readinessProbe', 'livenessProbe'])
    if (!container[key]) at(`has no ${key}`);
  const handler = ({ grpc, exec, tcpSocket, httpGet } = {}) =>
    JSON.stringify([grpc, exec, tcpSocket, httpGet]);
  if (handler(container.readinessProbe) === handler(container.livenessProbe))
    at('is alive only while it is ready');
  for (const variable of container.env ?? []) {
    if (/PASSWORD$|SECRET|TOKEN/.test(variable.name) && variable.value)
      at(`${variable.name} is written down`);
  }
}

function checkReplicas(workload, documents, development, say) {
  const isStore = workload.metadata.name === 'relance-redis'; // one Redis: a cluster is another installation
  if (!isStore && !development && !(workload.spec.replicas >= 2)) say('has fewer than two replicas');
  const budgets = documents.filter(
    (d) => d.kind === 'PodDisruptionBudget' && selects(d.spec.selector, podLabels(workload)),
  );
  if (budgets.length !== 1) say(`has ${budgets.length} PodDisruptionBudgets`);
  if (!isStore && !(workload.spec.template.spec.topologySpreadConstraints ?? []).length) say('is not spread');
  for (const spread of workload.spec.template.spec.topologySpreadConstraints ?? []) {
    if (!selects(spread.labelSelector, podLabels(workload)))
      say(`the spread over ${spread.topologyKey} misses its pods`);
  }
  if (workload.kind === 'StatefulSet') {
    const service = documents.find(
      (d) => d.kind === 'Service' && d.metadata.name === workload.spec.serviceName,
    );
    if (service?.spec.clusterIP !== 'None')
      say(`serviceName ${workload.spec.serviceName} is not a headless Service`);
  }
}

// Everything that is named is there; Secrets come from the installation.
function checkReferences(workload, documents, say) {
  const has = (kind, name) => documents.some((d) => d.kind === kind && d.metadata.name === name);
  const pod = workload.spec.template.spec;
  const account = documents.find(
    (d) => d.kind === 'ServiceAccount' && d.metadata.name === pod.serviceAccountName,
  );
  if (account?.automountServiceAccountToken !== false)
    say(`ServiceAccount ${pod.serviceAccountName} is missing or has a token`);
  const volumes = new Set((workload.spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata.name));
  for (const volume of pod.volumes ?? []) {
    volumes.add(volume.name);
    const map = volume.configMap?.name;
    const claim = volume.persistentVolumeClaim?.claimName;
    if (map && !has('ConfigMap', map)) say(`ConfigMap ${map} is missing`);
    if (claim && !has('PersistentVolumeClaim', claim)) say(`PersistentVolumeClaim ${claim} is missing`);
  }
  const mounted = new Set(
    containersOf(workload)
      .flatMap((c) => c.volumeMounts ?? [])
      .map((mount) => mount.name),
  );
  for (const name of mounted) if (!volumes.has(name)) say(`there is no volume ${name}`);
  for (const name of volumes) if (!mounted.has(name)) say(`volume ${name} is not mounted`);
  if (!selects(workload.spec.selector, podLabels(workload))) say('its selector misses its pods');
}

// What the manifest and the configuration of a service have to agree about.
function checkService(name, workload, config, say) {
  const own = config?.services?.[name];
  if (!own) return say(`relance-config has no services.${name}`);
  const container = workload.spec.template.spec.containers[0];
  const environment = Object.fromEntries((container.env ?? []).map((variable) => [variable.name, variable]));
  const port = (portName) => (container.ports ?? []).find((p) => p.name === portName)?.containerPort;
  if (own.listen[0] !== `0.0.0.0:${port('grpc')}`) say(`port grpc is not that of ${own.listen[0]}`);
  if (own.metrics_address !== `0.0.0.0:${port('metrics')}`)
    say(`port metrics is not that of ${own.metrics_address}`);
  if (config.targets[name] !== `dns:///relance-${name}:${port('grpc')}`)
    say(`targets.${name} is not its Service`);
  if (workload.spec.template.metadata.annotations?.['prometheus.io/port'] !== `${port('metrics')}`)
    say('scrape port differs');
  for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
    const { grpc, tcpSocket } = container[probe] ?? {};
    if (grpc && grpc.port !== port('grpc')) say(`${probe} asks another port`);
    if (grpc && grpc.service !== (probe === 'readinessProbe' ? fullName(name) : 'liveness'))
      say(`${probe} asks ${grpc.service}`);
    if (tcpSocket && tcpSocket.port !== 'grpc') say(`${probe} asks another port`);
  }
  const pause = seconds(own.drain_pause);
  const grace = workload.spec.template.spec.terminationGracePeriodSeconds;
  if (!(grace >= pause + seconds(own.drain_deadline) + MARGIN_SECONDS))
    say(`is killed ${grace} s after SIGTERM: the drain takes longer`);
  const readiness = container.readinessProbe ?? {};
  if (!(pause > readiness.periodSeconds * readiness.failureThreshold))
    say('stops listening before its readiness shows the drain');

  const prefix = `RELANCE_SERVICES_${name.toUpperCase()}_SETTINGS`;
  if (workload.kind !== 'StatefulSet') return;
  const place = environment[`${prefix}_REPLICA`]?.valueFrom?.fieldRef?.fieldPath;
  if (place !== "metadata.labels['apps.kubernetes.io/pod-index']") say('its replica is not its ordinal');
  const replicas = environment[`${prefix}_REPLICAS`]?.value;
  if (replicas !== `${workload.spec.replicas}`)
    say(`${workload.spec.replicas} replicas are told that they are ${replicas}`);
}

// Services and policies select pods, by labels and by ports that exist, and every pod has a policy of its
// own.
function checkSelectors(documents, workloads) {
  const problems = [];
  const policies = documents.filter((d) => d.kind === 'NetworkPolicy');
  for (const document of documents) {
    const say = (text) => problems.push(`${named(document)}: ${text}`);
    if (document.kind === 'Service') {
      const targets = workloads.filter((w) => selects({ matchLabels: document.spec.selector }, podLabels(w)));
      if (targets.length !== 1) say(`selects ${targets.length} workloads`);
      if (document.spec.clusterIP !== 'None') say('is not headless: calls would stay on one pod');
      const names = targets
        .flatMap(containersOf)
        .flatMap((c) => c.ports ?? [])
        .map((p) => p.name);
      for (const p of document.spec.ports)
        if (!names.includes(p.targetPort)) say(`no container has the port ${p.targetPort}`);
    }
    if (document.kind === 'NetworkPolicy' || document.kind === 'PodDisruptionBudget') {
      const selector = document.spec.podSelector ?? document.spec.selector;
      if (!workloads.some((w) => selects(selector, podLabels(w)))) say('selects no pod');
    }
    if (document.kind !== 'NetworkPolicy') continue;
    for (const peer of [
      ...(document.spec.ingress ?? []).flatMap((rule) => rule.from ?? [null]),
      ...(document.spec.egress ?? []).flatMap((rule) => rule.to ?? [null]),
    ]) {
      if (peer === null) say('lets everybody through');
      else if (peer.podSelector && !workloads.some((w) => selects(peer.podSelector, podLabels(w))))
        say('names a peer that is no pod');
    }
  }
  const denyAll = policies.find((p) => !Object.keys(p.spec.podSelector).length);
  if (denyAll?.spec.policyTypes.length !== 2 || denyAll.spec.ingress || denyAll.spec.egress) {
    problems.push('NetworkPolicy: nothing denies all that is not listed');
  }
  for (const workload of workloads) {
    if (!policies.some((p) => p !== denyAll && selects(p.spec.podSelector, podLabels(workload)))) {
      problems.push(`${named(workload)}: no NetworkPolicy of its own`);
    }
  }
  return problems;
}

function fullName(name) {
  return `relance.${name}.v1.${name[0].toUpperCase()}${name.slice(1)}Service`;
}
