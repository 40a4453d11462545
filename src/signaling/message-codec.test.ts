import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFrame, writeFrame } from './message-codec.ts';

test.each(['offer', 'answer', 'candidate', 'duress-stop', 'resume', 'restart'])('%s is taken with its data', (event) => {
	expect(parseFrame(JSON.stringify({ event, data: 'text' }))).toEqual({ type: 'message', event, data: 'text' });
});

test('ice-candidate is a second name of candidate', () => {
	expect(parseFrame('{"event":"ice-candidate","data":"{}"}')).toEqual({ type: 'message', event: 'candidate', data: '{}' });
});

test('extra keys are ignored', () => {
	expect(parseFrame('{"event":"answer","data":"x","more":{"a":[1]},"__proto__":{"event":"offer"}}')).toEqual({
		type: 'message',
		event: 'answer',
		data: 'x',
	});
});

test.each(['duress-stop', 'restart'])('%s needs no data', (event) => {
	expect(parseFrame(JSON.stringify({ event }))).toEqual({ type: 'message', event, data: '' });
});

test.each(['hello', 'duress-alert', 'error', 'constructor', '__proto__', ''])('the event %j means nothing here', (event) => {
	expect(parseFrame(JSON.stringify({ event, data: '' }))).toEqual({ type: 'unknown' });
	expect(parseFrame(JSON.stringify({ event }))).toEqual({ type: 'unknown' });
});

test.each([
	['', 'Not JSON'],
	['ping', 'Not JSON'],
	['{"event":"offer"', 'Not JSON'],
	['null', 'Not a JSON object'],
	['true', 'Not a JSON object'],
	['12', 'Not a JSON object'],
	['"offer"', 'Not a JSON object'],
	['[]', 'Not a JSON object'],
	['[{"event":"offer","data":""}]', 'Not a JSON object'],
	['{}', 'event is not a string'],
	['{"data":"x"}', 'event is not a string'],
	['{"event":null,"data":"x"}', 'event is not a string'],
	['{"event":7,"data":"x"}', 'event is not a string'],
	['{"event":"offer"}', 'data is not a string'],
	['{"event":"offer","data":null}', 'data is not a string'],
	['{"event":"offer","data":5}', 'data is not a string'],
	['{"event":"candidate","data":{"candidate":""}}', 'data is not a string'],
	['{"event":"duress-stop","data":false}', 'data is not a string'],
	['{"event":"hello","data":[]}', 'data is not a string'],
])('%s is refused: %s', (text, error) => {
	expect(parseFrame(text)).toEqual({ type: 'bad', error });
});

test('a frame nested beyond reason does no harm', () => {
	expect(parseFrame('['.repeat(60_000)).type).toBe('bad');
	expect(parseFrame(`{"event":"offer","data":"x","deep":${'['.repeat(30_000)}${']'.repeat(30_000)}}`).type).not.toBe('unknown');
});

test('whatever text comes, it is parsed into one of three outcomes', () => {
	fc.assert(
		fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
			expect(['message', 'unknown', 'bad']).toContain(parseFrame(text).type);
		}),
		{ numRuns: 300 },
	);
});

test('a written frame has an event and data, and says via only when asked', () => {
	expect(writeFrame('offer', '{"type":"offer"}')).toBe('{"event":"offer","data":"{\\"type\\":\\"offer\\"}"}');
	expect(JSON.parse(writeFrame('offer', 'v=0', 'http'))).toEqual({ event: 'offer', data: 'v=0', via: 'http' });
});
