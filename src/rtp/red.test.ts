import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRtpHeader, parseRtpHeader } from './packet.ts';
import { MAX_RED_BLOCKS, primaryBlock, renameRedBlocks } from './red.ts';

const headerBytes = 12;

function primary(payload: readonly number[]): { payloadType: number; data: number[] } | undefined {
	const bytes = Uint8Array.from([0x80, 112, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, ...payload]);
	const header = createRtpHeader();
	parseRtpHeader(bytes, bytes.length, header);
	const block = { payloadType: 0, offset: 0, length: 0 };
	if (!primaryBlock(bytes, header, block)) return undefined;
	return { payloadType: block.payloadType, data: [...bytes.subarray(block.offset, block.offset + block.length)] };
}

/** An earlier block's header: 960 ticks back. */
function earlier(payloadType: number, length: number): number[] {
	return [0x80 | payloadType, 0x0f, length >> 8, length & 0xff];
}

describe('primaryBlock', () => {
	it('finds the present sound behind the earlier', () => {
		expect(primary([...earlier(111, 3), 111, 1, 2, 3, 8, 9])).toEqual({ payloadType: 111, data: [8, 9] });
		expect(primary([...earlier(111, 1), ...earlier(111, 2), 111, 1, 2, 2, 7])).toEqual({ payloadType: 111, data: [7] });
	});

	it('finds it alone, and behind earlier blocks that are empty', () => {
		expect(primary([111, 5, 6])).toEqual({ payloadType: 111, data: [5, 6] });
		expect(primary([...earlier(111, 0), 111, 5])).toEqual({ payloadType: 111, data: [5] });
	});

	it('reads lengths of ten bits beside the timestamp offset', () => {
		const long = Array.from({ length: 1023 }, () => 1);
		expect(primary([0x80 | 111, 0xff, 0xff, 0xff, 111, ...long, 4])).toEqual({ payloadType: 111, data: [4] });
	});

	it.each([
		['nothing', []],
		['a header cut off', [0x80 | 111, 0x0f]],
		['no primary header', earlier(111, 0)],
		['no present sound', [...earlier(111, 2), 111, 1, 2]],
		['blocks longer than the packet', [...earlier(111, 200), 111, 1, 2]],
		['too many blocks', [...Array.from({ length: MAX_RED_BLOCKS }, () => earlier(111, 0)).flat(), 111, 1]],
	])('refuses %s', (_name, payload) => {
		expect(primary(payload)).toBeUndefined();
	});

	it('never points outside of the packet', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(255), { maxLength: 60 }), (payload) => {
				const found = primary(payload);
				expect(found === undefined || (found.data.length > 0 && found.data.length < payload.length)).toBe(true);
			}),
			{ numRuns: 2000 },
		);
	});
});

describe('renameRedBlocks', () => {
	it("gives every block the viewer's payload type and leaves their sound alone", () => {
		const payload = [...earlier(109, 1), ...earlier(109, 2), 109, 1, 2, 2, 7];
		const bytes = Uint8Array.from([...new Array<number>(headerBytes).fill(0), ...payload]);
		renameRedBlocks(bytes, headerBytes, 111);
		expect([...bytes.subarray(headerBytes)]).toEqual([...earlier(111, 1), ...earlier(111, 2), 111, 1, 2, 2, 7]);
	});
});
