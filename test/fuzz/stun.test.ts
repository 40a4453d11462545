import { checkUsernameOf } from '../../src/ice/check-username.ts';
import { FINGERPRINT, MESSAGE_INTEGRITY } from '../../src/stun/attribute.ts';
import { buildStun } from '../../src/stun/builder.ts';
import { ERROR_CODE, errorCode, errorCodeOf } from '../../src/stun/error-code.ts';
import { hasFingerprint } from '../../src/stun/fingerprint.ts';
import { ICE_CONTROLLED, iceControlled, iceControlledOf } from '../../src/stun/ice-controlled.ts';
import { ICE_CONTROLLING, iceControlling, iceControllingOf } from '../../src/stun/ice-controlling.ts';
import { BINDING_METHOD, MAX_ATTRIBUTES, parseStun, type StunMessage, unknownAttributesOf } from '../../src/stun/message.ts';
import { hasIntegrity } from '../../src/stun/message-integrity.ts';
import { PRIORITY, priority, priorityOf } from '../../src/stun/priority.ts';
import { SOFTWARE, software, softwareOf } from '../../src/stun/software.ts';
import { UNKNOWN_ATTRIBUTES, unknownAttributes, unknownAttributesIn } from '../../src/stun/unknown-attributes.ts';
import { hasUseCandidate, USE_CANDIDATE, useCandidate } from '../../src/stun/use-candidate.ts';
import { MAX_USERNAME_BYTES, USERNAME, username, usernameOf } from '../../src/stun/username.ts';
import { XOR_MAPPED_ADDRESS, xorMappedAddress, xorMappedAddressOf } from '../../src/stun/xor-mapped-address.ts';
import { feedBytes, within } from './feed.ts';

const transactionId = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
const password = 'VOkJxbRl1RmTxUk/WvJxBt';
const known = new Set([USERNAME, MESSAGE_INTEGRITY, PRIORITY, USE_CANDIDATE]);

const attributes = [
	username('evtj:h6vY'),
	priority(0x6e0001ff),
	useCandidate(),
	iceControlling(0x932f_f9b1_5126_3b36n),
	iceControlled(1n),
	xorMappedAddress({ address: '192.0.2.1', port: 32853 }, transactionId),
	xorMappedAddress({ address: '2001:db8:1234:5678:11:2233:4455:6677', port: 32853 }, transactionId),
	errorCode(420, 'Unknown Attribute'),
	unknownAttributes([0x7fff, 0x0024]),
	software('a phone'),
];
const binding = { method: BINDING_METHOD, transactionId, integrityKey: password, fingerprint: true } as const;
const check = [username('evtj:h6vY'), priority(1), iceControlling(7n), useCandidate()];

/** Everything that any part of the server asks a message for. */
function readAll(message: StunMessage): readonly unknown[] {
	const name = usernameOf(message);
	if (name !== undefined) within('the length of a user name', name.length, 0, MAX_USERNAME_BYTES);
	const error = errorCodeOf(message);
	if (error !== undefined) within('an error code', error.code, 300, 699);
	const address = xorMappedAddressOf(message);
	if (address !== undefined) within('a port', address.port, 0, 0xffff);
	const unknown = unknownAttributesOf(message, known);
	within('the number of unknown attributes', unknown.length, 0, MAX_ATTRIBUTES);
	const read = [priorityOf(message), hasUseCandidate(message), iceControllingOf(message), iceControlledOf(message), softwareOf(message)];
	const proofs = [hasFingerprint(message), hasIntegrity(message, password), checkUsernameOf(message), unknownAttributesIn(message)];
	return [name, error, address, unknown, ...read, ...proofs];
}

feedBytes([
	{
		name: 'STUN message',
		samples: [
			buildStun({ ...binding, messageClass: 'request', attributes: check }),
			buildStun({ ...binding, messageClass: 'success', attributes: attributes.slice(5, 6) }),
			buildStun({ ...binding, messageClass: 'error', attributes: attributes.slice(7) }),
			buildStun({ ...binding, messageClass: 'indication', attributes: [] }),
			buildStun({ method: BINDING_METHOD, messageClass: 'request', transactionId, attributes }),
		],
		read(bytes, length) {
			const message = parseStun(bytes, length);
			if (message === undefined) return undefined;
			within('the number of attributes', message.attributes.length, 0, MAX_ATTRIBUTES);
			return [message, readAll(message)];
		},
	},
	{
		name: 'STUN attributes',
		samples: attributes.map(({ value }) => value),
		// The message around them is whole: each reader gets the bytes as the value of its attribute.
		read(bytes, length) {
			const value = bytes.subarray(0, length);
			const types = [USERNAME, ERROR_CODE, XOR_MAPPED_ADDRESS, PRIORITY, USE_CANDIDATE, ICE_CONTROLLING, ICE_CONTROLLED];
			const all = [...types, SOFTWARE, UNKNOWN_ATTRIBUTES, MESSAGE_INTEGRITY, FINGERPRINT].map((type) => ({ type, value }));
			const message = buildStun({ method: BINDING_METHOD, messageClass: 'request', transactionId, attributes: all });
			const read = parseStun(message, message.length);
			if (read === undefined) throw new Error('a whole message was refused');
			return readAll(read);
		},
	},
]);
