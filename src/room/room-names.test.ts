import { expect, test } from 'vitest';
import { isLegacyRoomId, roomTag, streamIdOf } from './room-names.ts';

test('a stream id is the lower-case hex SHA-256 of the room id', () => {
	// FIPS 180-2, appendix B.1.
	expect(streamIdOf('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('the log names a room by the beginning of it', () => {
	expect(roomTag('abc')).toBe('ba7816bf');
});

test.each(['a', 'A-Z_09', 'x'.repeat(64), '6f3f1f0e-6f3f-4f0e-9f3f-1f0e6f3f1f0e'])('%s is a legacy room id', (id) => {
	expect(isLegacyRoomId(id)).toBe(true);
});

test.each(['', 'x'.repeat(65), 'a b', 'a/b', 'ä', 'a\n', '../x', '%41'])('%j is none', (id) => {
	expect(isLegacyRoomId(id)).toBe(false);
});
