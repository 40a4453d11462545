import { expect, test } from 'vitest';
import { readIfMatch } from './if-match.ts';

test.each([
	[undefined, 'absent'],
	['*', 'any'],
	[' "*" ', 'any'],
	['"KmvV+/2s"', 'current'],
	['"a", "KmvV+/2s" ,"b"', 'current'],
	['"kmvv+/2s"', 'other'],
	['KmvV+/2s', 'other'],
	['W/"KmvV+/2s"', 'other'],
	['', 'other'],
])('If-Match: %s is %s', (header, meaning) => {
	expect(readIfMatch(header, 'KmvV+/2s')).toBe(meaning);
});
