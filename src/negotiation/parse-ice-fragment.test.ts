import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectValue } from './client-sdp.fixture.ts';
import { parseIceFragment } from './parse-ice-fragment.ts';

const credentials = { ufrag: 'ysXw', pwd: 'vw5LmwG4y/e6dPP/zAP9Gp5k' };
const pair = `a=ice-ufrag:${credentials.ufrag}\r\na=ice-pwd:${credentials.pwd}\r\n`;
const host = 'a=candidate:1 1 udp 2130706431 192.0.2.1 61764 typ host\r\n';

test.each([
	['of the session', `${pair}m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n${host}a=end-of-candidates\r\n`],
	['of the first section', `a=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n${pair}${host}`],
	['with LF alone', `${pair}${host}`.replaceAll('\r\n', '\n')],
	['before others', `${pair}${host}a=ice-ufrag:other\r\na=ice-pwd:0123456789abcdefghijklmn\r\n`],
])('credentials %s are read', (_where, text) => {
	expect(expectValue(parseIceFragment(text))).toEqual({ credentials, candidates: 1 });
});

test('candidates need no credentials, and those of transports that are not used are taken too', () => {
	const tcp = 'a=candidate:2 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active\r\n';
	const name = 'a=candidate:3 1 udp 2113937151 0f1e2d3c-4b5a-6978.local 51000 typ host\r\n';
	expect(expectValue(parseIceFragment(host + tcp + name))).toEqual({ credentials: undefined, candidates: 3 });
	expect(expectValue(parseIceFragment('a=end-of-candidates'))).toEqual({ credentials: undefined, candidates: 0 });
});

test('whatever comes, it is read or refused', () => {
	const piece = fc.constantFrom(
		'a=ice-ufrag:',
		'a=ice-pwd:',
		'a=candidate:',
		'a=mid:0',
		'm=audio',
		'\r\n',
		' ',
		'1 1 udp 5 ::1 9 typ host',
		'a=',
	);
	const text = fc.array(fc.oneof(piece, fc.string())).map((parts) => parts.join(''));
	fc.assert(
		fc.property(text, (fragment) => {
			const parsed = parseIceFragment(fragment);
			if (!parsed.ok) expect(['bad-fragment', 'bad-candidate']).toContain(parsed.error);
			else if (parsed.value.credentials !== undefined) expect(parsed.value.credentials.pwd.length).toBeGreaterThanOrEqual(22);
		}),
		{ numRuns: 2000 },
	);
});
