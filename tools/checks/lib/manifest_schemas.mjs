// Validates manifests against the schemas of Kubernetes: values by the JSON schemas of kubernetes-models, and
// unknown fields, which these let pass, by the TypeScript compiler, which refuses them in an object literal.
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const require = createRequire(import.meta.url);
const PACKAGE = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

function moduleOf(document) {
  return `kubernetes-models/${document.apiVersion}/${document.kind}`;
}

// What the schemas say against each document.
export function checkValues(documents) {
  const problems = [];
  for (const document of documents) {
    const name = `${document.kind}/${document.metadata.name}`;
    let Model;
    try {
      Model = require(moduleOf(document))[document.kind];
    } catch {
      problems.push(`${name}: Kubernetes has no ${document.apiVersion} ${document.kind}`);
      continue;
    }
    try {
      new Model(document).validate();
    } catch (error) {
      problems.push(`${name}: ${error.message}`);
    }
  }
  return problems;
}

// What the compiler says against each document as a literal of its type. All documents are compiled at once.
export function checkFields(documents) {
  const file = path.join(PACKAGE, 'manifests.generated.ts'); // in memory only; its folder finds node_modules
  const lines = [];
  documents.forEach((document, i) => {
    lines.push(
      `import type { I${document.kind} as Kind${i} } from '${moduleOf(document)}'; ` +
        `export const d${i}: Kind${i} = ${JSON.stringify(document, null, 1).replaceAll('\n', `\n/*${i}*/`)};`,
    );
  });
  const options = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  };
  const host = ts.createCompilerHost(options);
  const source = ts.createSourceFile(file, lines.join('\n'), options.target);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, ...rest) => (name === file ? source : getSourceFile.call(host, name, ...rest));
  host.fileExists = (name) => name === file || fileExists.call(host, name);
  host.readFile = (name) => (name === file ? source.text : readFile.call(host, name));
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
    if (!diagnostic.file || diagnostic.start === undefined) return text;
    const start = source.text.lastIndexOf('\nimport', diagnostic.start);
    const index = Number(/Kind(\d+) }/.exec(source.text.slice(Math.max(start, 0)))?.[1]);
    const document = documents[index];
    return `${document.kind}/${document.metadata.name}: ${text}`;
  });
}
