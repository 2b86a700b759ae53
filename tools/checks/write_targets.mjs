// Lets a Prometheus with k8s/prometheus/demo.yaml scrape an installation on this machine.
//   node write_targets.mjs --config var/relance.yaml k8s/prometheus/targets
// writes targets/relance.json; Prometheus reads it again by itself.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { servicesOf, targetsOf } from './lib/installation.mjs';

const { values, positionals } = parseArgs({
  options: { config: { type: 'string' } },
  allowPositionals: true,
});
if (!values.config || positionals.length !== 1) {
  console.error('usage: node write_targets.mjs --config FILE FOLDER');
  process.exit(2);
}
fs.mkdirSync(positionals[0], { recursive: true });
const file = path.join(positionals[0], 'relance.json');
fs.writeFileSync(`${file}.part`, `${JSON.stringify(targetsOf(servicesOf(values.config)), null, 2)}\n`);
fs.renameSync(`${file}.part`, file);
console.log(file);
