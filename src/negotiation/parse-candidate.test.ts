import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCandidate } from './parse-candidate.ts';

const line = 'candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag cGZ2';

describe('parseCandidate', () => {
	it.each([
		['JSON text', JSON.stringify({ candidate: line, sdpMid: '0', sdpMLineIndex: 0 })],
		['JSON of the line alone', JSON.stringify(line)],
		['a raw line', line],
		['an attribute line', `a=${line}\r\n`],
	])('takes %s', (_name, data) => {
		expect(parseCandidate(data)).toEqual({
			ok: true,
			value: { type: 'candidate', address: '203.0.113.7', port: 46154, transport: 'udp', kind: 'srflx' },
		});
	});

	it.each([
		['an mDNS name', 'candidate:1 1 UDP 2122260223 6c1f4e5a-0b0d-4c52-9d2d-0a3f8c2b7e11.local 54400 typ host'],
		['IPv6', 'candidate:2 1 UDP 2116026111 2001:db8::2 37748 typ host'],
		['TCP', 'candidate:3 1 tcp 1518280447 192.0.2.150 9 typ host tcptype active'],
	])('takes a candidate of %s', (_name, text) => {
		expect(parseCandidate(text).ok).toBe(true);
	});

	it.each(['', '   ', 'null', '{"candidate":""}', '{"candidate":null}', 'a=end-of-candidates', 'candidate:'])(
		'reads %j as the end of candidates',
		(data) => {
			expect(parseCandidate(data)).toEqual({ ok: true, value: { type: 'end-of-candidates' } });
		},
	);

	it.each([
		'hello',
		'{"candidate":1}',
		'{}',
		'{"candidate":',
		'candidate:1 1 udp 1 1.2.3.4 99999 typ host',
		`candidate:${'1'.repeat(5000)}`,
	])('refuses %.40j', (data) => {
		expect(parseCandidate(data)).toEqual({ ok: false, error: 'bad-candidate' });
	});

	it('never throws', () => {
		fc.assert(
			fc.property(
				fc.oneof(
					fc.string(),
					fc.json(),
					fc.string().map((text) => `candidate:${text}`),
				),
				(data) => {
					expect(typeof parseCandidate(data).ok).toBe('boolean');
				},
			),
		);
	});
});
