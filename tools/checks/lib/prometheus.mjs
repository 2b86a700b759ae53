// A private Prometheus in a folder of its own, on a free port of loopback.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 100;

// Asks `condition` until it returns something true, which it returns too. Throws after `seconds`, with `what`
// (a text, or a function that makes it).
export async function waitFor(what, seconds, condition) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > deadline) {
      throw new Error(`after ${seconds} s still no ${typeof what === 'function' ? what() : what}`);
    }
    await delay(POLL_MS);
  }
}

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve, reject) => server.listen(0, '127.0.0.1', resolve).once('error', reject));
  const { port } = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

export class Prometheus {
  // `files`: name to text, put into its folder; prometheus.yaml must be among them.
  static async start(files) {
    const self = new Prometheus();
    self.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relance-prometheus-'));
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(self.folder, name)), { recursive: true });
      fs.writeFileSync(path.join(self.folder, name), text);
    }
    const port = await freePort();
    self.url = `http://127.0.0.1:${port}`;
    const log = fs.openSync(path.join(self.folder, 'log'), 'a');
    self.process = spawn(
      'prometheus',
      [
        `--config.file=${self.folder}/prometheus.yaml`,
        `--web.listen-address=127.0.0.1:${port}`,
        `--storage.tsdb.path=${self.folder}/data`,
        '--log.level=warn',
      ],
      { stdio: ['ignore', log, log] },
    );
    fs.closeSync(log);
    self.ended = new Promise((resolve) => {
      self.process.once('exit', resolve).once('error', resolve);
    });
    self.ended.then(() => {
      self.hasEnded = true;
    });
    try {
      await waitFor('answer of Prometheus', 30, async () => {
        if (self.hasEnded) throw new Error(`Prometheus ended: ${self.log()}`);
        return fetch(`${self.url}/-/ready`).then(
          (response) => response.ok,
          () => false,
        );
      });
    } catch (error) {
      await self.stop();
      throw error;
    }
    return self;
  }

  log() {
    return fs.readFileSync(path.join(this.folder, 'log'), 'utf8').split('\n').slice(-20).join('\n');
  }

  async get(route, parameters = {}) {
    const response = await fetch(`${this.url}/api/v1/${route}?${new URLSearchParams(parameters)}`);
    const answer = await response.json();
    if (answer.status !== 'success') throw new Error(answer.error);
    return answer.data;
  }

  // The series of an instant query, or of a range: [{ labels, values: [numbers] }].
  async query(expr) {
    const { resultType, result } = await this.get('query', { query: expr });
    if (resultType === 'scalar') return [{ labels: {}, values: [Number(result[1])] }];
    return result.map((series) => ({ labels: series.metric, values: [Number(series.value[1])] }));
  }

  async queryRange(expr, seconds, step) {
    const end = Date.now() / 1000;
    const { result } = await this.get('query_range', {
      query: expr,
      start: `${end - seconds}`,
      end: `${end}`,
      step: `${step}`,
    });
    return result.map((series) => ({
      labels: series.metric,
      values: series.values.map(([, value]) => Number(value)),
    }));
  }

  async stop() {
    if (!this.hasEnded) this.process.kill('SIGTERM');
    await this.ended;
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
