import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMultipart } from './multipart-form.ts';

const TYPE = 'multipart/form-data; boundary=b';
const parse = (body: string, type = TYPE) => parseMultipart(type, Buffer.from(body));
const part = (name: string, value: string): string => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

test('reads fields, empty ones and ones of several lines too', () => {
	expect(parse(`${part('name', 'Mária')}${part('zone', '')}${part('more', 'a\r\nb\r\n--not')}--b--\r\n`)).toEqual({
		name: 'Mária',
		zone: '',
		more: 'a\r\nb\r\n--not',
	});
});

test('reads what browsers, curl and phones write', async () => {
	const form = new FormData();
	const fields = { name: 'Jürgen "J" Ö\\n', zone: 'line\r\nline', 'a b': '=&+%' };
	for (const [name, value] of Object.entries(fields)) form.set(name, value);
	form.set('photo', new Blob(['--b\r\n']), 'photo.jpg');
	const request = new Request('http://x', { method: 'POST', body: form });
	expect(parseMultipart(request.headers.get('content-type') ?? '', new Uint8Array(await request.arrayBuffer()))).toEqual(fields);
	expect(
		parse('preamble\r\n--b  \r\ncontent-disposition: FORM-DATA; name=x\r\nContent-Type: text/plain\r\n\r\ny\r\n--b--epilogue'),
	).toEqual({
		x: 'y',
	});
	expect(parse(`${part('a', '1').replaceAll('--b', '--q q')}--q q--`, 'multipart/form-data; charset=utf-8; boundary="q q"')).toEqual({
		a: '1',
	});
	expect(parse('--b--')).toEqual({});
});

test.each([
	['no boundary', part('a', '1'), 'multipart/form-data'],
	['another boundary', `${part('a', '1')}--b--`, 'multipart/form-data; boundary=c'],
	['no end', part('a', '1'), TYPE],
	['a part without a name', '--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--', TYPE],
	['a part without headers', '--b\r\n\r\n1\r\n--b--', TYPE],
	['a part without a value', '--b\r\nContent-Disposition: form-data; name="a"\r\n--b--', TYPE],
])('is undefined for %s', (_what, body, type) => {
	expect(parse(body, type)).toBeUndefined();
});

test('what a browser writes is read back, whatever the text', async () => {
	const text = fc.string({ unit: 'grapheme', maxLength: 20 });
	const property = fc.asyncProperty(text, text, async (name, value) => {
		const form = new FormData();
		form.set('value', value);
		form.set('other', name);
		const request = new Request('http://x', { method: 'POST', body: form });
		const body = new Uint8Array(await request.arrayBuffer());
		const expected = Object.fromEntries([...form].map(([key, entry]) => [key, String(entry).replace(/\r\n|\r|\n/g, '\r\n')]));
		expect(parseMultipart(request.headers.get('content-type') ?? '', body)).toEqual(expected);
	});
	await fc.assert(property, { numRuns: 100 });
});

test('no bytes make it throw, or take long', () => {
	const piece = fc.constantFrom(
		'--b',
		'--b--',
		'\r\n',
		'\r\n\r\n',
		'Content-Disposition: form-data',
		'; name="a',
		'"',
		';',
		'\\',
		' ',
		'\0',
		'é',
	);
	const property = fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
		const fields = parse(pieces.join(''));
		expect(fields === undefined || Object.values(fields).every((value) => typeof value === 'string')).toBe(true);
	});
	fc.assert(property, { numRuns: 500 });
	const startMs = performance.now();
	for (const unit of ['--b\r\n', '\r\n--b', '; name="\\', 'Content-Disposition: form-data; ', '\r\n\r\n']) {
		parse(`--b\r\nContent-Disposition: form-data${unit.repeat(65_536 / unit.length)}`);
		parse(unit.repeat(65_536 / unit.length));
		parse('--b--', `multipart/form-data${unit.repeat(3_000)}`);
	}
	expect(performance.now() - startMs).toBeLessThan(2_000);
});
