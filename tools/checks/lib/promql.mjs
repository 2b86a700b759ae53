// What the checks need to know of a PromQL expression, without a parser: which series it reads, which labels
// their matchers name, and what stands on the left of a threshold.

const KEYWORDS = new Set([
  'and',
  'or',
  'unless',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'offset',
  'bool',
  'inf',
  'nan',
  'start',
  'end',
  'atan2',
]);
const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;

// The vector selectors of an expression: [{ name, matchers: { label: "=~value" } }]. Strings, durations,
// labels of groupings and names of functions are passed over.
export function selectorsOf(expr) {
  const selectors = [];
  let i = 0;
  while (i < expr.length) {
    const c = expr[i];
    if (c === '"' || c === "'") i = endOfString(expr, i);
    else if (c === '[') i = expr.indexOf(']', i) + 1;
    else if (/[0-9.]/.test(c)) i += /^[0-9.]+([eE][+-]?[0-9]+|[a-z]+)?/.exec(expr.slice(i))[0].length;
    else if (c === '$') i += /^\$\{?\w+(:\w+)?\}?/.exec(expr.slice(i))?.[0].length ?? 1;
    else if (/[a-zA-Z_:]/.test(c)) i = readName(expr, i, selectors);
    else i += 1;
  }
  return selectors;
}

function readName(expr, start, selectors) {
  NAME.lastIndex = start;
  const name = NAME.exec(expr)[0];
  let i = start + name.length;
  while (/\s/.test(expr[i] ?? '')) i += 1;
  const lower = name.toLowerCase();
  if (KEYWORDS.has(lower)) {
    const grouping = ['by', 'without', 'on', 'ignoring', 'group_left', 'group_right'].includes(lower);
    return grouping && expr[i] === '(' ? expr.indexOf(')', i) + 1 : i;
  }
  if (expr[i] === '(') return i; // a function
  if (/^(by|without)\b/.test(expr.slice(i))) return i; // an aggregation: sum by (x) (y)
  const selector = { name, matchers: {} };
  selectors.push(selector);
  if (expr[i] !== '{') return i;
  i += 1;
  while (expr[i] !== '}') {
    const match = /^\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*/.exec(expr.slice(i));
    if (!match) throw new Error(`cannot read the matchers of ${name} in ${expr}`);
    const from = i + match[0].length;
    i = endOfString(expr, from);
    selector.matchers[match[1]] = match[2] + expr.slice(from + 1, i - 1);
    i += /^[\s,]*/.exec(expr.slice(i))[0].length;
  }
  return i + 1;
}

function endOfString(expr, start) {
  let i = start + 1;
  while (i < expr.length && expr[i] !== expr[start]) i += expr[i] === '\\' ? 2 : 1;
  return i + 1;
}

// "a / b > 0.5" -> "a / b". The comparison must be the last operator outside of parentheses.
export function leftOfThreshold(expr) {
  let depth = 0;
  let found = null;
  for (let i = 0; i < expr.length; i += 1) {
    const c = expr[i];
    if (c === '"' || c === "'") i = endOfString(expr, i) - 1;
    else if ('([{'.includes(c)) depth += 1;
    else if (')]}'.includes(c)) depth -= 1;
    else if (depth === 0 && /[<>]|[=!]=/.test(expr.slice(i, i + 2).replace(/^[^<>=!].*/, ''))) {
      if (found !== null) throw new Error(`two comparisons in ${expr}`);
      found = i;
      if (expr[i + 1] === '=') i += 1;
    }
  }
  if (found === null) throw new Error(`no threshold in ${expr}`);
  return expr.slice(0, found).trim();
}
