import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { get } from './http-client.ts';
import { startApp, stopApps } from './running-app.ts';

let webFolder = '';

beforeEach(() => {
	webFolder = temporaryFolder();
	writeFileSync(join(webFolder, 'victim.html'), '<!doctype html><title>Help</title>');
	writeFileSync(join(webFolder, 'helper.html'), '<!doctype html><title>Helper</title>');
	writeFileSync(join(webFolder, 'style.css'), 'body { margin: 0 }');
	writeFileSync(join(webFolder, 'page.ts'), "import { x } from './x.ts';\nexport const y: number = x as number;\n");
	writeFileSync(join(webFolder, 'page.test.ts'), 'throw 1');
	writeFileSync(join(webFolder, 'tsconfig.json'), '{}');
	writeFileSync(join(webFolder, '.env'), 'SECRET=1');
});

afterEach(stopApps);

describe('the pages', () => {
	test.each([
		['/', 'Help'],
		['/helper', 'Helper'],
		['/Helper/', 'Helper'],
	])('%s is served with a strict policy', async (path, title) => {
		const { base } = await startApp({ webFolder });
		const { status, text, headers } = await get(base, path);
		expect([status, text]).toEqual([200, `<!doctype html><title>${title}</title>`]);
		expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
		expect(headers.get('x-content-type-options')).toBe('nosniff');
		const policy = headers.get('content-security-policy') ?? '';
		expect(policy).toContain("default-src 'none'");
		expect(policy).toContain("script-src 'self';");
		expect(policy).toContain("connect-src 'self' ws: wss:");
		expect(policy).toContain("media-src 'self' blob:");
		expect(policy).not.toContain('unsafe');
	});

	test.each(['/assets/page.ts', '/assets/page.js'])('%s is JavaScript', async (path) => {
		const { base } = await startApp({ webFolder });
		const { status, text, headers } = await get(base, path);
		expect(status).toBe(200);
		expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
		expect(text.replace(/\s+/g, ' ')).toBe("import { x } from './x.ts'; export const y = x ; ");
	});

	test('a file that has not changed is not sent again', async () => {
		const { base } = await startApp({ webFolder });
		const first = await get(base, '/assets/style.css');
		expect(first).toMatchObject({ status: 200, text: 'body { margin: 0 }' });
		const etag = first.headers.get('etag') ?? '';
		expect(await get(base, '/assets/style.css', { 'if-none-match': etag })).toMatchObject({ status: 304, text: '' });
		expect((await get(base, '/assets/style.css', { 'if-none-match': '"other"' })).status).toBe(200);
	});

	test.each([
		'/assets/none.js',
		'/assets/victim.html',
		'/assets/page.test.ts',
		'/assets/tsconfig.json',
		'/assets/.env',
		'/assets/..%2fvictim.html',
		'/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
		'/assets/__proto__',
	])('%s is 404', async (path) => {
		const { base } = await startApp({ webFolder });
		expect(await get(base, path)).toMatchObject({ status: 404, json: { error: 'Not found' } });
	});
});
