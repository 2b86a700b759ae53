import assert from 'node:assert/strict';
import test from 'node:test';
import { leftOfThreshold, selectorsOf } from './lib/promql.mjs';

const SELECTORS = [
  ['up', ['up']],
  ['up{job=~"relance-.+"} == 0', ['up']],
  ['sum by (job, le) (rate(a_bucket{job=~"$job"}[$__rate_interval]))', ['a_bucket']],
  ['sum(rate(a[5m])) by (job) / on (job) group_left (x) b', ['a', 'b']],
  ['histogram_quantile(0.99, sum by (le) (rate(a_bucket[5m])))', ['a_bucket']],
  ['(sum(a{s="x"}) or vector(0)) - (sum(a{s="x"} offset 1h) or vector(0)) > 0', ['a', 'a']],
  ['level:metric:op{a="b}",c!~"d"} * 1e-9', ['level:metric:op']],
  ['scalar(max(a)) - max by (source) (b) > 3 * 86400', ['a', 'b']],
];
for (const [expr, names] of SELECTORS) {
  test(`selectors of ${expr}`, () =>
    assert.deepEqual(
      selectorsOf(expr).map((s) => s.name),
      names,
    ));
}

test('matchers keep operator and value', () => {
  assert.deepEqual(selectorsOf('a{b="c", d=~"e|\\"f", g!="}"}')[0].matchers, {
    b: '=c',
    d: '=~e|\\"f',
    g: '!=}',
  });
});

const THRESHOLDS = [
  ['a > 1', 'a'],
  ['up{job=~"relance-.+"} == 0', 'up{job=~"relance-.+"}'],
  ['a / b >= 0.5', 'a / b'],
  ['(a > 3) < 2', '(a > 3)'],
];
for (const [expr, left] of THRESHOLDS)
  test(`left of ${expr}`, () => assert.equal(leftOfThreshold(expr), left));
test('no threshold', () => assert.throws(() => leftOfThreshold('sum(a{b!="c"})'), /no threshold/));
test('two thresholds', () => assert.throws(() => leftOfThreshold('a > 1 and b > 2'), /two comparisons/));
