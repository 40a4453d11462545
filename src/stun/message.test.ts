import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MESSAGE_INTEGRITY } from './attribute.ts';
import { buildStun, type StunContent } from './builder.ts';
import { errorCode, errorCodeOf } from './error-code.ts';
import { hasFingerprint } from './fingerprint.ts';
import { iceControlled, iceControlledOf } from './ice-controlled.ts';
import { iceControlling, iceControllingOf } from './ice-controlling.ts';
import { attributeOf, looksLikeStun, MAX_ATTRIBUTES, parseStun, type StunMessage, unknownAttributesOf } from './message.ts';
import { hasIntegrity } from './message-integrity.ts';
import { PRIORITY, priority, priorityOf } from './priority.ts';
import { software, softwareOf } from './software.ts';
import { unknownAttributes, unknownAttributesIn } from './unknown-attributes.ts';
import { hasUseCandidate, useCandidate } from './use-candidate.ts';
import { username, usernameOf } from './username.ts';

const transactionId = Uint8Array.from({ length: 12 }, (_, i) => i + 1);
const request: StunContent = { method: 1, messageClass: 'request', transactionId, attributes: [] };

function parsed(content: StunContent): StunMessage {
	const bytes = buildStun(content);
	const message = parseStun(bytes, bytes.length);
	if (message === undefined) throw new Error('what was built does not parse');
	return message;
}

describe('a STUN message', () => {
	it('reads back with every attribute', () => {
		const message = parsed({
			...request,
			attributes: [
				username('them:us'),
				software('test'),
				priority(0xfffffffe),
				iceControlling(0xfedcba9876543210n),
				iceControlled(1n),
				useCandidate(),
				errorCode(487, 'Role Conflict'),
				unknownAttributes([0x7001, 2]),
			],
			integrityKey: 'secret',
			fingerprint: true,
		});
		expect(message.transactionId).toEqual(transactionId);
		expect(usernameOf(message)).toBe('them:us');
		expect(softwareOf(message)).toBe('test');
		expect(priorityOf(message)).toBe(0xfffffffe);
		expect(iceControllingOf(message)).toBe(0xfedcba9876543210n);
		expect(iceControlledOf(message)).toBe(1n);
		expect(hasUseCandidate(message)).toBe(true);
		expect(errorCodeOf(message)).toEqual({ code: 487, reason: 'Role Conflict' });
		expect(unknownAttributesIn(message)).toEqual([0x7001, 2]);
		expect(hasIntegrity(message, 'secret')).toBe(true);
		expect(hasIntegrity(message, 'Secret')).toBe(false);
		expect(hasFingerprint(message)).toBe(true);
	});

	it('keeps method and class apart, whatever their bits', () => {
		const anyClass = fc.constantFrom('request' as const, 'indication' as const, 'success' as const, 'error' as const);
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 0xff }), anyClass, (method, messageClass) => {
				expect(parsed({ ...request, method, messageClass })).toMatchObject({ method, messageClass });
			}),
		);
	});

	it('without an attribute answers undefined, not a default', () => {
		const message = parsed(request);
		expect(usernameOf(message)).toBeUndefined();
		expect(softwareOf(message)).toBeUndefined();
		expect(priorityOf(message)).toBeUndefined();
		expect(iceControllingOf(message)).toBeUndefined();
		expect(iceControlledOf(message)).toBeUndefined();
		expect(hasUseCandidate(message)).toBe(false);
		expect(errorCodeOf(message)).toBeUndefined();
		expect(unknownAttributesIn(message)).toBeUndefined();
		expect(hasIntegrity(message, '')).toBe(false);
		expect(hasFingerprint(message)).toBe(false);
	});

	it('does not count attributes behind MESSAGE-INTEGRITY, which nobody signed', () => {
		const signed = buildStun({ ...request, attributes: [username('a:b')], integrityKey: 'secret' });
		const bytes = new Uint8Array(signed.length + 4);
		bytes.set(signed);
		bytes.set([0x00, 0x25, 0, 0], signed.length);
		bytes[3] = bytes.length - 20;
		const message = parseStun(bytes, bytes.length);
		expect(message && hasIntegrity(message, 'secret')).toBe(true);
		expect(message && hasUseCandidate(message)).toBe(false);
	});

	it('takes the first of two attributes of one type', () => {
		expect(priorityOf(parsed({ ...request, attributes: [priority(1), priority(2)] }))).toBe(1);
	});

	it('names the attributes that must be understood and are not', () => {
		const optional = { type: 0xc057, value: new Uint8Array(4) };
		const required = { type: 0x7fff, value: new Uint8Array(3) };
		const message = parsed({ ...request, attributes: [priority(1), optional, required, required] });
		expect(unknownAttributesOf(message, new Set([PRIORITY]))).toEqual([0x7fff]);
	});

	it('is refused with attributes past its end, too many of them, or a fingerprint that is not the last', () => {
		const cut = buildStun({ ...request, attributes: [username('abcd')] });
		cut[23] = 5;
		expect(parseStun(cut, cut.length)).toBeUndefined();
		const many = buildStun({ ...request, attributes: new Array(MAX_ATTRIBUTES + 1).fill(useCandidate()) });
		expect(parseStun(many, many.length)).toBeUndefined();
		const enough = buildStun({ ...request, attributes: new Array(MAX_ATTRIBUTES).fill(useCandidate()) });
		expect(parseStun(enough, enough.length)).toBeDefined();
		const early = buildStun({ ...request, attributes: [{ type: 0x8028, value: new Uint8Array(4) }, useCandidate()] });
		expect(parseStun(early, early.length)).toBeUndefined();
	});

	it('is refused when its length is not the datagram’s', () => {
		const bytes = new Uint8Array(64);
		const message = buildStun({ ...request, attributes: [priority(1)] });
		bytes.set(message);
		expect(looksLikeStun(bytes, message.length)).toBe(true);
		expect(looksLikeStun(bytes, message.length + 4)).toBe(false);
		expect(looksLikeStun(bytes, message.length - 4)).toBe(false);
		expect(looksLikeStun(message, message.length + 100)).toBe(false);
		expect(parseStun(bytes, 8)).toBeUndefined();
	});

	it('is refused without the magic cookie or with RTP’s first bits', () => {
		const bytes = buildStun(request);
		expect(
			looksLikeStun(
				Uint8Array.from(bytes, (byte, i) => (i === 5 ? 0 : byte)),
				20,
			),
		).toBe(false);
		expect(
			looksLikeStun(
				Uint8Array.from(bytes, (byte, i) => (i === 0 ? 0x80 : byte)),
				20,
			),
		).toBe(false);
	});

	it('refuses a user name that is too long or not UTF-8, and attributes of the wrong size', () => {
		expect(usernameOf(parsed({ ...request, attributes: [username('x'.repeat(509))] }))).toBeUndefined();
		expect(usernameOf(parsed({ ...request, attributes: [{ type: 6, value: Uint8Array.from([0xff, 0xfe]) }] }))).toBeUndefined();
		expect(priorityOf(parsed({ ...request, attributes: [{ type: PRIORITY, value: new Uint8Array(3) }] }))).toBeUndefined();
		const short = parsed({ ...request, attributes: [{ type: MESSAGE_INTEGRITY, value: new Uint8Array(19) }] });
		expect(hasIntegrity(short, 'secret')).toBe(false);
		expect(attributeOf(short, MESSAGE_INTEGRITY)).toBeDefined();
	});

	it('is left as it came when its integrity is checked, in the Buffer of a socket too', () => {
		const bytes = Buffer.from(buildStun({ ...request, attributes: [username('a:b')], integrityKey: 'secret', fingerprint: true }));
		const before = bytes.toString('hex');
		const message = parseStun(bytes, bytes.length);
		expect(message && hasIntegrity(message, 'secret')).toBe(true);
		expect(bytes.toString('hex')).toBe(before);
		expect(message && hasFingerprint(message)).toBe(true);
	});

	it('loses its integrity and its fingerprint with any changed byte', () => {
		const good = buildStun({ ...request, attributes: [username('a:b'), priority(7)], integrityKey: 'secret', fingerprint: true });
		const integrityEnd = good.length - 8;
		fc.assert(
			fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (where, change) => {
				const bytes = Uint8Array.from(good);
				bytes[where] = (bytes[where] ?? 0) ^ change;
				const message = parseStun(bytes, bytes.length);
				if (message === undefined) return;
				expect(hasFingerprint(message)).toBe(false);
				if (where < integrityEnd) expect(hasIntegrity(message, 'secret')).toBe(false);
			}),
			{ numRuns: 300 },
		);
	});

	it('never makes the parser throw', () => {
		const header = Uint8Array.from([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]);
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 12, maxLength: 120 }), (tail) => {
				const bytes = Uint8Array.from([...header, ...tail]);
				bytes[3] = bytes.length - 20;
				const message = parseStun(bytes, bytes.length);
				if (message === undefined) return;
				expect(hasIntegrity(message, 'secret')).toBe(false);
				usernameOf(message);
				errorCodeOf(message);
			}),
			{ numRuns: 300 },
		);
	});
});
