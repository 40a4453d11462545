import { describe, expect, it } from 'vitest';
import { buildStun } from '../stun/builder.ts';
import { parseStun } from '../stun/message.ts';
import { username } from '../stun/username.ts';
import { checkUsernameOf } from './check-username.ts';

function usernameIn(text: string) {
	const bytes = buildStun({ method: 1, messageClass: 'request', transactionId: new Uint8Array(12), attributes: [username(text)] });
	const message = parseStun(bytes, bytes.length);
	if (message === undefined) throw new Error('not STUN');
	return checkUsernameOf(message);
}

describe('the user name of a check', () => {
	it('is read with any remote ufrag of RFC 8839, and with the characters that some agents add to them', () => {
		for (const remoteUfrag of ['abcd', 'AZ09+/', 'ab==', 'abc=', 'a-b_c', '----', 'u'.repeat(256)]) {
			expect(usernameIn(`SERVERUF:${remoteUfrag}`)).toEqual({ localUfrag: 'SERVERUF', remoteUfrag });
		}
	});

	it('is refused when a ufrag is too short, too long or holds anything else', () => {
		for (const text of [
			'SERVERUF',
			'SERVERUF:',
			'SERVERUF:abc',
			'abc:abcd',
			':abcd',
			'SERVERUF:ab cd',
			'SERVERUF:ab:cd',
			'SERVERUF:abcd\n',
		]) {
			expect(usernameIn(text)).toBeUndefined();
		}
		expect(usernameIn(`SERVERUF:${'u'.repeat(257)}`)).toBeUndefined();
		expect(usernameIn('server-u:abcd')).toBeUndefined();
	});
});
