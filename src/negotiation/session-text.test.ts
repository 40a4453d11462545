import { describe, expect, it } from 'vitest';
import { maxDescriptionLength, readSessionText, writeSessionText } from './session-text.ts';

const sdp = 'v=0\r\ns=-\r\n';

describe('readSessionText', () => {
	it.each([
		['JSON with a type', JSON.stringify({ type: 'offer', sdp }), 'json'],
		['JSON without one', JSON.stringify({ sdp }), 'json'],
		['JSON with further keys', JSON.stringify({ type: 'OFFER', sdp, room: 1 }), 'json'],
		['a JSON string', JSON.stringify(sdp), 'json'],
		['raw SDP', sdp, 'raw'],
		['raw SDP after blanks', `\n ${sdp}`, 'raw'],
	])('takes %s', (_name, data, form) => {
		expect(readSessionText(data, 'offer')).toEqual({ ok: true, value: { form, sdp } });
	});

	it.each([
		['nothing', '', 'not-a-description'],
		['null', 'null', 'not-a-description'],
		['a number', '1', 'not-a-description'],
		['an array', '[]', 'not-a-description'],
		['broken JSON', '{"type":"offer"', 'not-a-description'],
		['deep JSON', '['.repeat(60_000), 'not-a-description'],
		['no SDP in it', '{"type":"offer","sdp":null}', 'not-a-description'],
		['other text in it', '{"type":"offer","sdp":"hello"}', 'not-a-description'],
		['an answer in an offer event', JSON.stringify({ type: 'answer', sdp }), 'wrong-type'],
		['more than the limit', `v=0${' '.repeat(maxDescriptionLength)}`, 'too-large'],
	])('refuses %s', (_name, data, error) => {
		expect(readSessionText(data, 'offer')).toEqual({ ok: false, error });
	});
});

describe('writeSessionText', () => {
	it('writes the form that it is told', () => {
		expect(writeSessionText('answer', sdp, 'raw')).toBe(sdp);
		expect(JSON.parse(writeSessionText('answer', sdp, 'json'))).toEqual({ type: 'answer', sdp });
	});
});
