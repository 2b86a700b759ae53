// Holds the checkers of manifests to what they promise: each row breaks the rendered base in one place and
// names the finding that must follow. A checker that finds nothing proves nothing.
import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { render } from './lib/kustomize.mjs';
import { checkRules } from './lib/manifest_rules.mjs';
import { checkFields, checkValues } from './lib/manifest_schemas.mjs';

const k8s = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../k8s');
const find = (documents, kind, name) => documents.find((d) => d.kind === kind && d.metadata.name === name);
const pod = (documents, name = 'risk') =>
  documents.find((d) => d.spec?.template && d.metadata.name === `relance-${name}`).spec.template.spec;
const container = (documents, name) => pod(documents, name).containers[0];
const drop = (documents, kind, name) => documents.splice(documents.indexOf(find(documents, kind, name)), 1);

const RULES = [
  [
    'no tag',
    (d) => {
      container(d).image = 'registry/relance';
    },
    /has no explicit tag/,
  ],
  [
    'latest',
    (d) => {
      container(d).image = 'registry/relance:latest';
    },
    /has no explicit tag/,
  ],
  [
    'no memory limit',
    (d) => {
      delete container(d).resources.limits.memory;
    },
    /has no limit of memory/,
  ],
  [
    'no request',
    (d) => {
      delete container(d).resources.requests.cpu;
    },
    /requests no cpu/,
  ],
  [
    'root',
    (d) => {
      pod(d).securityContext.runAsNonRoot = false;
    },
    /runAsNonRoot/,
  ],
  [
    'low uid',
    (d) => {
      pod(d).securityContext.runAsUser = 1000;
    },
    /uid and gid/,
  ],
  [
    'no seccomp',
    (d) => {
      delete pod(d).securityContext.seccompProfile;
    },
    /seccompProfile/,
  ],
  [
    'host network',
    (d) => {
      pod(d).hostNetwork = true;
    },
    /hostNetwork/,
  ],
  [
    'host path',
    (d) => {
      pod(d).volumes[0] = { name: 'config', hostPath: { path: '/etc' } };
    },
    /of type hostPath/,
  ],
  [
    'escalation',
    (d) => {
      container(d).securityContext.allowPrivilegeEscalation = true;
    },
    /escalate/,
  ],
  [
    'writable root',
    (d) => {
      delete container(d).securityContext.readOnlyRootFilesystem;
    },
    /root file system/,
  ],
  [
    'capability',
    (d) => {
      container(d).securityContext.capabilities.add = ['NET_ADMIN'];
    },
    /capabilities/,
  ],
  [
    'token',
    (d) => {
      delete pod(d).automountServiceAccountToken;
    },
    /token of the service account/,
  ],
  [
    'service links',
    (d) => {
      delete pod(d).enableServiceLinks;
    },
    /enableServiceLinks/,
  ],
  [
    'no readiness',
    (d) => {
      delete container(d).readinessProbe;
    },
    /has no readinessProbe/,
  ],
  [
    'alive while ready',
    (d) => {
      container(d).livenessProbe.grpc = container(d).readinessProbe.grpc;
    },
    /alive only while/,
  ],
  [
    'unknown probe name',
    (d) => {
      container(d).livenessProbe.grpc.service = 'alive';
    },
    /livenessProbe asks alive/,
  ],
  [
    'probe of another port',
    (d) => {
      container(d).startupProbe.grpc.port = 1;
    },
    /asks another port/,
  ],
  [
    'one replica',
    (d) => {
      find(d, 'StatefulSet', 'relance-risk').spec.replicas = 1;
    },
    /fewer than two replicas/,
  ],
  [
    'replicas not told',
    (d) => {
      find(d, 'StatefulSet', 'relance-risk').spec.replicas = 3;
    },
    /3 replicas are told that they are 2/,
  ],
  ['no budget', (d) => drop(d, 'PodDisruptionBudget', 'relance-risk'), /has 0 PodDisruptionBudgets/],
  [
    'not spread',
    (d) => {
      pod(d).topologySpreadConstraints = [];
    },
    /is not spread/,
  ],
  [
    'short grace',
    (d) => {
      pod(d).terminationGracePeriodSeconds = 29;
    },
    /killed 29 s after SIGTERM/,
  ],
  [
    'slow readiness',
    (d) => {
      container(d).readinessProbe.failureThreshold = 3;
    },
    /readiness shows the drain/,
  ],
  [
    'not headless',
    (d) => {
      delete find(d, 'Service', 'relance-risk').spec.clusterIP;
    },
    /is not headless/,
  ],
  [
    'service of nobody',
    (d) => {
      find(d, 'Service', 'relance-risk').spec.selector = { app: 'x' };
    },
    /selects 0 workloads/,
  ],
  [
    'port of nobody',
    (d) => {
      find(d, 'Service', 'relance-risk').spec.ports[0].targetPort = 'http';
    },
    /has the port http/,
  ],
  [
    'selector',
    (d) => {
      find(d, 'StatefulSet', 'relance-risk').spec.selector.matchLabels['app.kubernetes.io/name'] = 'x';
    },
    /selector misses its pods/,
  ],
  ['no policy', (d) => drop(d, 'NetworkPolicy', 'relance-services'), /no NetworkPolicy of its own/],
  ['no deny', (d) => drop(d, 'NetworkPolicy', 'relance-deny-all'), /nothing denies/],
  [
    'policy for all',
    (d) => {
      find(d, 'NetworkPolicy', 'relance-redis').spec.ingress.push({});
    },
    /lets everybody through/,
  ],
  [
    'policy peer',
    (d) => {
      find(d, 'NetworkPolicy', 'relance-services').spec.egress[0].to[0].podSelector.matchLabels = {
        app: 'redis',
      };
    },
    /peer that is no pod/,
  ],
  [
    'missing map',
    (d) => {
      pod(d).volumes[0].configMap.name = 'x';
    },
    /ConfigMap x is missing/,
  ],
  ['missing claim', (d) => drop(d, 'PersistentVolumeClaim', 'relance-outbox'), /relance-outbox is missing/],
  [
    'label',
    (d) => {
      delete find(d, 'Service', 'relance-risk').metadata.labels['app.kubernetes.io/component'];
    },
    /has no label/,
  ],
  [
    'secret in env',
    (d) => {
      container(d).env.push({ name: 'RELANCE_STORE_PASSWORD', value: 'x' });
    },
    /is written down/,
  ],
  [
    'old version',
    (d) => {
      find(d, 'PodDisruptionBudget', 'relance-risk').apiVersion = 'policy/v1beta1';
    },
    /not the version/,
  ],
];
for (const [name, breakIt, expected] of RULES) {
  test(`rule: ${name}`, () => {
    const documents = render(path.join(k8s, 'base'));
    assert.deepEqual(checkRules(documents), []);
    breakIt(documents);
    assert.match(checkRules(documents).join('\n'), expected);
  });
}

const VALUES = [
  [
    'replicas',
    (d) => {
      find(d, 'StatefulSet', 'relance-risk').spec.replicas = 'two';
    },
  ],
  [
    'port',
    (d) => {
      find(d, 'Service', 'relance-risk').spec.ports[0].port = 'grpc';
    },
  ],
  [
    'selector',
    (d) => {
      delete find(d, 'Deployment', 'relance-ledger').spec.selector;
    },
  ],
  [
    'kind',
    (d) => {
      find(d, 'Service', 'relance-risk').kind = 'Servise';
    },
  ],
];
for (const [name, breakIt] of VALUES) {
  test(`value: ${name}`, () => {
    const documents = render(path.join(k8s, 'base'));
    assert.deepEqual(checkValues(documents), []);
    breakIt(documents);
    assert.equal(checkValues(documents).length, 1);
  });
}

test('fields: a misspelt field is found at any depth, and named with its document', () => {
  const documents = render(path.join(k8s, 'base'));
  find(documents, 'PodDisruptionBudget', 'relance-risk').spec.maxUnavailabel = 1;
  container(documents, 'ledger').securityContext.readOnlyRootFileSystem = true;
  pod(documents, 'handoff').volumes[1].emptyDir.sizeLimits = '1Gi';
  const findings = checkFields(documents);
  assert.equal(findings.length, 3, findings.join('\n'));
  assert.match(findings.join('\n'), /PodDisruptionBudget\/relance-risk: .*maxUnavailabel/);
  assert.match(findings.join('\n'), /Deployment\/relance-ledger: .*readOnlyRootFileSystem/);
  assert.match(findings.join('\n'), /StatefulSet\/relance-handoff: .*sizeLimits/);
});
