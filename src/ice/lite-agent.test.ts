import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StunAttribute } from '../stun/attribute.ts';
import { buildStun } from '../stun/builder.ts';
import { errorCodeOf } from '../stun/error-code.ts';
import { hasFingerprint } from '../stun/fingerprint.ts';
import { iceControlled } from '../stun/ice-controlled.ts';
import { iceControlling } from '../stun/ice-controlling.ts';
import { parseStun, type StunClass, type StunMessage } from '../stun/message.ts';
import { hasIntegrity } from '../stun/message-integrity.ts';
import { priority } from '../stun/priority.ts';
import { unknownAttributesIn } from '../stun/unknown-attributes.ts';
import { useCandidate } from '../stun/use-candidate.ts';
import { username } from '../stun/username.ts';
import { xorMappedAddressOf } from '../stun/xor-mapped-address.ts';
import { ufragOf } from './check-username.ts';
import { IceLiteAgent, type IceOutcome } from './lite-agent.ts';
import { CONSENT_TIMEOUT_MS, MAX_REMOTE_ADDRESSES, type RemoteAddress } from './path-table.ts';
import { MAX_TRANSACTIONS } from './transaction-log.ts';

const local = { ufrag: 'srvUfrag', pwd: 'server-password-of-24-ch' };
const renewed = { ufrag: 'newUfrag', pwd: 'another-password-24-char' };
const wifi: RemoteAddress = { address: '192.0.2.7', port: 5000 };
const cellular: RemoteAddress = { address: '2001:db8::7', port: 6000 };
const attacker: RemoteAddress = { address: '198.51.100.66', port: 666 };

let transactions = 0;

interface CheckOptions {
	readonly nominate?: boolean;
	readonly credentials?: { readonly ufrag: string; readonly pwd: string };
	readonly remoteUfrag?: string;
	readonly extra?: readonly StunAttribute[];
	readonly messageClass?: StunClass;
	readonly without?: 'username' | 'integrity' | 'fingerprint';
}

/** A connectivity check as a full, controlling agent sends it. */
function check(options: CheckOptions = {}): StunMessage {
	const { ufrag, pwd } = options.credentials ?? local;
	transactions += 1;
	const transactionId = new Uint8Array(12);
	new DataView(transactionId.buffer).setUint32(4, transactions);
	return received(
		buildStun({
			method: 1,
			messageClass: options.messageClass ?? 'request',
			transactionId,
			attributes: [
				...(options.without === 'username' ? [] : [username(`${ufrag}:${options.remoteUfrag ?? 'peer'}`)]),
				priority(1),
				...(options.extra ?? [iceControlling(5n)]),
				...(options.nominate === true ? [useCandidate()] : []),
			],
			...(options.without === 'integrity' ? {} : { integrityKey: pwd }),
			fingerprint: options.without !== 'fingerprint',
		}),
	);
}

function received(bytes: Uint8Array): StunMessage {
	const message = parseStun(bytes, bytes.length);
	if (message === undefined) throw new Error('not STUN');
	return message;
}

function responseOf(outcome: IceOutcome): StunMessage {
	if (outcome.response === undefined) throw new Error(`no response to a check that was ${outcome.verdict}`);
	return received(outcome.response);
}

/** An agent whose session runs over Wi-Fi, nominated. */
function establishedAgent(): IceLiteAgent {
	const agent = new IceLiteAgent(local);
	agent.handleRequest(check(), wifi, 0);
	agent.handleRequest(check({ nominate: true }), wifi, 50);
	expect(agent.selected).toMatchObject(wifi);
	return agent;
}

describe('a check', () => {
	it('is answered with its source address, integrity and fingerprint', () => {
		for (const from of [wifi, cellular]) {
			const message = check();
			const outcome = new IceLiteAgent(local).handleRequest(message, from, 0);
			const response = responseOf(outcome);
			expect(outcome.verdict).toBe('accepted');
			expect(response).toMatchObject({ method: 1, messageClass: 'success', transactionId: message.transactionId });
			expect(xorMappedAddressOf(response)).toEqual(from);
			expect(hasIntegrity(response, local.pwd)).toBe(true);
			expect(hasFingerprint(response)).toBe(true);
		}
	});

	it('from an IPv4-mapped address is answered with the IPv4 address', () => {
		const outcome = new IceLiteAgent(local).handleRequest(check(), { address: '::ffff:192.0.2.7', port: 5000 }, 0);
		expect(xorMappedAddressOf(responseOf(outcome))).toEqual(wifi);
	});

	it('tells which agent it is meant for', () => {
		expect(ufragOf(check())).toBe(local.ufrag);
		expect(ufragOf(check({ without: 'username' }))).toBeUndefined();
		expect(ufragOf(check({ remoteUfrag: 'a:b:c' }))).toBeUndefined();
		expect(ufragOf(check({ remoteUfrag: 'abc' }))).toBeUndefined();
	});

	it('names each remote ufrag once', () => {
		const agent = new IceLiteAgent(local);
		const named = ['offer', 'offer', 'other', 'offer', 'other'].map(
			(remoteUfrag) => agent.handleRequest(check({ remoteUfrag }), wifi, 0).newRemoteUfrag,
		);
		expect(named).toEqual(['offer', undefined, 'other', undefined, undefined]);
	});

	it('may carry optional attributes that nobody knows', () => {
		const extra = [{ type: 0xc057, value: new Uint8Array(4) }];
		expect(new IceLiteAgent(local).handleRequest(check({ extra }), wifi, 0).verdict).toBe('accepted');
	});
});

describe('a request that is refused', () => {
	function refusal(message: StunMessage) {
		const agent = new IceLiteAgent(local);
		const outcome = agent.handleRequest(message, wifi, 0);
		expect(agent.selected).toBeUndefined();
		expect(agent.lastCheckMs).toBeUndefined();
		expect(agent.isKnownAddress(wifi.address, wifi.port)).toBe(false);
		expect(outcome.path).toBeUndefined();
		expect(outcome.newRemoteUfrag).toBeUndefined();
		return outcome;
	}

	it('gets 401 for a wrong password, and the very same for a ufrag of nobody’s', () => {
		for (const credentials of [
			{ ...local, pwd: 'wrong' },
			{ ...local, ufrag: 'nobody12' },
		]) {
			const message = check({ credentials });
			const response = responseOf(refusal(message));
			expect(errorCodeOf(response)).toEqual({ code: 401, reason: '' });
			expect(response.attributes.map(({ type }) => type)).toEqual([0x0009, 0x8028]);
		}
	});

	it('gets 400 without USERNAME or MESSAGE-INTEGRITY', () => {
		expect(errorCodeOf(responseOf(refusal(check({ without: 'username' }))))?.code).toBe(400);
		expect(errorCodeOf(responseOf(refusal(check({ without: 'integrity' }))))?.code).toBe(400);
	});

	it('is never answered with more bytes than it had', () => {
		const bare = buildStun({ method: 1, messageClass: 'request', transactionId: new Uint8Array(12), attributes: [], fingerprint: true });
		const outcome = refusal(received(bare));
		expect(outcome).toMatchObject({ verdict: 'bad-request', response: undefined });
	});

	it('gets no answer without a right fingerprint', () => {
		expect(refusal(check({ without: 'fingerprint' }))).toMatchObject({ verdict: 'ignored', response: undefined });
		const broken = Uint8Array.from(check().bytes);
		broken[broken.length - 1] = (broken[broken.length - 1] ?? 0) ^ 1;
		expect(refusal(received(broken))).toMatchObject({ verdict: 'ignored', response: undefined });
	});

	it('gets no answer when it is an indication or a response', () => {
		for (const messageClass of ['indication', 'success', 'error'] as const) {
			expect(refusal(check({ messageClass }))).toMatchObject({ verdict: 'ignored', response: undefined });
		}
	});

	it('gets 420 naming the attributes that had to be understood', () => {
		const extra = [{ type: 0x7001, value: new Uint8Array(2) }, iceControlling(1n)];
		const response = responseOf(refusal(check({ extra })));
		expect(errorCodeOf(response)?.code).toBe(420);
		expect(unknownAttributesIn(response)).toEqual([0x7001]);
		expect(hasIntegrity(response, local.pwd)).toBe(true);
	});

	it('gets 487 when the peer believes itself controlled, however small its tie-breaker', () => {
		for (const tieBreaker of [0n, 2n ** 64n - 1n]) {
			const response = responseOf(refusal(check({ extra: [iceControlled(tieBreaker)], nominate: true })));
			expect(errorCodeOf(response)?.code).toBe(487);
			expect(hasIntegrity(response, local.pwd)).toBe(true);
		}
	});

	it('changes nothing when it is damaged anywhere, and never throws', () => {
		const good = check({ nominate: true }).bytes;
		fc.assert(
			fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (where, change) => {
				const bytes = Uint8Array.from(good);
				bytes[where] = (bytes[where] ?? 0) ^ change;
				const message = parseStun(bytes, bytes.length);
				if (message !== undefined) refusal(message);
			}),
		);
	});

	it('changes nothing when it is garbage under a right fingerprint, and never throws', () => {
		const attribute = fc.record({
			type: fc.constantFrom(6, 8, 9, 0x20, 0x24, 0x25, 0x8029, 0x802a),
			value: fc.uint8Array({ maxLength: 30 }),
		});
		fc.assert(
			fc.property(fc.array(attribute, { maxLength: 6 }), (attributes) => {
				const bytes = buildStun({ method: 1, messageClass: 'request', transactionId: new Uint8Array(12), attributes, fingerprint: true });
				const outcome = refusal(received(bytes));
				expect(outcome.response?.length ?? 0).toBeLessThanOrEqual(bytes.length);
			}),
		);
	});

	it('is not even parsed when it is cut short', () => {
		const { bytes } = check();
		for (let length = 0; length < bytes.length; length++) expect(parseStun(bytes.subarray(0, length), length)).toBeUndefined();
	});
});

describe('where the server sends', () => {
	it('is the first checked address at first, then the first nominated one at once', () => {
		const agent = new IceLiteAgent(local);
		expect(agent.handleRequest(check(), cellular, 0).path).toMatchObject({ moved: true, added: true });
		expect(agent.selected).toMatchObject(cellular);
		expect(agent.handleRequest(check(), wifi, 10).path).toMatchObject({ moved: false, added: true });
		expect(agent.selected).toMatchObject(cellular);
		expect(agent.handleRequest(check({ nominate: true }), wifi, 20).path).toMatchObject({ moved: true, added: false });
		expect(agent.selected).toMatchObject(wifi);
	});

	it('does not follow checks without a nomination', () => {
		const agent = establishedAgent();
		for (let i = 0; i < 5; i++) agent.handleRequest(check(), cellular, 1000 + i);
		expect(agent.selected).toMatchObject(wifi);
	});

	it('stays on the old path after a nomination until media comes from the new one', () => {
		const agent = establishedAgent();
		expect(agent.handleRequest(check({ nominate: true }), cellular, 1000).path?.moved).toBe(false);
		agent.acceptMedia(wifi, 1005);
		expect(agent.selected).toMatchObject(wifi);
		expect(agent.acceptMedia(cellular, 1010).moved).toBe(true);
		expect(agent.selected).toMatchObject(cellular);
	});

	it('stays on the old path after a nomination until a second fresh check comes from the new one', () => {
		const agent = establishedAgent();
		agent.handleRequest(check({ nominate: true }), cellular, 1000);
		expect(agent.selected).toMatchObject(wifi);
		expect(agent.handleRequest(check(), cellular, 1100).path?.moved).toBe(true);
		expect(agent.selected).toMatchObject(cellular);
	});

	it('follows a phone that roams the way Chromium does (check, then nomination) with the nomination', () => {
		const agent = establishedAgent();
		agent.handleRequest(check(), cellular, 1000);
		expect(agent.handleRequest(check({ nominate: true }), cellular, 1050).path?.moved).toBe(true);
		expect(agent.selected).toMatchObject(cellular);
	});

	it('goes back only when the way back is confirmed again', () => {
		const agent = establishedAgent();
		agent.handleRequest(check(), cellular, 1000);
		agent.handleRequest(check({ nominate: true }), cellular, 1050);
		agent.handleRequest(check({ nominate: true }), wifi, 1060); // delayed on the dying Wi-Fi
		expect(agent.selected).toMatchObject(cellular);
		agent.handleRequest(check({ nominate: true }), wifi, 3000);
		expect(agent.selected).toMatchObject(wifi);
	});

	it('stays when the peer nominates the path in use again before the other is confirmed', () => {
		const agent = establishedAgent();
		agent.handleRequest(check({ nominate: true }), cellular, 1000);
		agent.handleRequest(check({ nominate: true }), wifi, 1100);
		agent.acceptMedia(cellular, 1200);
		expect(agent.selected).toMatchObject(wifi);
	});

	it('follows any checked path once the one in use has lost consent', () => {
		const agent = establishedAgent();
		agent.handleRequest(check(), cellular, 50 + CONSENT_TIMEOUT_MS + 1);
		expect(agent.selected).toMatchObject(cellular);
	});

	it('does not follow media alone, but knows its address from then on', () => {
		const agent = establishedAgent();
		expect(agent.isKnownAddress(cellular.address, cellular.port)).toBe(false);
		expect(agent.acceptMedia(cellular, 1000)).toMatchObject({ moved: false, added: true });
		expect(agent.acceptMedia(cellular, 1020)).toMatchObject({ moved: false, added: false });
		expect(agent.isKnownAddress(cellular.address, cellular.port)).toBe(true);
		expect(agent.selected).toMatchObject(wifi);
	});
});

describe('a captured check', () => {
	it('replayed from another port is answered and moves nothing, however often it comes', () => {
		const agent = establishedAgent();
		const captured = check({ nominate: true });
		agent.handleRequest(captured, wifi, 1000);
		for (let i = 0; i < 10; i++) {
			const outcome = agent.handleRequest(captured, attacker, 2000 + i);
			expect(outcome).toMatchObject({ verdict: 'repeated', path: undefined, newRemoteUfrag: undefined });
			expect(xorMappedAddressOf(responseOf(outcome))).toEqual(attacker);
		}
		expect(agent.selected).toMatchObject(wifi);
		expect(agent.isKnownAddress(attacker.address, attacker.port)).toBe(false);
		expect(agent.lastCheckMs).toBe(1000);
	});

	it('that overtakes the original does not move a running session either', () => {
		const agent = establishedAgent();
		const captured = check({ nominate: true });
		agent.handleRequest(captured, attacker, 1000);
		agent.handleRequest(captured, wifi, 1010);
		expect(agent.selected).toMatchObject(wifi);
		agent.handleRequest(check({ nominate: true }), wifi, 3500);
		agent.handleRequest(captured, attacker, 3600);
		expect(agent.selected).toMatchObject(wifi);
	});

	it('that overtakes the very first nomination loses to the peer’s next checks', () => {
		const agent = new IceLiteAgent(local);
		agent.handleRequest(check(), wifi, 0);
		const captured = check({ nominate: true });
		agent.handleRequest(captured, attacker, 50);
		agent.handleRequest(captured, wifi, 51);
		agent.handleRequest(check({ nominate: true }), wifi, 500);
		agent.acceptMedia(wifi, 520);
		expect(agent.selected).toMatchObject(wifi);
	});

	it('does not become fresh again by waiting', () => {
		const agent = establishedAgent();
		const captured = [check({ nominate: true }), check({ nominate: true })];
		for (const message of captured) agent.handleRequest(message, wifi, 1000);
		for (let i = 0; i < 3000; i++) agent.handleRequest(check({ nominate: true }), wifi, 1000 + i);
		for (const message of captured) agent.handleRequest(message, attacker, 5000);
		expect(agent.selected).toMatchObject(wifi);
	});

	it('does not renew consent', () => {
		const agent = establishedAgent();
		const captured = check({ nominate: true });
		agent.handleRequest(captured, wifi, 1000);
		agent.handleRequest(captured, wifi, 20_000);
		expect(agent.hasConsent(1000 + CONSENT_TIMEOUT_MS)).toBe(true);
		expect(agent.hasConsent(1000 + CONSENT_TIMEOUT_MS + 1)).toBe(false);
	});
});

describe('a lost response', () => {
	it('brings the same check again, which gets the same answer and changes nothing', () => {
		const agent = establishedAgent();
		const message = check({ nominate: true });
		const first = agent.handleRequest(message, cellular, 1000);
		const again = agent.handleRequest(message, cellular, 1500);
		expect(again.response).toEqual(first.response);
		expect(agent.selected).toMatchObject(wifi);
		expect(agent.lastCheckMs).toBe(1000);
	});
});

describe('consent', () => {
	it('starts with the first check, lasts 30 s from the last one and comes back with another', () => {
		const agent = new IceLiteAgent(local);
		expect(agent.hasConsent(0)).toBe(false);
		agent.handleRequest(check(), wifi, 100);
		expect(agent.hasConsent(30_100)).toBe(true);
		expect(agent.hasConsent(30_101)).toBe(false);
		agent.handleRequest(check(), wifi, 50_000);
		expect(agent.hasConsent(50_001)).toBe(true);
	});

	it('is not renewed by media', () => {
		const agent = establishedAgent();
		agent.acceptMedia(wifi, 29_000);
		expect(agent.hasConsent(50 + CONSENT_TIMEOUT_MS + 1)).toBe(false);
	});
});

describe('an ICE restart', () => {
	it('keeps the old credentials until the first check for the new ones', () => {
		const agent = establishedAgent();
		expect(agent.restart(renewed)).toBeUndefined();
		expect(agent.local).toEqual(renewed);
		expect(agent.handleRequest(check(), wifi, 1000).verdict).toBe('accepted');
		const outcome = agent.handleRequest(check({ credentials: renewed, remoteUfrag: 'peer2' }), wifi, 1100);
		expect(outcome).toMatchObject({ verdict: 'accepted', retiredUfrag: local.ufrag, newRemoteUfrag: 'peer2' });
		expect(hasIntegrity(responseOf(outcome), renewed.pwd)).toBe(true);
		expect(agent.handleRequest(check(), wifi, 1200).verdict).toBe('unauthorized');
	});

	it('is not completed by a check with the new ufrag under the old password', () => {
		const agent = establishedAgent();
		agent.restart(renewed);
		expect(agent.handleRequest(check({ credentials: { ufrag: renewed.ufrag, pwd: local.pwd } }), wifi, 1000).verdict).toBe('unauthorized');
		expect(agent.handleRequest(check(), wifi, 1100).verdict).toBe('accepted');
	});

	it('that is superseded before any check leaves the credentials in use alone', () => {
		const agent = establishedAgent();
		agent.restart(renewed);
		const third = { ufrag: 'thirdOne', pwd: 'third-password-24-charss' };
		expect(agent.restart(third)).toBe(renewed.ufrag);
		expect(agent.handleRequest(check({ credentials: renewed }), wifi, 1000).verdict).toBe('unauthorized');
		expect(agent.handleRequest(check(), wifi, 1100).verdict).toBe('accepted');
		expect(agent.handleRequest(check({ credentials: third }), wifi, 1200).retiredUfrag).toBe(local.ufrag);
	});

	it('goes on sending on the old path until the new one is nominated and confirmed', () => {
		const agent = establishedAgent();
		agent.restart(renewed);
		agent.handleRequest(check({ credentials: renewed }), cellular, 1000);
		expect(agent.selected).toMatchObject(wifi);
		agent.handleRequest(check({ credentials: renewed, nominate: true }), cellular, 1050);
		expect(agent.selected).toMatchObject(cellular);
	});
});

describe('the limits', () => {
	it('remember sixteen addresses, never forgetting the one in use, and say which one went', () => {
		const agent = establishedAgent();
		const forgotten: number[] = [];
		for (let port = 1; port <= 50; port++) {
			const { path } = agent.handleRequest(check(), { address: '203.0.113.1', port }, 100 + port);
			if (path?.forgotten !== undefined) forgotten.push(path.forgotten.port);
		}
		expect(agent.addresses).toHaveLength(MAX_REMOTE_ADDRESSES);
		expect(forgotten).toEqual(Array.from({ length: 50 - (MAX_REMOTE_ADDRESSES - 1) }, (_, i) => i + 1));
		expect(agent.selected).toMatchObject(wifi);
		expect(agent.isKnownAddress(wifi.address, wifi.port)).toBe(true);
		expect(agent.isKnownAddress('203.0.113.1', 1)).toBe(false);
	});

	it('keep the picture running when no further check can be told from a replay, but move it nowhere until a restart', () => {
		const agent = establishedAgent();
		expect(agent.isWorn).toBe(false);
		for (let i = 0; i < MAX_TRANSACTIONS; i++) agent.handleRequest(check(), wifi, 200);
		expect(agent.isWorn).toBe(true);
		for (let i = 0; i < 3; i++) {
			const outcome = agent.handleRequest(check({ nominate: true }), cellular, 1000 + i);
			expect(outcome.verdict).toBe('exhausted');
			expect(responseOf(outcome).messageClass).toBe('success');
		}
		expect(agent.selected).toMatchObject(wifi);
		expect(agent.lastCheckMs).toBe(200);
		agent.handleRequest(check(), wifi, 2000);
		expect(agent.lastCheckMs).toBe(2000);
		agent.restart(renewed);
		expect(agent.isWorn).toBe(false);
		agent.handleRequest(check({ credentials: renewed }), cellular, 3000);
		agent.handleRequest(check({ credentials: renewed, nominate: true }), cellular, 3050);
		expect(agent.selected).toMatchObject(cellular);
	}, 30_000); // 32,768 signed checks
});
