// The addresses in a configuration file such as var/relance.yaml.
import { readYaml } from './kustomize.mjs';

// [{ name: "ledger", metrics: "127.0.0.1:9101", grpc: "127.0.0.1:7101" }, ...]; at least one.
export function servicesOf(file) {
  const services = Object.entries(readYaml(file)[0]?.services ?? {}).map(([name, section]) => ({
    name,
    metrics: section.metrics_address,
    grpc: section.listen?.[0],
  }));
  if (!services.length) throw new Error(`${file}: names no services`);
  for (const { name, metrics } of services)
    if (!metrics) throw new Error(`${file}: services.${name} has no metrics_address`);
  return services;
}

// What k8s/prometheus/demo.yaml reads from targets/.
export function targetsOf(services) {
  return services.map(({ name, metrics }) => ({ targets: [metrics], labels: { job: `relance-${name}` } }));
}
